"""Orders that may be hiding: placed within the last 15 minutes, and their subscription not listed.

The list of orders lags up to 15 minutes (commerce.md 3.3), so the audit log is asked as well; what
a run bought just before it was killed, and could not write down, is found here (rule ID9). Pure.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from datetime import datetime, timedelta
from typing import Any

from pcsync.kinds.clouds import lacking
from pcsync.kinds.paths import quoted
from pcsync.kinds.subscription.model import product_of
from pcsync.model import Address, Finding, Read, Resource, Severity, View
from pcsync.values import guid, moment, word

SPAN = timedelta(minutes=15)
RECORDS = "/v1/auditrecords"
ADVICE = "run plan again in 15 minutes, or apply with --wait-for-orders"


def reads(want: Resource, view: View) -> Iterable[Read]:
    """The audit log of the last quarter of an hour, where it is not asked yet and there is one."""
    tenant = view.ids.get(want.owner) if want.owner else None
    if tenant is None or lacking(view.cloud, "GET", RECORDS):
        return
    wanted = {"Field": "CustomerId", "Value": tenant, "Operator": "equals"}
    day = f"{view.at - SPAN:%Y-%m-%d}"
    path = f"{RECORDS}?startDate={day}&filter={quoted(json.dumps(wanted))}"
    if not view.done(path):
        yield Read(path, (want.address,), owner=view.owner, pages=True)


def is_records(path: str) -> bool:
    """Whether a read is the one of `reads`: others of the audit log say when they end."""
    return path.startswith(f"{RECORDS}?") and "endDate" not in path


def hiding(want: Resource, view: View) -> Iterable[Finding]:
    """An error for an order of this product that is in no list yet: it may be this one."""
    listed = {h.remote.get("id") for h in view.haves.values() if h.address.kind == _kind(want)}
    for _, have in sorted(view.haves.items()):
        at = have.remote.get("recent")
        mine = have.address.kind == _kind(want) and have.spec.get("product") == want.spec["product"]
        if at is None or not mine or have.remote.get("subscription") in listed:
            continue
        what = (
            f"order {have.remote['order']} for this product was placed at {at:%H:%M} UTC, "
            "and what it bought is not listed yet"
        )
        place = want.at("product")
        yield Finding(Severity.ERROR, "order-recent", what, ADVICE, want.address, place)


def of_orders(page: Any, view: View, kind: str) -> Iterable[Resource]:
    """Lines of young orders in the list of orders."""
    for order in page.get("items") or ():
        at = _young(order.get("creationDate"), view)
        for line in order.get("lineItems") or () if at else ():
            said = line.get("offerId"), line.get("subscriptionId"), at
            yield _row(view, kind, str(order.get("id")), line.get("lineItemNumber", 0), said)


def of_records(page: Any, view: View, kind: str) -> Iterable[Resource]:
    """Lines of young orders in the audit log (insight.md 2.4)."""
    for record in page.get("items") or ():
        at = _young(record.get("operationDate"), view)
        placed = word(record.get("operationType")) == "createorder"
        if at is None or not placed or word(record.get("operationStatus")) != "succeeded":
            continue
        said = {row.get("key"): row.get("value") for row in record.get("customizedData") or ()}
        numbers = sorted(n for key in said if (n := _number(key)) is not None)
        for number in numbers:
            line = said[f"OfferId-{number}"], said.get(f"SubscriptionId-{number}"), at
            yield _row(view, kind, str(said.get("OrderId")), number, line)


def _number(key: Any) -> int | None:
    name, _, number = str(key).partition("-")
    return int(number) if name == "OfferId" and number.isdigit() else None


def _young(text: Any, view: View) -> datetime | None:
    at = moment(text) if text else None
    return at if at and view.at - at <= SPAN else None


def _row(
    view: View, kind: str, order: str, number: int, line: tuple[Any, Any, datetime | None]
) -> Resource:
    offer, bought, at = line
    assert view.owner is not None
    remote: Mapping[str, Any] = {
        "order": order,
        "recent": at,
        "subscription": guid(bought) if bought else None,
    }
    address = Address(kind, (view.owner.root, f"#recent-{order}-{number}"))
    spec = {"product": product_of(str(offer or "")), "state": "ordered"}
    return Resource(address, spec, owner=view.owner, remote=remote)


def _kind(want: Resource) -> str:
    return want.address.kind
