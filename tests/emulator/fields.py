"""Which words of the reference the cases rest on: `python -m tests.emulator.fields`.

Writes operations/fields.json: for each cited section, the member names and codes that the cases
take from it. The reference is a folder beside the checkout; where it is missing the file speaks for
it.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterator
from functools import cache
from pathlib import Path

from . import shapes
from .cases import FOLDER, Case, load

REFERENCE = Path(__file__).parents[3] / "shared" / "partner-center-api"
FACTS = FOLDER / "fields.json"
ENVELOPE = ("conventions.md 5", "conventions.md 6")
"""What collections, links and attributes look like holds for every answer."""

_HEADING = re.compile(r"^(#+) (.*)$", re.MULTILINE)
_WORD = re.compile(r"[A-Za-z_][A-Za-z0-9_]*|\d+")
_CUT = re.compile(r"`([A-Za-z]+)`(, `…[A-Za-z]+`)+")


def names(case: Case) -> set[str]:
    """The member names of the answer and the code of the refusal, as words."""
    paths = shapes.listed(case.fields or "")
    found = {camel(part) for path in paths for part in path.split(".")}
    return found if case.code is None else found | {str(case.code)}


def camel(name: str) -> str:
    """The name as the reference writes it; one answer of the service comes in PascalCase."""
    return name[:1].lower() + name[1:]


def cited(case: Case) -> tuple[str, ...]:
    """The sections that may speak for a name of the case."""
    return case.sources if case.refusal and not case.fields else (*case.sources, *ENVELOPE)


@cache
def section(source: str) -> str:
    """The text of a cited section. KeyError if there is none.

    `customers.md 2 Get a customer` is the heading of that title in chapter 2, `insight.md 2.1` the
    heading of that number, `clients.md` the whole file.
    """
    name, _, place = source.partition(" ")
    text = (REFERENCE / name).read_text("utf-8")
    number, _, title = place.partition(" ")
    if number:
        text = _below(text, f"{number} ", f"{number}. ")
    return _below(text, title) if title else text


def _below(text: str, *starts: str) -> str:
    """A heading that starts so and all below it; after a title only a bracket may come."""
    found = list(_HEADING.finditer(text))
    for place, heading in enumerate(found):
        title = heading[2]
        if any(title == start or title.startswith(_open(start)) for start in starts):
            ends = (f.start() for f in found[place + 1 :] if len(f[1]) <= len(heading[1]))
            return text[heading.start() : next(ends, len(text))]
    raise KeyError(starts[0])


def _open(start: str) -> str:
    return start if start.endswith(" ") else f"{start} ("


def words(source: str) -> set[str]:
    """All words and numbers of a section; `fooRegex`, `…Sample` stands for fooSample too."""
    text = section(source)
    found = set(_WORD.findall(text))
    for row in _CUT.finditer(text):
        stem = re.sub("[A-Z][a-z]*$", "", row[1])
        found.update(stem + tail for tail in re.findall("…([A-Za-z]+)", row[0]))
    return found


def facts() -> dict[str, list[str]]:
    """For each cited section, the names of our cases that stand in it."""
    wanted: dict[str, set[str]] = {}
    for case in load():
        for source in cited(case):
            wanted.setdefault(source, set()).update(names(case))
    return {source: sorted(wanted[source] & words(source)) for source in sorted(wanted)}


def unspoken(case: Case, known: dict[str, list[str]]) -> set[str]:
    """Names of the case that stand in none of its sections."""
    return names(case).difference(*(known.get(source, ()) for source in cited(case)))


def lines() -> Iterator[str]:
    """The facts file, one section a line."""
    rows = [f"  {json.dumps(source)}: {json.dumps(found)}" for source, found in facts().items()]
    return iter(("{", ",\n".join(rows), "}"))


if __name__ == "__main__":
    FACTS.write_text("\n".join(lines()) + "\n", "utf-8")
