"""Which customer a domain belongs to when no default domain is it (domain rules ID16, ID17).

Owns the reads of a search that costs a read for each customer that no line claims: it is made only
for a declared domain that is taken. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

from pcsync.kinds.missing import creates
from pcsync.kinds.paths import quoted
from pcsync.model import Address, Can, Finding, Read, Resource, Severity, State, View
from pcsync.values import guid

CUSTOM = "customDomains"
INVITATION = "/v1/customers/relationshiprequests"
MOST = 100  # of a larger estate a tenant id is asked for: the search would cost too much


def taken(want: Resource) -> Read:
    """Whether anybody has the declared domain."""
    path = f"/v1/domains/{quoted(want.spec['domain'])}"
    return Read(path, (want.address,), owner=want.address, gone_ok=True, method="HEAD")


def findable(want: Resource) -> bool:
    """Whether a declared customer may be found by its domain: no tenant id says which it is."""
    known = "id" in want.remote and not creates(want)
    return want.state is State.PRESENT and bool(want.spec.get("domain")) and not known


def search(missing: Sequence[Resource], rows: Sequence[str], view: View) -> Iterable[Read]:
    """Whether the domains of the missing are taken; where one is, the custom domains of the
    customers with the ids `rows`, which no line claims."""
    for want in missing:
        yield taken(want)
    if len(rows) <= MOST and any(is_taken(want, view) for want in missing):
        for id_ in rows:
            yield Read(f"/v1/customers/{id_}/{CUSTOM}")


def is_taken(want: Resource, view: View) -> bool:
    """Whether the service said that somebody has the domain."""
    path = taken(want).path
    return view.done(path) and view.reads[path].found


def custom(path: str, page: Any, kind: str) -> Resource:
    """The custom domains of one customer: a bare array of texts."""
    found = guid(path.split("/")[-2])
    names = tuple(sorted(str(name).lower() for name in page))
    return Resource(Address(kind, (f"#{found}",)), {}, remote={"id": found, CUSTOM: names})


def bears(have: Resource, domain: Any) -> bool:
    """Whether a domain is among the custom ones of a live customer."""
    return str(domain).lower() in have.remote.get(CUSTOM, ())


def invitation(view: View, page: Any, kind: str) -> Iterable[Resource]:
    """The partner's standing link for customers who shall become its own."""
    if view.owner is not None:
        yield Resource(
            Address(kind, (view.owner.root, "#invitation")), {}, remote={"url": page["url"]}
        )


def others(want: Resource, view: View) -> Iterable[Read | Finding]:
    """Somebody else's domain: the link to send, and nothing is created (rule ID17)."""
    if Can.USER in view.can and INVITATION not in view.reads:
        yield Read(INVITATION, owner=want.address, user=True, shared=True)
        return
    have = view.haves.get(Address(want.address.kind, (want.address.root, "#invitation")))
    link = f": {have.remote['url']}" if have else " (GET customers/relationshiprequests)"
    what = f"{want.spec['domain']} is taken, and not by a customer of yours"
    advice = (
        "choose another domain; if it is one of yours with another default domain by now, add its "
        f"`tenantId`; else send the customer your relationship request link{link}"
    )
    place = want.at("domain")
    yield Finding(Severity.ERROR, "domain-taken", what, advice, want.address, place)
