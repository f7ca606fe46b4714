"""The operations that Partner Center documents, served here or not: facts, to name what is missing.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

from pcsync.emulator.paths import Paths

_VARIABLE = re.compile(r"\{[^}]*\}")


@dataclass(frozen=True)
class Operation:
    """One documented operation; `path` is without its query."""

    scenario: str
    name: str
    method: str
    path: str
    page: str

    @property
    def key(self) -> tuple[str, str]:
        """Method and path with nameless variables, in lower case."""
        return self.method, shape(self.path)

    @property
    def variables(self) -> int:
        """How many parts of the path are open."""
        return self.path.count("{")


def shape(path: str) -> str:
    """A path with nameless variables, in lower case."""
    return _VARIABLE.sub("{}", path.strip("/")).lower()


@cache
def documented() -> tuple[Operation, ...]:
    """All documented operations in the order of the reference."""
    text = files("pcsync.emulator").joinpath("data/operations.json").read_text("utf-8")
    return tuple(
        Operation(scenario, name, method, path.partition("?")[0], page)
        for scenario, rows in json.loads(text).items()
        for name, method, path, page in rows
    )


class Unserved:
    """The documented operations that no route serves."""

    def __init__(self, served: Iterable[tuple[str, str]]) -> None:
        known = {(method, shape(path)) for method, path in served}
        missing = [row for row in documented() if row.key not in known]
        self._paths = Paths((row.method, row.key[1], row) for row in missing)

    def find(self, method: str, path: str) -> Operation | None:
        """The operation that the path stands for; fixed paths win."""
        return self._paths.find(method, path)
