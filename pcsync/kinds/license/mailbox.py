"""Who loses a mailbox with a licence (domain rules PE10, PE12).

A mailbox comes with an Exchange plan of its own: `EXCHANGE_S_STANDARD`, `_ENTERPRISE`, `_DESKLESS`,
`_ESSENTIALS`, with their `_GOV` and older `_L_`, `_B_` forms. Plans that only add to one, such as
`EXCHANGE_S_FOUNDATION` or an archive, hold none. Pure; imports the nouns and the table of SKUs.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Iterable, Iterator, Sequence

from pcsync.kinds.license import skus
from pcsync.model import Action, Address, Finding, Resource, Severity, State, Verb, View

CODE = "mailbox-will-be-lost"
PLAN = re.compile(r"EXCHANGE_[SLB]_(STANDARD|ENTERPRISE|DESKLESS|ESSENTIALS)(?!.*ARCHIVE)")


def holds(sku_id: str, off: Iterable[str] = ()) -> bool:
    """Whether a licence of this SKU, with these plans switched off, has a mailbox."""
    sku = skus.by_id().get(sku_id)
    names = set(sku.plans.values()) - set(off) if sku else set()
    return any(PLAN.match(name) for name in names)


def review(view: View, kind: str) -> Iterator[Finding]:
    """An error for each change that takes the last mailbox from somebody who stays, and what is to
    be done by hand for them. What is declared `state: absent` by itself was meant."""
    taking = _taking(view, kind)
    if not taking:
        return
    held = _held(view, kind, taking)
    for person, actions in sorted(taking.items()):
        if _after(held[person], actions, view):
            continue
        meant = [a for a in actions if not _by_its_own_word(a, view)]
        yield from (_lost(action, person, view) for action in meant)
        yield _by_hand(person, actions[0], told=bool(meant))


def _taking(view: View, kind: str) -> dict[Address, list[Action]]:
    """By person the changes that take a mailbox away or switch it off."""
    found: dict[Address, list[Action]] = defaultdict(list)
    for action in view.actions.values():
        mine = action.address.kind == kind and action.implied_by is None
        have = view.haves.get(action.address) if mine else None
        if have and action.owner and _has(have) and not _has_then(have, action):
            found[action.owner].append(action)
    return found


def _held(view: View, kind: str, people: Iterable[Address]) -> dict[Address, list[Resource]]:
    found: dict[Address, list[Resource]] = {person: [] for person in people}
    for have in view.haves.values():
        if have.address.kind == kind and have.owner in found:
            found[have.owner].append(have)
    return found


def _after(held: Sequence[Resource], taking: Sequence[Action], view: View) -> bool:
    """Whether a mailbox is left: with what stays as it is, or with what is assigned besides."""
    gone = {action.address for action in taking}
    if any(_has(have) for have in held if have.address not in gone):
        return True
    person = taking[0].owner
    given = (a for a in view.actions.values() if a.owner == person and a.verb is Verb.CREATE)
    return any(_given(view.wants[a.address]) for a in given if a.address in view.wants)


def _given(want: Resource) -> bool:
    return holds(str(want.remote.get("sku", "")), want.spec.get("disabledPlans") or ())


def _has(have: Resource) -> bool:
    return holds(str(have.remote["sku"]), have.spec.get("disabledPlans") or ())


def _has_then(have: Resource, action: Action) -> bool:
    if action.verb is Verb.DELETE:
        return False
    off = next((c.new for c in action.changes if c.field == "disabledPlans"), None)
    return _has(have) if off is None else holds(str(have.remote["sku"]), off)


def _by_its_own_word(action: Action, view: View) -> bool:
    want = view.wants.get(action.address)
    return want is not None and want.state is State.ABSENT


def _lost(action: Action, person: Address, view: View) -> Finding:
    sku = str(view.haves[action.address].remote["sku"])
    what = (
        f"{person.path[-1]}: mailbox is lost about 30 days after unlicensing unless it is a shared "
        "mailbox by then"
    )
    advice = (
        f"{skus.shown(sku)} is the last licence with one: make it a shared mailbox first, if it is "
        "to stay (up to 50 GB, no archive, no hold); then "
        f"say with the user `acknowledge: [{{finding: {CODE}, by: …, on: …, until: …}}]`"
    )
    return Finding(Severity.ERROR, CODE, what, advice, action.address, action.place)


def _by_hand(person: Address, action: Action, *, told: bool) -> Finding:
    """What no call of Partner Center can do for somebody who loses the mailbox; what is `told` by a
    finding of its own is not told again."""
    what = "sign-in blocked, sessions revoked, devices wiped"
    what += "" if told else "; mailbox shared, where it is to stay"
    advice = "do it by hand before: Partner Center can't"
    return Finding(Severity.INFO, "by-hand", what, advice, person, action.place)
