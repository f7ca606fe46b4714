"""Writes COVERAGE.md: `python -m tests.emulator.coverage > pcsync/emulator/COVERAGE.md`.

An operation is covered if the emulator has a route for it, a case of operations/*.yaml shows its
answer, and another a refusal.
"""

from __future__ import annotations

import json
import re
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cache
from pathlib import Path

import pcsync.emulator
from pcsync.emulator.api import TABLE
from pcsync.emulator.faults import Fault
from pcsync.emulator.routing import Route, matched

from .cases import Case, load

HOME = Path(pcsync.emulator.__file__).parent
FILE = HOME / "COVERAGE.md"
HEAD = """\
# What the emulator covers

Written by `python -m tests.emulator.coverage` from the documented operations
(`data/operations.json`), the routes (`api/`) and the cases (`tests/emulator/operations/`).

An operation is covered if there is a route, a case that shows its answer, and a case of a refusal.
"""
TABLE_HEAD = "| | Operation | Call | Page | Cases | Refusals |\n|--|--|--|--|--|--|"
_VARIABLE = re.compile(r"{[^}]*}|<[^>]*>")


@dataclass(frozen=True)
class Operation:
    """One documented operation; several can share method and path."""

    scenario: str
    title: str
    method: str
    path: str
    page: str

    @property
    def bare(self) -> str:
        """The path without its query, variables filled in."""
        return _VARIABLE.sub("x", self.path.partition("?")[0])

    def route(self) -> Route | None:
        """The emulator's route for it: by path, or by page where pages and examples disagree."""
        same = (r for r in TABLE.routes if r.method == self.method and self.page in r.pages)
        found = next((r for r in same if matched(r.path, self.bare) is not None), None)
        try:
            return found or TABLE.find(self.method, self.bare)[0]
        except Fault:
            return None

    def cases(self) -> list[Case]:
        """The cases that name its page, with its method and, where they differ, its path."""
        named = [c for c in load() if self.page in c.pages and c.method == self.method]
        return named if self.alone() else [case for case in named if self.fits(case)]

    def fits(self, case: Case) -> bool:
        """Whether the case asks for this path."""
        path = case.path.partition("?")[0].replace("<contoso>", "/v1/customers/x")
        asked = _VARIABLE.sub("x", path.replace("<nobody>", "/v1/customers/x"))
        template = self.path.partition("?")[0]
        return matched(template, asked) is not None

    def alone(self) -> bool:
        """Whether no other operation has this page and method."""
        twins = {o.path for o in operations() if (o.page, o.method) == (self.page, self.method)}
        return len(twins) == 1


@dataclass(frozen=True)
class Row:
    """What there is of one operation."""

    operation: Operation
    route: bool
    answers: int
    refusals: int
    wrong: int

    @property
    def covered(self) -> bool:
        """Route, case and refusal."""
        return self.route and self.answers > 0 and self.refusals > 0


@cache
def operations() -> tuple[Operation, ...]:
    """All documented operations, in the order of the list."""
    listed = json.loads((HOME / "data" / "operations.json").read_text("utf-8"))
    return tuple(Operation(name, *row) for name, rows in listed.items() for row in rows)


def rows() -> list[Row]:
    """The state of each operation."""
    return [_row(operation) for operation in operations()]


def _row(operation: Operation) -> Row:
    found = operation.cases()
    good = [case for case in found if not case.xfail]
    refusals = sum(case.refusal for case in good)
    route = operation.route() is not None
    return Row(operation, route, len(good) - refusals, refusals, len(found) - len(good))


def page() -> Iterator[str]:
    """The whole file, line by line."""
    found = rows()
    yield HEAD
    yield "| Scenario | Documented | With a route | Covered |\n|--|--|--|--|"
    scenarios = list(dict.fromkeys(row.operation.scenario for row in found))
    for name in scenarios:
        yield _count(name, [row for row in found if row.operation.scenario == name])
    yield _count("All", found)
    for name in scenarios:
        yield f"\n## {name}\n\n{TABLE_HEAD}"
        for row in found:
            if row.operation.scenario == name:
                yield _line(row)


def _count(name: str, found: list[Row]) -> str:
    routed, covered = sum(row.route for row in found), sum(row.covered for row in found)
    return f"| {name} | {len(found)} | {routed} | {covered} |"


def _line(row: Row) -> str:
    it = row.operation
    mark = "covered" if row.covered else "route" if row.route else "-"
    answers = f"{row.answers} (wrong: {row.wrong})" if row.wrong else str(row.answers)
    call = f"`{it.method} {it.path.partition('?')[0]}`"
    return f"| {mark} | {it.title} | {call} | `{it.page}` | {answers} | {row.refusals} |"


if __name__ == "__main__":
    sys.stdout.write("\n".join(page()) + "\n")
