"""Policies held against the document of a plan: what is refused, what is told, which cases hold.

Owns the meaning of the operators. A document is the JSON-ready data of the plan, so a policy says
what any program could see. Pure; must not import a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass, replace
from datetime import UTC, datetime
from decimal import Decimal, InvalidOperation
from functools import cache
from typing import Any, assert_never

from jsonpath import JSONPathEnvironment, JSONPathError

from pcsync.model import (
    POLICY,
    Clause,
    Finding,
    Operator,
    Plan,
    Policy,
    PolicyCase,
    PolicyRule,
    Severity,
)
from pcsync.plan.codec import digest

MOST_NAMES = 3
# RFC 9535 and nothing more: another reader of the same policy finds the same.
PATHS = JSONPathEnvironment(strict=True)


@dataclass(frozen=True, slots=True)
class Tried:
    """One case of a policy: what its rules said of it. It holds where that is what it expects."""

    policy: str
    case: PolicyCase
    found: tuple[str, ...]

    @property
    def holds(self) -> bool:
        """Whether it came out as expected."""
        return self.found == self.case.expect


def wrong_path(path: str) -> str:
    """Why a text is no JSONPath; empty where it is one."""
    try:
        _query(path)
    except JSONPathError as error:
        return str(error.args[0]) if error.args else "it can't be read"
    return ""


def judge(policies: Sequence[Policy], document: Mapping[str, Any]) -> list[Finding]:
    """What policies say of a plan's document: one finding for each rule that something meets.

    What policies said of it before is no part of what they look at.
    """
    rest = [each for each in document.get("findings", ()) if each.get("code") != POLICY]
    seen = {**document, "findings": rest}
    return [
        _finding(policy, rule, items)
        for policy in policies
        for rule in policy.rules
        if (items := meeting(rule, seen))
    ]


def judged(plan: Plan, findings: Sequence[Finding]) -> Plan:
    """The plan with what policies say of it."""
    if not findings:
        return plan
    told = replace(plan, findings=(*plan.findings, *findings))
    return replace(told, id=digest(told))


def tried(policies: Iterable[Policy]) -> Iterator[Tried]:
    """Every case of every policy, held against the rules of its own policy."""
    for policy in policies:
        for case in policy.cases:
            met = (rule.message for rule in policy.rules if meeting(rule, case.plan))
            yield Tried(policy.name, case, tuple(met))


def meeting(rule: PolicyRule, document: Mapping[str, Any]) -> list[Any]:
    """The items that meet every clause of a rule."""
    items = _values(rule.where, document)
    return [item for item in items if all(_meets(clause, item) for clause in rule.when)]


@cache
def _query(path: str) -> Any:
    return PATHS.compile(path)


def _values(path: str, document: Any) -> list[Any]:
    if not isinstance(document, Mapping | list | tuple):
        return [document] if path == "$" else []
    return list(_query(path).findall(document))


def _meets(clause: Clause, item: Any) -> bool:
    """One value that fits is enough; `notEquals`, `notIn` and `absent` want none that does."""
    values = _values(clause.path, item)
    wanted = clause.value
    texts = (wanted,) if isinstance(wanted, str) else wanted or ()
    match clause.operator:
        case Operator.EXISTS:
            return bool(values)
        case Operator.ABSENT:
            return not values
        case Operator.EQUALS | Operator.IN:
            return any(_same(value, text) for value in values for text in texts)
        case Operator.NOT_EQUALS | Operator.NOT_IN:
            return not any(_same(value, text) for value in values for text in texts)
        case Operator.MATCHES:
            return any(isinstance(v, str) and re.search(texts[0], v) for v in values)
        case Operator.GREATER_THAN | Operator.AT_LEAST | Operator.LESS_THAN:
            return any(_compared(clause.operator, value, texts[0]) for value in values)
        case Operator.BEFORE | Operator.AFTER:
            return any(_dated(clause.operator, value, texts[0]) for value in values)
        case never:
            assert_never(never)


def _same(value: Any, text: str) -> bool:
    """A text is read by the type of what it is compared with, never by how it looks."""
    match value:
        case None:
            return text == "null"
        case bool():
            return text == ("true" if value else "false")
        case int() | float() | Decimal():
            return number(value) == number(text)
        case str():
            return value == text
        case _:
            return False


def _compared(operator: Operator, value: Any, text: str) -> bool:
    plain = isinstance(value, int | float | Decimal) and not isinstance(value, bool)
    found, wanted = number(value) if plain else None, number(text)
    if found is None or wanted is None:
        return False
    if operator is Operator.GREATER_THAN:
        return found > wanted
    return found >= wanted if operator is Operator.AT_LEAST else found < wanted


def _dated(operator: Operator, value: Any, text: str) -> bool:
    found, wanted = time(value), time(text)
    if found is None or wanted is None:
        return False
    return found < wanted if operator is Operator.BEFORE else found > wanted


def number(value: Any) -> Decimal | None:
    """A finite number; None for what is none."""
    with suppress(InvalidOperation):
        found = Decimal(str(value))
        return found if found.is_finite() else None
    return None


def time(value: Any) -> datetime | None:
    """A day (its first moment) or a time, in UTC where it says no zone; None for what is none."""
    if not isinstance(value, str):
        return None
    with suppress(ValueError):
        found = datetime.fromisoformat(value)
        return found if found.tzinfo else found.replace(tzinfo=UTC)
    return None


def _finding(policy: Policy, rule: PolicyRule, items: Sequence[Any]) -> Finding:
    """It stands for the plan as a whole; what it is about is named in it."""
    found = [str(item.get("address", "")) for item in items if isinstance(item, Mapping)]
    names = list(dict.fromkeys(filter(None, found)))
    more = f" and {len(names) - MOST_NAMES:,} more" if len(names) > MOST_NAMES else ""
    about = f" ({', '.join(names[:MOST_NAMES])}{more})" if names else ""
    return Finding(
        rule.severity,
        POLICY,
        f"{rule.message}{about}",
        f"change what is planned; the rule is {policy.name}/{rule.name}, {rule.place}",
    )


def refusing(findings: Iterable[Finding]) -> list[Finding]:
    """Those of policies that stand in the way of the plan."""
    return [f for f in findings if f.code == POLICY and f.severity is Severity.ERROR]
