"""Why the plan does what it does with one resource: how it was found, compared and decided.

Owns the explanation as data. Pure; names no kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pcsync.model import Action, Address, Finding, Plan, Resource, Severity, Step, View
from pcsync.plan.draft import Draft
from pcsync.values import same

SAME, DIFFERS, LEFT_ALONE, NOT_THERE = "same", "differs", "not managed", "of git alone"


@dataclass(frozen=True, slots=True)
class Compared:
    """One field in git and live; `how` is one of ``same``, ``differs``, ``not managed``, and ``of
    git alone`` where the service does not show it."""

    field: str
    declared: Any
    live: Any
    how: str


@dataclass(frozen=True, slots=True)
class Explanation:
    """Everything that decided about one resource.

    `want` and `have` are None where it is not declared or not live; `matched` says how the two were
    found to be one; `reads` are the questions that show it: call, and why it failed if it did.
    """

    address: Address
    time: datetime
    want: Resource | None
    have: Resource | None
    id: str | None
    recorded: str | None
    matched: str
    based: bool
    reads: tuple[tuple[str, str], ...]
    compared: tuple[Compared, ...]
    actions: tuple[Action, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    unknown: bool


def explain(drafts: Sequence[Draft], plan: Plan, address: Address) -> Explanation | None:
    """The explanation of an address; None where nothing declared or live bears it."""
    draft = next((d for d in drafts if d.view.owner and d.view.owner.root == address.root), None)
    if draft is None:
        return None
    view = draft.view
    want, have = view.wants.get(address), view.haves.get(address)
    actions = tuple(action for action in plan.actions if action.address == address)
    if want is None and have is None and not actions:
        return None
    names = {action.implied_by or action.id for action in actions}
    return Explanation(
        address,
        plan.time,
        want,
        have,
        view.ids.get(address),
        view.recorded.get(address),
        view.matched.get(address, ""),
        view.base is not None,
        tuple(_reads(view, address)),
        tuple(_compared(want, have)),
        actions,
        tuple(step for step in plan.steps if names & set(step.covers)),
        tuple(_findings(plan, address, want)),
        address in draft.unknown,
    )


def addresses(drafts: Sequence[Draft]) -> list[str]:
    """All that can be explained, in order."""
    found = {address for draft in drafts for address in (*draft.view.wants, *draft.view.haves)}
    return sorted(str(address) for address in found if not address.path[-1].startswith("#"))


def _reads(view: View, address: Address) -> Iterator[tuple[str, str]]:
    for path, asked in sorted(view.reads.items()):
        if address in asked.read.shows or asked.read.owner == address:
            yield f"{asked.read.method} {path}", asked.reason


def _compared(want: Resource | None, have: Resource | None) -> Iterator[Compared]:
    """Every field that either side has; what the manifest does not say is left as it is.

    Where one side is missing there is nothing to compare.
    """
    if want is None or have is None:
        return
    declared, live = want.spec, have.spec
    for field in [*declared, *(name for name in live if name not in declared)]:
        old, new = live.get(field), declared.get(field)
        if field not in live:
            how = NOT_THERE
        elif field not in declared:
            how = LEFT_ALONE
        else:
            how = SAME if same(old, new, fold=True) else DIFFERS
        yield Compared(field, new, old, how)


def _findings(plan: Plan, address: Address, want: Resource | None) -> Iterator[Finding]:
    """Errors first; those of the resource, and those that stand at its lines."""
    places = {want.place, *want.places.values()} - {None} if want else set()
    mine = [f for f in plan.findings if f.address == address or f.place in places]
    return iter(sorted(mine, key=lambda finding: list(Severity).index(finding.severity)))
