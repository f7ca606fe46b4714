"""Writing ids into manifests without touching anything else in them.

Owns where an `id` (of a customer: `tenantId`) goes: it becomes the first key of its thing, put in
as text, so that every other byte of the file stays: comments, quotes, order, line ends. Must not
import yaml.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping

from pcsync.manifests.nodes import Items, Node, Pairs, text_at
from pcsync.manifests.parse import parse
from pcsync.manifests.spec import BLUEPRINT
from pcsync.model import Place

Spot = tuple[int, int]


def with_ids(text: str, ids: Mapping[Place, str]) -> tuple[str, list[Place]]:
    """The text of a file with the ids of what is written at these places, and the places where
    none could go: what a blueprint declares is not one thing."""
    spots = dict(_spots(text))
    lines = text.splitlines(keepends=True)
    left = []
    for place in sorted(ids, reverse=True):
        if (found := spots.get((place.line, place.column))) is None:
            left.append(place)
        else:
            key, target = found
            _insert(lines, target, f"{key}: {ids[place]}")
    return "".join(lines), sorted(left)


def _insert(lines: list[str], target: Pairs, fact: str) -> None:
    at, column = target.line - 1, target.column - 1
    before, after = lines[at][:column], lines[at][column:]
    if after.startswith("{"):
        comma = ", " if target.entries else ""
        lines[at] = f"{before}{{{fact}{comma}{after[1:]}"
    else:
        end = "\r\n" if lines[at].endswith("\r\n") else "\n"
        lines[at] = f"{before}{fact}{end}{' ' * column}{after}"


def _spots(text: str) -> Iterator[tuple[Spot, tuple[str, Pairs]]]:
    """Where things are written, each with the key of its id and the mapping that it goes into."""
    for document in parse(text, "").documents:
        if not isinstance(document, Pairs) or text_at(document, "kind") == BLUEPRINT:
            continue
        spec = document.get("spec")
        if spec is None or not isinstance(spec.value, Pairs):
            continue
        key = "tenantId" if text_at(document, "kind") == "Customer" else "id"
        yield (document.line, document.column), (key, spec.value)
        for inner in _mappings(entry.value for entry in spec.value.entries):
            yield (inner.line, inner.column), ("id", inner)


def _mappings(nodes: Iterable[Node]) -> Iterator[Pairs]:
    for node in nodes:
        match node:
            case Pairs():
                yield node
                yield from _mappings(entry.value for entry in node.entries)
            case Items():
                yield from _mappings(node.items)
            case _:
                pass
