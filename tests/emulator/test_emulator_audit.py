"""The activity log: insight.md 2 and 15, clients.md."""

from __future__ import annotations

import json
from typing import Any
from uuid import uuid4

import pytest

from .wire import Wire

KIM = "11111111-1111-4111-8111-111111111111"


def records(pc: Wire, **query: str) -> list[dict[str, Any]]:
    found = pc.send("GET", "/v1/auditrecords", params=query)
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


@pytest.fixture
def budget(pc: Wire) -> str:
    pc.contoso(budget=1, companyName="Contoso")
    return f"{pc.at}/usagebudget"


def test_record_tells_who_what_and_when(pc: Wire, budget: str) -> None:
    correlation = str(uuid4())
    pc.send("PATCH", budget, {"amount": 5}, headers={"MS-CorrelationId": correlation})
    (record,) = records(pc)
    assert record["operationType"] == "update_customer_spending_budget"
    assert record["operationStatus"] == "succeeded"
    assert record["originalCorrelationId"] == correlation
    assert record["userPrincipalName"] == "admin@northwind-cloud.onmicrosoft.com"
    assert (record["applicationId"], record["customerName"]) == ("pcsync", "Contoso")
    assert json.loads(record["resourceNewValue"]) == {"Amount": 5}
    assert record["operationDate"] == "2026-11-22T09:00:00Z"


def test_app_only_has_no_user(pc: Wire, budget: str) -> None:
    pc.send("PATCH", budget, {"amount": 5}, token="app")
    assert "userPrincipalName" not in records(pc)[0]


def test_refused_writes_are_recorded_as_failed(pc: Wire, budget: str) -> None:
    pc.refused("PATCH", budget, {"amount": -5})
    (record,) = records(pc)
    assert (record["operationStatus"], record["operationType"]) == (
        "failed",
        "update_customer_spending_budget",
    )


def test_reads_and_replays_leave_no_record(pc: Wire, budget: str) -> None:
    sent = {"MS-RequestId": str(uuid4())}
    for _ in range(3):
        pc.send("PATCH", budget, {"amount": 5}, headers=sent)
    pc.get(budget)
    assert len(records(pc)) == 1


def test_newest_first_in_pages(pc: Wire, budget: str) -> None:
    for amount in range(1, 6):
        pc.send("PATCH", budget, {"amount": amount})
    first = pc.get("/v1/auditrecords?size=3&startDate=2026-11-22")
    held = {"MS-ContinuationToken": first["continuationToken"]}
    rest = pc.get("/v1/auditrecords?seekOperation=Next", headers=held)
    values = [
        json.loads(row["resourceNewValue"])["Amount"] for row in first["items"] + rest["items"]
    ]
    assert values == [5, 4, 3, 2, 1]
    assert len({row["id"] for row in first["items"] + rest["items"]}) == 5


@pytest.mark.parametrize(
    "query, count",
    [
        ({}, 2),
        ({"startDate": "2026-11-23"}, 1),
        ({"startDate": "2026-11-22", "endDate": "2026-11-22"}, 1),
        ({"startDate": "11/22/2026 00:00:00", "endDate": "11/22/2026 12:00:00"}, 1),
        ({"startDate": "11/22/2026 12:00:00 AM"}, 2),
        ({"startDate": "2026-11-22T10:00:00Z"}, 2),
        ({"startDate": "2026-11-01", "endDate": "2026-11-21"}, 0),
    ],
    ids=str,
)
def test_days_count_in_full_and_both_forms_are_read(
    pc: Wire, budget: str, query: dict[str, str], count: int
) -> None:
    pc.send("PATCH", budget, {"amount": 5})
    pc.advance("P1D")
    pc.send("PATCH", budget, {"amount": 6})
    assert len(records(pc, **query)) == count


@pytest.mark.parametrize(
    "query",
    [
        {"startDate": "2026-08-23"},
        {"startDate": "soon"},
        {"startDate": "2026-11-22", "endDate": "2026-11-20"},
        {"filter": '{"Field":"UserPrincipalName","Value":"x","Operator":"equals"}'},
    ],
    ids=str,
)
def test_ranges_and_filters_that_are_refused(pc: Wire, query: dict[str, str]) -> None:
    """insight.md 2.1: 90 days back at most; three filters and no more."""
    assert pc.send("GET", "/v1/auditrecords", params=query).status_code == 400


@pytest.mark.parametrize(
    "field, operator, value, count",
    [
        ("CompanyName", "substring", "TOSO", 1),
        ("CompanyName", "substring", "fabrikam", 0),
        ("ResourceType", "equals", "SpendingLimit", 1),
        ("ResourceType", "equals", "customer_user", 0),
    ],
)
def test_filters(pc: Wire, budget: str, field: str, operator: str, value: str, count: int) -> None:
    pc.send("PATCH", budget, {"amount": 5})
    raw = f'{{"Field":"{field}","Value":"{value}","Operator":"{operator}"}}'
    assert len(records(pc, filter=raw)) == count


def test_filter_by_customer(pc: Wire, budget: str) -> None:
    pc.send("PATCH", budget, {"amount": 5})
    customer = pc.at.rpartition("/")[2].upper()
    raw = f'{{"Field":"CustomerId","Value":"{customer}","Operator":"equals"}}'
    assert len(records(pc, filter=raw)) == 1


def test_audit_lag(pc: Wire) -> None:
    pc.contoso(settings={"auditLag": "PT1H"}, budget=1)
    pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 5})
    assert records(pc) == []
    pc.advance("PT1H")
    assert len(records(pc)) == 1


def test_passwords_are_blank_in_the_log(pc: Wire) -> None:
    pc.contoso()
    body = {
        "userPrincipalName": "lee@contoso.onmicrosoft.com",
        "displayName": "Lee",
        "passwordProfile": {"password": "Secret-12345"},
    }
    pc.send("POST", f"{pc.at}/users", body)
    assert "Secret-12345" not in json.dumps(records(pc))
