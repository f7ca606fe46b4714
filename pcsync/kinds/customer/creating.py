"""Creating a customer, once and for ever: what stands in its way, and the calls that do it.

Nothing is created while its domain is taken, what it needs is missing, or it is traced; the address
is asked about before (customers.md 2). Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable

from pcsync.kinds import preflight
from pcsync.kinds.customer import domains, market, postal, qualification, reseller, rules, told
from pcsync.kinds.customer.model import CREATED, to_creation
from pcsync.kinds.fields import creation
from pcsync.kinds.missing import left_behind, may_create, refused
from pcsync.kinds.paths import quoted, reference
from pcsync.model import (
    Action,
    Call,
    Finding,
    Is,
    Keep,
    Measure,
    Read,
    Resource,
    Settle,
    Severity,
    Some,
    Step,
    Verb,
    View,
)


def plan(want: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """The creation, or what has to be read first, or why it can't be."""
    if "id" in want.remote and not may_create(want, view):
        yield left_behind(want, view) or _not_found(want)
        return
    if findings := list(refused(want, want.address.kind)) or incomplete(want):
        yield from findings
        return
    if stands := list(reseller.creation(want, view)):
        yield from stands
        return
    asked = domains.taken(want)
    if not view.done(asked.path):
        yield asked
    elif domains.is_taken(want, view):
        yield from domains.others(want, view)
    elif unasked := list(_unasked(want, view)):
        yield from unasked
    else:
        yield from market.broken(want, view)
        yield from postal.doubts(want, view)
        yield _action(want, view)


def _unasked(want: Resource, view: View) -> Iterable[Read]:
    """What the service is asked about the address."""
    if rules := market.read(want, view):
        yield rules
    if postal.PATH not in view.reads and preflight.wanted(view):
        yield postal.question(want)


def _action(want: Resource, view: View) -> Action:
    return Action(
        want.address,
        Verb.CREATE,
        changes=creation(want.spec, (*CREATED, reseller.TENANT, qualification.TYPE)),
        why="no customer has its domain, and the domain is free",
        counts={Measure.CREATE_CUSTOMERS: 1},
        says=tuple(told.rows(want, view)),
        forever=("A customer tenant can't be deleted. Fixed for ever once it exists:",),
        fixed=tuple(told.fixed(want, view)),
        rules=("PU17", *(("PR1", "PR3") if reseller.TENANT in want.spec else ())),
        place=want.place,
    )


def steps(action: Action, want: Resource) -> Iterable[Step]:
    """The creation, then the request for its qualification."""
    yield _creation(action, want)
    if qualification.TYPE in want.spec:
        yield qualification.request(want, action.id, (f"{action.address}.create",))


def _creation(action: Action, want: Resource) -> Call:
    domain = want.spec["domain"]
    query = json.dumps({"Field": "Domain", "Value": domain, "Operator": "starts_with"})
    found = Is("companyProfile.domain", domain, fold=True)
    kept = reference(action.address)
    admin = reference(action.address, "admin")
    return Call(
        f"{action.address}.create",
        (action.id,),
        "POST",
        "/v1/customers",
        body=to_creation(want.spec),
        user=reseller.TENANT in want.spec,
        keep=(Keep(kept, "id"), Keep(admin, "userCredentials", secret=True)),
        settle=Settle(
            f"/v1/customers?size=500&filter={quoted(query)}",
            Some("items", found),
            (Keep(kept, "id", among="items", where=found),),
        ),
    )


def incomplete(want: Resource) -> list[Finding]:
    """What the manifest lacks to create this customer, or has too much."""
    found = [*rules.creation(want), *reseller.markets(want, None)]
    return [*found, *qualification.incomplete(want)]


def _not_found(want: Resource) -> Finding:
    recorded = want.remote.get("recorded")
    what = f"no customer of yours has the tenant id {want.remote['id']}"
    what += " that the lock file records" if recorded else ""
    advice = "ask the customer to accept the relationship again, or remove its lines"
    advice = advice if recorded else f"correct `tenantId`, or {advice}"
    place = want.at("" if recorded else "tenantId")
    return Finding(Severity.ERROR, "pinned-not-found", what, advice, want.address, place)
