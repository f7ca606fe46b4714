"""Desired resources -> live ones: rounds of reading, per customer and in parallel.

Owns when and how reads are asked. What to read is decided by a pure `look`, which comes in as an
argument. Must not import a kind, a plan or the way to the terminal.
"""

from pcsync.live.estate import Estate, Fetch, Rules, observe
from pcsync.live.reading import Outcome, reader

__all__ = ["Estate", "Fetch", "Outcome", "Rules", "observe", "reader"]
