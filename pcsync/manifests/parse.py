"""Texts of YAML to trees: the only module that imports yaml.

Owns what YAML is allowed to do here: no tags, no keys but texts, each key once, aliases and depth
within bounds. It reads events, not objects, so nothing is ever built from what a file names, no
recursion follows its depth, and every scalar stays the text it was. Must not import other stages.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from typing import Any

import yaml

from pcsync.errors import Problem
from pcsync.manifests.nodes import Entry, Items, Node, Pairs, Scalar
from pcsync.manifests.words import quoted
from pcsync.model import Place

DEEPEST = 40
MOST_ALIASED = 10_000
MERGE = "<<"
OUTSIDE = "${env:"
UNPRINTABLE = re.compile("[^\t\n\r\x20-\x7e\x85\xa0-\ud7ff\ue000-\ufffd\U00010000-\U0010ffff]")
LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


@dataclass(frozen=True, slots=True)
class Parsed:
    """The documents of one file, each None where it is empty; `whole` is false where the parser
    had to stop. `outside` says that some text names a variable of the environment."""

    documents: tuple[Node | None, ...]
    problems: tuple[Problem, ...]
    whole: bool
    outside: bool = False


@dataclass(slots=True)
class _Open:
    """A collection whose end has not come yet."""

    node: Pairs | Items
    anchor: str | None
    built: int
    key: Scalar | None = None
    skip: bool = False
    first: dict[str, Scalar] = field(default_factory=dict)
    merged: list[Entry] = field(default_factory=list)


class _Stop(Exception):
    """A bound was passed: the rest of the file is not looked at."""


def parse(text: str, file: str) -> Parsed:
    """All documents of a text; `file` is the name that problems carry. Never raises."""
    tree = _Tree(file)
    try:
        for event in _events(text):
            tree.on[type(event)](event)
    except _Stop:
        return Parsed(tuple(tree.documents), tuple(tree.problems), whole=False)
    except yaml.YAMLError as error:
        problem = _syntax(error, text, file)
        return Parsed(tuple(tree.documents), (*tree.problems, problem), whole=False)
    except ValueError:
        tree.problem(Scalar("", True, 1, 1), "an escape that names no character", "correct it")
        return Parsed(tuple(tree.documents), tuple(tree.problems), whole=False)
    return Parsed(tuple(tree.documents), tuple(tree.problems), whole=True, outside=tree.outside)


def _events(text: str) -> Iterator[Any]:
    """The events of a text, one at a time: a bound that is passed ends the reading at once."""
    loader = LOADER(text)
    try:
        while loader.check_event():
            yield loader.get_event()
    finally:
        loader.dispose()


def _syntax(error: yaml.YAMLError, text: str, file: str) -> Problem:
    """An error of the parser in our words, at its line."""
    mark = getattr(error, "problem_mark", None)
    if mark is not None:
        what = getattr(error, "problem", None) or "it is not complete"
        place = Place(file, mark.line + 1, mark.column + 1)
        return Problem(place, f"not readable as YAML: {what}", "check indentation, colons, quotes")
    found = UNPRINTABLE.search(text)
    before = text[: found.start()] if found else ""
    place = Place(file, before.count("\n") + 1, len(before) - before.rfind("\n"))
    return Problem(place, "a control character, which YAML doesn't allow", "remove it")


class _Tree:
    """Builds the trees of one file out of events."""

    def __init__(self, file: str) -> None:
        self.file = file
        self.documents: list[Node | None] = []
        self.problems: list[Problem] = []
        self.open: list[_Open] = []
        self.anchors: dict[str, tuple[Node, int]] = {}
        self.built = 0
        self.aliased = 0
        self.outside = False
        self.on: dict[type, Callable[[Any], None]] = {
            yaml.StreamStartEvent: self.nothing,
            yaml.StreamEndEvent: self.nothing,
            yaml.DocumentStartEvent: self.start,
            yaml.DocumentEndEvent: self.nothing,
            yaml.ScalarEvent: self.scalar,
            yaml.AliasEvent: self.alias,
            yaml.MappingStartEvent: self.mapping,
            yaml.SequenceStartEvent: self.sequence,
            yaml.MappingEndEvent: self.close,
            yaml.SequenceEndEvent: self.close,
        }

    def nothing(self, event: Any) -> None:
        """Marks of the stream say nothing."""

    def start(self, event: Any) -> None:
        """A new document; anchors of the one before don't reach into it."""
        self.documents.append(None)
        self.anchors.clear()
        self.aliased = 0

    def scalar(self, event: Any) -> None:
        """A text, whatever YAML would make of it."""
        mark = event.start_mark
        node = Scalar(event.value, not event.style, mark.line + 1, mark.column + 1)
        self.outside = self.outside or OUTSIDE in event.value
        if event.tag is not None:
            self.tagged(event.tag, node)
        self.built += 1
        if event.anchor is not None:
            self.anchors[event.anchor] = (node, 1)
        self.add(node)

    def mapping(self, event: Any) -> None:
        """The beginning of a mapping."""
        self.enter(Pairs([], event.start_mark.line + 1, event.start_mark.column + 1), event)

    def sequence(self, event: Any) -> None:
        """The beginning of a list."""
        self.enter(Items([], event.start_mark.line + 1, event.start_mark.column + 1), event)

    def enter(self, node: Pairs | Items, event: Any) -> None:
        """Opens a collection, within the bound of depth."""
        if len(self.open) >= DEEPEST:
            self.stop(node, f"nested deeper than {DEEPEST} levels", "flatten it")
        if event.tag is not None:
            self.tagged(event.tag, node)
        self.built += 1
        if event.anchor is not None:
            self.anchors.pop(event.anchor, None)
        self.open.append(_Open(node, event.anchor, self.built))

    def close(self, event: Any) -> None:
        """The end of a collection: it goes into the one around it."""
        done = self.open.pop()
        if isinstance(done.node, Pairs):
            own = {entry.key.text for entry in done.node.entries}
            done.node.entries.extend(entry for entry in done.merged if entry.key.text not in own)
        if done.anchor is not None:
            self.anchors[done.anchor] = (done.node, self.built - done.built + 1)
        self.add(done.node)

    def alias(self, event: Any) -> None:
        """What the anchor holds, once more; what all aliases add up to is bounded."""
        here = Scalar("", True, event.start_mark.line + 1, event.start_mark.column + 1)
        found = self.anchors.get(event.anchor)
        if found is None:
            self.stop(
                here,
                f"no finished anchor {quoted('&' + event.anchor)} above",
                "write the value out",
            )
            return
        node, size = found
        self.built += size
        self.aliased += size
        if self.aliased > MOST_ALIASED:
            most = f"{MOST_ALIASED:,}"
            self.stop(here, f"aliases that expand to more than {most} values", "write them out")
        self.add(node)

    def add(self, node: Node) -> None:
        """Puts a finished node where it belongs: document, list, key or value."""
        if not self.open:
            empty = isinstance(node, Scalar) and node.plain and not node.text
            self.documents[-1] = None if empty else node
            return
        around = self.open[-1]
        if isinstance(around.node, Items):
            around.node.items.append(node)
        elif around.key is None:
            self.key(around, node)
        else:
            self.value(around, around.key, node)

    def key(self, around: _Open, node: Node) -> None:
        """The key of the next value; the first one of a name counts."""
        if not isinstance(node, Scalar):
            self.problem(node, "a key that is a list or mapping", "write a text before the colon")
            around.key, around.skip = Scalar("", True, node.line, node.column), True
            return
        around.key, first = node, around.first.setdefault(node.text, node)
        around.skip = first is not node
        if around.skip:
            where = Place(self.file, first.line, first.column)
            what = f"{quoted(node.text)} stands here twice, first at {where}"
            self.problem(node, what, "keep one of the two")

    def value(self, around: _Open, key: Scalar, node: Node) -> None:
        """The value of the key before it."""
        around.key = None
        if around.skip or not isinstance(around.node, Pairs):
            return
        if key.plain and key.text == MERGE:
            self.merge(around, node)
        else:
            around.node.entries.append(Entry(key, node))

    def merge(self, around: _Open, node: Node) -> None:
        """`<<`: the keys of other mappings, below the mapping's own; the first one wins."""
        for source in node.items if isinstance(node, Items) else [node]:
            if not isinstance(source, Pairs):
                self.problem(source, "`<<` takes mappings only", "name a mapping, such as `*base`")
                continue
            known = {entry.key.text for entry in around.merged}
            around.merged.extend(entry for entry in source.entries if entry.key.text not in known)

    def tagged(self, tag: str, node: Node) -> None:
        """A tag: the schema says what a value is, nothing else does."""
        short = tag.replace("tag:yaml.org,2002:", "!!")
        self.problem(node, f"the tag {quoted(short)}: tags are not used here", "remove it")

    def problem(self, node: Node, what: str, advice: str) -> None:
        """Notes a problem at a node."""
        self.problems.append(Problem(Place(self.file, node.line, node.column), what, advice))

    def stop(self, node: Node, what: str, advice: str) -> None:
        """Notes a problem and ends the reading of this file."""
        self.problem(node, what, advice)
        raise _Stop
