"""What differs of a subscription that is active: what is done today, told for the renewal, asked.

Owns the reads that this needs and the actions that come of it. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from dataclasses import replace

from pcsync.kinds.paths import at
from pcsync.kinds.subscription import (
    aligned,
    becoming,
    choice,
    counted,
    effects,
    ending,
    offered,
    products,
    promoted,
    renewal,
    transition,
    windows,
)
from pcsync.kinds.subscription.effects import Act
from pcsync.kinds.subscription.model import AT_RENEWAL
from pcsync.kinds.subscription.renewal import Next
from pcsync.kinds.subscription.windows import Split, renews
from pcsync.model import (
    Action,
    Change,
    Finding,
    Read,
    Resource,
    Verb,
    View,
    When,
)

ENDS = "its promotion would end: the manifest has to say whether it may"
RULES = {
    "quantity": "WI2",
    "endOfTerm": "WI4",
    "product": "WI10",
    "termDuration": "WI9",
    "billingCycle": "WI21",
    "partnerId": "PR7",
}
CONVERTED = ("product", "termDuration", "billingCycle", "quantity")


def update(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """Reads first; then what is done today, what the renewal is told, and what is asked."""
    if reads := list(_reads(want, have, view)):
        yield from reads
        return
    found = windows.split(want, have)
    if _runs(want, have):
        yield _running(want, have)
        return
    next_ = renewal.plan(want, have, found, view)
    if unsold := list(_unsold(want, have, found, next_, view)):
        yield from unsold
        return
    if missing := list(promoted.reads(want, have, next_.changes, view)):
        yield from missing
        return
    if found.now:
        yield at_once(want, have, found, view)
        yield from becoming.remarks(want, have, found.now, "today")
    ending_one, held = _promotion(want, have, next_, view), list[tuple[Change, str]]()
    if next_.changes and _ends(want, have):
        found = windows.without_next_term(replace(found, renewal=next_.changes))
    elif next_.changes and ending_one and not promoted.accepted(want, view):
        held = [(change, ENDS) for change in next_.changes]
    elif next_.changes:
        yield from _instructed(want, have, found, next_, view)
    if ending_one:
        yield ending_one
    if next_.problem:
        yield aligned.impossible(want, next_.problem)
    held += [(change, windows.ASKS) for change, _ in found.asked]
    if found.blocked or held:
        yield blocked(want, have, [*found.blocked, *held])
    if found.asked:
        yield choice.question(want, have, found.asked, view)
    yield from ending.undecided(want, have, view)


def _promotion(want: Resource, have: Resource, next_: Next, view: View) -> Finding | None:
    """Whether the instruction would end a promotion, and nobody told the service yet (PU14)."""
    if (next_.told and not next_.lost) or _ends(want, have):
        return None
    return promoted.question(want, have, next_.changes, view)


def _instructed(
    want: Resource, have: Resource, found: Split, next_: Next, view: View
) -> Iterable[Action | Finding]:
    """The instruction; what is worth knowing of it is said until the service has been told."""
    action = renewal.instruct(want, have, found, next_, view)
    yield action
    if action.when is When.NOW and action.date:
        yield from becoming.remarks(want, have, next_.changes, f"{action.date:%Y-%m-%d}")


def _reads(want: Resource, have: Resource, view: View) -> Iterable[Read]:
    """The windows by id where fewer seats are wanted, the upgrades where another product is."""
    assert view.owner is not None, "a subscription belongs to a customer"
    if windows.gives_back(want, have):
        path = at(view, view.owner, f"subscriptions/{have.remote['id']}")
        if path and not view.done(path):
            yield Read(path, (want.address,), owner=view.owner)
    for read in (transition.asks(want, have, view), _begun(want, have, view)):
        if read and not view.done(read.path):
            yield read


def _begun(want: Resource, have: Resource, view: View) -> Read | None:
    """Where another product is wanted now: whether it is on its way."""
    chosen = want.spec.get("change", {}).get("product") == "now"
    other = want.spec["product"].upper() != have.spec["product"].upper()
    return transition.begun(want, have, view) if chosen and other else None


def _unsold(
    want: Resource, have: Resource, found: Split, next_: Next, view: View
) -> Iterable[Read | Finding]:
    """Whether what it is to become is sold at all: nothing else is changed to (rule PU13)."""
    changes = {c.field: c.new for c in (*found.now, *next_.changes)}
    if not changes.keys() & set(AT_RENEWAL) or (next_.told and not next_.lost):
        return
    spec = {**want.spec, **{name: have.spec[name] for name in AT_RENEWAL}, **changes}
    target = replace(want, spec=spec)
    if read := offered.read(target, view):
        yield read
    else:
        yield from offered.unsold(target, view)


def _runs(want: Resource, have: Resource) -> bool:
    return want.spec["product"].upper() in have.remote.get("running", ())


def _running(want: Resource, have: Resource) -> Action:
    """The service is at it already: nothing is sent, and nothing else changed meanwhile."""
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=(Change("product", have.spec["product"], want.spec["product"]),),
        when=When.PENDING,
        title=products.title(want.spec["product"]),
        rules=("WI12",),
        notes=("the service is at it, which takes up to an hour: plan again then",),
        place=want.at("product"),
    )


def _ends(want: Resource, have: Resource) -> bool:
    return bool(want.spec.get("endOfTerm", have.spec["endOfTerm"]) != "renew")


def at_once(want: Resource, have: Resource, found: Split, view: View) -> Action:
    """What is changed at once, with what the service does besides."""
    changes = found.now
    notes = found.notes if not found.renewal else ()
    declared = view.wants.get(want.address)
    if declared and "endOfTerm" not in declared.spec and "endOfTerm" in want.spec:
        notes = (*notes, "its lines are back: what told it to end is taken back")
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=changes,
        not_after=found.until,
        title=products.title(want.spec["product"]),
        seen={c.field: c.old for c in changes},
        moves=moves(want, have, changes),
        later=_ending(have, found) if found.until == renews(have) else {},
        counts=counted.counts(want, changes),
        effects=effects.says(effects.acts(changes), have),
        forever=effects.forever(effects.acts(changes)),
        rules=_rules(changes),
        notes=(*notes, *_by_the_service(have, changes)),
        place=want.at(changes[0].field),
    )


def _ending(have: Resource, found: Split) -> dict[str, int]:
    """The seats that go with the term, where it is told today to end."""
    new = {change.field: change.new for change in found.now}
    if new.get("endOfTerm") != "cancel" or "product" in new:
        return {}
    return {pool: -int(new.get("quantity", seats)) for pool, seats in have.holds.items()}


def _rules(changes: Sequence[Change]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(RULES.get(change.field, "ID19") for change in changes))


def _by_the_service(have: Resource, changes: Sequence[Change]) -> Iterable[str]:
    """An end that nobody need have chosen is not put on a person (rule WI7)."""
    if any(change.field == "endOfTerm" and change.old == "extend" for change in changes):
        yield "the service writes an extension by itself where auto-renew is off"


def convert(want: Resource, have: Resource) -> Action:
    """Out of an extended service term into a standard one, with its seats (rule WI6)."""
    new = {name: want.spec[name] for name in CONVERTED}
    changes = tuple(
        Change(name, have.spec[name], value)
        for name, value in new.items()
        if have.spec[name] != value
    )
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=changes,
        not_after=renews(have),
        title=products.title(want.spec["product"]),
        seen={change.field: change.old for change in changes},
        moves=moves(want, have, changes),
        counts=counted.counts(want, changes),
        effects=effects.says([Act.CONVERT], have),
        forever=effects.forever([Act.CONVERT]),
        rules=("WI6",),
        place=want.at("change"),
    )


def blocked(
    want: Resource, have: Resource, changes: Sequence[tuple[Change, str]], rules: Sequence[str] = ()
) -> Action:
    """What has no way today: shown with the day of the renewal and the reason, never written."""
    notes = dict.fromkeys(note for _, note in changes)
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=tuple(change for change, _ in changes),
        when=When.BLOCKED,
        date=renews(have),
        title=products.title(have.spec["product"]),
        seen={change.field: change.old for change, _ in changes},
        rules=tuple(rules) or ("WI9",),
        notes=tuple(notes),
        place=want.at(changes[0][0].field),
    )


def moves(want: Resource, have: Resource, changes: Sequence[Change]) -> dict[str, int]:
    """Seats that come or go; with another product at once, all of the new one."""
    found = {change.field: change for change in changes}
    quantity = found.get("quantity")
    more = quantity.new - quantity.old if quantity else 0
    if "product" in found and not have.remote["extended"]:
        more = quantity.new if quantity else have.spec["quantity"]
    return dict.fromkeys(want.holds, more) if more else {}
