"""The instruction for the next term: one set per subscription, its last write (commerce.md 5.9).

Owns what the next term is to be and its calls. What is scheduled already as wished is no change
(domain rule WI12); what a change of today deletes is sent again, with its promotion and its end
(rule WI13); what is scheduled and not wished is taken back. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.kinds.paths import reference
from pcsync.kinds.subscription import (
    aligned,
    availability,
    becoming,
    counted,
    effects,
    products,
    promotion,
    told,
    wish,
)
from pcsync.kinds.subscription.edit import path_of
from pcsync.kinds.subscription.effects import Act
from pcsync.kinds.subscription.model import AT_RENEWAL
from pcsync.kinds.subscription.windows import Split, renews
from pcsync.model import (
    Action,
    Call,
    Change,
    Edit,
    Is,
    Keep,
    Resource,
    Step,
    Verb,
    View,
    When,
)
from pcsync.values import same

FIELDS = (*AT_RENEWAL, "quantity")
MORE = ("promotionId", "alignEnd")
NEXT = (*FIELDS, *MORE)
LOST = "a change of today deletes the instruction: it is sent after it"


@dataclass(frozen=True, slots=True)
class Next:
    """What the next term is to be: `changes` against the end of today, or where there are none
    against what the service has been told and nobody wants. `told`: it knows already."""

    changes: tuple[Change, ...] = ()
    told: bool = False
    lost: bool = False
    problem: str = ""


def plan(want: Resource, have: Resource, found: Split, view: View) -> Next:
    """The next term of a subscription that renews."""
    told: Mapping[str, Any] = have.remote["next"] or {}
    now = _today(have.spec, found.now)
    wished = now | {change.field: change.new for change in found.renewal}
    wished |= {c.field: told[c.field] for c, _ in found.asked if told.get(c.field)}
    lines = wish.at_renewal(want, have)
    wished |= {name: lines[name] for name in FIELDS if name in lines}
    end = aligned.at_renewal(
        want, have, lines.get("alignEnd", want.spec.get("alignEnd")), wished["termDuration"], view
    )
    own = {"promotionId": promotion.named(lines), "alignEnd": end.day}
    wished |= {name: own[name] or told.get(name) for name in MORE}
    lost = effects.unschedules(effects.acts(found.now))
    known = bool(told) and all(_same(told, wished, name) for name in NEXT)
    changes = _changes(now, wished)
    if not told and not any(own.values()) and not changes:
        return Next(problem=end.why)
    managed = any(change.field in FIELDS or own[change.field] for change in changes)
    if not changes and not known and not lost:
        changes = _changes(told, wished)
    elif not managed and known and not lost:
        changes = ()
    return Next(changes, known, lost, end.why)


def _today(spec: Mapping[str, Any], changes: Iterable[Change]) -> dict[str, Any]:
    """What the next term is like if nobody says anything, once these changes are made."""
    found = {name: spec[name] for name in FIELDS} | dict.fromkeys(MORE)
    return found | {change.field: change.new for change in changes if change.field in found}


def _changes(old: Mapping[str, Any], new: Mapping[str, Any]) -> tuple[Change, ...]:
    return tuple(Change(f, old.get(f), new[f]) for f in NEXT if not _same(old, new, f))


def _same(one: Mapping[str, Any], other: Mapping[str, Any], name: str) -> bool:
    """A promotion is named by product and SKU, or with the third part that the service adds."""
    if name == "promotionId" and one.get(name) and other.get(name):
        old, new = str(one[name]).lower(), str(other[name]).lower()
        return old.startswith(new) or new.startswith(old)
    return same(one.get(name), other.get(name), fold=True)


def instruct(want: Resource, have: Resource, found: Split, next_: Next, view: View) -> Action:
    """The action that tells the service, or shows that it has been told."""
    product = next((c.new for c in next_.changes if c.field == "product"), have.spec["product"])
    stored = next_.told and not next_.lost
    return Action(
        want.address,
        Verb.UPDATE,
        owner=want.owner,
        changes=next_.changes,
        when=When.PENDING if stored else When.NOW,
        date=renews(have),
        not_after=renews(have),
        title=products.title(product),
        seen={change.field: change.old for change in next_.changes},
        counts={} if stored else counted.at_renewal(want, have, next_.changes),
        effects=effects.says([Act.SCHEDULE], have),
        rules=tuple(_rules(want, next_)),
        notes=(*found.notes, *((LOST,) if next_.lost else ())),
        place=want.at(next_.changes[0].field),
        headline=becoming.headline(want, have, next_.changes, renews(have) or view.at),
        says=(
            *becoming.rows(want, have, next_.changes, view),
            *(() if stored else told.instructed(have, next_.changes, view)),
        ),
    )


def _rules(want: Resource, next_: Next) -> Iterable[str]:
    fields = {change.field for change in next_.changes}
    yield "WI12"
    if "quantity" in fields:
        yield "WI2"
    if {"product", "termDuration"} & fields:
        yield "WI9"
    if "billingCycle" in fields:
        yield "WI21"
    if "alignEnd" in fields:
        yield "WI18"
    if "atRenewal" in want.spec:
        yield "WI11"
    if next_.lost:
        yield "WI13"


def steps(action: Action, view: View, after: tuple[str, ...]) -> Iterable[Step]:
    """The availability of the next term, looked up in the run; then the instruction. Where the
    next term is to be like this one, the instruction is taken away."""
    assert action.owner is not None, "a subscription belongs to a customer"
    have = view.haves[action.address]
    before = (view.actions.get(f"{action.address}:{verb}") for verb in (Verb.UPDATE, Verb.RESUME))
    now = _today(have.spec, [change for each in before if each for change in each.changes])
    told = have.remote["next"] or {}
    wished = now | {name: told.get(name) for name in MORE}
    wished |= {change.field: change.new for change in action.changes}
    covers, path = (action.id,), path_of(action.owner, action.address)
    instruction: Any = None
    if _changes(now, wished):
        want = view.wants[action.address]
        yield _availability(action, wished, want.spec["segment"], after)
        after = (f"{action.address}.availability",)
        instruction = _instruction(action, wished)
    actions = (Is("scheduledActions", []),) if have.remote["actions"] else ()
    yield Edit(
        f"{action.address}.schedule",
        covers,
        "PATCH",
        path,
        whole=True,
        sets=(
            Is("autoRenewEnabled", True),
            *actions,
            Is("scheduledNextTermInstructions", instruction, fold=True),
        ),
        expect=(Is("status", "active", fold=True),),
        after=after,
    )


def _instruction(action: Action, wished: Mapping[str, Any]) -> dict[str, Any]:
    product, sku = wished["product"].split(":")
    named, day = wished["promotionId"], wished["alignEnd"]
    return {
        "product": {
            "productId": product,
            "skuId": sku,
            "availabilityId": {"$ref": reference(action.address, "availability")},
            "billingCycle": wished["billingCycle"],
            "termDuration": wished["termDuration"],
            **({"promotionId": named} if named else {}),
        },
        "quantity": wished["quantity"],
        **({"customTermEndDate": f"{day}T00:00:00Z"} if day else {}),
    }


def _availability(
    action: Action, wanted: Mapping[str, object], segment: str, after: tuple[str, ...]
) -> Call:
    assert action.owner is not None, "a subscription belongs to a customer"
    address, sold = action.address, availability.sold(wanted, segment)
    return Call(
        f"{address}.availability",
        (action.id,),
        "GET",
        availability.path(action.owner, str(wanted["product"]), segment),
        keep=(Keep(reference(address, "availability"), "id", among="items", where=sold),),
        after=after,
    )
