"""Finding the template that a path fits, by look-ups rather than by trying one after the other.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Generic, TypeVar

Value = TypeVar("Value")


@dataclass
class _Group(Generic[Value]):
    """Templates with variables at the same places: found by the parts in between."""

    fixed: tuple[int, ...]
    found: dict[tuple[str, ...], Value] = field(default_factory=dict)


class Paths(Generic[Value]):
    """Values by method and path template; fixed parts compare without case.

    Where several templates fit, the one with the fewest variables wins, then the first.
    """

    def __init__(self, rows: Iterable[tuple[str, str, Value]]) -> None:
        self._groups: dict[tuple[str, int], list[_Group[Value]]] = {}
        for method, template, value in rows:
            self._add(method, template.strip("/").split("/"), value)
        for groups in self._groups.values():
            groups.sort(key=lambda group: -len(group.fixed))

    def _add(self, method: str, parts: list[str], value: Value) -> None:
        fixed = tuple(n for n, part in enumerate(parts) if not part.startswith("{"))
        groups = self._groups.setdefault((method, len(parts)), [])
        group = next((group for group in groups if group.fixed == fixed), None)
        if group is None:
            group = _Group(fixed)
            groups.append(group)
        group.found.setdefault(tuple(parts[n].lower() for n in fixed), value)

    def find(self, method: str, path: str) -> Value | None:
        """The value of the template that fits best."""
        parts = path.strip("/").lower().split("/")
        for group in self._groups.get((method, len(parts)), ()):
            found = group.found.get(tuple([parts[n] for n in group.fixed]))
            if found is not None:
                return found
        return None
