"""The gates of orders, of a customer who exists: agreement and vetting (rules PU3, PU5, PU6).

Owns the reads that show whether they are open, and the steps at which apply looks again. What is
not known keeps nothing back: the cart outranks what the reads say (customers.md 5 and 6). Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from pcsync.kinds import clouds, preflight
from pcsync.kinds.paths import at, below
from pcsync.model import (
    Address,
    All,
    Await,
    Can,
    Condition,
    Empty,
    Finding,
    Is,
    Not,
    Read,
    Resource,
    Settle,
    Severity,
    View,
)
from pcsync.values import word

KIND = "gate"
AGREEMENT, VETTING = "agreement", "vetting"
LISTED = "agreements?agreementType=MicrosoftCustomerAgreement"
SIGNED = "directSignedMicrosoftCustomerAgreementStatus"
ACCOUNT = "validationStatus?type=account"
REVIEWED = ("UnderReview", "Unknown")
DENIED = "NotAllowed"


@dataclass(frozen=True, slots=True)
class Look:
    """Where a gate is looked at, and what shows it open."""

    rest: str
    open: Condition


LOOKS: Mapping[str, tuple[Look, ...]] = {
    AGREEMENT: (
        Look(LISTED, Not(Empty("items"))),
        Look(SIGNED, Is("isSigned", True)),
    ),
    VETTING: (
        Look(ACCOUNT, All(tuple(Not(Is("status", w, fold=True)) for w in (*REVIEWED, DENIED)))),
    ),
}


def is_answer(rest: Sequence[str]) -> bool:
    """Whether the path below a customer is that of a gate."""
    return len(rest) == 1 and rest[0] in {LISTED, SIGNED, ACCOUNT}


def live(rest: str, page: Mapping[str, Any], owner: Address) -> Resource:
    """What an answer says of a gate, as a thing that no manifest can name."""
    found: dict[str, Any]
    if rest == LISTED:
        name, found = AGREEMENT, {"listed": bool(page.get("items"))}
    elif rest == SIGNED:
        name, found = AGREEMENT, {"signed": bool(page.get("isSigned"))}
    else:
        name, found = VETTING, {"status": page.get("status")}
    return Resource(_address(owner, name), {}, owner=owner, remote=found)


def reads(view: View) -> Iterator[Read]:
    """What a purchase has to know of its customer, and nobody asked yet: whether the agreement is
    accepted, of which two reads tell, and whether the account is under review."""
    if view.owner is None or Can.USER not in view.can or not preflight.wanted(view):
        return
    waived = _waived(view)
    asked = [LISTED, *([SIGNED] if _said(view, AGREEMENT).get("listed") is False else [])]
    for name, rest in (*((AGREEMENT, each) for each in asked), (VETTING, ACCOUNT)):
        path = at(view, view.owner, rest)
        lacking = name == AGREEMENT and clouds.lacks(view, (("GET", "/v1/agreements"),))
        if path and path not in view.reads and name not in waived and not lacking:
            # That it can't be asked makes nothing unknown: the cart itself would be refused.
            yield Read(path, (), owner=view.owner, user=True, gone_ok=True)


def refused(want: Resource, view: View) -> Iterable[Finding]:
    """An account that Microsoft refused: nobody waits for that to change."""
    if word(_said(view, VETTING).get("status")) == word(DENIED) and VETTING not in _waived(view):
        what = "can't be bought: Microsoft refused the account of its customer"
        advice = "ask Partner Center support, then plan again; or say `gates: {vetting: ignore}`"
        yield Finding(
            Severity.ERROR, "account-refused", what, advice, want.address, want.at("product")
        )


def closed(view: View) -> list[str]:
    """The gates that are known to be closed, those that nobody waits at left out."""
    agreed, vetted = _said(view, AGREEMENT), _said(view, VETTING)
    found = {
        AGREEMENT: agreed.get("listed") is False and agreed.get("signed") is False,
        VETTING: word(vetted.get("status")) in {word(each) for each in REVIEWED},
    }
    return [name for name in found if found[name] and name not in _waived(view)]


def steps(owner: Address, covers: tuple[str, ...], view: View) -> Iterator[Await]:
    """A look at each closed gate, before anything is sent: people may have opened it since."""
    for name in closed(view):
        first, *others = LOOKS[name]
        yield Await(
            f"cart/{owner.root}.gate.{name}",
            covers,
            below(owner, first.rest),
            first.open,
            says=f"the gate {name} is open",
            deadline=0.0,
            user=True,
            gate=name,
            either=tuple(Settle(below(owner, each.rest), each.open) for each in others),
        )


def _address(owner: Address, name: str) -> Address:
    return Address(KIND, (owner.root, f"#{name}"))


def _said(view: View, name: str) -> Mapping[str, Any]:
    have = view.haves.get(_address(view.owner, name)) if view.owner else None
    return have.remote if have else {}


def _waived(view: View) -> set[str]:
    owner = view.wants.get(view.owner) if view.owner else None
    words: Mapping[str, str] = owner.words.get("gates", {}) if owner else {}
    return {name for name, said in words.items() if said == "ignore"}
