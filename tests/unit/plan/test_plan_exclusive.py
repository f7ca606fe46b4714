"""What is taken away from a collection that is held as a whole, and from when on (rule RM8)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import replace

import pytest

from pcsync.model import (
    Action,
    Finding,
    Owns,
    ProjectRules,
    Resource,
    Severity,
    State,
    Verb,
    View,
)
from pcsync.plan.draft import Draft, draft
from pcsync.plan.look import look

from .fakes import CONTOSO, Fake, kinds, thing, view

WHOLE = Owns(CONTOSO, "mail", word="mails")
MAIL = kinds(Fake("mail"), Fake("tenant"), Fake("person"))


def customer(words: Iterable[str] = ("mails",), **members: object) -> Resource:
    found = replace(thing("tenant"), address=CONTOSO, owner=None, words={"exclusive": list(words)})
    return replace(found, **members)  # type: ignore[arg-type]


def row(name: str, **members: object) -> Resource:
    """A live one that no manifest names."""
    return replace(thing(f"mail/#{name}", remote={"id": name}), **members)  # type: ignore[arg-type]


def held(*haves: Resource, base: Resource | None = None, **members: object) -> View:
    """Mail a is declared and live, beside these."""
    mail = thing("mail/a", remote={"id": "a"})
    known = None if base is None else {base.address: base}
    some = {"owns": (WHOLE,), "ids": {CONTOSO: "t"}, **members}
    wants = (customer(), mail)
    return view(*wants, haves=[customer(), mail, *haves], base=known, **some)


def planned(start: View) -> Draft:
    found = look(MAIL, start)
    assert not found.reads
    return draft(MAIL, found)


def taken(found: Draft) -> list[str]:
    return [str(action.address) for action in found.actions.values()]


@pytest.mark.parametrize("base", [None, customer(words=()), customer(words=("others",))])
def test_where_the_word_is_new_or_nobody_knows_it_is_only_told(base: Resource | None) -> None:
    found = planned(held(row("b"), base=base))
    assert taken(found) == []
    (told,) = found.findings
    assert (told.severity, told.code) == (Severity.WARNING, "unmanaged")


def test_with_the_word_in_the_base_what_is_not_declared_goes_by_its_id() -> None:
    found = planned(held(row("b"), base=customer()))
    assert taken(found) == ["mail/contoso/#b"]
    (action,) = found.actions.values()
    assert action.rules == ("RM8",)
    assert found.view.ids[action.address] == "b"


def test_what_has_no_id_is_a_trace_and_not_a_member() -> None:
    assert taken(planned(held(row("order", remote={}), base=customer()))) == []


def test_seats_are_taken_only_from_pools_that_the_manifests_manage() -> None:
    rows = [row("b", holds={"SPB": -1}), row("c", holds={"E3": -1})]
    start = held(*rows, base=customer())
    gives = thing("mail/seats", holds={"SPB": 5}, remote={"id": "s"})
    gone = thing("mail/gone", holds={"E3": 5}, state=State.REMOVED)
    wants = {**start.wants, gives.address: gives, gone.address: gone}
    start = replace(start, wants=wants, haves={**start.haves, gives.address: gives})
    assert [name for name in taken(planned(start)) if "#" in name] == ["mail/contoso/#b"]


def test_members_of_those_below_count_where_no_line_names_those() -> None:
    ben, ana = thing("person/#ben", remote={"id": "p"}), thing("person/ana", remote={"id": "q"})
    rows = [row("b", owner=ben.address), row("c", owner=ana.address)]
    start = held(ben, ana, *rows, base=customer())
    start = replace(start, wants={**start.wants, ana.address: ana})
    assert taken(planned(start)) == ["mail/contoso/#b"]


@pytest.mark.parametrize("flag", [True, False])
def test_an_empty_collection_takes_nothing_unless_a_flag_says_so(flag: bool) -> None:
    rules = ProjectRules(allowed={"empty-exclusive": ()} if flag else {})
    start = held(row("b"), base=customer(), rules=rules)
    start = replace(start, wants={CONTOSO: start.wants[CONTOSO]})
    found = planned(start)
    if flag:
        assert taken(found) == ["mail/contoso/#b", "mail/contoso/a"]
    else:
        assert taken(found) == []
        assert [finding.code for finding in found.findings] == ["empty-exclusive"]


def test_a_customer_that_is_not_there_yet_is_not_asked_about_its_collections() -> None:
    start = view(customer(), owns=(WHOLE,))
    assert not any(isinstance(f, Finding) and f.code for f in planned(start).findings)


def test_what_goes_with_its_owner_is_not_taken_before_it() -> None:
    start = held(row("b"), base=customer())
    gone = replace(start.wants[CONTOSO], state=State.REMOVED)
    found = look(MAIL, replace(start, wants={**start.wants, CONTOSO: gone}))
    verbs = {action.verb for action in found.actions if isinstance(action, Action)}
    assert Verb.DELETE not in verbs
