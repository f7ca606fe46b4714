"""People who lose access at once, because what gave their seats is suspended or cancelled.

Owns the counting, out of levels and of what resources hold (DESIGN section 5: such actions are
exempt from the rule of seats, and guarded by these people). Pure; names no kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable, Iterator
from dataclasses import replace

from pcsync.model import Action, Address, Level, Measure, Verb, View, When

ENDING = frozenset({Verb.SUSPEND, Verb.CANCEL})


def counted(view: View, actions: Iterable[Action]) -> Iterator[Action]:
    """The actions; those that lock people out with their number among what guards count.

    Where nobody knows how many seats are used, all of them are.
    """
    gone: Counter[str] = Counter()
    for action in actions:
        if action.verb not in ENDING or action.when is not When.NOW:
            yield action
            continue
        people = 0
        for pool, seats in _given(action.address, view):
            people += _locked_out(view.levels.get(pool), gone[pool], seats)
            gone[pool] += seats
        counts = {**action.counts, Measure.LOSE_ACCESS.value: people}
        yield replace(action, counts=counts) if people else action


def _given(address: Address, view: View) -> Iterator[tuple[str, int]]:
    """The seats that a resource gives, as it is live if that is known."""
    sides = (view.haves.get(address), view.wants.get(address))
    holds = next((side.holds for side in sides if side and side.holds), {})
    yield from ((pool, seats) for pool, seats in sorted(holds.items()) if seats > 0)


def _locked_out(level: Level | None, gone: int, seats: int) -> int:
    """How many more people than seats there are, once these are gone, too."""
    if level is None:
        return seats
    before = max(0, level.used - (level.total - gone))
    return max(0, level.used - max(0, level.total - gone - seats)) - before
