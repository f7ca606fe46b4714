"""Users and directory roles: customers.md 10 and 11, clients.md."""

from __future__ import annotations

import json
from typing import Any

import pytest

from .wire import Wire

KIM = "11111111-1111-4111-8111-111111111111"
INACTIVE = json.dumps({"Field": "UserState", "Value": "Inactive", "Operator": "equals"})
NEW = {
    "userPrincipalName": "lee@contoso.onmicrosoft.com",
    "displayName": "Lee Gu",
    "usageLocation": "de",
    "passwordProfile": {"password": "Secret-12345", "forceChangePassword": True},
}


@pytest.fixture(autouse=True)
def world(pc: Wire) -> None:
    pc.contoso(
        customDomains=["contoso.com"],
        seats=[{"sku": "SPB", "total": 1}],
        users=[
            {
                "id": KIM,
                "userPrincipalName": "kim@contoso.com",
                "displayName": "Kim Akers",
                "firstName": "Kim",
                "usageLocation": "DE",
                "licenses": ["SPB"],
                "roles": ["Helpdesk Administrator"],
            },
            {"userPrincipalName": "gone@contoso.com", "displayName": "Gone", "deleted": True},
        ],
    )


def users(pc: Wire, **query: str) -> list[dict[str, Any]]:
    found = pc.send("GET", f"{pc.at}/users", params=query)
    assert found.status_code == 200, found.text
    items: list[dict[str, Any]] = found.json()["items"]
    return items


def kim(pc: Wire) -> dict[str, Any]:
    found: dict[str, Any] = pc.get(f"{pc.at}/users/{KIM}")
    return found


def test_create_echoes_the_password_and_reads_never_do(pc: Wire) -> None:
    """clients.md: the SDK's path ends in a slash."""
    answer = pc.send("POST", f"{pc.at}/users/", NEW)
    assert answer.status_code == 201
    made = answer.json()
    assert made["passwordProfile"] == {"password": "Secret-12345", "forceChangePassword": True}
    assert (made["state"], made["userDomainType"], made["usageLocation"]) == (
        "active",
        "none",
        "DE",
    )
    read = pc.get(f"{pc.at}/users/{made['id']}")
    assert "passwordProfile" not in read
    assert "firstName" not in read


@pytest.mark.parametrize(
    "change",
    [
        {"userPrincipalName": "KIM@contoso.com"},
        {"userPrincipalName": "lee@fabrikam.com"},
        {"userPrincipalName": "lee"},
        {"userPrincipalName": None},
        {"displayName": None},
        {"passwordProfile": None},
        {"passwordProfile": {"password": "short1A"}},
        {"passwordProfile": {"password": "alllowercase"}},
        {"usageLocation": "Germany"},
    ],
    ids=str,
)
def test_create_refuses(pc: Wire, change: dict[str, Any]) -> None:
    assert pc.refused("POST", f"{pc.at}/users", NEW | change) == (400, 3000)
    assert len(users(pc)) == 1


def test_patch_is_partial_and_null_means_leave_alone(pc: Wire) -> None:
    """clients.md: the SDK sends the whole object with nulls and State active."""
    before = kim(pc)
    body = {
        "DisplayName": "Kim A.",
        "FirstName": None,
        "PasswordProfile": None,
        "State": "active",
        "UserDomainType": "none",
    }
    answer = pc.send("PATCH", f"{pc.at}/users/{KIM}", body)
    assert answer.status_code == 200
    assert answer.json() == before | {"displayName": "Kim A."} == kim(pc)


def test_patch_takes_no_password(pc: Wire) -> None:
    """customers.md 10: under GDAP a password is set by resetpassword alone."""
    body = {"passwordProfile": {"password": "Other-12345"}}
    assert pc.refused("PATCH", f"{pc.at}/users/{KIM}", body) == (403, 900308)


def test_rename_checks_the_name(pc: Wire) -> None:
    path = f"{pc.at}/users/{KIM}"
    assert pc.refused("PATCH", path, {"userPrincipalName": "kim@fabrikam.com"}) == (400, 3000)
    assert pc.send("PATCH", path, {"userPrincipalName": "ka@contoso.com"}).status_code == 200
    (record,) = pc.get("/v1/auditrecords?size=1")["items"]
    assert record["operationType"] == "update_customer_user_principal_name"


def test_synced_account_takes_a_location_only(pc: Wire) -> None:
    """customers.md 1: attributes are mastered on premises."""
    synced = {
        "id": KIM,
        "userPrincipalName": "kim@contoso.onmicrosoft.com",
        "displayName": "Kim",
        "lastDirectorySyncTime": "2026-11-01T00:00:00Z",
    }
    pc.contoso(users=[synced])
    path = f"{pc.at}/users/{KIM}"
    assert pc.refused("PATCH", path, {"displayName": "Other"}) == (400, 3000)
    assert pc.send("PATCH", path, {"displayName": "Kim", "usageLocation": "DE"}).status_code == 200
    assert kim(pc)["lastDirectorySyncTime"] == "2026-11-01T00:00:00Z"


def test_delete_is_soft_mangles_the_name_and_frees_the_licence(pc: Wire) -> None:
    assert pc.seats()["SPB"]["availableUnits"] == 0
    path = f"{pc.at}/users/{KIM}"
    answer = pc.send("DELETE", path)
    assert (answer.status_code, answer.content) == (204, b"")
    assert users(pc) == []
    assert pc.seats()["SPB"]["availableUnits"] == 1
    found = {row["id"]: row for row in users(pc, filter=INACTIVE)}[KIM]
    assert (found["state"], found["softDeletionTime"]) == ("inactive", "2026-11-22T09:00:00Z")
    assert found["userPrincipalName"].endswith("@contoso.onmicrosoft.com")
    assert len(found["userPrincipalName"].partition("@")[0]) == 32
    for method in ("DELETE", "GET"):
        assert pc.refused(method, path) == (404, 60002)
    assert pc.refused("PATCH", path, {"displayName": "X"}) == (404, 60002)


def test_restore_keeps_the_mangled_name_and_loses_licences(pc: Wire) -> None:
    path = f"{pc.at}/users/{KIM}"
    pc.send("DELETE", path)
    answer = pc.send("PATCH", path, {"state": "active", "displayName": "ignored"})
    assert answer.status_code == 200
    assert answer.json()["displayName"] == "Kim Akers"
    assert answer.json()["userPrincipalName"] != "kim@contoso.com"
    assert pc.get(f"{path}/licenses")["items"] == []
    assert pc.send("PATCH", path, {"userPrincipalName": "kim@contoso.com"}).status_code == 200
    kinds = [row["operationType"] for row in pc.get("/v1/auditrecords")["items"]]
    assert kinds == [
        "update_customer_user_principal_name",
        "restore_customer_user",
        "delete_customer_user",
    ]


def test_restore_may_keep_licences(pc: Wire) -> None:
    user = {"id": KIM, "userPrincipalName": "kim@contoso.onmicrosoft.com", "licenses": ["SPB"]}
    pc.contoso(settings={"restoreKeepsLicenses": True}, users=[user])
    pc.send("DELETE", f"{pc.at}/users/{KIM}")
    pc.send("PATCH", f"{pc.at}/users/{KIM}", {"state": "active"})
    assert pc.seats()["SPB"]["consumedUnits"] == 1


def test_thirty_days_later_the_account_is_gone(pc: Wire) -> None:
    path = f"{pc.at}/users/{KIM}"
    pc.send("DELETE", path)
    pc.advance("P29D")
    assert len(users(pc, filter=INACTIVE)) == 2
    pc.advance("P1D")
    assert users(pc, filter=INACTIVE) == []
    assert pc.refused("PATCH", path, {"state": "active"}) == (404, 60002)


def test_deleted_name_is_free_again(pc: Wire) -> None:
    pc.send("DELETE", f"{pc.at}/users/{KIM}")
    answer = pc.send("POST", f"{pc.at}/users", NEW | {"userPrincipalName": "kim@contoso.com"})
    assert answer.status_code == 201
    assert answer.json()["id"] != KIM


def test_list_pages_and_sorts(pc: Wire) -> None:
    for number in (3, 1, 2):
        upn = f"user{number}@contoso.onmicrosoft.com"
        body = NEW | {"userPrincipalName": upn, "displayName": f"User {number}"}
        pc.send("POST", f"{pc.at}/users", body)
    query = {"size": "3", "sortField": "DisplayName", "sortDirection": "Descending"}
    first = pc.send("GET", f"{pc.at}/users", params=query).json()
    held = {"MS-ContinuationToken": first["continuationToken"]}
    rest = pc.get(f"{pc.at}/users?seekOperation=Next", headers=held)
    shown = [row["displayName"] for row in first["items"] + rest["items"]]
    assert shown == ["User 3", "User 2", "User 1", "Kim Akers"]


@pytest.mark.parametrize(
    "query",
    [
        {"filter": '{"Field":"DisplayName","Value":"x","Operator":"equals"}'},
        {"filter": '{"Field":"UserState","Value":"Blocked","Operator":"equals"}'},
        {"sortField": "Age"},
    ],
)
def test_list_refuses_other_queries(pc: Wire, query: dict[str, str]) -> None:
    assert pc.send("GET", f"{pc.at}/users", params=query).status_code == 400


def test_reset_password(pc: Wire) -> None:
    path = f"{pc.at}/users/{KIM}/resetpassword"
    body = {"passwordProfile": {"password": "Other-12345", "forceChangePassword": False}}
    answer = pc.send("PATCH", path, body)
    assert answer.json()["passwordProfile"]["password"] == "Other-12345"
    (record,) = pc.get("/v1/auditrecords")["items"]
    assert record["operationType"] == "reset_customer_user_password"
    assert "Other-12345" not in json.dumps(record)


def test_user_by_name(pc: Wire) -> None:
    assert pc.get(f"{pc.at}/users/KIM@contoso.com/licenses")["totalCount"] == 1


def test_directory_roles(pc: Wire) -> None:
    """customers.md 11: ids are those of the role templates."""
    helpdesk = "729827e3-9c14-49f7-bb1b-9608f156bbb8"
    (role,) = pc.get(f"{pc.at}/users/{KIM}/directoryroles")["items"]
    assert (role["id"], role["name"]) == (helpdesk, "Helpdesk Administrator")
    assert role in pc.get(f"{pc.at}/directoryroles")["items"]
    (member,) = pc.get(f"{pc.at}/directoryroles/{helpdesk}/usermembers")["items"]
    assert (member["id"], member["roleId"]) == (KIM, helpdesk)
    assert pc.refused("GET", f"{pc.at}/directoryroles/none/usermembers") == (404, 1000)
