"""How what is done to a subscription reads: a purchase, an instruction, an end (plan-output.md).

Owns these words, as (label, text); what is done is decided elsewhere. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from datetime import datetime

from pcsync.kinds.subscription import money, prices, products, terms, types
from pcsync.kinds.subscription.follow import filled
from pcsync.kinds.subscription.windows import renews
from pcsync.model import Change, Resource, View

Row = tuple[str, str]
BILLED = {
    "monthly": "billed monthly",
    "annual": "billed annually",
    "triennial": "billed every three years",
}
ENDS = {"renew": "renews", "cancel": "ends", "extend": "then month by month"}
# What the sentence of a purchase holds; any other field has a line of its own.
TOLD = frozenset({"product", "termDuration", "billingCycle", "quantity", "endOfTerm"})
HOW = "instruction for the next term; auto-renew "


def bought(want: Resource, changes: Sequence[Change]) -> tuple[Row, ...]:
    """``10 seats, P1Y, billed monthly, renews``; nothing for what is not bought by the seat."""
    spec = want.spec
    if types.type_of(spec) != types.LICENSE or spec.get("billingCycle") not in BILLED:
        return ()
    end = "a trial" if "trial" in spec else ENDS[spec.get("endOfTerm") or "renew"]
    parts = (seats(spec["quantity"]), spec["termDuration"], BILLED[spec["billingCycle"]], end)
    rows = [("", ", ".join(parts))]
    if not products.title(spec["product"]):
        rows.append(("product", spec["product"]))
    rows += [(change.field, str(change.new)) for change in changes if _apart(change, want)]
    return tuple(rows)


def _apart(change: Change, want: Resource) -> bool:
    named = change.field == "friendlyName" and change.new == want.address.path[-1]
    return change.field not in TOLD and not named


def seats(number: int) -> str:
    """``1 seat``, ``10 seats``."""
    return "1 seat" if number == 1 else f"{number:,} seats"


def instructed(have: Resource, changes: Sequence[Change], view: View) -> Iterable[Row]:
    """Why fewer seats are for the renewal only, and by what they go."""
    fields = {change.field: change for change in changes}
    if (fewer := fields.get("quantity")) and fewer.new < fewer.old:
        free, number = have.remote["refundable"] or 0, have.spec["quantity"]
        yield "not now", f"{free} of {seats(number)} are in a 7-day window (read {view.at:%H:%M})"
    if fields.keys() == {"quantity"}:
        yield "how", HOW + ("stays on" if have.spec["endOfTerm"] == "renew" else "is switched on")


# --- an end -------------------------------------------------------------------------------------


def brief(have: Resource) -> str:
    """``ends 2027-03-17, is not renewed``; nothing where the service does not say when."""
    ends = have.remote["ends"]
    return f"ends {ends:%Y-%m-%d}, is not renewed" if ends else ""


def ended(have: Resource, view: View, why: str, word: str) -> Iterable[Row]:
    """What ends, why, how, and what was not done in its place (rules RM2, RM3, RM13)."""
    yield "", _what(have, view.at)
    yield "why", why
    yield "how", _how(have, view)
    if word != "cancel":
        yield "not", f"suspended: that locks {_people(have, view)} out and costs the same"
    until: datetime | None = have.remote["cancellable_until"]
    if until and view.at < until:
        credit = f"for a credit{_credit(have, view)} until {_minute(until)}"
        yield "could be", f"cancelled {credit}: `onRemove: cancel`"
    elif until:
        yield "not", f"cancelled: its window closed on {until:%Y-%m-%d}"
    else:
        yield "not", "cancelled: no window to cancel it in is open"
    if free := have.remote["refundable"]:
        last = have.remote["refundable_until"]
        yield (
            "could be",
            f"fewer: {seats(free)} could go back" + (f" until {_minute(last)}" if last else ""),
        )


def _credit(have: Resource, view: View) -> str:
    """How much would come back today, where there are price sheets."""
    if view.prices is None:
        return ""
    book = money.book_of(view)
    back = money.cancelled(have, book).now.amount
    return " of unknown size" if back is None else f" of {-back:,.2f} {book.currency}"


def _what(have: Resource, now: datetime) -> str:
    spec = have.spec
    name = products.title(spec["product"]) or spec["product"]
    told = f"{name}, {seats(spec['quantity'] or 0)}, {spec['termDuration']}"
    if have.remote["ends"] is None:
        return told
    days = (have.remote["ends"] - terms.midnight(now)).days
    return f"{told}; the last day is {'today' if not days else f'in {days} days'}"


def _how(have: Resource, view: View) -> str:
    """Auto-renew off alone becomes a paid term (rule WI4)."""
    if view.contract < "2026-05":
        return "auto-renew off: it expires after its last day, with 30 days of grace"
    told = 'auto-renew off and "cancel at term end" in one call'
    if not have.remote["extendable"]:
        return told
    return f"{told}; without the second it would go on month by month{_dearer(have, view)} (EST)"


def _dearer(have: Resource, view: View) -> str:
    """What an extended term costs more, where price sheets know it (rule MO13)."""
    begins = renews(have)
    if view.prices is None or begins is None:
        return ", paid"
    found = prices.extended(money.book_of(view), prices.sold(have.spec), begins)
    return f" at {found.source.partition(',')[0]}" if found.amount is not None else ", paid"


def _people(have: Resource, view: View) -> str:
    """How many would be locked out, where it is known."""
    pool = next(iter(filled(have.spec, have.remote)), "")
    level = view.levels.get(pool)
    if level is None:
        return "its people"
    lost = min(level.used, max(level.used - level.total + int(have.spec["quantity"] or 0), 0))
    return "1 person" if lost == 1 else f"{lost:,} people"


def _minute(moment: datetime) -> str:
    return f"{moment:%Y-%m-%d %H:%M UTC}"
