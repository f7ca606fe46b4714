"""Directory roles: of the tenant, of a user, members of a role. Read only.

Page: get-user-roles-for-a-customer.md (customers.md 11).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator.call import Answer, Call, ok
from pcsync.emulator.faults import Fault
from pcsync.emulator.paging import asked, collection, paged
from pcsync.emulator.roles import ROLES, role_name
from pcsync.emulator.routing import Routes, Takes

routes = Routes()


def _show(role: str) -> dict[str, Any]:
    return {"id": role, "name": role_name(role), "attributes": {"objectType": "DirectoryRole"}}


@routes(
    "GET",
    "/v1/customers/{customer}/directoryroles",
    page="get-user-roles-for-a-customer.md",
    takes=Takes.USER,
)
def of_tenant(call: Call) -> Answer:
    """All roles of the tenant."""
    call.tenant()
    return ok(collection(call, [_show(role) for role in ROLES]))


@routes(
    "GET",
    "/v1/customers/{customer}/users/{user}/directoryroles",
    page="get-user-roles-for-a-customer.md",
    takes=Takes.USER,
)
def of_user(call: Call) -> Answer:
    """The roles that one user holds."""
    user = call.user(call.tenant())
    return ok(collection(call, [_show(role) for role in user.roles]))


@routes(
    "GET",
    "/v1/customers/{customer}/directoryroles/{role}/usermembers",
    page="get-user-roles-for-a-customer.md",
    takes=Takes.USER,
    query=("size", "seekOperation"),
)
def members(call: Call) -> Answer:
    """A page of the users who hold a role."""
    customer, role = call.tenant(), call.parts["role"].lower()
    if role not in ROLES:
        raise Fault(404, 1000, f"The role {role} is not found.")
    rows = [user for user in customer.users.values() if user.active and role in user.roles]
    return ok(
        paged(
            call,
            asked(call),
            rows,
            lambda user: user.number,
            lambda user: {
                "id": user.id,
                "displayName": user.display_name,
                "userPrincipalName": user.upn,
                "roleId": role,
                "attributes": {"objectType": "UserMember"},
            },
        )
    )
