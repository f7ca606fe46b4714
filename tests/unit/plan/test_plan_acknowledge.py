"""Whose word silences a warning or lifts an error, and until when (domain rule RO7)."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest

from pcsync.model import Finding, Place, Severity
from pcsync.plan.acknowledge import NEEDS_A_PERSON, acknowledged
from pcsync.plan.draft import draft
from pcsync.plan.look import Look

from .fakes import CONTOSO, Fake, act, address, kinds, thing, view

ERROR, WARNING, INFO = Severity.ERROR, Severity.WARNING, Severity.INFO


def word(code: str, until: str = "2026-11-23") -> dict[str, Any]:
    given = {"finding": code, "by": "m.aho", "on": "2026-11-20", "until": until}
    return {"acknowledge": [given]}


def finding(severity: Severity, code: str, where: str = "mail/a") -> Finding:
    return Finding(severity, code, "is odd", "look at it", address(where))


def said(found: Finding, *wants: Any, **more: Any) -> Finding:
    (result,) = acknowledged(view(*wants, **more), [found])
    return result


@pytest.mark.parametrize("until,holds", [("2026-11-22", False), ("2026-11-23", True)])
def test_a_warning_is_silenced_until_its_last_day_included(until: str, holds: bool) -> None:
    odd = finding(WARNING, "no-spare-seat")
    result = said(odd, thing("mail/a", words=word("no-spare-seat", until)))
    if holds:
        assert (result.severity, result.code) == (INFO, "acknowledged")
        assert result.what == "no-spare-seat: is odd"
        assert result.advice == "accepted by m.aho on 2026-11-20, until 2026-11-23"
    else:
        advice = "look at it; the word of m.aho for it held until 2026-11-22"
        assert result == replace(odd, advice=advice)


@pytest.mark.parametrize("code", sorted(NEEDS_A_PERSON))
def test_an_error_that_needs_a_person_is_lifted_and_its_action_stays(code: str) -> None:
    look = Look(
        view(thing("mail/a", words=word(code))), (), (act("mail/a"),), (finding(ERROR, code),)
    )
    found = draft(kinds(Fake("mail")), look)
    assert [each.code for each in found.findings] == ["acknowledged"]
    assert [str(action.address) for action in found.actions.values()] == ["mail/contoso/a"]


@pytest.mark.parametrize("code", ["protected", "pinned-not-found", "rename-or-replace", "wrong"])
def test_no_other_error_is_lifted(code: str) -> None:
    odd = finding(ERROR, code)
    assert said(odd, thing("mail/a", words=word(code))) == odd


def test_it_counts_for_its_own_code_only() -> None:
    odd = finding(WARNING, "no-spare-seat")
    assert said(odd, thing("mail/a", words=word("in-est"))) == odd


def test_the_longest_of_several_counts() -> None:
    short, long = word("in-est", "2026-11-01"), word("in-est", "2026-12-01")
    words = {"acknowledge": [*short["acknowledge"], *long["acknowledge"]]}
    assert said(finding(WARNING, "in-est"), thing("mail/a", words=words)).severity is INFO


def test_the_owner_speaks_for_what_belongs_to_it() -> None:
    wants = [
        thing("mail/ana", words=word("mailbox-will-be-lost")),
        thing("mail/a", owner="mail/ana"),
    ]
    assert said(finding(ERROR, "mailbox-will-be-lost"), *wants).severity is INFO


def test_the_customer_does_not_speak_for_all_that_is_declared_below() -> None:
    customer = replace(thing("tenant", words=word("in-est")), address=CONTOSO, owner=None)
    odd = finding(WARNING, "in-est")
    assert said(odd, customer, thing("mail/a")) == odd
    assert said(replace(odd, address=CONTOSO), customer).severity is INFO


def test_the_customer_speaks_for_what_no_line_declares_however_far_down() -> None:
    customer = replace(thing("tenant", words=word("unmanaged")), address=CONTOSO, owner=None)
    haves = [thing("mail/ana"), thing("mail/a", owner="mail/ana")]
    assert said(finding(WARNING, "unmanaged"), customer, haves=haves).severity is INFO


def test_a_finding_of_a_place_alone_is_that_of_the_resource_written_there() -> None:
    place = Place("a.yaml", 7, 3)
    want = thing("mail/a", words=word("in-est"), places={"quantity": place})
    odd = Finding(WARNING, "in-est", "is odd", "look at it", None, place)
    assert said(odd, want).severity is INFO
    elsewhere = replace(odd, place=Place("a.yaml", 8, 3))
    assert said(elsewhere, want) == elsewhere


def test_information_stays_what_it_is() -> None:
    odd = finding(INFO, "in-est")
    assert said(odd, thing("mail/a", words=word("in-est"))) == odd
