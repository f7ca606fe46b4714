"""The section ! NO WAY BACK holds all that can't be undone, and nothing else."""

from __future__ import annotations

from datetime import timedelta

from pcsync.model import Action, Finding, Severity, Verb
from pcsync.report.wayback import final, no_way_back

from . import sample

LOST = "deleted; can be restored until 2026-12-23, then gone"


def gone(name: str, customer: str = "contoso") -> Action:
    return sample.act(f"user/{customer}/{name}", Verb.DELETE, people=-1, forever=(LOST,))


def test_what_is_fixed_for_ever_is_a_table() -> None:
    new = sample.act(
        "customer/contoso",
        Verb.CREATE,
        forever=("A customer tenant can't be deleted. Fixed for ever once it exists:",),
        fixed=(
            ("domain", "contoso.onmicrosoft.com", "free when checked"),
            ("country", "PL", "decides market and prices"),
            ("organizationRegistrationNumber", "5842751979", "can't be set or changed later"),
        ),
    )
    assert no_way_back([new], [], 80) == [
        "! NO WAY BACK",
        "  A customer tenant can't be deleted. Fixed for ever once it exists:",
        "    domain   contoso.onmicrosoft.com            free when checked",
        "    country  PL                                 decides market and prices",
        "    organizationRegistrationNumber  5842751979  can't be set or changed later",
    ]
    assert all(len(line) <= 40 for line in no_way_back([new], [], 40))


def test_people_are_named_with_their_customer_where_there_are_several() -> None:
    assert no_way_back([gone("ana")], [], 80)[1] == f"  ana  {LOST}"
    both = no_way_back([gone("ana"), gone("ben", "adatum")], [], 100)
    assert both[1:] == [f"  contoso/ana  {LOST}", f"  adatum/ben   {LOST}"]


def test_what_somebody_took_note_of_stands_there_too() -> None:
    address = sample.address("license/contoso/mikko/SPB")
    what = "mailbox-will-be-lost: mikko: mailbox is lost about 30 days later"
    noted = Finding(Severity.INFO, "acknowledged", what, "accepted", address)
    taken = sample.act("license/contoso/mikko/SPB", Verb.DELETE)
    assert no_way_back([taken], [noted], 80)[1:] == ["  mikko  mailbox is lost about 30 days later"]


def test_a_cancel_can_not_be_taken_back_whether_it_says_so_or_not() -> None:
    cancel = sample.act("subscription/contoso/erp", Verb.CANCEL)
    assert final([cancel]) == [cancel]
    assert no_way_back([cancel], [], 80)[1].endswith("cancelled; this can't be taken back")


def test_what_can_be_undone_or_comes_later_is_not_there() -> None:
    change = sample.act("budget/contoso", Verb.UPDATE, ("amount", 1, 2))
    later = sample.act(
        "subscription/contoso/m365",
        Verb.UPDATE,
        forever=("never",),
        date=sample.NOW + timedelta(days=9),
    )
    assert no_way_back([change, later], [], 80) == []
