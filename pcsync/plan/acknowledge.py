"""What a person has seen and accepts until a day: `acknowledge` (domain rule RO7).

A warning is silenced. An error is lifted only if it is one of the closed list that needs a person.
What is lifted must then be planned: a kind yields the action beside the finding, with the same
address; a draft drops the actions of faulty resources, so the action stays once the finding is
lifted before that. Pure. Must not import a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace
from typing import Any

from pcsync.model import Address, Finding, Resource, Severity, View

NEEDS_A_PERSON = frozenset({"mailbox-will-be-lost", "deletes-role-holder"})
WORD = "acknowledge"
CODE = "acknowledged"


def acknowledged(view: View, findings: Iterable[Finding]) -> Iterator[Finding]:
    """The findings, those that somebody took note of as information; where that is over they say
    so and stand again."""
    for finding in findings:
        given = _given(view, finding) if _can_be_lifted(finding) else None
        if given is None:
            yield finding
        elif _holds(view, given):
            yield _noted(finding, given)
        else:
            over = f"the word of {given['by']} for it held until {given['until']}"
            yield replace(finding, advice=f"{finding.advice}; {over}")


def _can_be_lifted(finding: Finding) -> bool:
    return finding.severity is Severity.WARNING or (
        finding.severity is Severity.ERROR and finding.code in NEEDS_A_PERSON
    )


def _given(view: View, finding: Finding) -> Mapping[str, Any] | None:
    """The acknowledgement of a finding's code, of several the one that holds longest."""
    given = [
        each
        for resource in _bearers(view, finding)
        for each in resource.words.get(WORD, ())
        if each["finding"] == finding.code
    ]
    return max(given, key=lambda each: str(each["until"]), default=None)


def _bearers(view: View, finding: Finding) -> Iterator[Resource]:
    """Whose word counts: of the resource, or of what it belongs to short of the customer.

    The customer speaks for itself, and for what no line declares.
    """
    address = finding.address
    if address is None:
        yield from (want for want in view.wants.values() if _inside(want, finding))
        return
    declared = view.wants.get(address)
    if declared is None:
        yield from _nearest(view, address)
        return
    yield declared
    owner = view.wants.get(declared.owner) if declared.owner else None
    if owner and owner.owner is not None:
        yield owner


def _nearest(view: View, address: Address) -> Iterator[Resource]:
    """The nearest declared thing that one belongs to which no line declares."""
    have = view.haves.get(address)
    while have is not None and have.owner is not None:
        if have.owner in view.wants:
            yield view.wants[have.owner]
            return
        have = view.haves.get(have.owner)


def _inside(want: Resource, finding: Finding) -> bool:
    return finding.place is not None and finding.place in {want.place, *want.places.values()}


def _holds(view: View, given: Mapping[str, Any]) -> bool:
    """The last day is included."""
    return view.at.date().isoformat() <= str(given["until"])


def _noted(finding: Finding, given: Mapping[str, Any]) -> Finding:
    return replace(
        finding,
        severity=Severity.INFO,
        code=CODE,
        what=f"{finding.code}: {finding.what}",
        advice=f"accepted by {given['by']} on {given['on']}, until {given['until']}",
    )
