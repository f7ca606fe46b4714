"""The end of a subscription: by its own word, because its lines left git, or by its term.

Owns what removal means (domain rules RM1 to RM3, RM12, RM13): the mildest that still says "not
wanted", unless a word says more; and what is said of an end that nobody decided (WI5, WI8). Pure.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from datetime import datetime

from pcsync.kinds.paths import at
from pcsync.kinds.subscription import effects, follow, products, terms, told
from pcsync.kinds.subscription.effects import Act
from pcsync.kinds.subscription.windows import renews
from pcsync.model import (
    Action,
    Change,
    Finding,
    Measure,
    Read,
    Resource,
    Severity,
    State,
    Verb,
    View,
)

DEFAULT = "endAtTerm"
MINUTE = "%Y-%m-%d %H:%M UTC"


def absent(want: Resource, have: Resource, view: View) -> Iterable[Action | Read | Finding]:
    """What is declared absent, or has left git, ends as `onRemove` says."""
    word = want.words.get("onRemove", DEFAULT)
    if word == "ignore":
        yield _unmanaged(want)
    elif word == "suspend":
        if have.spec["state"] == "active" and not have.remote["extended"]:
            yield suspend(want, have, _why(want, word))
    elif have.spec["state"] == "pending":
        what = "is being provisioned: nothing can be changed before it is active"
        yield _say(want, "pending", what, "run plan again in a few minutes")
    elif read := _by_id(want, have, view):
        yield read
    elif word == "cancel" and _open(have, view.at):
        yield _cancel(want, have)
    elif have.remote["extended"]:
        what = "is in an extended service term and goes on month by month, paid"
        yield _say(want, "in-est", what, "say `onRemove: cancel`: it can be cancelled any day")
    elif have.spec["state"] == "active" and have.spec["endOfTerm"] != "cancel":
        yield _end(want, have, view, word)


def _by_id(want: Resource, have: Resource, view: View) -> Read | None:
    """Windows are read right before planning (rule WI1)."""
    path = at(view, view.owner, f"subscriptions/{have.remote['id']}") if view.owner else None
    if path is None or view.done(path):
        return None
    return Read(path, (want.address,), owner=view.owner)


def _open(have: Resource, now: datetime) -> bool:
    until: datetime | None = have.remote["cancellable_until"]
    return until is not None and now < until


def _said(want: Resource, word: str) -> str:
    """The word that decides; a default says so."""
    return f"onRemove: {word}" + ("" if "onRemove" in want.words else " (default)")


def _because(want: Resource) -> str:
    return "because its lines left git" if want.state is State.REMOVED else "as declared"


def _why(want: Resource, word: str) -> str:
    said = _said(want, word)
    if want.state is State.REMOVED:
        return f"its lines left git; {said}"
    return f"declared with `state: absent`; {said}"


def suspend(want: Resource, have: Resource, why: str) -> Action:
    """People are locked out and it is paid on: only by its own word (rule RM2)."""
    changes = (Change("state", have.spec["state"], "suspended"),)
    return Action(
        want.address,
        Verb.SUSPEND,
        owner=want.owner,
        changes=changes,
        why=why,
        seen={"state": have.spec["state"]},
        counts={Measure.SUSPEND: 1},
        effects=effects.says(effects.acts(changes), have),
        rules=("RM2", "WI13"),
        place=want.at("state"),
    )


def _cancel(want: Resource, have: Resource) -> Action:
    """At once and for good, inside its window (rule RM3)."""
    until = have.remote["cancellable_until"]
    return Action(
        want.address,
        Verb.CANCEL,
        owner=want.owner,
        changes=(Change("state", have.spec["state"], "absent"),),
        not_after=until,
        why=_why(want, "cancel"),
        seen={"state": have.spec["state"]},
        counts={Measure.CANCEL: 1},
        effects=effects.says([Act.CANCEL], have),
        forever=effects.forever([Act.CANCEL]),
        rules=("RM3", "WI1", *(("WI6",) if have.remote["extended"] else ())),
        notes=(f"possible until {until:{MINUTE}}",),
        place=want.at("state"),
    )


def _end(want: Resource, have: Resource, view: View, word: str) -> Action:
    """It is not renewed: auto-renew off and the end-of-term action in one PATCH (rule WI4)."""
    changes = (Change("endOfTerm", have.spec["endOfTerm"], "cancel"),)
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=changes,
        not_after=renews(have),
        why=_why(want, word),
        seen={"endOfTerm": have.spec["endOfTerm"]},
        effects=effects.says(effects.acts(changes), have),
        later={follow.current(want, have): -seats} if (seats := follow.size(have)) else {},
        rules=("RM1", "RM13", "WI4") if word != "cancel" else ("RM3", "WI4"),
        headline=f"{want.address.path[-1]} ends with its term, {_because(want)}",
        brief=told.brief(have),
        says=tuple(told.ended(have, view, _said(want, word), word)),
        place=want.at("state"),
    )


def _unmanaged(want: Resource) -> Finding:
    """Left alone by its own word, and said: it stays billed."""
    what = f"is not managed any more ({_why(want, 'ignore')}), and goes on as it is"
    return _say(want, "unmanaged", what, "end it in the portal, or declare it again")


def returned(want: Resource, have: Resource, view: View) -> bool:
    """Whether its lines came back after pcsync had told it to end (rule RM12)."""
    if view.base is None or "endOfTerm" in want.spec or have.spec["endOfTerm"] != "cancel":
        return False
    before = view.base.get(want.address)
    if before is None:
        return want.address in view.recorded
    return before.state is State.ABSENT


def undecided(want: Resource, have: Resource, view: View) -> Iterable[Finding]:
    """An end of term that is near and that no line decides about (rule WI8)."""
    starts = renews(have)
    within = view.rules.decide_within.get(have.spec["termDuration"] or "", 0)
    if starts is None or "endOfTerm" in want.spec:
        return
    days = (starts - terms.midnight(view.at)).days
    if not 0 < days <= within:
        return
    ends = f"{have.remote['ends']:%Y-%m-%d}"
    advice = "say `endOfTerm: renew`, `cancel` or `extend`"
    match have.spec["endOfTerm"]:
        case "renew":
            what = f"its term ends {ends} and is renewed by itself, and no line says so"
            yield _say(want, "end-of-term-undecided", what, advice, "endOfTerm")
        case "extend":
            what = f"its term ends {ends}; then it goes on month by month, paid"
            yield _say(want, "ends-without-renewal", what, advice, "endOfTerm")
        case _:
            what = f"ends with its term on {ends}: people lose access then"
            yield _say(want, "ends-without-renewal", what, advice, "endOfTerm")


def people(view: View, kind: str) -> Iterable[Finding]:
    """A declared end after which people have nothing else of that licence."""
    holders = Counter(pool for w in view.wants.values() for pool, n in w.holds.items() if n < 0)
    seats = [w for _, w in sorted(view.wants.items()) if w.address.kind == kind and _alive(w)]
    for want in seats:
        for pool in want.holds:
            rest = (w for w in seats if pool in w.holds and w.spec.get("endOfTerm") != "cancel")
            if holders[pool] and not any(rest) and _lives(want, view):
                who = "1 person loses" if holders[pool] == 1 else f"{holders[pool]} people lose"
                what = f"ends with its term: {who} {products.title(want.spec['product'])} that day"
                advice = "say `endOfTerm: renew`, or give them another licence by then"
                yield _say(want, "ends-without-renewal", what, advice, "endOfTerm")


def _alive(want: Resource) -> bool:
    return want.state is State.PRESENT and want.spec["state"] == "active"


def _lives(want: Resource, view: View) -> bool:
    """Whether it is there, or is bought now."""
    have = view.haves.get(want.address)
    return f"{want.address}:{Verb.CREATE}" in view.actions or bool(
        have and have.spec.get("state") == "active"
    )


def not_extendable(want: Resource, have: Resource, view: View) -> Finding | None:
    """`extend` where the service has no extended term to offer (rule WI5)."""
    if want.spec.get("endOfTerm") != "extend":
        return None
    if view.contract < "2026-05":
        what = f"there is no extended service term under the contract {view.contract}"
    elif not have.remote["extendable"]:
        what = "this term can't lead into an extended service term"
    else:
        return None
    what += ": without renewal it expires, with 30 days of grace"
    advice = "say `endOfTerm: cancel` or `renew`; its end is left as it is"
    return _say(want, "not-extendable", what, advice, "endOfTerm")


def _say(want: Resource, code: str, what: str, advice: str, field: str = "state") -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(field))
