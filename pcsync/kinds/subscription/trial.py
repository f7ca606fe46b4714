"""Trials: free for 30 days, then paid unless told otherwise (commerce.md 13.8).

Owns `trial.then` (domain rule WI19): what follows is said before it is bought, and told the service
right after. Seats and status of a trial never change. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from pcsync.kinds.fields import differences
from pcsync.kinds.subscription import renewal, update, wish
from pcsync.kinds.subscription.model import FOLDED
from pcsync.kinds.subscription.renewal import MORE, Next
from pcsync.kinds.subscription.windows import Split, renews
from pcsync.model import Action, Change, Finding, Resource, View
from pcsync.values import same

PLAIN = ("friendlyName", "partnerId")


def compare(want: Resource, have: Resource, view: View) -> Iterable[Action | Finding]:
    """Names, and what follows it; nothing else of a trial can be changed."""
    then = want.spec.get("trial", {}).get("then")
    if then is None:
        yield wish.undecided(want)
        return
    now = list(differences(want.spec, have.spec, PLAIN, FOLDED))
    if then == "cancel" and have.spec["endOfTerm"] == "renew":
        now.append(Change("endOfTerm", "renew", "cancel"))
    if now:
        until = renews(have) if now[-1].field == "endOfTerm" else None
        yield update.at_once(want, have, Split(tuple(now), until=until), view)
    if isinstance(then, Mapping):
        next_ = following(then, have)
        if next_.changes:
            yield renewal.instruct(want, have, Split(), next_, view)


def following(then: Mapping[str, object], have: Resource) -> Next:
    """The paid term after it, and whether the service knows."""
    told = have.remote["next"] or {}
    changes = tuple(
        Change(name, have.spec.get(name), then[name])
        for name in renewal.NEXT
        if name not in MORE and not same(have.spec.get(name), then[name], fold=True)
    )
    known = bool(told) and all(same(told.get(c.field), c.new, fold=True) for c in changes)
    return Next(changes, known and have.spec["endOfTerm"] == "renew")
