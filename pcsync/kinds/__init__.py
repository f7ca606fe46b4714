"""What pcsync can manage: one folder a kind, with the same file names in each.

Owns the contract between kinds and stages. Kinds are pure: no I/O, no clock, no log. A kind imports
the nouns and the values, no stage and no sibling.
"""

from __future__ import annotations

import pkgutil
from collections.abc import Callable, Iterable, Mapping, Sequence
from importlib import import_module
from typing import Any, Protocol, runtime_checkable

from pcsync.model import (
    Action,
    Before,
    Costing,
    Document,
    Finding,
    Kept,
    Level,
    Owns,
    Pair,
    PriceChange,
    Read,
    Renewal,
    Resource,
    Settled,
    Step,
    Usage,
    View,
)


class Kind(Protocol):
    """All that the stages know about a kind. Its folder's name is `name`.

    `schema` is the JSON Schema (draft 2020-12) of `spec`; its `title` is the word after ``kind:``.
    Annotations: `x-kind` marks a property that holds resources of another kind, `x-owns` one whose
    list is the whole truth, `x-createOnly`, `x-secret`, `x-manifestOnly` (never sent),
    `x-notYet` (refused), `x-name` (`required` or `optional`: `metadata.name`).
    """

    name: str
    schema: Mapping[str, Any]

    def desired(self, document: Document) -> Iterable[Resource | Owns | Finding]:
        """The resources a document declares; findings are reported as its problems."""
        ...

    def reads(self, view: View) -> Iterable[Read]:
        """What has to be read to know the live side of `view.wants`."""
        ...

    def live(self, read: Read, page: Any, view: View) -> Iterable[Resource | Level]:
        """The resources that one page of an answer shows. Parts of one resource merge by id."""
        ...

    def match(
        self, wants: Sequence[Resource], haves: Sequence[Resource], view: View
    ) -> Iterable[Pair | Finding]:
        """Which live resource each declared one is."""
        ...

    def compare(
        self, want: Resource, have: Resource | None, view: View
    ) -> Iterable[Action | Read | Finding]:
        """What would make live as declared, or what has to be read first to know."""
        ...

    def review(self, view: View) -> Iterable[Before | Finding]:
        """Rules across the drafted actions of a view: order, waits, what is impossible."""
        ...

    def batch(self, action: Action) -> str:
        """The name of the group of actions that may share calls."""
        ...

    def steps(self, batch: Sequence[Action], view: View) -> Iterable[Step]:
        """The calls that carry out a batch, in order."""
        ...


@runtime_checkable
class Settles(Protocol):
    """A kind whose declared resources depend on others: on who is counted, on what is live."""

    def settle(self, view: View) -> Iterable[Settled | Read | Finding]:
        """Those that are another wish today than they were; nothing where all are settled.

        Asked after matching, and again with the actions of all that gives no seats in
        `view.actions`: numbers of people are right only then.
        """
        ...


@runtime_checkable
class Manages(Protocol):
    """A kind whose lists decide only over a part of what is live: the rest is reported."""

    def managed(self, view: View) -> Callable[[Resource], bool]:
        """Whether a live resource that no line declares is one that a list decides over."""
        ...


@runtime_checkable
class Renews(Protocol):
    """A kind whose resources run for a term: what becomes of each when it is over."""

    def renewals(self, view: View) -> Iterable[Renewal]:
        """The end of the term of everything declared that is live and has one."""
        ...

    def price_changes(self, view: View) -> Iterable[PriceChange]:
        """What is declared and has another price from a day on that price sheets know."""
        ...


@runtime_checkable
class NamesPools(Protocol):
    """A kind that knows what people call a pool of seats."""

    def called(self, pool: str) -> str:
        """The name of a pool, the pool itself where it has none."""
        ...


@runtime_checkable
class TitlesPools(Protocol):
    """A kind that knows which product gives the seats of a pool."""

    def titled(self, pool: str) -> str:
        """The name of that product; empty where it is not known."""
        ...


@runtime_checkable
class Priced(Protocol):
    """A kind whose resources cost what a price sheet says."""

    def priced(self, wants: Iterable[Resource]) -> Iterable[str]:
        """The products, ``productId:skuId``, whose prices a plan of these may need: those that are
        declared, and those that live ones may have."""
        ...

    def costings(self, view: View) -> Iterable[Costing]:
        """What is known of the price of each declared resource of a customer."""
        ...


@runtime_checkable
class Keeps(Protocol):
    """A kind of which some resources are worth a line though nothing is done to them."""

    def kept(self, view: View) -> Iterable[Kept]:
        """Those that are declared, known and without an action, and that stand in a way that
        somebody should know: ended, suspended, protected."""
        ...


@runtime_checkable
class Metered(Protocol):
    """A kind of which it is known how much of it was used."""

    def usage(self, view: View) -> Iterable[Usage]:
        """What was used of that which the actions of the view change."""
        ...


def load_kinds() -> dict[str, Kind]:
    """Every sub-package's `KIND`, by name. A folder is all it takes to add one."""
    found = sorted(module.name for module in pkgutil.iter_modules(__path__) if module.ispkg)
    kinds: list[Kind] = [import_module(f"{__name__}.{name}").KIND for name in found]
    return {kind.name: kind for kind in kinds}
