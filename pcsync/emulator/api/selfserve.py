"""Self-serve policies: what a customer may buy itself (customers.md 7).

Pages: create-a-self-serve-policy.md, get-a-list-of-self-serve-policies.md,
get-a-self-serve-policy-by-id.md, update-a-self-serve-policy.md, delete-a-self-serve-policy.md.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator.account import SELF_SERVE, SelfServePolicy
from pcsync.emulator.call import Answer, Call, created, empty, ok
from pcsync.emulator.customer import Customer
from pcsync.emulator.faults import Fault, invalid, not_understood
from pcsync.emulator.paging import collection
from pcsync.emulator.routing import Routes, Takes
from pcsync.emulator.wire import Body

routes = Routes()

POLICIES = "/v1/SelfServePolicy"
POLICY = "/v1/SelfServePolicy/{policy}"
ACTIONS = ("Purchase",)


def _id(call: Call, customer: Customer) -> str:
    return f"{call.world.partner.tenant_id}_{customer.id}"


def _etag(call: Call, customer: Customer, policy: SelfServePolicy) -> str:
    """A GUID in quotes, which are part of it."""
    name = f"{customer.id} {policy.version}"
    return f'"{call.world.ids.guid("self-serve", name)}"'


def _show(call: Call, customer: Customer, policy: SelfServePolicy) -> dict[str, Any]:
    entity = {"selfServeEntityType": "customer", "tenantID": customer.id}
    grantor = {"grantorType": "billToPartner", "tenantID": call.world.partner.tenant_id}
    return {
        "id": _id(call, customer),
        "selfServeEntity": entity,
        "grantor": grantor,
        "permissions": [
            {"resource": resource, "action": action} for resource, action in policy.permissions
        ],
        "attributes": {
            "etag": _etag(call, customer, policy),
            "objectType": "SelfServePolicy",
        },
    }


def _entity(call: Call, tenant: str) -> Customer:
    """The customer that a policy is for. 404/1000 if the partner has no such customer."""
    found = call.world.customers.get(tenant.lower())
    if found is None or found.account.relationship == "none":
        raise Fault(404, 1000, f"The tenant {tenant} is not found.")
    return found


def _missing() -> Fault:
    return Fault(404, 600039, "The self-serve policy is not found.")


def _named(call: Call, key: str) -> tuple[Customer, SelfServePolicy]:
    """The policy with that id. 404/600039 if there is none."""
    partner, _, tenant = key.lower().partition("_")
    found = call.world.customers.get(tenant)
    if partner != call.world.partner.tenant_id or found is None or found.account.policy is None:
        raise _missing()
    return found, found.account.policy


def _parties(call: Call, body: Body) -> Customer:
    """The customer of a body whose grantor is this partner."""
    entity, grantor = body.part("selfServeEntity"), body.part("grantor")
    if entity is None or grantor is None:
        raise invalid("selfServeEntity and grantor are required.")
    for part, name, word in (
        (entity, "selfServeEntityType", "customer"),
        (grantor, "grantorType", "billtopartner"),
    ):
        if part.need(name).lower().replace("_", "") != word:
            raise not_understood(name, part.need(name))
    if grantor.need("tenantID").lower() != call.world.partner.tenant_id:
        raise invalid("The grantor must be the partner itself.")
    return _entity(call, entity.need("tenantID"))


def _permissions(body: Body) -> list[tuple[str, str]]:
    found = [
        (_word(row, "resource", SELF_SERVE), _word(row, "action", ACTIONS))
        for row in body.parts("permissions") or []
    ]
    if not found:
        raise invalid("permissions is required.")
    return list(dict.fromkeys(found))


def _word(row: Body, name: str, allowed: tuple[str, ...]) -> str:
    text = row.need(name)
    for word in allowed:
        if word.lower() == text.lower().replace("_", ""):
            return word
    raise not_understood(name, text)


def _note(call: Call, operation: str, customer: Customer, new: Any, old: Any = None) -> None:
    call.note(operation, "self_serve_policy", customer, new, old_value=old)


@routes(
    "POST",
    POLICIES,
    page="create-a-self-serve-policy.md",
    takes=Takes.USER,
    audit=("create_self_serve_policy", "self_serve_policy"),
)
def create(call: Call) -> Answer:
    """Make the policy of a customer. 409/600041 if it has one."""
    body = call.body()
    customer, permissions = _parties(call, body), _permissions(body)
    if customer.account.policy is not None:
        raise Fault(409, 600041, "The self-serve policy already exists.")
    customer.account.policy = SelfServePolicy(permissions)
    answer = _show(call, customer, customer.account.policy)
    _note(call, "create_self_serve_policy", customer, answer)
    return created(answer)


@routes(
    "GET",
    POLICIES,
    page="get-a-list-of-self-serve-policies.md",
    takes=Takes.USER,
    query=("entity_id",),
)
def listed(call: Call) -> Answer:
    """The policies of one customer: none or one."""
    customer = _entity(call, call.query("entity_id") or "")
    policy = customer.account.policy
    return ok(collection(call, [_show(call, customer, policy)] if policy else []))


@routes("GET", POLICY, page="get-a-self-serve-policy-by-id.md", takes=Takes.USER)
def get(call: Call) -> Answer:
    """One policy."""
    return ok(_show(call, *_named(call, call.parts["policy"])))


@routes(
    "PUT",
    POLICY,
    page="update-a-self-serve-policy.md",
    takes=Takes.USER,
    audit=("update_self_serve_policy", "self_serve_policy"),
)
def replace(call: Call) -> Answer:
    """Replace the permissions; the id stands in the path, as the SDK has it."""
    body = call.body()
    key = call.parts["policy"]
    if (body.text("id") or key).lower() != key.lower():
        raise Fault(404, 600040, "The identifier of the self-serve policy is incorrect.")
    return _replace(call, key, body)


@routes(
    "PUT",
    POLICIES,
    page="update-a-self-serve-policy.md",
    takes=Takes.USER,
    audit=("update_self_serve_policy", "self_serve_policy"),
)
def replace_named(call: Call) -> Answer:
    """The same with the id in the body only, as the docs have it."""
    body = call.body()
    return _replace(call, body.need("id"), body)


def _replace(call: Call, key: str, body: Body) -> Answer:
    customer, policy = _named(call, key)
    if _parties(call, body) is not customer:
        raise Fault(404, 600040, "The identifier of the self-serve policy is incorrect.")
    attributes = body.part("attributes")
    sent = attributes.text("etag") if attributes else None
    if sent is not None and sent.strip('"') != _etag(call, customer, policy).strip('"'):
        raise Fault(400, 2055, "The etag is no longer valid.")
    before = _show(call, customer, policy)
    policy.permissions = _permissions(body)
    policy.version += 1
    answer = _show(call, customer, policy)
    _note(call, "update_self_serve_policy", customer, answer, before)
    return ok(answer)


@routes(
    "DELETE",
    POLICY,
    page="delete-a-self-serve-policy.md",
    takes=Takes.USER,
    audit=("delete_self_serve_policy", "self_serve_policy"),
)
def delete(call: Call) -> Answer:
    """Remove the policy."""
    customer, policy = _named(call, call.parts["policy"])
    before = _show(call, customer, policy)
    customer.account.policy = None
    _note(call, "delete_self_serve_policy", customer, None, before)
    return empty(204)
