"""Observing an estate: the partner level first, then every customer by itself.

Owns the rounds: look, ask what is missing, fold the answers in, look again. Customers are read in
a bounded pool and fail independently; a read is never asked twice in a run, and one that is the
same for all customers only once for all.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from concurrent.futures import Executor, ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from typing import Generic, Protocol, TypeVar

from pcsync.live.once import Once
from pcsync.live.reading import Outcome
from pcsync.model import NOTHING, Address, Asked, Owns, Read, Resource, View

Fetch = Callable[[Read], Outcome]
ROUNDS = 12


class Looked(Protocol):
    """What one look at a view gives: the view, and the reads that are still missing."""

    @property
    def view(self) -> View: ...

    @property
    def reads(self) -> tuple[Read, ...]: ...


Look = TypeVar("Look", bound=Looked)


@dataclass(frozen=True, slots=True)
class Rules(Generic[Look]):
    """The pure functions that decide what to read and what the answers mean."""

    look: Callable[[View], Look]
    fold: Callable[[View, Sequence[tuple[Read, Outcome]]], View]


@dataclass(frozen=True, slots=True)
class Estate:
    """What is declared, and how it is to be seen; `blank` holds the moment and the settings.

    `bases` is what was declared when a customer was last fully applied, by its name; `untouched`
    is declared as there.
    """

    resources: Sequence[Resource]
    owns: Sequence[Owns] = ()
    bases: Mapping[str, Mapping[Address, Resource]] = field(default_factory=lambda: NOTHING)
    untouched: frozenset[Address] = frozenset()
    blank: View = field(kw_only=True)
    parallel: int = 8


def observe(
    estate: Estate, rules: Rules[Look], fetch: Fetch, seen: Callable[[str], None]
) -> Iterator[Look]:
    """One finished look per customer, in the order of their names.

    `seen` is told the name of each customer that has been read.
    """
    fetch = Once(fetch)
    with (
        ThreadPoolExecutor(estate.parallel, thread_name_prefix="read") as readers,
        ThreadPoolExecutor(estate.parallel, thread_name_prefix="customer") as customers,
    ):
        wants = {resource.address: resource for resource in estate.resources}
        partner = _rounds(replace(estate.blank, wants=wants), rules, fetch, readers)

        def read(view: View) -> Look:
            look = _rounds(view, rules, fetch, readers)
            seen(view.owner.root if view.owner else "")
            return look

        yield from customers.map(read, list(_customers(estate, partner.view)))


def _rounds(view: View, rules: Rules[Look], fetch: Fetch, readers: Executor) -> Look:
    """Looks and reads in turn; all reads of a round are asked at once, within the pool."""

    def ask(question: Read) -> tuple[Read, Outcome]:
        return question, fetch(question)

    for _ in range(ROUNDS):
        look = rules.look(view)
        if not look.reads:
            return look
        view = rules.fold(look.view, list(readers.map(ask, look.reads)))
    raise RuntimeError(f"still reading after {ROUNDS} rounds: {[r.path for r in look.reads]}")


def _customers(estate: Estate, partner: View) -> Iterator[View]:
    """A view per customer: what is declared in it, and what the partner level showed of it."""
    wants, haves = _by_root(partner.wants), _by_root(partner.haves)
    owns: dict[str, list[Owns]] = defaultdict(list)
    for owned in estate.owns:
        owns[owned.owner.root].append(owned)
    reads = _reads_by_root(partner)
    recorded: dict[str, dict[Address, str]] = defaultdict(dict)
    for address, id_ in partner.recorded.items():
        recorded[address.root][address] = id_
    for owner in sorted(a for a, want in partner.wants.items() if want.owner is None):
        known = {owner: partner.ids[owner]} if owner in partner.ids else {}
        yield replace(
            partner,
            owner=owner,
            wants=wants[owner.root],
            haves=haves.get(owner.root, {}),
            ids=known,
            owns=tuple(owns[owner.root]),
            base=estate.bases.get(owner.root),
            untouched=estate.untouched & wants[owner.root].keys(),
            recorded=recorded.get(owner.root, NOTHING),
            reads=reads[owner.root],
            matched={owner: partner.matched[owner]} if owner in partner.matched else {},
        )


def _by_root(resources: Mapping[Address, Resource]) -> dict[str, dict[Address, Resource]]:
    found: dict[str, dict[Address, Resource]] = defaultdict(dict)
    for address, resource in resources.items():
        found[address.root][address] = resource
    return found


def _reads_by_root(partner: View) -> dict[str, dict[str, Asked]]:
    """The partner's reads per customer, cut to what they show of it."""
    found: dict[str, dict[str, Asked]] = defaultdict(dict)
    for path, asked in partner.reads.items():
        shows: dict[str, list[Address]] = defaultdict(list)
        for address in asked.read.shows:
            shows[address.root].append(address)
        for root, mine in shows.items():
            found[root][path] = replace(asked, read=replace(asked.read, shows=tuple(mine)))
    return found
