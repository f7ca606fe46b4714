"""What a YAML file says, before anything is made of it: texts with their lines and columns.

Owns the tree that the parser builds and the rest of this stage reads. Named tuples, because a large
estate has millions of them and they are made three times as fast as frozen dataclasses. Must not
import anything but the nouns.
"""

from __future__ import annotations

from typing import NamedTuple

from pcsync.model import Place


class Outside(NamedTuple):
    """What a text with `${env:NAME}` in it stands for; None in `text` where nothing does: then
    what is wrong and what to do are said."""

    text: str | None
    what: str = ""
    advice: str = ""


class Scalar(NamedTuple):
    """One value as it was written, without its quotes; `plain` where it had none.

    Lines and columns count from 1, as in `Place`. `file` is named only where a tree came out of
    several files: a node without one stands in the file of its document. `outside` is set where
    the text names variables of the environment.
    """

    text: str
    plain: bool
    line: int
    column: int
    file: str = ""
    outside: Outside | None = None


class Entry(NamedTuple):
    """One key of a mapping, and what it holds."""

    key: Scalar
    value: Node


class Pairs(NamedTuple):
    """A mapping, its keys in the order they were written, each once."""

    entries: list[Entry]
    line: int
    column: int
    file: str = ""

    def get(self, name: str) -> Entry | None:
        """The entry with this key."""
        return next((entry for entry in self.entries if entry.key.text == name), None)


class Items(NamedTuple):
    """A list."""

    items: list[Node]
    line: int
    column: int
    file: str = ""


Node = Scalar | Pairs | Items


def place(file: str, node: Node) -> Place:
    """Where a node begins; `file` is the one of its document."""
    return Place(node.file or file, node.line, node.column)


def filed(node: Node, file: str) -> Node:
    """A tree whose nodes name their file, so that it can become a part of another document."""
    match node:
        case Scalar():
            return node if node.file else node._replace(file=file)
        case Items():
            return Items([filed(each, file) for each in node.items], *_start(node, file))
        case Pairs():
            entries = [
                Entry(entry.key._replace(file=entry.key.file or file), filed(entry.value, file))
                for entry in node.entries
            ]
            return Pairs(entries, *_start(node, file))


def _start(node: Node, file: str) -> tuple[int, int, str]:
    return node.line, node.column, node.file or file


def text_at(node: Node | None, name: str) -> str | None:
    """The text that a mapping holds under this key; None where it is no mapping or no text."""
    entry = node.get(name) if isinstance(node, Pairs) else None
    return entry.value.text if entry and isinstance(entry.value, Scalar) else None
