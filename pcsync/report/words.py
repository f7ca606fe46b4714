"""The vocabulary of the reports: signs, the order of verbs and outcomes, titles of sections.

Owns what each closed list of the model is called. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from enum import StrEnum
from typing import assert_never

from pcsync.model import Action, Outcome, Severity, Verb, When
from pcsync.report.shown import count

VERBS = (
    Verb.CREATE,
    Verb.UPDATE,
    Verb.RESUME,
    Verb.SUSPEND,
    Verb.CANCEL,
    Verb.DELETE,
    Verb.RESTORE,
    Verb.RELEASE,
)
OUTCOMES = (
    Outcome.DONE,
    Outcome.FAILED,
    Outcome.STALE,
    Outcome.UNKNOWN,
    Outcome.SKIPPED,
    Outcome.PENDING,
    Outcome.DEFERRED,
    Outcome.NOT_STARTED,
)
AT_THE_END = "endOfTerm"
SEVERITIES = (Severity.ERROR, Severity.WARNING, Severity.INFO)


class Moment(StrEnum):
    """The sections that hold actions, in the order of time; the value is the title."""

    NOW = "NOW"
    RENEWAL = "AT RENEWAL"
    BLOCKED = "BLOCKED"
    STORED = "NO CHANGE"


def moment(action: Action) -> Moment:
    """The section of an action. What is written now with a later date takes effect at renewal."""
    match action.when:
        case When.NOW | When.WAITING:
            return Moment.RENEWAL if action.date else Moment.NOW
        case When.DEFERRED:
            return Moment.RENEWAL
        case When.BLOCKED:
            return Moment.BLOCKED
        case When.PENDING:
            return Moment.STORED
        case never:
            assert_never(never)


def sign(action: Action) -> str:
    """The sign of an action (plan-output.md section 1)."""
    match moment(action):
        case Moment.NOW:
            return ">" if _at_the_end(action) else sign_of(action.verb)
        case Moment.RENEWAL:
            return ">"
        case Moment.BLOCKED:
            return "#"
        case Moment.STORED:
            return "="
        case never:
            assert_never(never)


def _at_the_end(action: Action) -> bool:
    """Whether it is told now and takes effect when a term ends."""
    return {change.field for change in action.changes} == {AT_THE_END}


def sign_of(verb: Verb) -> str:
    """The sign of a verb that takes effect at once."""
    match verb:
        case Verb.CREATE | Verb.RESTORE:
            return "+"
        case Verb.UPDATE | Verb.RESUME:
            return "~"
        case Verb.SUSPEND | Verb.CANCEL | Verb.DELETE:
            return "-"
        case Verb.RELEASE:
            return "="
        case never:
            assert_never(never)


def noun(kind: str) -> str:
    """What a kind is called in these texts: the service writes `license`, people read a licence."""
    return f"{kind.removesuffix('ense')}ence" if kind.endswith("ense") else kind


def to_do(verbs: Mapping[str, int], kinds: Mapping[str, Mapping[str, int]] | None = None) -> str:
    """``4 to create, 3 to update``: the verbs in their order, without those that are zero.

    With `kinds`, the numbers of resources by verb and kind, it says what: ``4 to create: 1
    customer, 3 users; 3 licences to update``.
    """
    here = [verb for verb in VERBS if verbs.get(verb)]
    if kinds is None:
        return ", ".join(f"{verbs[verb]:,} to {verb}" for verb in here)
    return "; ".join(_what(verb, verbs[verb], kinds[verb]) for verb in here)


def _what(verb: Verb, number: int, kinds: Mapping[str, int]) -> str:
    counted = ", ".join(count(each, noun(kind)) for kind, each in kinds.items())
    return f"{counted} to {verb}" if len(kinds) == 1 else f"{number:,} to {verb}: {counted}"


def came_out(outcomes: Mapping[str, int]) -> str:
    """``12 done, 1 failed, 2 not started``: in their order, without those that are zero."""
    return ", ".join(f"{outcomes[key]:,} {called(key)}" for key in OUTCOMES if outcomes.get(key))


def called(outcome: Outcome) -> str:
    """The outcome as a person would say it."""
    return outcome.replace("-", " ")
