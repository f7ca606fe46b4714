"""The first administrator of a new tenant: the password is given once, by the creation's answer.

Owns the warning where that answer may have been lost with the run that asked for it (domain rule
PU7). Pure; imports the nouns and the kinds' shared parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.kinds import kept
from pcsync.kinds.customer import creating
from pcsync.kinds.paths import at
from pcsync.model import Finding, Read, ReadState, Resource, View

BOUGHT = "bought"


def observed(path: str, page: Any) -> Mapping[str, Any]:
    """Whether the list of subscriptions has one, whatever became of it."""
    return {BOUGHT: True} if path.endswith("/subscriptions") and page.get("items") else {}


def unkept(want: Resource, have: Resource, view: View) -> Iterable[Read | Finding]:
    """Of a tenant that its lines would have created, that nothing but its domain tells, and in
    which nothing was ever bought: an older one is nobody's new customer."""
    if not kept.unaccounted(want, view) or creating.incomplete(want):
        return
    path = at(view, want.address, "subscriptions")
    if path is None or have.remote.get(BOUGHT):
        return
    asked = view.reads.get(path)
    if asked is None:
        yield Read(path, (), owner=want.address)
    elif asked.state is ReadState.DONE:
        domain = want.spec["domain"]
        what = (
            f"{domain} is there already, nothing was ever bought in it, and "
            f"{view.rules.sink or 'the sink'} has no password of its administrator: if an apply "
            "that was cut off made it, that is lost"
        )
        advice = (
            "go on with that run (`pcsync apply --resume`), or reset the password of "
            f"admin@{domain} by hand; `pcsync pin` records the tenant"
        )
        yield kept.lost(want, "domain", what, advice)
