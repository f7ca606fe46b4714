"""What an error takes with it, and the review that runs until nothing more falls."""

from __future__ import annotations

import itertools
from collections.abc import Iterable
from dataclasses import replace

import pytest

from pcsync.model import Before, Finding, Severity, Verb, View
from pcsync.plan.draft import draft
from pcsync.plan.look import Look

from .fakes import Fake, act, address, asked, error, kinds, thing, view

MAIL = kinds(Fake("mail"))


def names(some: Iterable[str]) -> list[str]:
    return [each.removeprefix("mail/contoso/") for each in some]


def test_an_error_takes_its_own_action_out() -> None:
    look = Look(view(thing("mail/a")), (), (act("mail/a"), act("mail/b")), (error("mail/a"),))
    found = draft(MAIL, look)
    assert names(found.actions) == ["b:create"]
    assert found.findings == (error("mail/a"),)


@pytest.mark.parametrize("severity", [Severity.WARNING, Severity.INFO])
def test_anything_milder_takes_nothing(severity: Severity) -> None:
    look = Look(view(thing("mail/a")), (), (act("mail/a"),), (error("mail/a", severity),))
    assert names(draft(MAIL, look).actions) == ["a:create"]


def test_what_needs_a_thing_that_will_not_be_falls_with_it_however_far() -> None:
    wants = [
        thing("mail/a"),
        thing("mail/b", "mail/a"),
        thing("mail/c", owner="mail/b"),
        thing("mail/d"),
    ]
    actions = tuple(act(f"mail/{name}") for name in "abcd")
    found = draft(MAIL, Look(view(*wants), (), actions, (error("mail/a"),)))
    assert names(found.actions) == ["d:create"]
    skipped = [finding for finding in found.findings if finding.code == "skipped"]
    assert [finding.address for finding in skipped] == [address("mail/b"), address("mail/c")]
    assert all("mail/contoso/a can't be" in finding.what for finding in skipped)


def test_what_needs_a_faulty_thing_that_is_there_stays() -> None:
    wants = [thing("mail/a"), thing("mail/b", "mail/a")]
    look = Look(view(*wants, haves=wants[:1]), (), (act("mail/b"),), (error("mail/a"),))
    assert names(draft(MAIL, look).actions) == ["b:create"]


def test_what_is_removed_needs_nothing_that_is_missing() -> None:
    wants = [thing("mail/a"), thing("mail/b", "mail/a")]
    look = Look(view(*wants), (), (act("mail/b", Verb.DELETE),), (error("mail/a"),))
    assert names(draft(MAIL, look).actions) == ["b:delete"]


def test_what_was_implied_by_a_faulty_removal_stays() -> None:
    gone = act("mail/a", Verb.DELETE)
    with_it = act("mail/b", Verb.DELETE, implied_by=gone.id)
    found = draft(MAIL, Look(view(), (), (gone, with_it), (error("mail/a"),)))
    assert found.actions == {}


def test_an_error_of_the_review_is_reviewed_again() -> None:
    """One after the other falls: more of them than any fixed number of rounds."""

    def review(view: View) -> Iterable[Before | Finding]:
        rest = sorted(view.actions)
        yield from (Before(first, then) for first, then in itertools.pairwise(rest))
        if len(rest) > 1:
            name = view.actions[rest[-1]].address
            yield Finding(Severity.ERROR, "last", "is the last", "", name)

    actions = tuple(act(f"mail/a{n:02}") for n in range(40))
    found = draft(kinds(Fake("mail", review=review)), Look(view(), (), actions))
    assert names(found.actions) == ["a00:create"]
    assert found.view.actions == found.actions
    assert found.before == ()
    assert len(found.findings) == 39


def test_an_error_that_takes_nothing_is_reviewed_once() -> None:
    rounds: list[int] = []

    def review(view: View) -> Iterable[Before | Finding]:
        rounds.append(len(view.actions))
        yield error("mail/other")

    found = draft(kinds(Fake("mail", review=review)), Look(view(), (), (act("mail/a"),)))
    assert rounds == [1]
    assert names(found.actions) == ["a:create"]
    assert found.findings == (error("mail/other"),)


def test_rules_and_findings_are_sorted_and_stand_once() -> None:
    def review(view: View) -> Iterable[Before | Finding]:
        mild = [replace(error(f"mail/{name}"), severity=Severity.INFO) for name in "baab"]
        return [Before("b", "c"), Before("a", "c"), Before("b", "c"), *mild]

    found = draft(kinds(Fake("mail", review=review)), Look(view()))
    assert [(rule.first, rule.then) for rule in found.before] == [("a", "c"), ("b", "c")]
    assert [str(finding.address) for finding in found.findings] == [
        "mail/contoso/a",
        "mail/contoso/b",
    ]


def test_a_failed_read_is_told_once_with_what_is_unknown() -> None:
    start = view(
        thing("mail/a"),
        thing("mail/b"),
        reads=asked("/v1/x", "mail/a", "mail/b", failed="503 busy"),
    )
    found = draft(MAIL, Look(start))
    assert [finding.code for finding in found.findings] == ["not-read"]
    assert "GET /v1/x: 503 busy: 2 resource(s) unknown" in found.findings[0].what
    assert found.unknown == (address("mail/a"), address("mail/b"))


def test_a_failed_read_that_a_narrower_one_made_good_is_not_told() -> None:
    reads = asked("/v1/x", "mail/a", failed="503") | asked("/v1/x/a", "mail/a")
    found = draft(MAIL, Look(view(thing("mail/a"), reads=reads)))
    assert (found.findings, found.unknown) == ((), ())
