"""What an action on a subscription means for seats and people: the sum behind a number, what moves
at a renewal, who loses access.

Owns the notes about it; the actions themselves are made elsewhere. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pcsync.kinds.subscription import follow, products
from pcsync.model import Action, Can, Finding, Read, Resource, Severity, State, Verb, View, When

MOVED = "the quantity stays: the service moves the licences of its people itself"
LEFT = (
    "the quantity changes with it: the service moves no licence, the apply after the renewal does, "
    "one call a person"
)
UNSEEN = "nobody is signed in who could see the seats arrive: nothing waits for them"


def told(
    results: Iterable[Action | Read | Finding], want: Resource, have: Resource | None, view: View
) -> Iterable[Action | Read | Finding]:
    """The same, with what actions mean for seats and people."""
    for result in results:
        yield _told(result, want, have, view) if isinstance(result, Action) else result


def _told(action: Action, want: Resource, have: Resource | None, view: View) -> Action:
    numbered = action.verb is Verb.CREATE or any(c.field == "quantity" for c in action.changes)
    if numbered and (sum_ := want.remote.get("sum")):
        rule = "LI16" if (words := follow.wish(want)) and words.follows else "LI17"
        rules = action.rules if rule in action.rules else (*action.rules, rule)
        action = replace(action, says=_wanted(action, sum_), rules=rules)
    if action.verb is Verb.CREATE and Can.USER not in view.can:
        action = _with(action, UNSEEN, "LI11")
    if action.verb in {Verb.SUSPEND, Verb.CANCEL}:
        action = _locking_out(action, want, have, view)
    if action.date and action.when in {When.NOW, When.PENDING} and have is not None:
        action = _renewing(action, want, have)
    return action


def _wanted(action: Action, sum_: str) -> tuple[tuple[str, str], ...]:
    """The sum behind a number, after the sentence of a purchase."""
    first = 1 if action.verb is Verb.CREATE else 0
    return (*action.says[:first], ("wanted", sum_), *action.says[first:])


def _with(action: Action, note: str, rule: str) -> Action:
    rules = action.rules if rule in action.rules else (*action.rules, rule)
    return replace(action, notes=(*action.notes, note), rules=rules)


def _locking_out(action: Action, want: Resource, have: Resource | None, view: View) -> Action:
    """Suspends and cancels are free to take seats that people hold: they are counted (LI10)."""
    level = view.levels.get(follow.current(want, have))
    lost = min(level.used, max(level.used - level.total + follow.size(have), 0)) if level else 0
    if not lost:
        return action
    effects = (*action.effects, f"{lost} people lose access to {level.label if level else ''}")
    return replace(action, effects=effects, rules=(*action.rules, "LI10"))


def _renewing(action: Action, want: Resource, have: Resource) -> Action:
    """What the renewal moves in pools; another product takes its people along (LI14, LI15)."""
    new = {change.field: change.new for change in action.changes}
    before, after = follow.size(have), int(new.get("quantity", want.spec["quantity"]))
    old_pool = follow.current(want, have)
    new_pool = products.pool(new["product"]) if "product" in new else old_pool
    later = {old_pool: -before, new_pool: after}
    if new_pool == old_pool:
        return replace(action, later={old_pool: after - before}) if after != before else action
    action = replace(action, later=later)
    if after == before and action.says:
        return replace(action, rules=(*action.rules, "LI15"))  # its words say so already
    return _with(action, MOVED if after == before else LEFT, "LI15")


def needless(want: Resource, have: Resource | None) -> bool:
    """Whether a pool has no need of a subscription that is not there."""
    wanted = want.state is State.PRESENT and want.spec["state"] == "active"
    return wanted and want.spec.get("quantity") == 0 and not follow.size(have)


def nothing(want: Resource) -> Finding:
    """A subscription of a pool that is not needed: nothing is bought (rule LI17)."""
    what = f"no seat of it is needed, so it is not bought: {want.remote['sum']}"
    advice = "nothing to do: it is bought when its pool needs it"
    return Finding(Severity.INFO, "no-seats-needed", what, advice, want.address, want.place)
