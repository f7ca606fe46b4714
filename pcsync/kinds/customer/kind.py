"""A customer of the partner: created once and for ever, its billing profile kept as declared.

Everything else lives below a customer; removal of its lines changes nothing. Pure; imports the
nouns and the kinds' shared parts.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping, Sequence
from importlib.resources import files
from typing import Any

from pcsync.kinds import fields
from pcsync.kinds.customer import rules
from pcsync.kinds.customer.model import (
    COUNTRY,
    CREATED,
    EDITABLE,
    FIXED,
    FOLDED,
    PROFILE,
    from_item,
    from_profile,
    to_creation,
)
from pcsync.kinds.paths import below, quoted, reference
from pcsync.model import (
    Action,
    Address,
    Before,
    Call,
    Document,
    Edit,
    Finding,
    Is,
    Keep,
    Measure,
    Pair,
    Read,
    Resource,
    Settle,
    Severity,
    Some,
    Step,
    Verb,
    View,
)
from pcsync.values import guid

LIST = "/v1/customers?size=500"


class CustomerKind:
    """Found by tenant id, else by domain; never created while its domain is taken."""

    name = "customer"
    schema: Mapping[str, Any] = json.loads(
        files(__package__).joinpath("schema.json").read_text("utf-8")
    )

    def desired(self, document: Document) -> Iterable[Resource]:
        """One customer; a `tenantId` is its id. `remote.country` is for what it owns."""
        assert document.name is not None, "the schema requires a name"
        spec = {
            name: value
            for name, value in fields.flat(document.spec).items()
            if name in (*CREATED, *FIXED)
        }
        remote = {"country": spec.get(COUNTRY)}
        if tenant := document.spec.get("tenantId"):
            remote["id"] = guid(tenant)
        yield Resource(
            Address(self.name, (document.name,)),
            spec,
            remote=remote,
            place=document.place,
            places=document.places,
            annotations=document.annotations,
        )

    def reads(self, view: View) -> Iterable[Read]:
        """Partner level: the list, or a GET per pinned customer where that is fewer. Below: the
        billing profile, where it is declared and the customer exists."""
        if view.owner is None:
            yield from self._lookups(view)
        elif (want := view.wants.get(view.owner)) and (found := view.ids.get(view.owner)):
            have = view.haves.get(view.owner)
            declared = any(name in want.spec for name in (*EDITABLE, COUNTRY))
            if declared and not (have and COUNTRY in have.spec):
                path = f"/v1/customers/{found}/profiles/billing"
                yield Read(path, (want.address,), owner=want.address)

    def _lookups(self, view: View) -> Iterable[Read]:
        wants = [w for w in view.wants.values() if w.address.kind == self.name]
        pinned = all("id" in w.remote for w in wants)
        profiles = all(any(name in w.spec for name in (*EDITABLE, COUNTRY)) for w in wants)
        if wants and pinned and (len(wants) == 1 or profiles):
            for want in wants:
                path = f"/v1/customers/{want.remote['id']}"
                yield Read(path, (want.address,), owner=want.address, gone_ok=True)
        elif wants:
            yield Read(LIST, tuple(w.address for w in wants), pages=True)

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource]:
        """Customers of the list or by id; a billing profile is a part of its customer."""
        if read.path == LIST:
            for item in page.get("items", ()):
                yield self._have(item)
        elif read.path.endswith("/profiles/billing") and read.owner is not None:
            found = view.ids[read.owner]
            spec = from_profile(page)
            remote = {"id": found, "country": spec.get(COUNTRY)}
            yield Resource(self._nameless(found), spec, remote=remote)
        elif view.owner is None and read.owner is not None and read.owner.kind == self.name:
            yield self._have(page)

    def _have(self, item: Mapping[str, Any]) -> Resource:
        found = guid(item["id"])
        spec = from_item(item)
        remote = {"id": found, "relationship": item.get("relationshipToPartner")}
        if COUNTRY in spec:
            remote["country"] = spec[COUNTRY]
        return Resource(self._nameless(found), spec, remote=remote)

    def _nameless(self, found: str) -> Address:
        return Address(self.name, (f"#{found}",))

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair]:
        """By tenant id, else by the default domain (domain rule ID16)."""
        by_id = {have.remote["id"]: have for have in haves}
        by_domain = {str(have.spec.get("domain")).lower(): have for have in haves}
        for want in wants:
            if pinned := want.remote.get("id"):
                if have := by_id.get(pinned):
                    yield Pair(want, have, "tenantId")
            elif have := by_domain.get(str(want.spec.get("domain")).lower()):
                yield Pair(want, have, "domain")

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Create what is nowhere; bring the billing profile in line."""
        if have is None:
            yield from self._create(want, view)
            return
        yield from self._fixed(want, have)
        if changes := fields.differences(want.spec, have.spec, EDITABLE, FOLDED):
            yield Action(
                want.address,
                Verb.UPDATE,
                changes=changes,
                seen={change.field: change.old for change in changes},
                place=want.at(changes[0].field),
            )

    def _create(self, want: Resource, view: View) -> Iterable[Action | Read | Finding]:
        if "id" in want.remote:
            what = f"no customer of yours has the tenant id {want.remote['id']}"
            advice = "correct `tenantId`, or ask the customer to accept the relationship again"
            yield _error(want, "tenantId", "pinned-not-found", what, advice)
            return
        if findings := list(rules.creation(want)):
            yield from findings
            return
        path = f"/v1/domains/{quoted(want.spec['domain'])}"
        if not view.done(path):
            yield Read(path, (want.address,), owner=want.address, gone_ok=True, method="HEAD")
        elif view.reads[path].found:
            what = f"{want.spec['domain']} is taken, and not by a customer of yours"
            advice = (
                "send the customer your relationship request link (GET "
                "customers/relationshiprequests), or choose another domain; if it is one of "
                "yours with another default domain by now, add its `tenantId`"
            )
            yield _error(want, "domain", "domain-taken", what, advice)
        else:
            yield Action(
                want.address,
                Verb.CREATE,
                changes=fields.creation(want.spec, CREATED),
                why="no customer has its domain, and the domain is free",
                counts={Measure.CREATE_CUSTOMERS: 1},
                effects=("a customer tenant can't be deleted; domain and country are for ever",),
                place=want.place,
            )

    def _fixed(self, want: Resource, have: Resource) -> Iterable[Finding]:
        pinned = "id" in want.remote
        for name in FIXED:
            declared = {name: want.spec[name]} if name in want.spec else {}
            # A pinned customer may have made a domain of its own the default one (rule ID16).
            known = name in have.spec and not (pinned and name == "domain")
            if known and fields.differences(declared, have.spec, (name,), FOLDED):
                what = f"{name} is {have.spec[name]} and can't be changed after creation"
                advice = f"write `{name.rpartition('.')[2]}: {have.spec[name]}`"
                yield _error(want, name, "create-only", what, advice)

    def review(self, view: View) -> Iterable[Before | Finding]:
        """Customers don't depend on each other."""
        return ()

    def batch(self, action: Action) -> str:
        """A customer shares no call."""
        return str(action.address)

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """A POST to create; one PUT of the whole billing profile for any number of changes."""
        for action in batch:
            if action.verb is Verb.CREATE:
                yield self._creation(action, view.wants[action.address])
            else:
                yield self._update(action)

    def _creation(self, action: Action, want: Resource) -> Call:
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
            keep=(Keep(kept, "id"), Keep(admin, "userCredentials", secret=True)),
            settle=Settle(
                f"/v1/customers?size=500&filter={quoted(query)}",
                Some("items", found),
                (Keep(kept, "id", among="items", where=found),),
            ),
        )

    def _update(self, action: Action) -> Edit:
        def side(values: Iterable[tuple[str, Any]]) -> tuple[Is, ...]:
            return tuple(
                Is(name.removeprefix(PROFILE), value, fold=name in FOLDED) for name, value in values
            )

        return Edit(
            f"{action.address}.billing",
            (action.id,),
            "PUT",
            below(action.address, "profiles/billing"),
            whole=True,
            sets=side((change.field, change.new) for change in action.changes),
            expect=side((change.field, change.old) for change in action.changes),
        )


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
