"""The plan as data, and what came of it.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pcsync.model.actions import Action
from pcsync.model.limits import Used
from pcsync.model.lists import Outcome, Stop
from pcsync.model.money import Bill
from pcsync.model.names import NOTHING, Address, Finding
from pcsync.model.steps import Step
from pcsync.model.told import Edited, Kept, Usage


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts for the last line of a plan: by verb and moment, what guards count, and calls; and
    what it costs, None where no action of it costs anything or nobody has prices. `unpriced` is how
    many actions change seats while there are no price sheets."""

    verbs: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    when: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    measures: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    writes: int = 0
    reads_at_least: int = 0
    waits: int = 0
    money: Bill | None = None
    unpriced: int = 0


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats and people of one pool, each as (seats, people): now, after the plan, and from `date`
    on, where it prepares a renewal. `label` is the part number of the licence, `title` the product
    that gives it."""

    owner: Address
    pool: str
    label: str
    now: tuple[int, int]
    after: tuple[int, int]
    later: tuple[int, int] | None = None
    date: datetime | None = None
    title: str = ""


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply will do, as data. `id` is the digest of the rest, time included.

    `commit` is the one that the manifests were read from, None where they differ from it or there
    is none; `bases` the commit that each customer was compared with; `adopted` the ids of declared
    resources that were found live and stand in no lock file yet, `removed` what the base declares
    and the manifests do not, `forgotten` the lines of the lock file that go with this plan;
    `freeze` are the windows of single customers, by name, in which nothing is written for them.
    `declared` is what the touched customers were planned from, as data, `paths` the files and
    folders that were given for it. `limits` is what is used of each measure, `lifted_by` who asked
    for what is lifted; `labels` are those that the customers of the plan have to have, `left_out`
    is how many have not; `halts` is what kept apply from writing when the plan was made;
    `waived` are the gates at which a customer, by name, does not wait, `closed` those that were
    known to be closed and that something waits at; `contract` is the date of
    the service's rules. `kept` is what nothing is done to and is worth a line, `usage` what
    budgets that the plan touches were used for, `edited` the lines that several customers share and
    that are not as they were in the base; `unread` are the customers of which nothing could be
    read, each with the reason. `signature` proves who made the plan, and the id does not cover it.
    """

    format: int
    id: str
    time: datetime
    cloud: str
    partner_tenant: str
    manifests: str
    base: str | None
    lifted: Mapping[str, int | str]
    ids: Mapping[str, str]
    wants: Mapping[str, Mapping[str, Any]]
    actions: tuple[Action, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    totals: Totals
    customers: tuple[str, ...] = ()
    unknown: tuple[Address, ...] = ()
    seats: tuple[Seats, ...] = ()
    commit: str | None = None
    bases: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    adopted: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    removed: tuple[Address, ...] = ()
    forgotten: tuple[Address, ...] = ()
    freeze: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    declared: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    paths: tuple[str, ...] = ()
    limits: tuple[Used, ...] = ()
    lifted_by: str = ""
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    left_out: int = 0
    halts: tuple[str, ...] = ()
    waived: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    closed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    contract: str = ""
    partner: str = ""
    kept: tuple[Kept, ...] = ()
    usage: tuple[Usage, ...] = ()
    edited: tuple[Edited, ...] = ()
    unread: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    signature: str = ""


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step ended. `detail` is one sentence in words, `advice` what to do, both without
    secrets; `warnings` are remarks of the service beside a success; `sent` counts its writes;
    `cause` is the address that a skipped or waiting step needs; `fails` are the actions that a
    failed step failed for, where they are not all it covers; `refused`: what failed it is a
    limit."""

    step: str
    outcome: Outcome
    detail: str = ""
    advice: str = ""
    warnings: tuple[str, ...] = ()
    sent: int = 0
    cause: str = ""
    fails: tuple[str, ...] = ()
    refused: bool = False


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
    stopped: Stop | None = None
