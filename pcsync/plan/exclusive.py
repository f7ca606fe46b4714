"""Collections that the manifests hold as a whole: what is live in them and not declared.

Owns what `exclusive` and lists that are the whole truth take away, and from when on (domain rule
RM8). Pure. Must not import a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import replace

from pcsync.kinds import Manages
from pcsync.kinds.missing import before
from pcsync.model import (
    Action,
    Address,
    Finding,
    Owns,
    Read,
    Resource,
    Severity,
    State,
    View,
)
from pcsync.plan.asking import order_key
from pcsync.plan.fold import Kinds, nameless

FLAG = "empty-exclusive"
WHY = "why"  # the label of the row that says why
WORD = "exclusive"
UNMANAGED = "unmanaged"

Results = Iterable[Action | Read | Finding]


def unlisted(kinds: Kinds, view: View) -> Iterator[tuple[Resource, Owns]]:
    """What an owned collection holds live and does not list, as declared absent.

    What takes seats is meant only where the manifests manage its pools; a kind may know better
    (`licensePolicy`). What belongs to a resource that is to go goes with it, not before it.
    """
    meant = {name: kind.managed(view) for name, kind in kinds.items() if isinstance(kind, Manages)}
    pools = {
        pool for want in view.wants.values() if want.state is State.PRESENT for pool in want.holds
    }
    owned = by_owner(view.haves) if view.owns else {}
    for owns in view.owns:
        owner = view.wants.get(owns.owner)
        if (owner and owner.state is not State.PRESENT) or empty(owns, view):
            continue
        for have in _members(owns, view, owned):
            takes = {pool for pool, seats in have.holds.items() if seats < 0}
            managed = meant.get(have.address.kind)
            mine = managed(have) if managed else pools.issuperset(takes)
            if mine and (takes or owns.word):
                yield replace(have, state=State.ABSENT, place=owns.place), owns


def _members(
    owns: Owns, view: View, owned: Mapping[Address | None, list[Resource]]
) -> Iterator[Resource]:
    """Live members that no line declares: of the owner, and of those below it that none names, be
    it as the owner of something."""
    owners = {want.owner for want in view.wants.values()} if owns.word else set()
    for have in owned.get(owns.owner, ()):
        if have.address in view.wants:
            continue
        if have.address.kind == owns.kind:
            if not nameless(have.address) or "id" in have.remote:
                yield have
        elif owns.word and have.address not in owners:
            yield from _members(replace(owns, owner=have.address), view, owned)


def by_owner(haves: Mapping[Address, Resource]) -> dict[Address | None, list[Resource]]:
    """Live resources by what they belong to, sorted."""
    found: dict[Address | None, list[Resource]] = defaultdict(list)
    for address in sorted(haves, key=order_key):
        found[haves[address].owner].append(haves[address])
    return found


def reported(owns: Owns, view: View) -> bool:
    """Whether it only says what it would do: in the change that brings the word, and where nobody
    knows whether it is this one."""
    owner = view.wants.get(owns.owner)
    known = before(owner, view) if owner else None
    return bool(owns.word) and (known is None or owns.word not in known.words.get(WORD, ()))


def taken(results: Results, have: Resource, owns: Owns, view: View) -> Results:
    """What is done to a member that no line declares; where it is only told, findings in place of
    the actions."""
    told = reported(owns, view)
    for result in results:
        if not isinstance(result, Action) or not owns.word:
            yield result
        elif told:
            yield _told(result, have, owns, view)
        else:
            why = f"{_named(have)}is not declared, and `exclusive: [{owns.word}]` says: no other"
            says = tuple((label, why if label == WHY else text) for label, text in result.says)
            rules = (*result.rules, "RM8")
            yield replace(result, why=why, says=says, headline="", rules=rules)


def _named(have: Resource) -> str:
    """The name that people see, where the address has none."""
    name = have.spec.get("friendlyName")
    return f"{name} " if name and nameless(have.address) else ""


def _told(action: Action, have: Resource, owns: Owns, view: View) -> Finding:
    when = "the base is not known" if view.base is None else "the word is new"
    what = f"is live and not declared: `exclusive` would {_takes(action)} {_named(have) or 'it'}"
    advice = f"declare it to keep it; nothing is done in this plan, because {when}"
    severity, address = Severity.WARNING, action.address
    return Finding(severity, UNMANAGED, what.rstrip(), advice, address, owns.place)


def _takes(action: Action) -> str:
    return "end" if action.changes else str(action.verb)


def empty(owns: Owns, view: View) -> bool:
    """Whether a collection is to be held as a whole and nothing of it is declared."""
    return (
        bool(owns.word)
        and owns.owner in view.ids
        and FLAG not in view.rules.allowed
        and not any(
            want.address.kind == owns.kind and want.state is State.PRESENT
            for want in view.wants.values()
        )
    )


def emptied(view: View) -> Iterator[Finding]:
    """Nothing declared in a collection that is held as a whole: more likely a slip than a wish."""
    for owns in view.owns:
        if empty(owns, view):
            what = f"`exclusive: [{owns.word}]` with none declared would take away every one"
            advice = f"declare those that stay, or say `--allow {FLAG}`"
            yield Finding(Severity.ERROR, FLAG, what, advice, owns.owner, owns.place)


def ids(view: View) -> dict[Address, str]:
    """The ids of what no line names where a collection is held as a whole: what is done to members
    needs them."""
    if not any(owns.word for owns in view.owns):
        return {}
    return {
        address: str(have.remote["id"])
        for address, have in view.haves.items()
        if nameless(address) and "id" in have.remote
    }
