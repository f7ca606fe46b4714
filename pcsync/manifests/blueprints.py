"""Documents that others start from, and documents that wait for others: `extends`, `persona`.

Owns the order of layers and what is wrong with it. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import NamedTuple

from pcsync.errors import Problem
from pcsync.manifests.grammar import EXTENDS, Grammar
from pcsync.manifests.merge import Merging, pairs, put
from pcsync.manifests.nodes import Items, Node, Pairs, Scalar, filed, place, text_at
from pcsync.manifests.words import nearest, quoted

DEEPEST = 40
EMPTY = Pairs([], 1, 1)


class Layer(NamedTuple):
    """What one blueprint says, its nodes with their file; None in `spec` where it can't be read."""

    spec: Pairs | None
    labels: Node | None
    start: Node


@dataclass(slots=True)
class Blueprints:
    """All blueprints of a run by name. `complete` is false where some file could not be read."""

    problems: list[Problem]
    layers: dict[str, Layer] = field(default_factory=dict)
    merged: dict[tuple[str, ...], tuple[Pairs, Node | None]] = field(default_factory=dict)
    complete: bool = True

    def add(self, node: Pairs, file: str) -> None:
        """One blueprint; the first one of a name counts."""
        name = text_at(held(node, "metadata"), "name")
        whole = filed(node, file)
        if name is None or not isinstance(whole, Pairs):
            return
        spec, labels = held(whole, "spec"), held(held(whole, "metadata"), "labels")
        if name in self.layers:
            first = place(file, self.layers[name].start)
            what = f"the blueprint {quoted(name)} is declared twice, first at {first}"
            self.note(whole, what, "keep one of the two")
            return
        self.layers[name] = Layer(spec if isinstance(spec, Pairs) else None, labels, whole)

    def check(self) -> None:
        """Notes what is wrong with what blueprints themselves start from."""
        for name, layer in self.layers.items():
            if layer.spec is not None:
                self.walk(layer.spec, [name], [])

    def below(self, spec: Pairs, grammar: Grammar) -> tuple[Pairs, Node | None] | None:
        """All that a document starts from as one layer, and its labels; None with problems."""
        order: list[str] = []
        if not self.walk(spec, [], order):
            return None
        key = tuple(order)
        if key not in self.merged:
            self.merged[key] = self.fold(order, grammar)
        return self.merged[key]

    def layers_of(self, spec: Pairs) -> list[Pairs]:
        """The layers that a document starts from, in order, and its own."""
        order: list[str] = []
        self.walk(spec, [], order)
        return [*(self.layers[name].spec or EMPTY for name in order), spec]

    def fold(self, order: list[str], grammar: Grammar) -> tuple[Pairs, Node | None]:
        """The layers of these blueprints, later ones upon earlier ones."""
        merging, spec, labels = Merging(grammar, "", None), EMPTY, None
        for name in order:
            layer = self.layers[name]
            spec = merging.spec(spec, layer.spec or EMPTY)
            labels = labelled(labels, layer.labels)
        return spec, labels

    def walk(self, spec: Pairs, stack: list[str], order: list[str]) -> bool:
        """Adds what a specification starts from to `order`, each once at its first place."""
        fine = True
        for item in _names(spec):
            if item.text in stack:
                self.cycle(stack[stack.index(item.text) :])
                fine = False
            elif item.text not in order:
                fine = self.enter(item, stack, order) and fine
        return fine

    def enter(self, item: Scalar, stack: list[str], order: list[str]) -> bool:
        """One blueprint after all that it starts from."""
        layer = self.layers.get(item.text)
        if layer is None:
            self.unknown(item)
            return False
        if len(stack) >= DEEPEST:
            self.note(item, f"more than {DEEPEST} blueprints upon each other", "flatten them")
            return False
        fine = layer.spec is not None and self.walk(layer.spec, [*stack, item.text], order)
        order.append(item.text)
        return fine

    def unknown(self, item: Scalar) -> None:
        """Notes a blueprint that nobody declares, unless it may stand in a file with problems."""
        if self.complete:
            known = list(self.layers)
            advice = nearest(item.text, known) if known else "declare it, or correct the name"
            self.note(item, f"the blueprint {quoted(item.text)} is not declared", advice)

    def cycle(self, ring: list[str]) -> None:
        """Notes blueprints that start from each other: once, wherever the walk began."""
        at = ring.index(min(ring))
        ring = [*ring[at:], *ring[:at]]
        last = self.layers[ring[-1]].spec or EMPTY
        item = next(each for each in _names(last) if each.text == ring[0])
        chain = " -> ".join([*ring, ring[0]])
        self.note(item, f"blueprints that extend each other: {chain}", "remove one of them")

    def note(self, node: Node, what: str, advice: str) -> None:
        """Notes a problem at a node that names its file."""
        self.problems.append(Problem(place("", node), what, advice))


def extended(node: Pairs, below: tuple[Pairs, Node | None], merging: Merging) -> Pairs:
    """A document upon all that it starts from."""
    spec, labels = below
    own, metadata = held(node, "spec"), held(node, "metadata")
    if isinstance(own, Pairs):
        node = put(node, "spec", merging.spec(spec, own))
    found = labelled(labels, held(metadata, "labels"))
    if labels is not None and found is not None and isinstance(metadata, Pairs):
        node = put(node, "metadata", put(metadata, "labels", found))
    return node


def labelled(earlier: Node | None, later: Node | None) -> Node | None:
    """Labels key by key."""
    if isinstance(earlier, Pairs) and isinstance(later, Pairs):
        return pairs(earlier, later, None, deep=False)
    return earlier if later is None else later


def held(node: Node | None, name: str) -> Node | None:
    """What a mapping holds under a key."""
    entry = node.get(name) if isinstance(node, Pairs) else None
    return entry.value if entry else None


def _names(spec: Pairs) -> Iterator[Scalar]:
    found = held(spec, EXTENDS)
    for item in found.items if isinstance(found, Items) else ():
        if isinstance(item, Scalar):
            yield item
