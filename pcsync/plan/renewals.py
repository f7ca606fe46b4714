"""A plan read as a calendar: when terms end, what becomes of them, what is to be decided by when.

Owns the order, what is near enough to be shown, and what is marked. Pure; must not import a stage
beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import datetime, timedelta

from pcsync.kinds import Renews
from pcsync.model import Address, Plan, PriceChange, Renewal, Severity
from pcsync.plan.acknowledge import acknowledged
from pcsync.plan.draft import Draft
from pcsync.plan.fold import Kinds


@dataclass(frozen=True, slots=True)
class Calendar:
    """The ends of terms by date, of the plan whose moment and place they share.

    `without` is declared and has no end of a term: it is not live, or runs without one. What is
    `unknown` was not read. `prices` are changes of prices, None where nobody asked for them.
    """

    time: datetime
    cloud: str
    partner_tenant: str
    base: str | None
    customers: tuple[str, ...]
    renewals: tuple[Renewal, ...]
    without: tuple[Address, ...] = ()
    unknown: tuple[Address, ...] = ()
    within: int | None = None
    prices: tuple[PriceChange, ...] | None = None
    priced: bool = True


def calendar(
    kinds: Kinds,
    drafts: Sequence[Draft],
    plan: Plan,
    within: int | None = None,
    *,
    prices: bool = False,
) -> Calendar:
    """The calendar of what a plan was made of. `within`: only terms that end in so many days,
    today among them; all of them where it is None."""
    by_name = {name: kind for name, kind in kinds.items() if isinstance(kind, Renews)}
    renewing = tuple(by_name.values())
    found = [each for draft in drafts for each in _renewals(renewing, draft)]
    ending = {each.address for each in found}
    declared = {a for draft in drafts for a in draft.view.wants if a.kind in by_name}
    unknown = {address for draft in drafts for address in draft.unknown} & declared
    return Calendar(
        plan.time,
        plan.cloud,
        plan.partner_tenant,
        plan.base,
        plan.customers,
        tuple(sorted(_near(found, plan.time, within), key=_order)),
        tuple(sorted(declared - ending - unknown)),
        tuple(sorted(unknown)),
        within,
        tuple(_changes(renewing, drafts)) if prices else None,
        any(draft.view.prices is not None for draft in drafts),
    )


def due(renewal: Renewal) -> bool:
    """Whether somebody has to decide about it now, and nobody took note of that."""
    return any(finding.severity is Severity.WARNING for finding in renewal.findings)


def _renewals(kinds: Iterable[Renews], draft: Draft) -> Iterator[Renewal]:
    for kind in kinds:
        for each in kind.renewals(draft.view):
            if each.address not in draft.unknown:
                yield replace(each, findings=tuple(acknowledged(draft.view, each.findings)))


def _near(found: Iterable[Renewal], now: datetime, within: int | None) -> Iterator[Renewal]:
    for each in found:
        if within is None or each.now.last_day <= now + timedelta(days=within):
            yield each


def _order(renewal: Renewal) -> tuple[datetime, Address]:
    return renewal.now.last_day, renewal.address


def _changes(kinds: Iterable[Renews], drafts: Sequence[Draft]) -> list[PriceChange]:
    found = [each for draft in drafts for kind in kinds for each in kind.price_changes(draft.view)]
    return sorted(found, key=lambda each: (each.begins, each.address))
