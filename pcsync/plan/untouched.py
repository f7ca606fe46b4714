"""What a change in git leaves as it was: drift there is said, and put right by word only (RO5).

Owns which declared things are as in the base, and what becomes of their actions. Without a base all
that differs is brought in line; what `exclusive` ends is ended by that word. Pure. Must not import
a stage beside `plan`, or name a kind.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Iterator, Mapping
from dataclasses import dataclass

from pcsync.model import (
    Action,
    Address,
    Change,
    Finding,
    Owns,
    Read,
    Resource,
    Severity,
    Verb,
    View,
    When,
)
from pcsync.plan.settle import gives

FLAG = "correct-drift"
CODE = "drift-left-alone"
ADVICE = "write what is live, or bring it back: --correct-drift"
MOST = 3

Results = Iterable[Action | Read | Finding]


def reowned(
    owns: Iterable[Owns], before: Iterable[Owns], customers: Collection[str]
) -> frozenset[Address]:
    """Whose collections are held as a whole now and were not, or the other way round; of the
    customers whose base is known."""
    changed = set(map(_held, owns)) ^ set(map(_held, before))
    return frozenset(owner for owner, _, _ in changed if owner.root in customers)


def _held(owns: Owns) -> tuple[Address, str, str]:
    return owns.owner, owns.kind, owns.word


def untouched(
    resources: Iterable[Resource],
    bases: Mapping[str, Mapping[Address, Resource]],
    changed: Collection[Address],
) -> frozenset[Address]:
    """What is declared word by word as in the base; `changed` are owners of other collections."""
    return frozenset(
        each.address
        for each in resources
        if (before := bases.get(each.address.root, {}).get(each.address))
        and each.address not in changed
        and _alike(each, before)
    )


def _alike(one: Resource, other: Resource) -> bool:
    """A pinned id is no change, and nor is another place."""
    return (one.spec, one.words, one.state, one.needs) == (
        other.spec,
        other.words,
        other.state,
        other.needs,
    )


@dataclass(frozen=True, slots=True)
class Untouched:
    """What of one view is left alone; `counted` says that the people did not change either, whom
    derived numbers follow."""

    view: View
    alike: frozenset[Address]
    counted: bool

    def __contains__(self, want: Resource) -> bool:
        """Whether nothing of a declared resource, or of what lists it, is this change's doing."""
        if want.address not in self.view.wants:
            return want.owner in self.alike
        return want.address in self.alike and (self.counted or not self._derived(want))

    def _derived(self, want: Resource) -> bool:
        before = self.view.base.get(want.address) if self.view.base else None
        return before is not None and before.spec != want.spec

    def left(self, want: Resource, results: Results) -> Iterator[Action | Read | Finding]:
        """The results; actions as findings where the change does not touch the resource. What is
        on its way already is shown as ever."""
        for result in results:
            if isinstance(result, Action) and want in self and result.when is not When.PENDING:
                yield _said(result, want)
            else:
                yield result


def untouched_in(view: View) -> Untouched:
    """What is left alone in a view: nothing where the flag is given, or no base is known."""
    if not view.untouched or FLAG in view.rules.allowed:
        return Untouched(view, frozenset(), counted=False)
    alike = _steady(view)
    others = (want.address for want in view.wants.values() if not gives(want))
    return Untouched(view, alike, all(address in alike for address in others))


def _steady(view: View) -> frozenset[Address]:
    """Without what needs something that this change touches."""
    alike = set(view.untouched & view.wants.keys())
    changed = view.wants.keys() - alike
    while moved := {address for address in alike if view.wants[address].needs & changed}:
        alike -= moved
        changed = moved
    return frozenset(alike)


def _said(action: Action, want: Resource) -> Finding:
    return Finding(
        Severity.WARNING,
        CODE,
        f"{_differs(action)}, and this change does not touch it",
        ADVICE,
        action.address,
        want.place or action.place,
    )


def _differs(action: Action) -> str:
    match action.verb:
        case Verb.CREATE:
            return "is declared and not live"
        case Verb.DELETE:
            return "is live and not wanted"
        case _:
            fields = [_field(change) for change in action.changes]
            more = f" and {len(fields) - MOST} more" if len(fields) > MOST else ""
            return f"live is another than declared: {', '.join(fields[:MOST])}{more}"


def _field(change: Change) -> str:
    """``quantity 28, not 25``; of what is no plain value the name alone."""
    values = [value for value in (change.old, change.new) if isinstance(value, str | int)]
    return f"{change.field} {values[0]}, not {values[1]}" if len(values) == 2 else change.field
