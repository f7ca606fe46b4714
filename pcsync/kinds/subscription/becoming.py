"""What a subscription is to become, in words: its product and term, how, what is worth knowing.

Owns how a change of product reads, and the findings that belong to a longer term and to the names
of licences (plan-output.md 4; domain rules WI9, LI15). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import Any

from pcsync.kinds.subscription import products, terms, transition
from pcsync.model import Change, Finding, Resource, Severity, View

DOWN = {"P1M": "every month", "P1Y": "once a year", "P3Y": "once in three years"}
LENGTHS = {"P1M": "by the month", "P1Y": "for a year", "P3Y": "for three years"}
TIERS = ("Basic", "Standard", "Premium")
SHOWN = ("termDuration", "billingCycle", "quantity")
Row = tuple[str, str]


def rows(want: Resource, have: Resource, changes: Sequence[Change], view: View) -> tuple[Row, ...]:
    """The rows of an instruction that changes the product; nothing where it stays."""
    found = {change.field: change for change in changes}
    product = found.get("product")
    if product is None:
        return ()
    names = (have.spec["product"], str(product.new))
    told = [("product", f"{between(*names)} ({' -> '.join(names)})")]
    for name in SHOWN:
        if change := found.get(name):
            told.append((name, f"{change.old} -> {change.new}"))
        elif name != "quantity":
            told.append((name, str(have.spec[name])))
    if "quantity" not in found:
        stays = f"{have.spec['quantity']}, unchanged: so Microsoft moves the licences itself"
        told.append(("quantity", stays))
    rest = [
        (c.field, f"{c.old or 'none'} -> {c.new}") for c in changes if c.field not in dict(told)
    ]
    return (*told, *rest, ("how", _how(want, have, product.new, view)))


def _how(want: Resource, have: Resource, product: str, view: View) -> str:
    """How it is told, and what the service says of it."""
    offers = transition.scheduled(have, product)
    said = f"the service offers this upgrade for a renewal (asked {view.at:%H:%M}); "
    return f"instruction for the next term; {said if offers else ''}the id stays"


def headline(want: Resource, have: Resource, changes: Sequence[Change], day: datetime) -> str:
    """``m365 becomes Business Premium, for a year, on 3 Dec 2026``; nothing where the product
    stays."""
    found = {change.field: str(change.new) for change in changes}
    if "product" not in found:
        return ""
    old, new = (products.title(each) or each for each in (have.spec["product"], found["product"]))
    term = found.get("termDuration", "")
    length = f", {LENGTHS[term]}" if term in LENGTHS else ""
    return f"{want.address.path[-1]} becomes {apart(old, new)}{length}, on {day.day} {day:%b %Y}"


def between(old: str, new: str) -> str:
    """``Microsoft 365 Business Standard -> Business Premium``: the names of two products, the ids
    where the table does not know them."""
    first, second = products.title(old) or old, products.title(new) or new
    return f"{first} -> {apart(first, second)}"


def apart(one: str, other: str) -> str:
    """The second of two names from the word before which they differ on: ``Business Premium``; all
    of it where nothing before that is the same."""
    words, known = other.split(), one.split()
    same = 0
    while same < min(len(words), len(known)) - 1 and words[same] == known[same]:
        same += 1
    return " ".join(words[max(same - 1, 0) :])


def remarks(
    want: Resource, have: Resource, changes: Iterable[Change], day: str
) -> Iterable[Finding]:
    """What somebody should know of these changes; `day` is when they take effect."""
    found = {change.field: change for change in changes}
    if (term := found.get("termDuration")) and terms.longer(str(term.new), term.old):
        yield _longer(want, term, day)
    if product := found.get("product"):
        for each in (product.old or have.spec["product"], product.new):
            yield from _misnamed(want, str(each))


def _longer(want: Resource, term: Change, day: str) -> Finding:
    old, new = DOWN.get(str(term.old), "more often"), DOWN.get(str(term.new), "less often")
    what = f"seats can go down {old} today, and {new} from {day}"
    advice = "keep a part of them in a subscription of its own by the month, or acknowledge it"
    return _say(want, "longer-commitment", what, advice, "termDuration")


def _misnamed(want: Resource, product: str) -> Iterable[Finding]:
    """A part number that names another product than it is of."""
    row: Mapping[str, Any] = products.table().get(product.upper(), {})
    title, part = str(row.get("title", "")), str(row.get("partNumber", ""))
    mine = [tier for tier in TIERS if tier in title.split()]
    if mine and any(tier.upper() in part.upper() for tier in TIERS if tier not in mine):
        what = f"the part number of {title} is {part}"
        advice = "look twice before somebody moves licences by hand"
        yield _say(want, "licence-name", what, advice, "product")


def _say(want: Resource, code: str, what: str, advice: str, field: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(field))
