"""Users of a customer: create, list, get, update, delete, restore, reset password.

Pages: create-user-accounts-for-a-customer.md, get-a-list-of-all-user-accounts-for-a-customer.md,
view-a-deleted-user.md, update-user-accounts-for-a-customer.md, restore-a-user-for-a-customer.md,
delete-user-accounts-for-a-customer.md, reset-user-password-for-a-customer.md.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from pcsync.emulator import filters, wire
from pcsync.emulator.api.profiles import delegated
from pcsync.emulator.call import Answer, Call, created, empty, ok
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.faults import Fault, not_understood
from pcsync.emulator.paging import asked, link, paged
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.user_rules import check_password, check_synced, check_upn, fields

routes = Routes()

USERS = "/v1/customers/{customer}/users"
USER = "/v1/customers/{customer}/users/{user}"
FILTERS = {"userstate": ("equals",)}
SORTS: dict[str, Callable[[User], str]] = {
    "displayname": lambda user: user.display_name.lower(),
    "userprincipalname": lambda user: user.upn.lower(),
}


def show(customer: Customer, user: User) -> dict[str, Any]:
    """A user as the wire has it; never with a password."""
    return wire.shown(
        id=user.id,
        userPrincipalName=user.upn,
        firstName=user.first_name,
        lastName=user.last_name,
        displayName=user.display_name,
        usageLocation=user.usage_location,
        phoneNumber=user.phone_number,
        immutableId=user.immutable_id,
        lastDirectorySyncTime=user.last_directory_sync,
        userDomainType="none",
        state="active" if user.active else "inactive",
        softDeletionTime=user.deleted_at,
        links={"self": link(f"/customers/{customer.id}/users/{user.id}")},
        attributes={"objectType": "CustomerUser"},
    )


@routes(
    "POST",
    USERS,
    page="create-user-accounts-for-a-customer.md",
    takes=Takes.USER,
    audit=("create_customer_user", "customer_user"),
)
def create(call: Call) -> Answer:
    """Create an account; the answer echoes the password. 400/3000 for a taken name."""
    customer, body = call.tenant(), call.body()
    upn = body.need("userPrincipalName")
    body.need("displayName")
    password = check_password(body)
    check_upn(customer, upn)
    values: dict[str, Any] = dict(fields(body))
    user = User(id=call.world.ids.guid("user"), number=call.world.number(), **values)
    customer.users[user.id] = user
    answer = show(customer, user)
    _note(call, "create_customer_user", customer, user, answer)
    return created(answer | _echo(body, password))


def _echo(body: wire.Body, password: str) -> dict[str, Any]:
    profile = body.part("passwordProfile")
    force = profile.flag("forceChangePassword") if profile else None
    return {"passwordProfile": {"password": password, "forceChangePassword": bool(force)}}


@routes(
    "GET",
    USERS,
    page="get-a-list-of-all-user-accounts-for-a-customer.md",
    also=("view-a-deleted-user.md",),
    takes=Takes.USER,
    query=("size", "filter", "sortField", "sortDirection", "seekOperation"),
)
def listed(call: Call) -> Answer:
    """A page of active users, or of deleted ones with the filter UserState Inactive."""
    customer, page = call.tenant(), asked(call)
    chosen = filters.read(page.filter, FILTERS)
    if chosen and chosen.value.lower() not in ("active", "inactive"):
        raise not_understood("UserState", chosen.value)
    wanted = chosen is None or chosen.value.lower() == "active"
    now = call.world.clock.now()
    rows = [u for u in customer.users.values() if u.active == wanted and not u.purged(now)]
    places = _places(rows, page.sort)
    rows.sort(key=lambda user: places[user.id])
    return ok(paged(call, page, rows, lambda u: places[u.id], lambda u: show(customer, u)))


def _places(rows: list[User], sort: tuple[str, str] | None) -> dict[str, int]:
    """Where each user stands: its number, or its rank in the wanted order."""
    if sort is None:
        return {user.id: user.number for user in rows}
    key = SORTS.get(sort[0].lower())
    if key is None:
        raise not_understood("sortField", sort[0])
    backwards = sort[1].lower() == "descending"
    ranked = sorted(rows, key=key, reverse=backwards)
    return {user.id: rank for rank, user in enumerate(ranked)}


@routes("GET", USER, page="get-a-user-account-by-id.md", takes=Takes.USER)
def get(call: Call) -> Answer:
    """One active user."""
    customer = call.tenant()
    return ok(show(customer, call.user(customer)))


@routes(
    "PATCH",
    USER,
    page="update-user-accounts-for-a-customer.md",
    also=("restore-a-user-for-a-customer.md", "reset-user-password-for-a-customer.md"),
    takes=Takes.USER,
    audit=("update_customer_user", "customer_user"),
)
def update(call: Call) -> Answer:
    """Change the members sent; null means leave alone. `state: active` restores a deleted user."""
    customer, body = call.tenant(), call.body()
    user = call.user(customer, deleted=True)
    state = (body.text("state") or "").lower()
    if not user.active:
        return _restore(call, customer, user, state)
    if state == "inactive":
        raise Fault(400, 3000, "Use DELETE to delete a user.")
    if body.get("passwordProfile") is not None:
        return _reset_here(call, customer, user)
    changes = fields(body)
    check_synced(user, changes)
    renamed = changes.get("upn", user.upn) != user.upn
    if renamed:
        check_upn(customer, changes["upn"], user)
    before = show(customer, user)
    for name, value in changes.items():
        setattr(user, name, value)
    operation = "update_customer_user_principal_name" if renamed else "update_customer_user"
    answer = show(customer, user)
    _note(call, operation, customer, user, answer, before)
    return ok(answer)


def _note(
    call: Call, operation: str, customer: Customer, user: User, new: Any, old: Any = None
) -> None:
    call.note(operation, "customer_user", customer, new, old_value=old, CustomerUserId=user.id)


def _reset_here(call: Call, customer: Customer, user: User) -> Answer:
    """Setting a password by PATCH of the user was for DAP; without it there is resetpassword."""
    if not delegated(call, customer):
        raise Fault(403, 900308, "Use resetpassword to set a password.")
    body = call.body()
    password = check_password(body)
    _note(call, "reset_customer_user_password", customer, user, None)
    return ok(show(customer, user) | _echo(body, password))


def _restore(call: Call, customer: Customer, user: User, state: str) -> Answer:
    """Back to active with the mangled UPN; the name is set by a second PATCH."""
    if state != "active":
        raise Fault(404, 60002, f"The user {user.id} is not found.")
    before = show(customer, user)
    user.deleted_at = None
    if not call.world.settings.restore_keeps_licenses:
        user.licenses.clear()
    answer = show(customer, user)
    _note(call, "restore_customer_user", customer, user, answer, before)
    return ok(answer)


@routes(
    "DELETE",
    USER,
    page="delete-user-accounts-for-a-customer.md",
    takes=Takes.USER,
    audit=("delete_customer_user", "customer_user"),
)
def delete(call: Call) -> Answer:
    """Soft delete for 30 days; the UPN is mangled and licences are free at once."""
    customer = call.tenant()
    user = call.user(customer)
    mangled = f"{call.world.ids.hexes('mangled', 32)}@{customer.domain}"
    before = show(customer, user)
    user.delete(call.world.clock.now(), mangled)
    _note(call, "delete_customer_user", customer, user, None, before)
    return empty(204)


@routes(
    "PATCH",
    USER + "/resetpassword",
    page="reset-user-password-for-a-customer.md",
    takes=Takes.USER,
    audit=("reset_customer_user_password", "customer_user"),
)
def reset_password(call: Call) -> Answer:
    """Set a password, echoed in the answer."""
    customer, body = call.tenant(), call.body()
    user = call.user(customer)
    password = check_password(body)
    _note(call, "reset_customer_user_password", customer, user, None)
    return ok(show(customer, user) | _echo(body, password))
