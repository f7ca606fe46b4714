"""How a purchase, an instruction and an end of a subscription read in a plan."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pcsync.kinds.fields import creation
from pcsync.kinds.subscription import told
from pcsync.kinds.subscription.model import CREATED
from pcsync.kinds.subscription.products import pool
from pcsync.model import Address, Change, Level, Resource, View

OWNER = Address("customer", ("contoso",))
MAIL = Address("subscription", ("contoso", "mail"))
EXCHANGE = "CFQ7TTC0LH16:0001"
NOW = datetime(2026, 11, 25, 11, tzinfo=UTC)
SPEC = {
    "product": EXCHANGE,
    "termDuration": "P1Y",
    "billingCycle": "monthly",
    "quantity": 8,
    "friendlyName": "mail",
    "endOfTerm": "renew",
    "segment": "commercial",
    "state": "active",
}
REMOTE = {
    "ends": datetime(2027, 3, 17, tzinfo=UTC),
    "cancellable_until": None,
    "refundable": None,
    "refundable_until": None,
    "extendable": True,
    "extended": False,
}


def bought(**more: Any) -> list[tuple[str, str]]:
    spec = {name: value for name, value in {**SPEC, **more}.items() if value is not None}
    want = Resource(MAIL, spec, owner=OWNER)
    return list(told.bought(want, creation(spec, CREATED)))


def live(**more: Any) -> Resource:
    return Resource(MAIL, SPEC, owner=OWNER, remote={**REMOTE, **more})


def ended(have: Resource, word: str = "endAtTerm", **more: Any) -> list[tuple[str, str]]:
    view = View(NOW, owner=OWNER, **more)
    return list(told.ended(have, view, f"onRemove: {word}", word))


@pytest.mark.parametrize(
    "more, sentence",
    [
        ({}, "8 seats, P1Y, billed monthly, renews"),
        ({"quantity": 1}, "1 seat, P1Y, billed monthly, renews"),
        ({"endOfTerm": None}, "8 seats, P1Y, billed monthly, renews"),
        ({"endOfTerm": "cancel", "billingCycle": "annual"}, "8 seats, P1Y, billed annually, ends"),
        ({"endOfTerm": "extend"}, "8 seats, P1Y, billed monthly, then month by month"),
        ({"trial": {"then": "cancel"}}, "8 seats, P1Y, billed monthly, a trial"),
    ],
)
def test_a_purchase_is_one_sentence(more: dict[str, Any], sentence: str) -> None:
    assert bought(**more) == [("", sentence)]


def test_what_the_sentence_does_not_hold_has_a_line() -> None:
    assert bought(friendlyName="Post", partnerId="1234567")[1:] == [
        ("friendlyName", "Post"),
        ("partnerId", "1234567"),
    ]
    assert bought(product="CFQ7TTC0XXXX:0001")[1] == ("product", "CFQ7TTC0XXXX:0001")


def test_what_is_not_sold_by_the_seat_is_told_by_its_fields() -> None:
    assert bought(type="azurePlan", billingCycle="monthly", quantity=None) == []


def test_fewer_seats_for_the_renewal_say_why_not_now() -> None:
    view = View(datetime(2026, 11, 23, 8, 30, tzinfo=UTC), owner=OWNER)
    fewer = [Change("quantity", 8, 6)]
    assert list(told.instructed(live(refundable=0), fewer, view)) == [
        ("not now", "0 of 8 seats are in a 7-day window (read 08:30)"),
        ("how", "instruction for the next term; auto-renew stays on"),
    ]
    more = [Change("quantity", 8, 9)]
    assert [label for label, _ in told.instructed(live(), more, view)] == ["how"]


def test_an_end_says_what_was_not_done_in_its_place() -> None:
    """RM2, RM3: neither suspended nor cancelled."""
    levels = {pool(EXCHANGE): Level(OWNER, pool(EXCHANGE), 8, 8, "EXCHANGESTANDARD")}
    assert ended(live(), levels=levels) == [
        ("", "Exchange Online (Plan 1), 8 seats, P1Y; the last day is in 112 days"),
        ("why", "onRemove: endAtTerm"),
        (
            "how",
            'auto-renew off and "cancel at term end" in one call; without the second it would go '
            "on month by month, paid (EST)",
        ),
        ("not", "suspended: that locks 8 people out and costs the same"),
        ("not", "cancelled: no window to cancel it in is open"),
    ]


def test_what_could_be_had_today_is_named() -> None:
    """RM13."""
    until = datetime(2026, 11, 27, tzinfo=UTC)
    rows = ended(live(cancellable_until=until, refundable=2, refundable_until=until))
    assert (
        "could be",
        "cancelled for a credit until 2026-11-27 00:00 UTC: `onRemove: cancel`",
    ) in (rows)
    assert rows[-1] == ("could be", "fewer: 2 seats could go back until 2026-11-27 00:00 UTC")
    closed = ended(live(cancellable_until=datetime(2026, 3, 25, tzinfo=UTC)))
    assert closed[-1] == ("not", "cancelled: its window closed on 2026-03-25")


def test_people_nobody_counted_are_no_number() -> None:
    assert ("not", "suspended: that locks its people out and costs the same") in ended(live())


def test_under_the_old_rules_it_expires() -> None:
    how = dict(ended(live(), contract="2023-10"))["how"]
    assert how == "auto-renew off: it expires after its last day, with 30 days of grace"
    assert "EST" not in dict(ended(live(extendable=False)))["how"]
