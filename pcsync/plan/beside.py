"""What a plan tells beside its actions: what stays and why, what was used, who was not read.

Owns which of it is told. Pure; names no kind: kinds say how things stand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pcsync.kinds import Keeps, Kind, Metered
from pcsync.model import Kept, Usage
from pcsync.plan.draft import Draft


def kept(kinds: Mapping[str, Kind], drafts: Iterable[Draft]) -> Iterator[Kept]:
    """What nothing is done to, with a word on each; not what could not be read."""
    keeping = [kind for kind in kinds.values() if isinstance(kind, Keeps)]
    for draft in drafts:
        acting = {action.address for action in draft.actions.values()}
        for each in (each for kind in keeping for each in kind.kept(draft.view)):
            if each.address not in acting and each.address not in draft.unknown:
                yield each


def unread(drafts: Iterable[Draft]) -> dict[str, str]:
    """The customers of which nothing that is declared could be read, with the reason of the first
    read that failed."""
    found = {}
    for draft in (each for each in drafts if each.unknown):
        below = [address for address in draft.view.wants if address != draft.view.owner]
        if draft.view.owner and below and set(draft.unknown).issuperset(below):
            reasons = (each.reason for each in draft.view.reads.values() if each.reason)
            found[draft.view.owner.root] = next(reasons, "")
    return found


def usage(kinds: Mapping[str, Kind], drafts: Iterable[Draft]) -> Iterator[Usage]:
    """What was used of that which the actions of these drafts change."""
    metered = [kind for kind in kinds.values() if isinstance(kind, Metered)]
    for draft in drafts:
        yield from (each for kind in metered for each in kind.usage(draft.view))
