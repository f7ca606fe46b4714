"""Directory roles: of the tenant, of a user, members of a role, adding and removing members.

Pages: get-user-roles-for-a-customer.md, set-user-roles-for-a-customer.md,
remove-customer-user-from-a-role.md (customers.md 11).
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator.call import Answer, Call, created, empty, ok
from pcsync.emulator.customer import User
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.paging import asked, collection, paged
from pcsync.emulator.roles import ROLES, role_name
from pcsync.emulator.routing import Routes, Takes

routes = Routes()

MEMBERS = "/v1/customers/{customer}/directoryroles/{role}/usermembers"


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
    MEMBERS,
    page="get-user-roles-for-a-customer.md",
    takes=Takes.USER,
    query=("size", "seekOperation"),
)
def members(call: Call) -> Answer:
    """A page of the users who hold a role."""
    customer, role = call.tenant(), _role(call)
    rows = [user for user in customer.users.values() if user.active and role in user.roles]
    return ok(
        paged(
            call,
            asked(call),
            rows,
            lambda user: user.number,
            lambda user: _member(user, role),
        )
    )


def _role(call: Call) -> str:
    """The role of the path. 404/1000 if the tenant has no such role."""
    role = call.parts["role"].lower()
    if role not in ROLES:
        raise Fault(404, 1000, f"The role {role} is not found.")
    return role


def _member(user: User, role: str) -> dict[str, Any]:
    return {
        "id": user.id,
        "displayName": user.display_name,
        "userPrincipalName": user.upn,
        "roleId": role,
        "attributes": {"objectType": "UserMember"},
    }


@routes(
    "POST",
    MEMBERS,
    page="set-user-roles-for-a-customer.md",
    takes=Takes.USER,
    audit=("add_user_member", "customer_directory_role"),
)
def add(call: Call) -> Answer:
    """Give a user the role; of the body only the id decides. 400/3000 for a member already."""
    customer, role = call.tenant(), _role(call)
    key = call.body().need("id")
    user = customer.users.get(key.lower())
    if user is None or not user.active:
        raise Fault(404, 60002, f"The user {key} is not found.")
    if role in user.roles:
        raise invalid("The user is a member of the role already.")
    user.roles.append(role)
    details = {"CustomerUserId": user.id, "RoleId": role}
    answer = _member(user, role)
    call.note("add_user_member", "customer_directory_role", customer, answer, **details)
    return created(answer)


@routes(
    "DELETE",
    MEMBERS + "/{user}",
    page="remove-customer-user-from-a-role.md",
    takes=Takes.USER,
    audit=("remove_user_member", "customer_directory_role"),
)
def remove(call: Call) -> Answer:
    """Take the role from a user. 404/1000 if the user is no member."""
    customer, role = call.tenant(), _role(call)
    user = call.user(customer)
    if role not in user.roles:
        raise Fault(404, 1000, "The user is no member of the role.")
    before = _member(user, role)
    user.roles.remove(role)
    details = {"CustomerUserId": user.id, "RoleId": role}
    operation, kind = "remove_user_member", "customer_directory_role"
    call.note(operation, kind, customer, None, old_value=before, **details)
    return empty(204)
