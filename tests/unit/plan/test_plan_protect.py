"""What `protected` refuses, from now and from the base (domain rule RM9)."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

import pytest

from pcsync.model import NOTHING, Action, Change, Resource, State, Verb, View, When
from pcsync.plan.draft import draft
from pcsync.plan.look import Look
from pcsync.plan.protect import refused

from .fakes import Fake, act, address, kinds, thing, view

FLAG = {"protected": True}
FEWER = (Change("quantity", 10, 8),)
HARM = [
    act("mail/a", Verb.SUSPEND),
    act("mail/a", Verb.CANCEL),
    act("mail/a", Verb.DELETE),
    act("mail/a", Verb.UPDATE, changes=FEWER),
    act("mail/a", Verb.UPDATE, changes=FEWER, when=When.BLOCKED),
    act("mail/a", Verb.UPDATE, changes=(Change("endOfTerm", "renew", "cancel"),)),
    act("mail/a", Verb.UPDATE, changes=(Change("amount", 5, None),)),
]
HARMLESS = [
    act("mail/a"),
    act("mail/a", Verb.RESUME),
    act("mail/a", Verb.UPDATE, changes=(Change("quantity", 8, 10),)),
    act("mail/a", Verb.UPDATE, changes=(Change("endOfTerm", "cancel", "renew"),)),
    act("mail/a", Verb.UPDATE, changes=(Change("amount", None, None),)),
    act("mail/a", Verb.UPDATE, changes=FEWER, when=When.PENDING),
]


def seen(words: Mapping[str, Any], base: Mapping[str, Any] | None, **more: Any) -> View:
    known = None if base is None else {address("mail/a"): thing("mail/a", words=base)}
    return view(thing("mail/a", words=words, **more), base=known)


@pytest.mark.parametrize("action", HARM, ids=str)
@pytest.mark.parametrize("words,base", [(FLAG, None), (FLAG, {}), (NOTHING, FLAG)])
def test_harm_is_an_error_and_its_action_falls(
    action: Action, words: Mapping[str, Any], base: Mapping[str, Any] | None
) -> None:
    found = draft(kinds(Fake("mail")), Look(seen(words, base), (), (action,)))
    assert [finding.code for finding in found.findings] == ["protected"]
    assert found.findings[0].address == address("mail/a")
    assert found.actions == {}


@pytest.mark.parametrize("action", HARM, ids=str)
@pytest.mark.parametrize("base", [None, {}])
def test_without_the_flag_nothing_is_refused(
    action: Action, base: Mapping[str, Any] | None
) -> None:
    assert list(refused(seen({}, base), [action])) == []


@pytest.mark.parametrize("action", HARMLESS, ids=str)
def test_what_takes_nothing_is_planned(action: Action) -> None:
    assert list(refused(seen(FLAG, FLAG), [action])) == []


def test_lines_that_are_gone_with_their_flag_are_told_once_with_or_without_an_action() -> None:
    gone = seen(FLAG, FLAG, state=State.REMOVED)
    for actions in ([], [HARM[0]]):
        (found,) = refused(gone, actions)
        assert found.what == "is protected, and has left the manifests"


def test_what_would_take_a_protected_thing_with_it_is_refused_itself() -> None:
    cause = act("mail/ana", Verb.DELETE)
    implied = act("mail/a", Verb.DELETE, implied_by=cause.id)
    wants: list[Resource] = [thing("mail/ana"), thing("mail/a", owner="mail/ana", words=FLAG)]
    found = draft(kinds(Fake("mail")), Look(view(*wants), (), (cause, implied)))
    assert [str(finding.address) for finding in found.findings] == ["mail/contoso/ana"]
    assert found.actions == {}
