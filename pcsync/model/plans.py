"""The plan as data, and what came of it.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pcsync.model.actions import Action
from pcsync.model.lists import Outcome
from pcsync.model.names import NOTHING, Address, Finding
from pcsync.model.steps import Step


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts for the last line of a plan: by verb and moment, what guards count, and calls."""

    verbs: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    when: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    measures: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    writes: int = 0
    reads_at_least: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply will do, as data. `id` is the digest of the rest, time included.

    `commit` is the one that the manifests were read from, None where they differ from it or there
    is none; `bases` the commit that each customer was compared with; `adopted` the ids of declared
    resources that were found live and stand in no lock file yet.
    """

    format: int
    id: str
    time: datetime
    cloud: str
    partner_tenant: str
    manifests: str
    base: str | None
    lifted: Mapping[str, int]
    ids: Mapping[str, str]
    wants: Mapping[str, Mapping[str, Any]]
    actions: tuple[Action, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    totals: Totals
    customers: tuple[str, ...] = ()
    unknown: tuple[Address, ...] = ()
    commit: str | None = None
    bases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    adopted: Mapping[str, str] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step ended. `detail` is one sentence in words, `advice` what to do, both without
    secrets; `warnings` are remarks of the service beside a success; `sent` counts its writes;
    `cause` is the address that a skipped or waiting step needs; `fails` are the actions that a
    failed step failed for, where they are not all it covers."""

    step: str
    outcome: Outcome
    detail: str = ""
    advice: str = ""
    warnings: tuple[str, ...] = ()
    sent: int = 0
    cause: str = ""
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionResult:
    """How one action ended, and why in words where it is not done."""

    action: str
    outcome: Outcome
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome of an apply: every step and every action of the plan has exactly one result."""

    plan: Plan
    started: datetime
    ended: datetime
    steps: tuple[StepResult, ...]
    actions: tuple[ActionResult, ...]
    ids: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    writes: int = 0
    reads: int = 0
