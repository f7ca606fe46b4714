"""The exit code of an apply, from the outcomes of its actions (DESIGN section 8).

Owns this rule only. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from pcsync.errors import Exit
from pcsync.model import Applied, Outcome

FINE = {Outcome.DONE, Outcome.DEFERRED}
WAITING = {Outcome.PENDING, Outcome.SKIPPED}


def exit_of(applied: Applied) -> Exit:
    """The exit code: fine, failed, stale, applied in part or waiting.

    What is skipped only because something is pending waits with it. Nothing done and nothing
    pending beside a failure is `FAILED`, or `STALE` if every cause is that the world moved.
    """
    found = {result.outcome for result in applied.actions}
    if found <= FINE:
        return Exit.FINE
    if Outcome.PENDING in found and found <= FINE | WAITING:
        return Exit.WAITING
    if found & {Outcome.DONE, Outcome.PENDING}:
        return Exit.PARTIAL
    stopped = found - {Outcome.SKIPPED, Outcome.NOT_STARTED, *FINE}
    return Exit.STALE if stopped == {Outcome.STALE} else Exit.FAILED
