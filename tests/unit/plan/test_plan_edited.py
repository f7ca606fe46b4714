"""A line that several customers share: who inherits it, and what becomes of it at each of them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from pcsync.model import (
    Action,
    Address,
    Asked,
    Change,
    Fate,
    Finding,
    Kept,
    Place,
    Read,
    ReadState,
    Resource,
    Severity,
    State,
    Verb,
    View,
    Way,
    When,
)
from pcsync.plan.build import build
from pcsync.plan.draft import Draft
from pcsync.plan.edited import edited

from .fakes import AT, FRAME, Fake, kinds

FILE = "blueprints/office.yaml"
NAME, CYCLE = Place(FILE, 7, 13), Place(FILE, 10, 21)
LATER = AT.replace(month=12)


def contract(name: str, cycle: str, place: Place = CYCLE, **more: object) -> Resource:
    address = Address("contract", (name, "m365"))
    places = {"product": NAME, "cycle": place}
    spec = {"product": "p", "cycle": cycle}
    made = Resource(address, spec, Address("tenant", (name,)), places=places, place=place)
    return replace(made, **more)  # type: ignore[arg-type]


def draft(
    want: Resource,
    before: Resource | None,
    have: Resource | None = None,
    action: Action | None = None,
    findings: tuple[Finding, ...] = (),
    unknown: tuple[Address, ...] = (),
) -> Draft:
    view = View(
        AT,
        want.owner,
        wants={want.address: want},
        base={before.address: before} if before else None,
        haves={have.address: have} if have else {},
        actions={action.id: action} if action else {},
    )
    return Draft(view, view.actions, (), findings, unknown)


def acting(name: str, **more: object) -> Action:
    change = Change("cycle", "monthly", "annual")
    address = Address("contract", (name, "m365"))
    return Action(address, Verb.UPDATE, changes=(change,), **more)  # type: ignore[arg-type]


def asked(name: str) -> Finding:
    address = Address("contract", (name, "m365"))
    ways = (Way("a", "a: 1"),)
    return Finding(Severity.WARNING, "x", "y", "z", address, None, ways)


def drafts() -> list[Draft]:
    def of(name: str, **more: object) -> Draft:
        old = contract(name, "monthly")
        return draft(contract(name, "annual"), old, old, **more)  # type: ignore[arg-type]

    own = Place("customers/own.yaml", 8, 30)
    kept = contract("own", "monthly", own)
    return [
        of("changed", action=acting("changed")),
        of("scheduled", action=acting("scheduled", date=LATER)),
        of("stored", action=acting("stored", when=When.PENDING, date=LATER)),
        of("blocked", action=acting("blocked", when=When.BLOCKED)),
        of("decision", action=acting("decision", when=When.BLOCKED), findings=(asked("decision"),)),
        of("cannot"),
        draft(
            contract("asitis", "annual"),
            contract("asitis", "monthly"),
            contract("asitis", "annual"),
        ),
        of("unknown", unknown=(Address("contract", ("unknown", "m365")),)),
        draft(kept, kept, kept),
    ]


def test_every_fate_of_a_line() -> None:
    """plan-output: "214 customers use it: 189 scheduled, 14 keep their own, 5 blocked …"."""
    (line,) = edited(drafts())
    assert (line.place, line.name, line.field) == (CYCLE, "contract/*/m365", "cycle")
    assert (line.old, line.new) == ("monthly", "annual")
    fates = {fate.name.lower().replace("_", ""): fate.value for fate in Fate}
    assert dict(line.customers) == fates


def test_a_line_of_one_customer_is_no_line_of_several() -> None:
    assert edited(drafts()[:1]) == ()


def test_without_a_base_nobody_knows_which_lines_changed() -> None:
    assert edited([replace(each, view=replace(each.view, base=None)) for each in drafts()]) == ()


def test_who_shares_nothing_of_the_item_does_not_inherit_it() -> None:
    other = contract("other", "annual", Place(FILE, 30, 21))
    other = replace(other, places={"cycle": Place(FILE, 30, 21), "product": Place(FILE, 27, 13)})
    (line,) = edited([*drafts(), draft(other, None)])
    assert "other" not in line.customers


@pytest.mark.parametrize("state", [State.ABSENT, State.REMOVED])
def test_what_is_not_wanted_is_no_change_of_a_line(state: State) -> None:
    found = [
        replace(each, view=replace(each.view, wants=_all(each.view.wants.values(), state)))
        for each in drafts()
    ]
    assert edited(found) == ()


def _all(wants: Iterable[Resource], state: State) -> dict[Address, Resource]:
    return {want.address: replace(want, state=state) for want in wants}


# --- in a plan ----------------------------------------------------------------------------------


def test_a_customer_of_which_nothing_came_through_is_unread_with_the_reason() -> None:
    name = Address("contract", ("unknown", "m365"))
    unread = next(each for each in drafts() if each.unknown)
    failed = Asked(Read("/v1/x", (name,)), ReadState.FAILED, "503")
    unread = replace(unread, view=replace(unread.view, reads={"/v1/x": failed}))
    plan = build(kinds(Fake("contract")), [unread, drafts()[0]], FRAME)
    assert plan.unread == {"unknown": "503"}


def test_what_stays_as_it_is_has_a_line_unless_something_is_done_or_unknown() -> None:
    def kept(view: View) -> Iterable[Kept]:
        return (Kept(address, "stands") for address in view.wants)

    plan = build(kinds(Fake("contract", kept=kept)), drafts(), FRAME)
    assert [each.address.root for each in plan.kept] == ["asitis", "cannot", "own"]
