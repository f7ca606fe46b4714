"""What customers leave out of their blueprints: released, not ended (domain rule RM10).

Owns the addresses that `omit: true` says are "not here". Pure. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pcsync.manifests.grammar import Grammar
from pcsync.manifests.merge import omits
from pcsync.manifests.nodes import Items, Node, Pairs, text_at
from pcsync.model import Address


def left_out(
    name: str, layers: Iterable[Pairs], spec: Pairs, known: Mapping[str, Grammar], grammar: Grammar
) -> Iterator[Address]:
    """The addresses below the customer `name` that a layer leaves out and `spec`, the result of
    all layers, does not have."""
    for layer in layers:
        for entry in layer.entries:
            inside = grammar.inside.get(entry.key.text)
            if inside is None:
                continue
            kind = known[inside.title].kind.name
            held = spec.get(entry.key.text)
            there = set(_names(held.value)) if held else set()
            for item in _items(entry.value):
                if omits(item) and (own := text_at(item, "name")) not in there:
                    if own is not None:
                        yield Address(kind, (name, own))
                    elif not inside.many:
                        yield Address(kind, (name,))


def _items(node: Node) -> Iterable[Node]:
    return node.items if isinstance(node, Items) else (node,)


def _names(node: Node) -> Iterator[str | None]:
    return (text_at(item, "name") for item in _items(node))
