"""Lines that fit a width: wrapping, cutting, columns, text at the right edge.

Owns how wide a text is on a terminal. Pure, knows nothing of plans; must not import a stage or a
kind. Widths are terminal columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from unicodedata import combining, east_asian_width

INDENT = 4
GAP = 2
NUMBER = "0123456789.,"


def columns(text: str) -> int:
    """How many columns a terminal needs: wide East Asian characters take two, accents none."""
    return len(text) if text.isascii() else sum(map(_wide, text))


def _wide(character: str) -> int:
    if combining(character):
        return 0
    return 2 if east_asian_width(character) in "WF" else 1


def cut(text: str, width: int) -> str:
    """The text, shortened with … where it is too wide, but never inside a number."""
    if columns(text) <= width:
        return text
    kept = _head(text, width - 1)
    if kept[-1:].isdigit() and text[len(kept)] in NUMBER:
        kept = kept.rstrip(NUMBER)
    return kept + "…"


def _head(text: str, width: int) -> str:
    """As much of the beginning as fits."""
    used = 0
    for at, character in enumerate(text):
        used += _wide(character)
        if used > width:
            return text[:at]
    return text


def wrap(text: str, width: int) -> list[str]:
    """The text in lines of at most `width`, broken at spaces; a word that is too wide is cut."""
    if columns(text) <= width:
        return [text]
    lines = [""]
    for word in (cut(part, width) for part in text.split()):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def chop(text: str, width: int, indent: int) -> list[str]:
    """All of a text in lines of at most `width`, the later ones indented; for what has no spaces.

    Nothing is cut: it breaks after a slash or a space in the second half of a line, else anywhere.
    """
    lines = []
    while columns(text) > width:
        head = _head(text, width)
        at = max(head.rfind("/"), head.rfind(" ")) + 1
        at = at if at > len(head) // 2 else len(head)
        lines.append(head[:at].rstrip())
        text = " " * indent + text[at:].lstrip()
    return [*lines, text]


def paragraph(
    text: str, width: int, indent: int = INDENT, first: str = "", *, hanging: bool = False
) -> list[str]:
    """An indented, wrapped text; `first` stands in the indent of the first line.

    A `hanging` text starts at the left edge.
    """
    lines = wrap(text, width - indent)
    if hanging and columns(text) <= width:
        return [text]
    start = "" if hanging else first.ljust(indent)
    return [(" " * indent if at else start) + line for at, line in enumerate(lines)]


def grid(names: Sequence[str], most: int, width: int, indent: int = INDENT) -> list[str]:
    """Names in columns of one width, line by line; the first `most`, then how many more."""
    more = len(names) - most
    told = [*names[:most], *([f"and {more:,} more"] if more > 0 else [])]
    size = max((columns(name) for name in told), default=0) + GAP
    fit = max((width - indent + GAP) // size, 1)
    found = [told[at : at + fit] for at in range(0, len(told), fit)]
    padded = ("".join(name + " " * (size - columns(name)) for name in row) for row in found)
    return [cut(" " * indent + line.rstrip(), width) for line in padded]


def flush(left: str, right: str, width: int, indent: int = 2) -> list[str]:
    """A line with `right` at the right edge, in a line of its own where both don't fit.

    A `left` that is too wide goes on in the next line, indented.
    """
    *lines, last = chop(left, width, indent)
    if not right:
        return [*lines, last]
    if columns(last) + GAP + columns(right) > width:
        lines, last = [*lines, last], ""
    return [*lines, last + " " * (width - columns(last) - columns(right)) + right]


def rows(pairs: Iterable[tuple[str, str]], width: int, indent: int = INDENT) -> list[str]:
    """A table of two columns, label and text; the text wraps in its column.

    A label that would take more than half of the line stands alone, its text below it.
    """
    table = list(pairs)
    most = (width - indent) // 2
    size = max((wide for label, _ in table if (wide := columns(label)) <= most), default=0)
    return [line for pair in table for line in _row(*pair, size, width, indent)]


def _row(label: str, text: str, size: int, width: int, indent: int) -> list[str]:
    at = indent + size + GAP
    lines = [" " * at + line for line in wrap(text, width - at)]
    if columns(label) > size:
        return [" " * indent + cut(label, width - indent), *lines]
    head = " " * indent + label + " " * (size - columns(label) + GAP)
    return [head + lines[0][at:], *lines[1:]]
