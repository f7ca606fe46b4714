"""On which day a term ends that is to end with something else: the worked cases of the page."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import Any

import pytest

from pcsync.kinds.subscription import aligned
from pcsync.model import Address, Resource, View

OWNER = Address("customer", ("contoso",))
MINE, OTHER = (Address("subscription", ("contoso", name)) for name in ("mine", "other"))


def day(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


def want(term: str, rule: Any) -> Resource:
    return Resource(MINE, {"termDuration": term, "alignEnd": rule}, owner=OWNER)


def live(ends: str, term: str = "P1Y", state: str = "active", **remote: Any) -> Resource:
    seen = {"id": "1", "ends": day(ends), "trial": False, "type": "license", **remote}
    return Resource(OTHER, {"termDuration": term, "state": state}, owner=OWNER, remote=seen)


def bought(term: str, rule: Any, on: str, other: Resource | None = None) -> aligned.End:
    haves = {OTHER: other} if other else {}
    return aligned.at_purchase(want(term, rule), View(day(on), OWNER, haves=haves))


WITH = {"with": "other"}


# Worked cases of commerce.md 13.4. The last one of the page (bought on 2 March for a month, to end
# on 2 April) lies outside the first full term by the page's own rule, and is refused.
@pytest.mark.parametrize(
    "term, rule, on, ends, expected",
    [
        ("P3Y", WITH, "2022-07-01", "2022-10-01", "2024-10-01"),
        ("P1Y", "calendarMonth", "2022-07-15", None, "2023-06-30"),
        ("P1M", "calendarMonth", "2022-07-15", None, "2022-07-31"),
        ("P1M", WITH, "2022-03-02", "2022-04-02", None),
        ("P1Y", WITH, "2026-11-22", "2027-03-31", "2027-03-31"),
        ("P1Y", WITH, "2026-11-22", "2027-11-21", "2027-11-21"),
        ("P1Y", WITH, "2026-11-22", "2027-11-22", None),
        ("P1M", WITH, "2026-11-22", "2026-11-28", None),
        ("P1M", WITH, "2026-02-10", "2026-02-28", "2026-02-28"),
        ("P1M", WITH, "2026-11-22", "2026-11-27", "2026-11-27"),
        ("P1Y", "2027-06-30", "2026-11-22", None, "2027-06-30"),
        ("P1Y", "2027-06-29", "2026-11-22", None, None),
        ("P1Y", "2027-06-29", "2026-11-22", "2027-06-29", "2027-06-29"),
        ("P1Y", "2028-06-30", "2026-11-22", None, None),
        ("P1M", "calendarMonth", "2026-11-01", None, "2026-11-30"),
    ],
)
def test_a_purchase(term: str, rule: Any, on: str, ends: str | None, expected: str | None) -> None:
    found = bought(term, rule, on, live(ends) if ends else None)
    assert found.day == expected
    assert bool(found.why) is (expected is None)


@pytest.mark.parametrize(
    "other, says",
    [
        (live("2027-03-31", "P1M"), "one of a month"),
        (live("2027-03-31", state="suspended"), "is not active"),
        (live("2027-03-31", trial=True), "is no paid licence"),
        (live("2027-03-31", type="software"), "is no paid licence"),
        (None, "is not active"),
    ],
)
def test_what_nothing_can_end_with(other: Resource | None, says: str) -> None:
    assert says in bought("P1Y", WITH, "2026-11-22", other).why


@pytest.mark.parametrize(
    "rule, mine, other, expected",
    [
        (WITH, "2027-03-31", live("2027-03-31"), None),
        (WITH, "2028-03-31", live("2027-03-31"), None),
        (WITH, "2027-01-14", live("2027-03-31"), "2027-03-31"),
        (WITH, "2026-12-31", live("2027-03-31", "P1M"), None),
        ("calendarMonth", "2027-01-31", None, None),
        ("calendarMonth", "2027-01-14", None, "2027-12-31"),
        ("2027-01-14", "2027-01-14", None, None),
        ("2026-06-30", "2027-01-14", None, None),
        ("2027-06-30", "2027-01-14", None, "2027-06-30"),
    ],
)
def test_within_a_term_it_is_fixed(
    rule: Any, mine: str, other: Resource | None, expected: str | None
) -> None:
    have = Resource(MINE, {"termDuration": "P1Y"}, remote={"ends": day(mine)})
    view = View(day("2026-11-22"), OWNER, haves={OTHER: other} if other else {})
    assert aligned.at_renewal(want("P1Y", rule), have, rule, "P1Y", view).day == expected
