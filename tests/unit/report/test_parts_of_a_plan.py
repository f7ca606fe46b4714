"""The check list, the calendar, the gates of a new customer, and what left git."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime, timedelta

from pcsync.model import Action, Await, Finding, Is, Severity, Verb, Way
from pcsync.report.byhand import by_hand
from pcsync.report.calendar import calendar
from pcsync.report.document import plan_document
from pcsync.report.findings import SCREEN, findings
from pcsync.report.human import render
from pcsync.report.waits import calls, waits

from . import sample

WORK = "sign-in blocked; OneDrive handed over"


def finding(code: str, what: str, address: str, severity: Severity = Severity.INFO) -> Finding:
    return Finding(severity, code, what, "do it", sample.address(address))


def renewal(name: str, days: int) -> Action:
    date = sample.NOW.replace(hour=0) + timedelta(days=days)
    change = ("billingCycle", "monthly", "annual")
    return sample.act(f"subscription/{name}/m365", Verb.UPDATE, change, date=date, not_after=date)


def test_work_of_all_on_the_list_stands_once_and_accepted_work_is_ticked() -> None:
    done = finding("acknowledged", "mailbox-will-be-lost: soon", "license/contoso/ana/SPB")
    both = [finding("by-hand", WORK, f"user/contoso/{name}") for name in ("ana", "ben")]
    more = finding("by-hand", "devices wiped", "user/contoso/ben")
    assert by_hand([done, *both, more], 80) == [
        "BEFORE YOU MERGE   pcsync can't do these; they are not in Partner Center",
        "  [x] ana   mailbox-will-be-lost, do it",
        "  [ ] both  sign-in blocked",
        "  [ ] both  OneDrive handed over",
        "  [ ] ben   devices wiped",
    ]
    assert findings([done, *both], 80) == []


def test_an_accepted_warning_is_no_work() -> None:
    seen = finding("acknowledged", "no-spare-seat: taken", "subscription/contoso/m365")
    assert by_hand([seen], 80) == []
    assert findings([seen], 80)


def test_the_same_words_of_many_customers_are_one_line_with_the_number() -> None:
    many = [
        finding("no-spare-seat", "taken", f"subscription/c{at}/m365", Severity.WARNING)
        for at in range(90)
    ]
    told = findings(many, 80)
    assert told[0] == "FINDINGS   0 errors, 90 warnings"
    assert len(told) == 4
    assert "in 90 customers: c0, c1, c10, c11, c12, c13 and 84 more" in " ".join(
        " ".join(told).split()
    )


def test_findings_are_one_screen_but_no_error_is_left_out() -> None:
    many = [
        Finding(severity, f"{severity}-{at}", "x", f"y{at}")
        for severity in (Severity.WARNING, Severity.ERROR)
        for at in range(30)
    ]
    told = "\n".join(findings(many, 80))
    assert all(f"error-{at}\n" in told for at in range(30))
    assert "and 30 more (all of them: --format json)" in told
    assert len(findings(many[:30], 80)) <= SCREEN + 1


def test_days_stand_in_order_and_from_too_many_on_by_month() -> None:
    few = calendar(sample.made((renewal("contoso", 40), renewal("contoso", 9))), 80)
    assert few[1:] == ["  2026-12-02  renewal of m365; no writes that day",
                       "  2027-01-02  renewal of m365; no writes that day"]  # fmt: skip
    assert calendar(sample.made((renewal("contoso", 40),)), 80) == []
    many = calendar(sample.made(tuple(renewal(f"c{at}", 3 * at + 1) for at in range(20))), 80)
    assert many == ["CALENDAR", "  2026-11  renewal: 3", "  2026-12  renewal: 10",
                    "  2027-01  renewal: 7"]  # fmt: skip


def test_customers_that_differ_in_the_day_alone_are_told_together() -> None:
    actions = tuple(renewal(name, days) for name, days in (("a", 40), ("b", 9), ("c", 20)))
    steps = tuple(
        sample.edit(
            a.id,
            f"/v1/customers/{{customer/{a.address.root}#id}}/subscriptions/{{{a.address}#id}}",
            a,
        )
        for a in actions
    )
    plan = sample.made(actions, steps, (), ("a", "b", "c"))
    told = render(plan_document(plan))
    assert "AT RENEWAL   the same change in 3 customers, 1 write each\n" in told
    assert "first: b 2026-12-02, c 2026-12-13, a 2027-01-02\n" in told
    assert "term  2026-12-02 to 2027-01-02, each at its own renewal" in told


def test_a_new_customer_is_followed_by_who_has_to_decide() -> None:
    new = sample.act("customer/contoso", Verb.CREATE, counts={"createCustomers": 1})
    ana = sample.act("user/contoso/ana", Verb.CREATE, people=1)
    mail = sample.act("subscription/contoso/mail", Verb.CREATE, moves={"EXCHANGE": 1})
    seat = sample.act("license/contoso/ana/EXCHANGE", Verb.CREATE, moves={"EXCHANGE": -1})
    call = sample.call("new", "POST", "/v1/customers", new)
    told = render(plan_document(sample.made((new, ana, mail, seat), (call,))))
    titles = ("NOW\n+ customer", "WAITS FOR PEOPLE", "AFTER 1 AND 2\n+ subscription",
              "AFTER 3\n+ user", "THE SEATS (minutes to hours)\n+ license")  # fmt: skip
    assert sorted(titles, key=told.index) == list(titles)
    assert "On merge: 1 write, then apply stops" in told
    assert "(exit 6, waiting)" in " ".join(told.split())
    alone = render(plan_document(sample.made((new,), (call,))))
    assert "WAITS FOR PEOPLE" not in alone
    assert "(exit 0)" in alone


def test_a_licence_left_git_only_with_its_person() -> None:
    seat = sample.act("license/contoso/ana/SPB", Verb.DELETE, moves={"SPB": 1})
    one = replace(sample.made((seat,)), removed=(seat.address,))
    assert "REMOVED FROM GIT" not in render(plan_document(one))
    both = replace(one, removed=(sample.address("user/contoso/ana"), seat.address))
    assert "REMOVED FROM GIT" in render(plan_document(both))


def test_what_is_stored_already_is_no_change() -> None:
    stored = replace(renewal("contoso", 9), when=sample.When.PENDING)
    told = render(plan_document(sample.made((stored,))))
    assert "No changes to make. What is declared is stored already" in " ".join(told.split())
    assert "to update" not in told
    assert "Nothing is written until 2 Dec 2026." in told


def test_references_with_slashes_are_no_words_of_a_path() -> None:
    a = renewal("contoso", 9)
    call = sample.call("1", "PATCH", "/v1/customers/{customer/c#id}/subscriptions/{x/c/m#id}", a)
    assert calls([call]) == "PATCH subscriptions"


def test_a_wait_behind_a_call_that_is_told_elsewhere_is_not_first() -> None:
    wait = Await("2", ("x",), "/w", Is("a", 1), says="it is there", deadline=60, after=("cart",))
    assert waits([wait]) == ["first waits until it is there, up to 60 seconds"]
    assert waits([wait], ["cart"]) == ["then waits until it is there, up to 60 seconds"]


def test_what_needs_a_decision_is_counted_and_has_a_section() -> None:
    legacy = Finding(
        Severity.WARNING,
        "legacy-will-be-deleted",
        "is suspended",
        "decide",
        sample.address("subscription/contoso/old"),
        sample.Place("customers/contoso.yaml", 4, 7),
        (Way("go on", "state: active", does="people work again"),),
        datetime(2027, 1, 3, tzinfo=UTC),
    )
    told = render(plan_document(sample.made((renewal("contoso", 9),), (), (legacy,))))
    assert "1 decision needed before 2027-01-03" in told
    assert "NEEDS A DECISION\n# subscription/contoso/old\n  Suspended. Until then one of:" in told
    assert "    state: active  people work again\n" in told
    assert "legacy-will-be-deleted\n           See NEEDS A DECISION.\n" in told
    known = replace(legacy, severity=Severity.INFO, code="acknowledged")
    told = render(plan_document(sample.made((renewal("contoso", 9),), (), (known,))))
    assert "DECISION" not in told
    assert "decision" not in told
