"""Which live account a declared person is (manifest-reference.md 2.1, domain rules PE1, PE3).

Claims by id first for all, then by sign-in name, then by the sign-in name that the base declared
under the same address: nobody is claimed twice. Pure; imports the nouns and the kinds' shared
parts.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence

from pcsync.kinds import missing
from pcsync.model import Pair, Resource, State, View

Find = Callable[[Resource], Resource | None]


def match(wants: Sequence[Resource], haves: Sequence[Resource], view: View) -> Iterator[Pair]:
    """Pairs of declared and active people. What has left git claims after all that has not: where
    both mean one account, its lines have another name now."""
    active = [have for have in haves if not have.remote["deleted"]]
    by_id = {have.remote["id"]: have for have in active}
    by_name = {_folded(have.spec["userPrincipalName"]): have for have in active}
    finds: tuple[tuple[Find, str], ...] = (
        (lambda want: by_id.get(want.remote.get("id")), "id"),
        (lambda want: _by_name(want, by_name), "userPrincipalName"),
        (lambda want: _by_base(want, by_name, view), "base"),
    )
    taken: set[str] = set()
    for left_git in (False, True):
        open_ = [want for want in wants if (want.state is State.REMOVED) is left_git]
        for find, how in finds:
            pairs = list(_claims(open_, find, how, taken))
            yield from pairs
            found = {pair.want.address for pair in pairs}
            open_ = [want for want in open_ if want.address not in found]


def _claims(wants: Sequence[Resource], find: Find, how: str, taken: set[str]) -> Iterator[Pair]:
    for want in wants:
        have = find(want)
        if have is not None and have.remote["id"] not in taken:
            taken.add(have.remote["id"])
            yield Pair(want, have, how)


def _by_name(want: Resource, by_name: Mapping[str, Resource]) -> Resource | None:
    """Not where an id is known, unless another person was asked for in its place."""
    if "id" in want.remote and not missing.creates(want):
        return None
    return by_name.get(_folded(want.spec["userPrincipalName"]))


def _by_base(want: Resource, by_name: Mapping[str, Resource], view: View) -> Resource | None:
    """The address is the same, or was: so is the person, whatever the sign-in name is now."""
    known = missing.before(want, view)
    if "id" in want.remote or want.state is not State.PRESENT or known is None:
        return None
    return by_name.get(_folded(known.spec["userPrincipalName"]))


def _folded(name: object) -> str:
    return str(name).lower()
