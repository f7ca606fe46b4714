"""Role members, MFA reports, consents, licence warnings, the log of what was before."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .wire import SPB, Wire

KIM = "11111111-1111-4111-8111-111111111111"
HELPDESK = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
UNKNOWN = "99999999-9999-4999-8999-999999999999"
USER = {"id": KIM, "userPrincipalName": "kim@contoso.onmicrosoft.com", "usageLocation": "DE"}
GRANT = {"EnterpriseApplicationId": UNKNOWN, "Scope": "User.Read,Directory.Read.All"}


def test_role_members_come_and_go(pc: Wire) -> None:
    """customers.md 11: only the id of the body decides."""
    pc.contoso(users=[USER])
    members = f"{pc.at}/directoryroles/{HELPDESK}/usermembers"
    made = pc.send("POST", members, {"Id": KIM, "DisplayName": "?", "UserPrincipalName": "?"})
    assert made.status_code == 201
    assert (made.json()["roleId"], made.json()["displayName"]) == (HELPDESK, "kim")
    assert pc.refused("POST", members, {"id": KIM}) == (400, 3000)
    roles = pc.get(f"{pc.at}/users/{KIM}/directoryroles")["items"]
    assert [row["name"] for row in roles] == ["Helpdesk Administrator"]
    assert pc.get(members)["totalCount"] == 1
    assert pc.send("DELETE", f"{members}/{KIM}").status_code == 204
    assert pc.refused("DELETE", f"{members}/{KIM}") == (404, 1000)
    kinds = [row["operationType"] for row in pc.get("/v1/auditrecords")["items"]]
    assert set(kinds) == {"add_user_member", "remove_user_member"}


def test_role_members_that_are_refused(pc: Wire) -> None:
    pc.contoso(users=[USER])
    members = f"{pc.at}/directoryroles/{HELPDESK}/usermembers"
    nowhere = f"{pc.at}/directoryroles/{UNKNOWN}/usermembers"
    assert pc.refused("POST", members, {"id": UNKNOWN}) == (404, 60002)
    assert pc.refused("POST", nowhere, {"id": KIM}) == (404, 1000)
    assert pc.refused("POST", members, {"id": KIM}, token="app") == (403, 900329)
    pc.contoso(users=[USER], delegation=False)
    assert pc.refused("POST", members, {"id": KIM}) == (403, 900308)
    assert pc.refused("DELETE", f"{members}/{KIM}") == (403, 900308)


def test_requests_of_users_are_told_with_their_mfa_state(pc: Wire) -> None:
    pc.contoso()
    pc.get(pc.at)
    pc.get(pc.at, token="app")
    rows = pc.get("/v1/partnerRequests")["items"]
    assert [row["operationName"] for row in rows] == [
        "Get /v{version}/partnerRequests",
        "Get /v{version}/customers/{customer}",
    ]
    assert all(row["mfaCompliant"] and row["applicationId"] == "pcsync" for row in rows)
    (day,) = pc.get("/v1/applicationmfaadoptionstatus")
    assert (day["mfaCompliantRequestCount"], day["totalRequestCount"]) == (3, 3)
    assert day["loginDate"] == "2026-11-22T00:00:00Z"
    for path in ("partnerRequests", "applicationmfaadoptionstatus"):
        assert pc.refused("GET", f"/v1/{path}", token="app") == (403, 900329)


def test_portal_users_without_mfa(pc: Wire) -> None:
    path = "/v1/nonMfaCompliantPartnerPrincipals"
    assert pc.get(path)["items"] == []
    user = {"userPrincipalName": "lee@northwind.com", "seen": "2026-11-20T08:00:00Z"}
    pc.seed(partner={"withoutMfa": [user]})
    (row,) = pc.get(path)["items"]
    assert row["upn"] == "lee@northwind.com"
    assert row["lastNonMfaCompliantRequestDateTime"] == "2026-11-20T08:00:00Z"


def test_consents(pc: Wire) -> None:
    pc.contoso()
    path = f"{pc.at}/applicationconsents"
    body = {"ApplicationId": KIM, "ApplicationGrants": [GRANT]}
    made = pc.send("POST", path, body)
    assert made.status_code == 201
    assert made.json()["applicationGrants"][0]["scope"] == GRANT["Scope"]
    assert pc.refused("POST", path, body) == (409, 409)
    assert pc.send("DELETE", f"{path}/{KIM}").status_code == 200
    assert pc.refused("DELETE", f"{path}/{KIM}") == (404, 1000)
    assert pc.refused("POST", path, {"applicationId": KIM}) == (400, 3000)
    pc.contoso(delegation=False)
    assert pc.refused("POST", path, body) == (403, 900308)


@pytest.mark.parametrize(
    "settings, code",
    [
        ({"requiredPlans": {"TEAMS1": "NOWHERE"}}, "DependencyViolation"),
        ({"exclusivePlans": [["TEAMS1", "EXCHANGE_S_STANDARD"]]}, "MutuallyExclusiveViolation"),
        ({"exclusivePlans": []}, None),
    ],
)
def test_licence_warnings_are_success(pc: Wire, settings: dict[str, Any], code: str | None) -> None:
    seats = [{"sku": SPB, "total": 1}]
    pc.contoso(settings, users=[USER], seats=seats)
    body = {"licensesToAssign": [{"skuId": SPB}]}
    done = pc.send("POST", f"{pc.at}/users/{KIM}/licenseupdates", body)
    assert done.status_code == 201
    assert [row["code"] for row in done.json()["licenseWarnings"]] == ([code] if code else [])
    assert len(pc.get(f"{pc.at}/users/{KIM}/licenses")["items"]) == 1


def test_log_tells_what_was_before(pc: Wire) -> None:
    pc.contoso(users=[USER], budget=1)
    pc.send("PATCH", f"{pc.at}/users/{KIM}", {"displayName": "Kim Akers"})
    pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 2})
    pc.send("DELETE", f"{pc.at}/users/{KIM}")
    gone, budget, named = pc.get("/v1/auditrecords")["items"]
    assert json.loads(named["resourceOldValue"])["DisplayName"] == "kim"
    assert json.loads(named["resourceNewValue"])["DisplayName"] == "Kim Akers"
    assert json.loads(budget["resourceOldValue"]) == {"Amount": 1}
    assert json.loads(gone["resourceOldValue"])["State"] == "active"
    assert "resourceNewValue" not in gone


def test_one_record_by_both_paths(pc: Wire) -> None:
    """insight.md 2.2: the target of a webhook's AuditUri."""
    pc.contoso(budget=1)
    pc.send("PATCH", f"{pc.at}/usagebudget", {"amount": 2})
    (record,) = pc.get("/v1/auditrecords")["items"]
    for root in ("/v1", "/auditactivity/v1"):
        assert pc.get(f"{root}/auditrecords/{record['id']}") == record
        unknown = pc.send("GET", f"{root}/auditrecords/unknown")
        assert (unknown.status_code, unknown.content) == (200, b"")
