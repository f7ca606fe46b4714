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
from pcsync.kinds.customer import (
    admin,
    azure,
    creating,
    domains,
    ending,
    market,
    postal,
    qualification,
    reseller,
    rules,
)
from pcsync.kinds.customer.model import (
    COUNTRY,
    CREATED,
    EDITABLE,
    FIXED,
    FOLDED,
    PROFILE,
    from_item,
    from_profile,
)
from pcsync.kinds.missing import creates
from pcsync.kinds.paths import below
from pcsync.model import (
    Action,
    Address,
    Before,
    Change,
    Document,
    Edit,
    Finding,
    Is,
    Pair,
    Read,
    Resource,
    Severity,
    State,
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
            if name in (*CREATED, *FIXED, *reseller.FIELDS, *qualification.FIELDS)
        }
        remote = {"country": spec.get(COUNTRY), **reseller.observed(spec)}
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
            lookups = list(self._lookups(view))
            yield from lookups
            if all(view.done(read.path) for read in lookups):
                yield from self._search(view)
        elif (want := view.wants.get(view.owner)) and (found := view.ids.get(view.owner)):
            yield from ending.reads(want, view)
            yield from azure.reads(want, view)
            have = view.haves.get(view.owner)
            declared = any(name in want.spec for name in (*EDITABLE, COUNTRY))
            if want.state is State.PRESENT and declared and not (have and COUNTRY in have.spec):
                path = f"/v1/customers/{found}/profiles/billing"
                yield Read(path, (want.address,), owner=want.address)

    def _search(self, view: View) -> Iterable[Read]:
        wants = [want for want in view.wants.values() if want.address.kind == self.name]
        haves = [have for have in view.haves.values() if have.address.kind == self.name]
        pairs = list(self.match(wants, haves, view))
        found = {pair.want.address for pair in pairs}
        claimed = {pair.have.remote["id"] for pair in pairs}
        missing = [want for want in wants if want.address not in found and domains.findable(want)]
        rows = [have.remote["id"] for have in haves if have.remote["id"] not in claimed]
        yield from domains.search(missing, sorted(rows), view)

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
        elif read.path == postal.PATH and view.owner is not None:
            yield postal.live(page, view.owner)
        elif read.path.startswith(market.RULES) and view.owner is not None:
            yield market.live(page, view.owner)
        elif view.owner in view.ids and (more := _of_customer(read.path, page)):
            found = view.ids[view.owner] if view.owner else ""
            yield Resource(self._nameless(found), {}, remote={"id": found, **more})
        elif read.path == domains.INVITATION:
            yield from domains.invitation(view, page, self.name)
        elif view.owner is None and read.path.endswith(f"/{domains.CUSTOM}"):
            yield domains.custom(read.path, page, self.name)
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
        """By tenant id, else by the default domain, else by a custom one (domain rule ID16)."""
        rows = [have for have in haves if "id" in have.remote]
        by_id = {have.remote["id"]: have for have in rows}
        by_domain = {str(have.spec.get("domain")).lower(): have for have in rows}
        for want in wants:
            pinned = want.remote.get("id")
            if have := by_id.get(pinned):
                yield Pair(want, have, "tenantId")
            elif pinned and not creates(want):
                continue
            elif have := by_domain.get(str(want.spec.get("domain")).lower()):
                yield Pair(want, have, "domain")
            elif have := next((h for h in rows if domains.bears(h, want.spec.get("domain"))), None):
                yield Pair(want, have, domains.CUSTOM)

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """Create what is nowhere; bring the billing profile in line."""
        yield from rules.freezing(want)
        if want.state is not State.PRESENT:
            yield from ending.relationship(want, have, view)
            return
        if have is None:
            yield from creating.plan(want, view)
            return
        yield from self._fixed(want, have)
        yield from reseller.markets(want, have)
        yield from azure.unexpected(want, have, view)
        yield from admin.unkept(want, have, view)
        asked = list(qualification.missing(want, have, view))
        yield from (each for each in asked if not isinstance(each, Change))
        qualified = tuple(each for each in asked if isinstance(each, Change))
        changes = fields.differences(want.spec, have.spec, EDITABLE, FOLDED) + qualified
        if changes:
            yield Action(
                want.address,
                Verb.UPDATE,
                changes=changes,
                seen={change.field: change.old for change in changes},
                effects=(qualification.effect(want),) if qualified else (),
                rules=("PU9", "ID19") if qualified else ("ID19",),
                place=want.at(changes[0].field),
            )

    def _fixed(self, want: Resource, have: Resource) -> Iterable[Finding]:
        pinned = "id" in want.remote
        for name in FIXED:
            declared = {name: want.spec[name]} if name in want.spec else {}
            # A pinned customer may have made a domain of its own the default one (rule ID16).
            custom = pinned or domains.bears(have, want.spec.get("domain"))
            known = name in have.spec and not (custom and name == "domain")
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
                yield from creating.steps(action, view.wants[action.address])
            elif action.verb is Verb.CANCEL:
                yield from ending.steps(action)
            else:
                yield from self._updates(action, view.wants[action.address])

    def _updates(self, action: Action, want: Resource) -> Iterable[Step]:
        billing = tuple(c for c in action.changes if c.field.startswith(PROFILE))
        if billing:
            yield self._billing(action, billing)
        if len(billing) < len(action.changes):
            after = (f"{action.address}.billing",) if billing else ()
            yield qualification.request(want, action.id, after)

    def _billing(self, action: Action, changes: Sequence[Change]) -> Edit:
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
            sets=side((change.field, change.new) for change in changes),
            expect=side((change.field, change.old) for change in changes),
        )


def _of_customer(path: str, page: Any) -> Mapping[str, Any]:
    """What reads below a customer say of it: its qualifications, what is Azure."""
    if path.endswith("/qualifications"):
        return {"qualifications": qualification.rows(page)}
    if path.endswith(("/subscriptions", azure.UNDER)):
        return {**azure.observed(path, page), **admin.observed(path, page)}
    return {}


def _error(want: Resource, field: str, code: str, what: str, advice: str) -> Finding:
    return Finding(Severity.ERROR, code, what, advice, want.address, want.at(field))
