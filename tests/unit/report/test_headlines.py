"""The first lines of a plan: sentences where a few tell all of it, else numbers; writes counted."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pcsync.model import Action, Finding, Plan, Severity, Verb
from pcsync.report.verdict import following, verdict

from . import sample

RENEWAL = datetime(2027, 1, 2, tzinfo=UTC)
OWNER = sample.address("customer/contoso")


def gone(name: str) -> Action:
    return sample.act(f"user/contoso/{name}", Verb.DELETE, people=-1)


def licence(name: str, sku: str = "SPB") -> Action:
    taken = sample.act(f"license/contoso/{name}/{sku}", Verb.DELETE, moves={sku: 1})
    return replace(taken, owner=sample.address(f"user/contoso/{name}"))


def seats(name: str, old: int, new: int) -> Action:
    return sample.act(
        f"subscription/contoso/{name}", Verb.UPDATE, ("quantity", old, new), date=RENEWAL
    )


def by_hand(name: str) -> Finding:
    address = sample.address(f"user/contoso/{name}")
    return Finding(Severity.INFO, "by-hand", "sign-in blocked", "by hand", address)


def planned(*actions: Action, findings: tuple[Finding, ...] = ()) -> Plan:
    calls = [
        sample.call(action.id, "PATCH", "/v1/x", action)
        for action in actions
        if not action.implied_by
    ]
    return replace(sample.made(actions, tuple(calls)), findings=findings)


def said(plan: Plan) -> str:
    return " ".join(" ".join(verdict(plan, 80)).split())


def test_people_who_leave_and_seats_that_go() -> None:
    actions = (gone("sanna"), licence("mikko"), seats("m365", 25, 23), seats("copilot", 5, 4))
    left = (by_hand("sanna"), by_hand("mikko"))
    assert said(planned(*actions, findings=left)) == (
        "2 people leave, 3 seats fewer from 2 Jan 2027. 4 writes now, none later."
    )


def test_who_only_loses_a_licence_does_not_leave() -> None:
    assert said(planned(licence("mikko"))) == "1 person loses licences. 1 write now."
    two = planned(licence("mikko"), licence("ana"))
    assert said(two) == "2 people lose licences. 2 writes now."


def test_what_actions_say_of_themselves() -> None:
    change = ("endOfTerm", "renew", "cancel")
    mail = sample.act(
        "subscription/contoso/mail", Verb.UPDATE, change, headline="mail ends with its term"
    )
    assert said(planned(mail)) == "mail ends with its term. 1 write now."


def test_nothing_is_left_untold() -> None:
    """One action without words of its own, and the numbers of all stand in their place."""
    budget = sample.act("budget/contoso", Verb.UPDATE, ("amount", 1, 2))
    told = said(planned(licence("mikko"), budget))
    assert told == "1 budget to update; 1 licence to delete. 2 writes."


def test_customers_are_counted() -> None:
    other = replace(licence("mikko"), address=sample.address("license/adatum/mikko/SPB"))
    assert "2 licences to delete in 2 customers" in said(planned(licence("mikko"), other))


def test_writes_before_and_after_what_people_decide() -> None:
    new = sample.act("customer/contoso", Verb.CREATE, counts={"createCustomers": 1})
    mail = sample.act("subscription/contoso/mail", Verb.CREATE, moves={"EXCHANGE": 3})
    plan = planned(new, mail)
    assert said(plan) == (
        "2 to create: 1 customer, 1 subscription "
        "Now 1 write, then 3 decisions by people, then 1 write. Nothing is removed."
    )
    assert " ".join(" ".join(following(plan, 80)).split()).startswith(
        "NEXT On merge: 1 write, then apply stops and says who has to do what (exit 6, waiting)."
    )
    open_ = replace(plan, waived={"contoso": ("vetting",)})
    assert "then 2 decisions by people" in said(open_)


def test_what_has_ended_as_it_was_declared() -> None:
    address = sample.address("subscription/contoso/power-bi")
    ended = Finding(Severity.WARNING, "ended-as-declared", "ended", "remove", address)
    plan = replace(planned(licence("mikko"), findings=(ended,)), customers=("contoso",))
    assert said(plan).endswith(
        "power-bi has ended, as declared: nothing is bought. Its lines can go."
    )
