"""A plan -> one outcome per step and action.

Owns doing: the engine for Call, Edit and Await, references, checks, secrets. Talks to Partner
Center through the client it is given; must not import a kind, nor read manifests.
"""

from pcsync.apply.engine import Engine, Progress
from pcsync.apply.journal import Hook, Journal, Moment, NullJournal
from pcsync.apply.permit import Halted, Locks, Terms
from pcsync.apply.secrets import Passwords, needs_sink
from pcsync.apply.session import Session
from pcsync.apply.sinks import CommandSink, FileSink, NoSink, Sink, age_sink, names_in

__all__ = [
    "CommandSink",
    "Engine",
    "FileSink",
    "Halted",
    "Hook",
    "Journal",
    "Locks",
    "Moment",
    "NoSink",
    "NullJournal",
    "Passwords",
    "Progress",
    "Session",
    "Sink",
    "Terms",
    "age_sink",
    "names_in",
    "needs_sink",
]
