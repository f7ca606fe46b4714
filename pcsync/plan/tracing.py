"""What a plan says to the lock file: ids that are new to it, and lines that go.

Owns these two rules (manifest-reference.md 12.1). Pure; names no kind.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence

from pcsync.model import Address, State, Verb, View
from pcsync.plan.draft import Draft
from pcsync.plan.fold import Kinds
from pcsync.plan.recorded import has_ids

Ids = Mapping[Address, str]
Names = Mapping[Address, Address]


def adopted(kinds: Kinds, drafts: Sequence[Draft], recorded: Ids, renamed: Names) -> dict[str, str]:
    """The ids of declared things that were found live and are not recorded, or not so; those that
    are recorded under a former name among them."""
    by_id = {name for name, kind in kinds.items() if has_ids(kind.schema)}
    found: dict[str, str] = {}
    old_names = {new: old for old, new in renamed.items()}
    for draft in drafts:
        for address, known in _known(draft.view, by_id, recorded, old_names):
            if recorded.get(address) != known:
                found[str(address)] = known
    return dict(sorted(found.items()))


def _known(
    view: View, by_id: set[str], recorded: Ids, old_names: Names
) -> Iterator[tuple[Address, str]]:
    for address in view.matched:
        want = view.wants.get(address)
        if want is None or want.state is State.REMOVED:
            continue
        if address.kind in by_id and address in view.ids:
            yield address, view.ids[address]
        elif address in old_names:
            yield address, recorded[old_names[address]]


def removed(drafts: Sequence[Draft]) -> tuple[Address, ...]:
    """What the base declares and the manifests do not, sorted."""
    gone = (
        address
        for draft in drafts
        for address, want in draft.view.wants.items()
        if want.state is State.REMOVED
    )
    return tuple(sorted(gone))


def forgotten(drafts: Sequence[Draft], recorded: Ids, renamed: Names) -> tuple[Address, ...]:
    """The recorded addresses whose lines go: former names of what is live, and what this plan
    deletes without any manifest that still names it."""
    found: set[Address] = set()
    matched = {address for draft in drafts for address in draft.view.matched}
    found |= {old for old, new in renamed.items() if new in matched and old in recorded}
    for draft in drafts:
        for action in draft.actions.values():
            want = draft.view.wants.get(action.address)
            named = want is not None and want.state is not State.REMOVED
            if action.verb is Verb.DELETE and not named and action.address in recorded:
                found.add(action.address)
    return tuple(sorted(found))
