"""The activity log. Page: get-a-record-of-partner-center-activity-by-user.md (insight.md 2)."""

from __future__ import annotations

from datetime import datetime, timedelta

from pcsync.emulator import filters, times
from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import invalid
from pcsync.emulator.paging import asked, paged
from pcsync.emulator.routing import Routes
from pcsync.emulator.world import AuditRecord

routes = Routes()

ONE = "/auditactivity/v1/auditrecords/{record}"
PAGE = "get-a-record-of-partner-center-activity-by-user.md"
OLDEST = timedelta(days=90)
WIDEST = timedelta(days=30)
FILTERS = {"companyname": ("substring",), "customerid": ("equals",), "resourcetype": ("equals",)}


@routes(
    "GET",
    "/v1/auditrecords",
    page=PAGE,
    query=("startDate", "endDate", "filter", "size", "seekOperation"),
)
def listed(call: Call) -> Answer:
    """A page of records of a range of days, newest first; both days count in full."""
    page = asked(call)
    chosen = filters.read(page.filter, FILTERS)
    start, end = _range(call)
    now = call.world.clock.now()
    rows = [
        record
        for record in reversed(call.world.audit)
        if start <= record.at < end and record.visible_at <= now and _fits(record, chosen)
    ]
    return ok(paged(call, page, rows, lambda record: -record.number, lambda record: record.body))


@routes("GET", ONE, page=PAGE)
@routes("GET", "/v1/auditrecords/{record}", page=PAGE)
def get(call: Call) -> Answer:
    """One record, as webhooks name it; an empty 200 for an unknown id."""
    now, key = call.world.clock.now(), call.parts["record"].lower()
    for record in call.world.audit:
        if record.body["id"].lower() == key and record.visible_at <= now:
            return ok(record.body)
    return Answer(200)


def _range(call: Call) -> tuple[datetime, datetime]:
    """First moment and first moment after; 400 if the start is more than 90 days ago."""
    now = call.world.clock.now()
    start = _day(call, "startDate") or times.midnight(now - WIDEST)
    if start < times.midnight(now - OLDEST):
        raise invalid("startDate is more than 90 days ago.")
    last = _day(call, "endDate") or min(times.midnight(now), start + WIDEST)
    if last < start:
        raise invalid("endDate is before startDate.")
    return start, last + times.DAY


def _day(call: Call, name: str) -> datetime | None:
    text = call.query(name)
    if not text:
        return None
    try:
        return times.midnight(times.parse(text))
    except ValueError as wrong:
        raise invalid(f"{name} is not a date.") from wrong


def _fits(record: AuditRecord, chosen: filters.Filter | None) -> bool:
    if chosen is None:
        return True
    if chosen.field == "companyname":
        return chosen.fits(record.customer_name)
    if chosen.field == "customerid":
        return chosen.fits(record.customer_id or "")
    return chosen.value.lower().replace("_", "") == record.resource_type.replace("_", "")
