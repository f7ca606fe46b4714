"""Rows of seats out of levels and moves."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pcsync.model import Action, Address, Change, Level, Resource, Verb, View, When
from pcsync.plan.seats import rows

AT = datetime(2026, 11, 23, 9, tzinfo=UTC)
RENEWAL = datetime(2027, 1, 2, tzinfo=UTC)
CONTOSO = Address("tenant", ("contoso",))
OFFICE, ANA, BEN = (Address(*each) for each in (
    ("contract", ("contoso", "office")),
    ("seat", ("contoso", "ana", "SPB")),
    ("seat", ("contoso", "ben", "SPB")),
))  # fmt: skip
HELD = {
    address: Resource(address, {}, needs=frozenset({OFFICE}), holds={"old": -1})
    for address in (ANA, BEN)
}
GIVEN = Resource(OFFICE, {}, holds={"old": 4})


def view(*actions: Action, levels: int = 4) -> View:
    return View(
        AT,
        CONTOSO,
        wants={**HELD, OFFICE: GIVEN},
        haves={OFFICE: GIVEN},
        ids={CONTOSO: "1"},
        levels={"old": Level(CONTOSO, "old", levels, 1, "SPB")},
        actions={action.id: action for action in actions},
    )


def test_people_take_seats_and_purchases_add_some() -> None:
    take = Action(ANA, Verb.CREATE, moves={"old": -1})
    buy = Action(OFFICE, Verb.UPDATE, moves={"old": 2})
    (row,) = rows({}, view(take, buy))
    assert (row.label, row.now, row.after, row.later) == ("SPB", (4, 1), (6, 2), None)


def test_what_is_blocked_moves_nothing() -> None:
    buy = Action(OFFICE, Verb.UPDATE, moves={"old": 2}, when=When.BLOCKED)
    assert list(rows({}, view(buy))) == []


def test_a_renewal_with_fewer_seats_shows_both_numbers() -> None:
    fewer = Action(OFFICE, Verb.UPDATE, (), (Change("n", 4, 2),), date=RENEWAL, later={"old": -2})
    (row,) = rows({}, view(replace(fewer, owner=CONTOSO)))
    assert (row.now, row.after, row.later, row.date) == ((4, 1), (4, 1), (2, 1), RENEWAL)


def test_people_go_with_what_gives_their_seat() -> None:
    other = Action(OFFICE, Verb.UPDATE, date=RENEWAL, later={"old": -4, "new": 4})
    take = Action(ANA, Verb.CREATE, moves={"old": -1})
    found = {row.pool: row for row in rows({}, view(other, take))}
    assert found["old"].later == (0, 0)
    assert (found["new"].now, found["new"].later) == ((0, 0), (4, 2))


def test_without_any_level_nothing_is_said() -> None:
    buy = Action(OFFICE, Verb.UPDATE, moves={"old": 2})
    assert list(rows({}, replace(view(buy), levels={}))) == []


def test_a_customer_who_is_not_there_yet_begins_with_nothing() -> None:
    take = Action(ANA, Verb.CREATE, moves={"old": -1})
    buy = Action(OFFICE, Verb.CREATE, moves={"old": 4})
    (row,) = rows({}, replace(view(take, buy), levels={}, haves={}, ids={}))
    assert (row.label, row.now, row.after) == ("old", (0, 0), (4, 1))
