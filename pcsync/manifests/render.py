"""A merged document as YAML again, with the file and line behind every value where that is asked.

Owns the form of what is written: two spaces, a line per value, plain texts as they were. What it
writes can be read again, and declares the same. Must not import yaml or jsonschema.
"""

from __future__ import annotations

import json
import re
from collections.abc import Callable, Iterator

from pcsync.manifests.nodes import Items, Node, Pairs, Scalar

INDENT = "  "
WORDS = frozenset({"null", "true", "false", "yes", "no", "on", "off"})
SAFE = re.compile(r"(?!.*(:[ ]|[: ]\Z))[\w./@+][\w ./@+:,()'-]*\Z")


def written(node: Pairs, *, origin: bool) -> str:
    """A document; with `origin`, each value has a comment with its file and line."""
    lines = list(_pairs(node, "", _origin if origin else _nothing))
    width = max((len(line) for line, comment in lines if comment), default=0)
    shown = [f"{line:<{width}}  # {said}" if said else line for line, said in lines]
    return "".join(f"{line}\n" for line in shown)


def _origin(node: Node) -> str:
    return f"{node.file}:{node.line}"


def _nothing(_: Node) -> str:
    return ""


Says = Callable[[Node], str]
Lines = Iterator[tuple[str, str]]


def _pairs(node: Pairs, indent: str, says: Says) -> Lines:
    for entry in node.entries:
        yield from _value(f"{indent}{_text(entry.key)}:", entry.value, indent, says)


def _value(head: str, node: Node, indent: str, says: Says) -> Lines:
    """A key with its value: on one line, or what it holds below."""
    match node:
        case Scalar():
            yield f"{head} {_text(node)}", says(node)
        case Items() if node.items:
            yield head, ""
            for item in node.items:
                yield from _item(item, indent + INDENT, says)
        case Pairs() if node.entries:
            yield head, ""
            yield from _pairs(node, indent + INDENT, says)
        case _:
            yield f"{head} {'[]' if isinstance(node, Items) else '{}'}", says(node)


def _item(node: Node, indent: str, says: Says) -> Lines:
    """An item of a list; the first key of a mapping stands beside the dash."""
    if not isinstance(node, Pairs) or not node.entries:
        yield from _value(f"{indent}-", node, indent, says)
        return
    for number, (line, said) in enumerate(_pairs(node, indent + INDENT, says)):
        yield (f"{indent}- {line[len(indent) + len(INDENT) :]}" if number == 0 else line), said


def _text(node: Scalar) -> str:
    """A text as it was written, quoted where its quotes or its form count."""
    if SAFE.match(node.text) and (node.plain or not _is_word(node.text)):
        return node.text
    return json.dumps(node.text, ensure_ascii=False)


def _is_word(text: str) -> bool:
    """Whether a text without quotes would be something else to this or another reader."""
    return not text[0].isalpha() or text.lower() in {
        "null",
        "true",
        "false",
        "yes",
        "no",
        "on",
        "off",
    }
