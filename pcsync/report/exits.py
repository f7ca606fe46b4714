"""The exit code of an apply, from the outcomes of its actions (DESIGN section 8).

Owns this rule only. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from pcsync.errors import Exit
from pcsync.model import Applied, Outcome, Stop

FINE = {Outcome.DONE, Outcome.DEFERRED}
WAITING = {Outcome.PENDING, Outcome.SKIPPED}
HELD = {Stop.PAUSED, Stop.FREEZE}


def exit_of(applied: Applied) -> Exit:
    """The exit code: fine, failed, refused, stale, applied in part, waiting or interrupted.

    What is skipped only because something is pending waits with it. Nothing done and nothing
    pending beside a failure is `FAILED`, or `STALE` if every cause is that the world moved. An
    interrupted run that had nothing left is fine. What is skipped alone is so because another run
    has its customers. A pause or a freeze before anything was done is a refusal, and so is a limit
    that stopped all that failed (rule MO8).
    """
    found = {result.outcome for result in applied.actions}
    if found <= FINE:
        return Exit.FINE
    if applied.stopped is Stop.INTERRUPTED:
        return Exit.INTERRUPTED
    if applied.stopped in HELD and found <= {Outcome.NOT_STARTED, Outcome.DEFERRED}:
        return Exit.REFUSED
    if Outcome.PENDING in found and found <= FINE | WAITING:
        return Exit.WAITING
    if found & {Outcome.DONE, Outcome.PENDING}:
        return Exit.PARTIAL
    stopped = found - {Outcome.SKIPPED, Outcome.NOT_STARTED, *FINE}
    if not stopped and Outcome.SKIPPED in found:
        return Exit.PARTIAL
    failed = [result for result in applied.steps if result.outcome is Outcome.FAILED]
    if stopped == {Outcome.FAILED} and failed and all(result.refused for result in failed):
        return Exit.REFUSED
    return Exit.STALE if stopped == {Outcome.STALE} else Exit.FAILED
