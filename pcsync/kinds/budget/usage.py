"""What Azure usage says about a budget: its currency, how much is spent, whether there is Azure.

Owns the findings beside the amount (domain rules AZ5, MO16; customers.md 9). The figures are
Microsoft's estimates, a day old, without tax and credits. Pure; imports the nouns and values.
"""

from __future__ import annotations

from calendar import monthrange
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from typing import Any

from pcsync.kinds.paths import at
from pcsync.model import (
    Action,
    Before,
    Finding,
    Resource,
    Severity,
    State,
    Usage,
    Verb,
    View,
)
from pcsync.values import word

WARN_AT = (80, 100)
PLAN, LEGACY = "azurePlan", "MS-AZR"
ALIVE = frozenset({"active", "suspended", "pending"})
CENT = Decimal("0.01")


def currency(want: Resource, live: Mapping[str, Any]) -> Iterable[Finding]:
    """An asserted currency against that of the usage record: a budget in another is worse than
    none."""
    declared, found = want.spec.get("currency"), live.get("currency")
    if declared is None or (found and word(found) == word(declared)):
        return
    if found:
        what = f"the budget is declared in {declared}, Partner Center counts in {found}"
        advice = f"write the amount in {found} and `currency: {found}`"
        yield _say(want, Severity.ERROR, "budget-currency", what, advice, "currency")
    else:
        what = f"nothing says yet whether Partner Center counts in {declared}"
        advice = "look again when the customer has Azure usage (needs an App+User token)"
        yield _say(want, Severity.WARNING, "budget-currency-unchecked", what, advice, "currency")


def checked(want: Resource, live: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """The currency, where the usage record agrees with the manifest (MO16)."""
    declared, found = want.spec.get("currency"), live.get("currency")
    if declared and found and word(found) == word(declared):
        yield "currency", f"{found}, as in the usage record (checked)"


def known(have: Resource | None) -> bool:
    """Whether somebody could ask what was used this month."""
    remote = have.remote if have else {}
    return remote.get("spent") is not None and remote.get("measured") is not None


def used(action: Action, have: Resource) -> Iterator[Usage]:
    """What was used this month of a budget, beside what it is to be; nothing where nobody could
    ask."""
    if not known(have):
        return
    (change,) = action.changes
    name = str(have.spec.get("currency") or "")
    remote = have.remote
    yield Usage(action.address, remote["spent"], remote["measured"], name, change.old, change.new)


def spending(want: Resource, have: Resource | None) -> Iterable[Finding]:
    """The highest percentage of `warnAt` that this month's cost has reached, where it is known."""
    amount, spent = want.spec.get("amount"), have.remote.get("spent") if have else None
    measured = have.remote.get("measured") if have else None
    if amount is None or not spent or measured is None:
        return
    reached = [
        percent
        for percent in want.words.get("warnAt", WARN_AT)
        if spent * 100 >= amount * Decimal(percent)
    ]
    if not reached:
        return
    what = f"{_money(spent)} of {_money(amount)} spent by {measured:%Y-%m-%d}"
    share = f" ({spent * 100 / amount:.0f} %)" if amount else ""
    advice = "look at it in Azure, or raise the budget: it stops nothing"
    what = f"{what}{share}: {max(reached)} % is reached; {_pace(spent, amount, measured)}"
    yield _say(want, Severity.WARNING, "budget-spent", what, advice, "amount")


def _pace(spent: Decimal, amount: Decimal, measured: datetime) -> str:
    """By the days that the figures cover: they are a day old, and today is not among them."""
    days = monthrange(measured.year, measured.month)[1]
    total = spent / measured.day * days
    share = f" ({total * 100 / amount:.0f} %)" if amount else ""
    return f"at this pace {_money(total)} by {measured:%Y-%m}-{days}{share}"


def _money(value: Any) -> str:
    return f"{Decimal(str(value)).quantize(CENT):,}"


def without_azure(want: Resource, have: Resource | None, view: View) -> Finding | None:
    """The error of a budget for a customer without Azure, where its subscriptions were read."""
    path = at(view, want.owner, "subscriptions") if want.owner else None
    known = have is not None and ("spent" in have.remote or have.spec.get("amount") is not None)
    if known or path is None or not view.done(path) or want.spec.get("amount") is None:
        return None
    if any(_is_azure(each) for each in view.haves.values()) or any(_planned(view)):
        return None
    what = "a budget is for Azure, and the customer has neither an Azure plan nor legacy Azure"
    advice = "remove its lines, or declare a subscription with `type: azurePlan`"
    return _say(want, Severity.ERROR, "budget-needs-azure", what, advice, "")


def _is_azure(have: Resource) -> bool:
    legacy = str(have.spec.get("product") or "").startswith(LEGACY)
    return have.spec.get("state") in ALIVE and (legacy or have.remote.get("type") == PLAN)


def _planned(view: View) -> Iterator[Resource]:
    for want in view.wants.values():
        if want.spec.get("type") == PLAN and want.state is State.PRESENT:
            yield want


def after_plan(view: View, kind: str) -> Iterable[Before]:
    """An Azure plan that is bought in the same plan comes before its customer's budget."""
    bought = {
        action.id
        for action in view.actions.values()
        if action.verb is Verb.CREATE
        and (want := view.wants.get(action.address))
        and want.spec.get("type") == PLAN
    }
    for name, action in sorted(view.actions.items()):
        if action.address.kind == kind:
            yield from (Before(first, name) for first in sorted(bought))


def _say(
    want: Resource, severity: Severity, code: str, what: str, advice: str, field: str
) -> Finding:
    return Finding(severity, code, what, advice, want.address, want.at(field))
