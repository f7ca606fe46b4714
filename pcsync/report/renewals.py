"""`pcsync renewals`: its document, and the table for a terminal.

Owns the shape of the calendar as data and how it reads. Days are ``2027-01-14``; last days are
inclusive. Pure; must not import a stage but the plan's calendar and codec, or a kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from datetime import date, datetime
from decimal import Decimal
from typing import Any

from pcsync.model import Address, AtEnd, PriceChange, Rate, Renewal, Term
from pcsync.plan.codec import plain, stamp
from pcsync.plan.renewals import Calendar, due
from pcsync.report.head import covered, origin, scope, title
from pcsync.report.layout import flush, paragraph, rows
from pcsync.report.shown import count, far, number, shown

FORMAT = 1
LEFT = 2
UNKNOWN = "unknown"


def renewals_document(found: Calendar) -> dict[str, Any]:
    """The calendar as JSON-ready data.

    `renewals`, by date: `address`, `id`, `happens` (renews, ends, extends), `starts`, `lastDay`
    (inclusive), `now` and `next` (each `product`, `title`, `termDuration`, `billingCycle`,
    `quantity`, `lastDay`, `price`), `changes` (between the two), `untold` (planned, and not known
    to the service yet), `decide` (`from`, `by`; None where nothing is asked), `decided`, `due`,
    `freeUntil`, `backUntil`, `blocked` days, `notes`, `findings`, `place`. `without` has no end of
    a term, `unknown` was not read. `priceChanges` where they were asked for.
    """
    return {
        "command": "renewals",
        "format": FORMAT,
        "time": stamp(found.time),
        "cloud": found.cloud,
        "partnerTenant": found.partner_tenant,
        "base": found.base,
        "customers": list(found.customers),
        "within": found.within,
        "renewals": [_renewal(each, found.time) for each in found.renewals],
        "without": [str(address) for address in found.without],
        "unknown": [str(address) for address in found.unknown],
        "priced": found.priced,
        "totals": _totals(found.renewals),
        **({} if found.prices is None else {"priceChanges": [_price(p) for p in found.prices]}),
    }


def _totals(found: Sequence[Renewal]) -> dict[str, int]:
    happens = [each.happens for each in found]
    return {
        **{word.value: happens.count(word) for word in AtEnd},
        "due": sum(due(each) for each in found),
        "untold": sum(bool(each.untold) for each in found),
    }


def _renewal(each: Renewal, now: datetime) -> dict[str, Any]:
    today, ask = now.date(), each.ask_from
    return {
        "address": str(each.address),
        "id": each.id,
        "happens": each.happens.value,
        "starts": _day(each.starts),
        "lastDay": _day(each.now.last_day),
        "days": (each.now.last_day.date() - today).days,
        "now": _term(each.now, each.currency),
        "next": _term(each.next, each.currency) if each.next else None,
        "changes": _between(each.now, each.next) if each.next else [],
        "untold": [
            {"field": c.field, "old": plain(c.old), "new": plain(c.new)} for c in each.untold
        ],
        "decide": {"from": _day(ask), "by": _day(each.now.last_day)} if ask else None,
        "decided": each.decided,
        "due": due(each),
        "freeUntil": _day(each.now.last_day) if each.movable else None,
        "backUntil": stamp(each.back_until) if each.back_until else None,
        "blocked": [_day(each.blocked)],
        "notes": list(each.notes),
        "findings": [
            {"severity": f.severity.value, "code": f.code, "what": f.what, "advice": f.advice}
            for f in each.findings
        ],
        "place": str(each.place) if each.place else None,
    }


def _term(term: Term, currency: str) -> dict[str, Any]:
    return {
        "product": term.product,
        "title": term.title,
        "termDuration": term.duration,
        "billingCycle": term.cycle,
        "quantity": term.quantity,
        "lastDay": _day(term.last_day),
        "price": _rate(term.pays, currency),
    }


def _rate(rate: Rate, currency: str) -> dict[str, Any]:
    """An amount that nobody knows is the word, never 0 (rule MO10)."""
    known = rate.each.amount is not None
    return {
        "each": rate.each.amount if known else UNKNOWN,
        "amount": rate.amount if known else UNKNOWN,
        "cycle": rate.cycle,
        "currency": currency or None,
        "source": rate.each.source,
        "assumed": rate.each.assumed,
    }


def _between(now: Term, later: Term) -> list[dict[str, Any]]:
    pairs = (
        ("product", now.product, later.product),
        ("termDuration", now.duration, later.duration),
        ("billingCycle", now.cycle, later.cycle),
        ("quantity", now.quantity, later.quantity),
    )
    return [{"field": name, "old": old, "new": new} for name, old, new in pairs if old != new]


def _price(change: PriceChange) -> dict[str, Any]:
    return {
        "address": str(change.address),
        "product": change.product,
        "title": change.title,
        "begins": _day(change.begins),
        "old": _rate(change.old, change.currency),
        "new": _rate(change.new, change.currency),
        "renews": _day(change.renews),
        "place": str(change.place) if change.place else None,
    }


def _day(moment: datetime | None) -> str | None:
    return moment.date().isoformat() if moment else None


def renewals(document: Mapping[str, Any], width: int) -> list[list[str]]:
    """The blocks of the text: head, what it comes to, one block for each end, what has none."""
    names, coverage = covered(document["customers"], _whole(document["unknown"]))
    time = datetime.fromisoformat(document["time"])
    tenant, cloud = document["partnerTenant"], document["cloud"]
    return [
        [
            *title("Renewals", scope(names), time, width),
            *origin(tenant, cloud, document["base"], coverage, width),
        ],
        _verdict(document, width),
        *(_block(each, time, width) for each in document["renewals"]),
        *_prices(document, width),
        _listed("NO END OF A TERM   not live, or without a term", document["without"], "=", width),
        _listed("UNKNOWN   not read: nothing is assumed", document["unknown"], "?", width),
    ]


def _whole(unknown: Sequence[str]) -> list[Address]:
    return [address for text in unknown if len((address := Address.parse(text)).path) == 1]


def _verdict(document: Mapping[str, Any], width: int) -> list[str]:
    within, totals = document["within"], document["totals"]
    near = "" if within is None else f" within {count(within, 'day')}"
    if not (found := document["renewals"]):
        return paragraph(f"No term ends{near}.", width, LEFT)
    said = f"{count(len(found), 'term')}{near}, the first ends {found[0]['lastDay']}:"
    words = [f"{totals[word]:,} {_called(word)}" for word in AtEnd if totals[word]]
    text = paragraph(f"{said} {', '.join(words)}.", width, LEFT)
    if totals["due"]:
        text += paragraph(f"{totals['due']:,} to decide now.", width, LEFT)
    if totals["untold"]:
        what = f"{totals['untold']:,} of them will change with the next apply."
        text += paragraph(what, width, LEFT)
    return text


def _called(word: str) -> str:
    return {"renews": "renewed", "ends": "not renewed", "extends": "extended by the month"}[word]


def _block(each: Mapping[str, Any], now: datetime, width: int) -> list[str]:
    last = datetime.fromisoformat(f"{each['lastDay']}T00:00:00+00:00")
    head = f"{each['lastDay']}  {each['address']}  {each['happens']}"
    return [*flush(head, far(last, now), width), *rows(lines(each), width)]


def lines(each: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What is said of one end, as pairs of a label and a text."""
    yield "now", _said(each["now"])
    later = each["next"]
    if later:
        changes = "; ".join(f"{c['field']} {c['old']} -> {c['new']}" for c in each["changes"])
        yield "next term", f"{changes or 'the same'}, until {later['lastDay']}"
        old, new = _priced(each["now"]["price"]), _priced(later["price"])
        yield "price", new if old == new else f"{old} -> {new}"
    if each["untold"]:
        what = "; ".join(
            f"{c['field']} {shown(c['old'])} -> {shown(c['new'])}" for c in each["untold"]
        )
        yield "to tell", f"{what} (with the next apply)"
    if decide := each["decide"]:
        yield "decide", f"by {decide['by']}, asked from {decide['from']} on"
    if each["freeUntil"]:
        yield "free", f"the next term can be chosen until {each['freeUntil']}"
    if each["backUntil"]:
        yield "back", f"can be given back in part until {shown(each['backUntil'])}"
    yield "blocked", f"no writes on {', '.join(each['blocked'])}, up to 24 hours"
    yield from (("note", note) for note in each["notes"])
    yield from (
        (f["severity"], f"{f['code']}: {f['what']}; {f['advice']}") for f in each["findings"]
    )


def _said(term: Mapping[str, Any]) -> str:
    name = term["title"] or term["product"]
    return f"{number(term['quantity'])} x {name}, {term['termDuration']}, {term['billingCycle']}"


def _priced(price: Mapping[str, Any]) -> str:
    if price["each"] == UNKNOWN:
        return f"{UNKNOWN} ({price['source']})"
    amount = number(Decimal(str(price["amount"])))
    assumed = ", at today's price" if price["assumed"] else ""
    return f"{amount} {price['currency'] or ''} {price['cycle']}{assumed}"


def _prices(document: Mapping[str, Any], width: int) -> Iterator[list[str]]:
    found = document.get("priceChanges")
    if found is None:
        return
    if not document["priced"]:
        what = "PRICES   unknown: no price sheets; `prices` in pcsync.yaml names them"
        yield paragraph(what, width, 9, hanging=True)
        return
    if not found:
        yield ["PRICES   nothing declared has another price in the sheets that are there"]
        return
    text = [f"PRICES   {count(len(found), 'price')} of what is declared will change"]
    for each in found:
        old, new = each["old"], each["new"]
        head = f"  {each['begins']}  {each['address']}  {each['title'] or each['product']}"
        text += flush(head, "", width)
        money = f"{number(old['each'])} -> {number(new['each'])} {old['currency'] or ''}"
        text += paragraph(f"{money} a seat, {old['cycle']}", width)
        text += paragraph(_meets(each), width)
    yield text


def _meets(each: Mapping[str, Any]) -> str:
    if each["renews"] is None:
        return "not bought yet: what is bought before that day keeps the old price for its term"
    if date.fromisoformat(each["renews"]) < date.fromisoformat(each["begins"]):
        return f"its next term begins {each['renews']}, at the price of before"
    return f"met by the term that begins {each['renews']}; seats bought earlier keep theirs"


def _listed(head: str, addresses: Sequence[str], sign: str, width: int) -> list[str]:
    if not addresses:
        return []
    named = [line for each in addresses for line in flush(f"{sign} {each}", "", width)]
    return [*flush(head, "", width), *named]
