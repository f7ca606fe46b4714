"""One look at a view: what has to be read next, or the draft once nothing has.

Every kind is asked what it wants to read, to match and to compare. `live` alternates `look` with
reading and `fold` until `Look.reads` is empty. Pure. Must not import a stage beside `plan`, or
name a kind.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace

from pcsync.model import Action, Address, Finding, Pair, Read, Resource, Severity, State, Verb, View
from pcsync.plan.asking import not_asked, order_key, unknown, wanted_reads
from pcsync.plan.exclusive import by_owner, emptied, taken, unlisted
from pcsync.plan.exclusive import ids as exclusive_ids
from pcsync.plan.fold import Kinds, nameless, placed
from pcsync.plan.settle import gives, settled, staying
from pcsync.plan.untouched import untouched_in


@dataclass(frozen=True, slots=True)
class Look:
    """What one look gave. With `reads` left, actions and findings are not there yet."""

    view: View
    reads: tuple[Read, ...] = ()
    actions: tuple[Action, ...] = ()
    findings: tuple[Finding, ...] = ()


def look(kinds: Kinds, view: View) -> Look:
    """What has to be read next, or, when all is read, the draft of this view."""
    view, reads = wanted_reads(kinds, view)
    if reads:
        return Look(view, reads)
    view, findings = _matched(kinds, view)
    view, _ = settled(kinds, view)
    view, reads = wanted_reads(kinds, view)
    if reads:
        return Look(view, reads)
    if view.owner is None:
        return Look(view, findings=tuple(findings))
    return _compared(kinds, view, findings)


def _sorted(resources: Mapping[Address, Resource]) -> list[Resource]:
    return [resources[address] for address in sorted(resources, key=order_key)]


def _matched(kinds: Kinds, view: View) -> tuple[View, list[Finding]]:
    """The view with live resources under the addresses of the declared ones that they are.

    Without anything live of a kind there is nothing to match.
    """
    wants, haves = _of_kinds(view.wants), _of_kinds(view.haves)
    pairs: list[Pair] = []
    findings: list[Finding] = []
    for kind in kinds.values():
        if found := haves.get(kind.name):
            for result in kind.match(wants.get(kind.name, []), found, view):
                if isinstance(result, Pair):
                    pairs.append(result)
                else:
                    findings.append(result)
    named = _named(view.haves, pairs)
    matched = {**view.matched, **{pair.want.address: pair.how for pair in pairs}}
    ids = {**view.ids, **_ids(named)}
    seen = replace(view, haves=named, ids=ids, matched=matched)
    return replace(seen, ids={**ids, **exclusive_ids(seen)}), [*findings, *emptied(seen)]


def _of_kinds(resources: Mapping[Address, Resource]) -> dict[str, list[Resource]]:
    found: dict[str, list[Resource]] = defaultdict(list)
    for resource in _sorted(resources):
        found[resource.address.kind].append(resource)
    return found


def _named(haves: Mapping[Address, Resource], pairs: Sequence[Pair]) -> dict[Address, Resource]:
    """All are taken out before one is put back: two may have changed their places."""
    named = dict(haves)
    for pair in pairs:
        named.pop(pair.have.address, None)
    for pair in pairs:
        named[pair.want.address] = placed(pair.want.address, pair.have)
    return named


def _ids(haves: Mapping[Address, Resource]) -> dict[Address, str]:
    return {
        address: found
        for address, have in haves.items()
        if (found := have.remote.get("id")) and not nameless(address)
    }


def _compared(kinds: Kinds, view: View, matched: Sequence[Finding]) -> Look:
    """What holds seats first: how many are wanted may depend on it."""
    results = list(_results(kinds, view, matched, giving=False))
    if not not_asked(view, (r for r in results if isinstance(r, Read)))[1]:
        view, said = _counted(kinds, view, results)
        matched = [*matched, *(found for found in said if isinstance(found, Finding))]
        asked = [found for found in said if isinstance(found, Read)]
        results += asked or _results(kinds, view, matched, giving=True)
    results += _implied(kinds, view, _actions(results))
    shown, reads = not_asked(view, (r for r in results if isinstance(r, Read)))
    if reads:
        return Look(shown, reads)
    if shown is not view:
        return _compared(kinds, shown, matched)
    findings = (*matched, *(r for r in results if isinstance(r, Finding)))
    return Look(view, (), tuple(_actions(results)), findings)


def _counted(
    kinds: Kinds, view: View, results: Sequence[Action | Read | Finding]
) -> tuple[View, list[Finding | Read]]:
    """The view with wishes that are settled by what the others are about to do."""
    drafted = _actions([*results, *_implied(kinds, view, _actions(results))])
    actions = {action.id: action for action in staying(kinds, view, drafted)}
    found, said = settled(kinds, replace(view, actions=actions))
    return replace(found, actions=view.actions), said


def _actions(results: Iterable[Action | Read | Finding]) -> list[Action]:
    return [result for result in results if isinstance(result, Action)]


def _results(
    kinds: Kinds, view: View, matched: Iterable[Finding], *, giving: bool
) -> Iterator[Action | Read | Finding]:
    """What the kinds say of everything declared whose live side is known for sure: of what gives
    seats, or of all else."""
    missing = unknown(view)
    wrong = {f.address for f in matched if f.severity is Severity.ERROR}
    same = untouched_in(view)
    declared = ((want, None) for want in _sorted(view.wants))
    for want, owns in [*declared, *unlisted(kinds, view)]:
        if gives(want) is not giving:
            continue
        if not {want.address, want.owner} & missing and want.address not in wrong:
            have = view.haves.get(want.address)
            found = kinds[want.address.kind].compare(want, have, view)
            found = taken(found, want, owns, view) if owns else found
            yield from found if owns and owns.word else same.left(want, found)


def _implied(kinds: Kinds, view: View, actions: Sequence[Action]) -> Iterator[Action | Read]:
    """What ends because its owner is deleted: shown and counted, without a step of its own."""
    deletes = [action for action in actions if action.verb is Verb.DELETE]
    owned = by_owner(view.haves) if deletes else {}
    planned = {action.address for action in actions}
    ending = {action.address for action in deletes}
    for action in deletes:
        for have in _below(owned, action.address, ending):
            gone = replace(have, state=State.ABSENT, place=action.place)
            if have.address in planned:
                continue
            for result in kinds[have.address.kind].compare(gone, have, view):
                if isinstance(result, Action):
                    yield replace(result, implied_by=action.id)
                elif isinstance(result, Read):
                    yield result


def _below(
    owned: Mapping[Address | None, Sequence[Resource]], owner: Address, ending: set[Address]
) -> Iterator[Resource]:
    """All that an owner owns, however far down; what ends by itself ends its own."""
    for have in owned.get(owner, ()):
        if have.address not in ending:
            yield have
            yield from _below(owned, have.address, ending)
