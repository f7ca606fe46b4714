"""Declared things to resources: each kind is asked what its documents declare.

Owns the order of asking (what is referred to comes first), the owner and parent of nested things,
and who holds seats. Pure. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field, replace
from typing import assert_never

from pcsync.errors import Problem
from pcsync.manifests.declared import Declared
from pcsync.model import (
    NOTHING,
    Address,
    Document,
    Finding,
    Owns,
    Place,
    Resource,
    Severity,
)

OWNER = "customer"
UNKNOWN_POOL = "product:"

Seat = tuple[Address, str | None]


@dataclass(frozen=True, slots=True)
class Built:
    """A resource, and the resource it was nested in; `labels` are those of its document."""

    resource: Resource
    parent: Address | None
    labels: tuple[tuple[str, str], ...] = ()


@dataclass(slots=True)
class Building:
    """What all documents declare together. `broken` holds (kind, customer) of things that were not
    built because of their own problems, `broken_names` (customer, name), `unknown` customers
    of which nobody knows what is in them: nothing is said about missing ones of these."""

    built: list[Built] = field(default_factory=list)
    owns: list[Owns] = field(default_factory=list)
    warnings: list[Finding] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)
    broken: set[tuple[str, str]] = field(default_factory=set)
    broken_names: set[tuple[str, str]] = field(default_factory=set)
    unknown: set[str] = field(default_factory=set)
    seats: dict[str, dict[str, Seat]] = field(default_factory=lambda: defaultdict(dict))
    later: list[tuple[Declared, Address | None, Address | None]] = field(default_factory=list)

    def all(self, declared: Iterable[Declared]) -> None:
        """Builds everything: first what others refer to, then what refers to them."""
        for each in declared:
            self.one(each, Address(OWNER, (each.owner,)) if each.owner else None, None)
        later, self.later = self.later, []
        for each, owner, parent in later:
            if not self.refers_to_broken(each, owner):
                self.document(each, owner, parent)

    def refers_to_broken(self, each: Declared, owner: Address | None) -> bool:
        """Whether a thing refers to one with problems: to say more would be to guess."""
        if owner and owner.root in self.unknown:
            return True
        names = {each.text, *(_text(each.spec.get(name)) for name in each.grammar.refers)}
        found = owner and any((owner.root, name) in self.broken_names for name in names if name)
        return bool(found and self.missing(each, owner) is None)

    def one(self, each: Declared, owner: Address | None, parent: Address | None) -> None:
        """One thing now, or later where it refers to others; then what is nested in it."""
        if each.grammar.refers and each.sound:
            self.later.append((each, owner, parent))
            return
        address = self.document(each, owner, parent) if each.sound else self.missing(each, owner)
        for child in each.children:
            if address is None:
                self.missing_below(child, owner)
            else:
                self.one(child, owner or address, address)

    def document(
        self, each: Declared, owner: Address | None, parent: Address | None
    ) -> Address | None:
        """Asks the kind; the address of the first resource it yields."""
        refers = bool(each.grammar.refers)
        seats = self.seats[owner.root] if refers and owner is not None else NOTHING
        document = _document(each, owner, parent, seats)
        first: Address | None = None
        for found in each.grammar.kind.desired(document):
            match found:
                case Resource():
                    first = first or found.address
                    self.resource(_worded(found, each), parent, each)
                case Owns():
                    self.owns.append(found)
                case Finding():
                    self.finding(found, each.place)
                case never:
                    assert_never(never)
        if first is None:
            return self.missing(each, owner)
        self.owns.extend(Owns(first, kind, place, word) for kind, place, word in each.owned)
        return first

    def resource(self, resource: Resource, parent: Address | None, each: Declared) -> None:
        """Keeps a resource, and the seats that it gives: what takes seats provides none."""
        if each.labels:
            resource = replace(resource, labels=each.labels)
        self.built.append(Built(resource, parent, tuple(sorted(each.labels.items()))))
        pool = next((pool for pool, seats in resource.holds.items() if seats >= 0), None)
        if pool is not None:
            known = None if pool.startswith(UNKNOWN_POOL) else pool
            self.seats[resource.address.root][resource.address.path[-1]] = (resource.address, known)

    def finding(self, finding: Finding, place: Place) -> None:
        """A kind's error is a problem of its file; its warnings are handed on."""
        if finding.severity is Severity.ERROR:
            at = finding.place or place
            self.problems.append(Problem(at, finding.what, finding.advice))
        else:
            self.warnings.append(finding)

    def missing(self, each: Declared, owner: Address | None) -> Address | None:
        """Notes what a broken thing would have been, so that its absence is not reported, too.

        Its address, where the name alone gives it: then what is nested in it can be built.
        """
        kind = each.grammar.kind.name
        stands_alone = each.grammar.owner is None
        root = owner.root if owner else each.name if stands_alone else each.owner
        if root is None:
            return None
        self.broken.add((kind, root))
        if not each.whole:
            self.unknown.add(root)
        if stands_alone:
            return Address(kind, (root,))
        if each.name is not None:
            self.broken_names.add((root, each.name))
        return None

    def missing_below(self, each: Declared, owner: Address | None) -> None:
        """The same for everything in a thing that could not be built."""
        self.missing(each, owner)
        for child in each.children:
            self.missing_below(child, owner)


def _worded(resource: Resource, each: Declared) -> Resource:
    """The resource with the words of its document that are the manifest's alone."""
    words = {name: each.spec[name] for name in each.grammar.words if name in each.spec}
    return replace(resource, words=words) if words else resource


def _document(
    each: Declared, owner: Address | None, parent: Address | None, seats: Mapping[str, Seat]
) -> Document:
    return Document(
        kind=each.grammar.kind.name,
        name=each.name,
        spec=each.spec,
        place=each.place,
        places=each.places,
        owner=owner,
        parent=parent,
        text=each.text,
        labels=each.labels,
        annotations=each.annotations,
        seats=seats,
    )


def _text(value: object) -> str | None:
    return value if isinstance(value, str) else None
