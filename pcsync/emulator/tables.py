"""Containers that know what happened to them since they were last saved.

A state file writes one row for each entry of a Table or Log, and only those that a call touched;
everything else of a world is one row. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any, TypeVar, overload

Value = TypeVar("Value")
Other = TypeVar("Other")


class Table(dict[str, Value]):
    """A dict that notes which keys were looked up, set or removed: those may have changed.

    Going through `values()` or `items()` notes nothing: whoever changes an entry looks it up.
    `touched` has the keys in order of time, with whether the entry came anew.
    """

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.touched: dict[str, bool] = dict.fromkeys(self, True)

    @contextmanager
    def reading(self) -> Iterator[None]:
        """For the time of a with block, look-ups are only looks."""
        before = self.touched
        self.touched = {}
        try:
            yield
        finally:
            self.touched = before

    def __getitem__(self, key: str) -> Value:
        self.touched.setdefault(key, False)
        return super().__getitem__(key)

    @overload
    def get(self, key: str, default: None = None, /) -> Value | None:
        """The entry, or None."""

    @overload
    def get(self, key: str, default: Value, /) -> Value:
        """The entry, or the default of its type."""

    @overload
    def get(self, key: str, default: Other, /) -> Value | Other:
        """The entry, or the default of another type."""

    def get(self, key: str, default: Any = None, /) -> Any:
        """The entry or the default."""
        self.touched.setdefault(key, False)
        return super().get(key, default)

    def __setitem__(self, key: str, value: Value) -> None:
        if key in self:
            self.touched.setdefault(key, False)
        else:
            self.touched.pop(key, None)
            self.touched[key] = True
        super().__setitem__(key, value)

    def __delitem__(self, key: str) -> None:
        self.touched.setdefault(key, False)
        super().__delitem__(key)

    def pop(self, key: str, *default: Any) -> Any:
        """Take an entry out."""
        self.touched.setdefault(key, False)
        return super().pop(key, *default)

    def setdefault(self, key: str, default: Any = None) -> Any:
        """The entry, which is the default from now on if there was none."""
        if key not in self:
            self[key] = default
        return self[key]

    def update(self, *given: Any, **named: Any) -> None:
        """Take in all entries of a mapping."""
        for key, value in dict(*given, **named).items():
            self[key] = value

    def clear(self) -> None:
        """Remove every entry."""
        for key in [*self]:
            del self[key]


class Log(list[Value]):
    """A list that only grows at its end; its entries never change."""

    def __init__(self, *given: Any) -> None:
        super().__init__(*given)
        self.saved = 0
