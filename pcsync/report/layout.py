"""Lines that fit a width: wrapping, cutting, columns, text at the right edge.

Owns how wide a text is on a terminal. Pure, knows nothing of plans; must not import a stage or a
kind. Widths are terminal columns.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
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


def wrap(text: str, width: int, *, whole: bool = False) -> list[str]:
    """The text in lines of at most `width`, broken at spaces.

    A word that is too wide is cut, or with `whole` goes on in the next line: for addresses.
    """
    if columns(text) <= width:
        return [text]
    lines = [""]
    for word in (part for given in text.split() for part in _parts(given, width, whole)):
        joined = f"{lines[-1]} {word}" if lines[-1] else word
        if columns(joined) <= width:
            lines[-1] = joined
        else:
            lines.append(word)
    return lines


def _parts(word: str, width: int, whole: bool) -> Iterator[str]:
    if not whole:
        yield cut(word, width)
        return
    while columns(word) > width:
        head = _head(word, width) or word[0]
        yield head
        word = word[len(head) :]
    yield word


def paragraph(text: str, width: int, indent: int = INDENT, first: str = "") -> list[str]:
    """An indented, wrapped text; `first` stands in the indent of the first line."""
    margin = " " * indent
    lines = wrap(text, width - indent)
    return [(first.ljust(indent) if at == 0 else margin) + line for at, line in enumerate(lines)]


def flush(left: str, right: str, width: int, indent: int = 2) -> list[str]:
    """A line with `right` at the right edge, in a line of its own where both don't fit."""
    if columns(left) + GAP + columns(right) <= width:
        return [left + _space(left, right, width) + right if right else left]
    first, *rest = wrap(left, width, whole=True)
    lines = [first, *paragraph_whole(" ".join(rest), width, indent)] if rest else [first]
    if not right:
        return lines
    fits = columns(lines[-1]) + GAP + columns(right) <= width
    last = lines.pop() if fits else ""
    return [*lines, last + _space(last, right, width) + right]


def paragraph_whole(text: str, width: int, indent: int) -> list[str]:
    """An indented text in which nothing is cut: words that are too wide go on below."""
    return [" " * indent + line for line in wrap(text, width - indent, whole=True)]


def _space(left: str, right: str, width: int) -> str:
    return " " * (width - columns(left) - columns(right))


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
