"""Policies: rules of a team about plans, as data, with their own cases.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from typing import Any

from pcsync.model.lists import Severity
from pcsync.model.names import Place

POLICY = "policy"
"""The code of what a policy says."""


class Operator(StrEnum):
    """How a value of the plan is held against the one of a clause."""

    EQUALS = "equals"
    NOT_EQUALS = "notEquals"
    IN = "in"
    NOT_IN = "notIn"
    MATCHES = "matches"
    GREATER_THAN = "greaterThan"
    AT_LEAST = "atLeast"
    LESS_THAN = "lessThan"
    EXISTS = "exists"
    ABSENT = "absent"
    BEFORE = "before"
    AFTER = "after"


@dataclass(frozen=True, slots=True)
class Clause:
    """One condition: the values at `path`, a JSONPath from the item, held against `value`.

    `value` is text, as it was written: it is read by the type of what it is compared with. It is a
    list of texts for ``in`` and ``notIn``, None for ``exists`` and ``absent``.
    """

    path: str
    operator: Operator
    value: str | tuple[str, ...] | None = None


@dataclass(frozen=True, slots=True)
class PolicyRule:
    """What is said (`message`) of the items at `where`, a JSONPath in the plan's document, that
    meet every clause. An error refuses the plan, a warning is told."""

    name: str
    where: str
    when: tuple[Clause, ...]
    message: str
    severity: Severity
    place: Place


@dataclass(frozen=True, slots=True)
class PolicyCase:
    """A part of a plan's document, and the messages of the rules that it meets, in their order."""

    name: str
    plan: Mapping[str, Any]
    expect: tuple[str, ...]
    place: Place


@dataclass(frozen=True, slots=True)
class Policy:
    """Rules of one name, and their cases."""

    name: str
    rules: tuple[PolicyRule, ...]
    cases: tuple[PolicyCase, ...]
    place: Place
