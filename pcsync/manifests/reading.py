"""A tree and a shape to values: every scalar typed by its field, every value with its place.

Owns what is refused before the schema is asked: words that come later, words with an answer of
their own, texts that are no value of their type. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from pcsync.errors import Problem
from pcsync.manifests.nodes import Entry, Items, Node, Pairs, Scalar
from pcsync.manifests.nodes import place as place_of
from pcsync.manifests.scalars import NULLS, Complaint, Type, not_here, value
from pcsync.manifests.shape import Shape
from pcsync.manifests.words import listed, quoted
from pcsync.model import Place

LATER = Complaint("not supported yet", "remove it: a later version will know it")
REFERENCES = {"env": "NAME", "file": "PATH", "generate": "true"}
EMPTY_VALUE = Complaint("nothing stands after it", "write what belongs there, or leave it out")
EMPTY_ITEM = Complaint("an item without a value", "write one, or remove the line")


@dataclass(slots=True)
class Reading:
    """What was read: `value` in plain Python, `places` by dotted name (of a scalar its own place,
    else its key's), `nested` the trees that belong to other kinds, `faulty` the dotted names that
    have a problem already; `outside` what was written where values came from the environment."""

    file: str
    value: Any = None
    places: dict[str, Place] = field(default_factory=dict)
    problems: list[Problem] = field(default_factory=list)
    faulty: set[str] = field(default_factory=set)
    nested: dict[str, Node] = field(default_factory=dict)
    outside: dict[str, str] = field(default_factory=dict)

    def at(self, name: str) -> Place:
        """The place of a field, or of what it stands in."""
        while name not in self.places:
            name = name.rpartition(".")[0]
        return self.places[name]

    def problem(self, name: str, complaint: Complaint, place: Place | None = None) -> None:
        """Notes a problem of the field `name`; the schema isn't asked about it any more."""
        self.faulty.add(name)
        what = f"{quoted(name)}: {complaint.what}" if name else complaint.what
        self.problems.append(Problem(place or self.at(name), what, complaint.advice))


def read(node: Node, shape: Shape, file: str, place: Place) -> Reading:
    """The values of a tree. `place` is where the tree as a whole is said to stand."""
    reading = Reading(file)
    reading.places[""] = place
    reading.value = _value(reading, node, shape, "")
    return reading


def _value(reading: Reading, node: Node, shape: Shape, name: str) -> Any:
    if isinstance(node, Scalar):
        return _scalar(reading, node, shape, name)
    if shape.not_yet_form and isinstance(node, Pairs):
        form = Complaint("a mapping here is not supported yet", "write a single value")
        reading.problem(name, form)
        return None
    if isinstance(node, Items):
        return _items(reading, node, shape, name)
    return _pairs(reading, node, shape, name)


def _scalar(reading: Reading, node: Scalar, shape: Shape, name: str) -> Any:
    found: Any = _refused_value(shape, node)
    if found is None and shape.secret and not is_nothing(node):
        found = _open_secret(shape)
    if found is None and shape.scalar is None and node.plain and not node.text:
        found = EMPTY_VALUE
    if found is None and node.outside is not None:
        found = not_here(node.text) if shape.literal else None
        reading.outside[name] = node.text
    if found is None:
        found = value(node, shape.scalar or Type.TEXT, shape.clearable, shape.decimals)
    if isinstance(found, Complaint):
        reading.problem(name, found)
        return node.text
    return found


def is_nothing(node: Scalar) -> bool:
    """Whether nothing or `null` was written."""
    return node.plain and (not node.text or node.text in NULLS)


def _refused_value(shape: Shape, node: Scalar) -> Complaint | None:
    """The answer to a value that this field doesn't take, or doesn't take yet."""
    text = node.outside.text or "" if node.outside else node.text
    if text in shape.refused_values:
        return Complaint(f"{quoted(text)} is not a word here", shape.refused_values[text])
    if text in shape.not_yet_values:
        known = listed(shape.raw.get("enum", ()))
        return Complaint(f"{quoted(text)} is not supported yet", f"write {known}")
    return None


def _open_secret(shape: Shape) -> Complaint:
    """A secret that stands in the file: it is not repeated."""
    forms = [f"{{{name}: {REFERENCES.get(name, '…')}}}" for name in shape.fields]
    return Complaint("a secret never stands in a file", f"write a reference: {listed(forms)}")


def _items(reading: Reading, node: Items, shape: Shape, name: str) -> list[Any]:
    if shape.items is None:
        return [None] * len(node.items)
    found: list[Any] = []
    for number, item in enumerate(node.items):
        inner = f"{name}.{number}"
        reading.places[inner] = place_of(reading.file, item)
        if isinstance(item, Scalar) and is_nothing(item):
            reading.problem(inner, EMPTY_ITEM)
            found.append(None)
        else:
            found.append(_value(reading, item, shape.items, inner))
    return found


def _pairs(reading: Reading, node: Pairs, shape: Shape, name: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    for entry in node.entries:
        key = entry.key.text
        inner = f"{name}.{key}" if name else key
        field_shape = shape.fields.get(key, shape.rest)
        if field_shape is None:
            _unknown(reading, entry, shape, inner, found)
            continue
        at = entry.value if isinstance(entry.value, Scalar) else entry.key
        reading.places[inner] = place_of(reading.file, at)
        if field_shape.not_yet:
            _later(reading, entry, field_shape, inner)
        elif field_shape.kind is not None:
            found[key] = _nested(reading, entry.value, field_shape, inner)
        else:
            found[key] = _value(reading, entry.value, field_shape, inner)
    return found


def _unknown(
    reading: Reading, entry: Entry, shape: Shape, name: str, found: dict[str, Any]
) -> None:
    """A word with its own answer gets it; any other is left for the schema to refuse."""
    place = place_of(reading.file, entry.key)
    reading.places[name] = place
    answer = shape.refused.get(entry.key.text)
    if answer is not None:
        reading.problem(name, Complaint("not a word here", answer))
        return
    found[entry.key.text] = None


def _later(reading: Reading, entry: Entry, shape: Shape, name: str) -> None:
    """A field of a later version; a value that no version takes is told so."""
    at = place_of(reading.file, entry.key)
    values = entry.value.items if isinstance(entry.value, Items) else [entry.value]
    for each in values:
        if isinstance(each, Scalar) and each.text in shape.refused_values:
            at = place_of(reading.file, each)
            answer = shape.refused_values[each.text]
            reading.problem(name, Complaint(f"{quoted(each.text)} is not a word here", answer), at)
            return
    reading.problem(name, LATER, at)


def _nested(reading: Reading, node: Node, shape: Shape, name: str) -> Any:
    """Sets resources of another kind aside; the schema sees only how many there are."""
    if isinstance(node, Scalar):
        return _scalar(reading, node, shape, name)
    reading.nested[name] = node
    return [None] * len(node.items) if isinstance(node, Items) else {}
