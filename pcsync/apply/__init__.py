"""A plan -> one outcome per step and action.

Owns doing: the engine for Call, Edit and Await, references, checks, secrets. Talks to Partner
Center through the client it is given; must not import a kind, nor read manifests.
"""

from pcsync.apply.engine import Engine, Progress
from pcsync.apply.secrets import FileSink, NoSink, Passwords, Sink, needs_sink
from pcsync.apply.session import Session

__all__ = [
    "Engine",
    "FileSink",
    "NoSink",
    "Passwords",
    "Progress",
    "Session",
    "Sink",
    "needs_sink",
]
