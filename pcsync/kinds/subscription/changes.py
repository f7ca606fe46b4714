"""What can be done to a subscription that is alive, by its state (commerce.md 20.1).

Owns suspending and resuming, what is never touched, and the lock of a renewal's day. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

from pcsync.kinds.fields import differences
from pcsync.kinds.subscription import (
    counted,
    effects,
    ending,
    renewal,
    terms,
    trial,
    update,
    windows,
    wish,
)
from pcsync.kinds.subscription.model import FOLDED, NOW
from pcsync.kinds.subscription.windows import Split
from pcsync.model import (
    Action,
    Change,
    Finding,
    Read,
    Resource,
    Severity,
    State,
    Verb,
    View,
    When,
)

SUSPENDED = "can be changed only while it is active: plan again when it is"


def compare(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """What is done, told or said; on the day of a renewal nothing is written (rule WI15)."""
    found = list(_compared(want, have, view))
    until = windows.running(have, view.at)
    if until is None or have.remote["extended"]:
        yield from found
        return
    held = [each for each in found if isinstance(each, Action) and each.when is When.NOW]
    yield from (each for each in found if each not in held)
    if held:
        note = f"its renewal is running: no writes before {until:%Y-%m-%d %H:%M} UTC"
        changes = [(change, note) for action in held for change in action.changes]
        late = update.blocked(want, have, changes, ("WI15",))
        yield replace(late, verb=held[0].verb, date=until)


def _compared(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    if want.state is not State.PRESENT:
        yield from ending.absent(want, have, view)
        return
    if have.remote["trial"]:
        yield from trial.compare(want, have, view)
        return
    want, said = wish.meant(want, have, view)
    yield from said
    yield from _by_state(want, have, view)


def _by_state(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    state = have.spec["state"]
    if want.spec["state"] == "suspended":
        if state == "active" and have.remote["extended"]:
            yield _extended(want, have)
        elif state != "suspended":
            yield ending.suspend(want, have, "declared with `state: suspended`")
    elif state == "suspended" and have.remote["suspended_by"]:
        reasons = ", ".join(have.remote["suspended_by"])
        what = f"was suspended by Microsoft ({reasons}) and is never resumed by pcsync"
        yield _finding(want, "state", "suspended-by-microsoft", what, "solve it with Microsoft")
    elif state == "suspended":
        yield from _resume(want, have, view)
    elif state == "pending":
        what = "is being provisioned: nothing can be changed before it is active"
        yield _finding(want, "", "pending", what, "run plan again in a few minutes")
    elif have.remote["extended"]:
        yield from _in_extension(want, have)
    else:
        yield from update.update(want, have, view)


def _in_extension(want: Resource, have: Resource) -> Iterable[Action | Finding]:
    """In an extended term the service takes nothing but a cancellation or a conversion (WI6)."""
    chosen = want.spec.get("change", {}).get("term") == "now"
    if chosen and want.spec["termDuration"] in terms.LENGTH:
        yield update.convert(want, have)
    else:
        yield _extended(want, have)


def _extended(want: Resource, have: Resource) -> Finding:
    until = f" until {have.remote['ends']:%Y-%m-%d}, then again" if have.remote["ends"] else ""
    what = f"is in an extended service term, month by month{until}: nothing can be changed in it"
    advice = (
        "say `change: {term: now}` to convert it, or `state: absent` with `onRemove: cancel` to "
        "end it"
    )
    return _finding(want, "", "in-est", what, advice)


def _resume(want: Resource, have: Resource, view: View) -> Iterable[Action]:
    """Status first; then one Edit for auto-renew, which stays off, and for what else differs; the
    instruction for the next term last (rule WI14)."""
    fewer = _fewer(want, have)
    rest = tuple(c for c in differences(want.spec, have.spec, NOW, FOLDED) if c not in fewer)
    changes = (Change("state", "suspended", "active"), *rest)
    yield Action(
        want.address,
        Verb.RESUME,
        owner=want.owner,
        changes=changes,
        not_after=windows.until(changes, None, have),
        why="declared active",
        seen={"state": "suspended", **{c.field: c.old for c in rest}},
        moves={pool: max(have.spec["quantity"], seats) for pool, seats in want.holds.items()},
        counts=counted.counts(want, rest),
        effects=effects.says(effects.acts(changes), have),
        rules=("WI14",),
        notes=_off(want, have),
        place=want.at("state"),
    )
    found = windows.split(
        replace(want, spec={**want.spec, "quantity": have.spec["quantity"]}), have
    )
    next_ = renewal.plan(want, have, Split(rest, found.renewal), view)
    later = [*fewer, *(change for change, _ in found.asked)]
    later += [c for c in found.now if c.field not in NOW]
    if next_.changes and want.spec.get("endOfTerm") == "renew":
        yield renewal.instruct(want, have, found, next_, view)
    else:
        later += next_.changes
    if later:
        yield update.blocked(want, have, [(change, SUSPENDED) for change in later], ("WI14",))


def _off(want: Resource, have: Resource) -> tuple[str, ...]:
    if "endOfTerm" in want.spec or have.spec["endOfTerm"] == "renew":
        return ()
    return ("auto-renew stays off: say `endOfTerm: renew` to switch it on again",)


def _fewer(want: Resource, have: Resource) -> tuple[Change, ...]:
    """Fewer seats of a suspended one: how many can go back is known only once it is active."""
    changes = differences(want.spec, have.spec, ("quantity",))
    return tuple(change for change in changes if change.new < change.old)


def _finding(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(field))
