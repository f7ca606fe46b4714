"""What a state file holds, and which of it are rows of their own.

Everything is found by the annotations of `Kept`: a new field is kept without being named anywhere.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field, is_dataclass
from functools import cache
from operator import attrgetter
from typing import Any, get_args

from pcsync.emulator import codec
from pcsync.emulator.remembered import Remembered
from pcsync.emulator.tables import Log
from pcsync.emulator.world import World


@dataclass
class Kept:
    """All state of one emulator that outlives its process."""

    world: World
    remembered: Remembered = field(default_factory=Remembered)


Change = tuple[str, str, str | None]
"""Place, key and JSON text of one row; None where the row goes away."""


@dataclass(frozen=True)
class Rows:
    """One Table or Log: `place` is where it hangs in Kept, such as world.customers."""

    place: str
    form: codec.Form
    find: Callable[[Kept], Any]

    def changes(self, kept: Kept) -> Iterator[Change]:
        """What differs from the rows that are saved."""
        entries = self.find(kept)
        if isinstance(entries, Log):
            for number in range(entries.saved, len(entries)):
                yield self.place, str(number), self._text(entries[number])
            return
        for key, anew in [*entries.touched.items()]:
            if anew or key not in entries:
                yield self.place, key, None
            if key in entries:
                yield self.place, key, self._text(dict.__getitem__(entries, key))

    def saved(self, kept: Kept, all_of_it: bool = True) -> None:
        """Note that the rows are as the entries; or that no row is there at all."""
        entries = self.find(kept)
        if isinstance(entries, Log):
            entries.saved = len(entries) if all_of_it else 0
        else:
            entries.touched = {} if all_of_it else dict.fromkeys(entries, True)

    def fill(self, kept: Kept, rows: Iterable[tuple[str, str]]) -> None:
        """Take in the saved rows, in their order."""
        entries, read = self.find(kept), self.form.read
        if isinstance(entries, Log):
            entries.extend(read(json.loads(text)) for _, text in rows)
        else:
            dict.update(entries, ((key, read(json.loads(text))) for key, text in rows))
        self.saved(kept)

    def _text(self, entry: Any) -> str:
        return text(self.form.write(entry))


def text(value: Any) -> str:
    """JSON text without blanks."""
    return json.dumps(value, separators=(",", ":"), allow_nan=False)


@cache
def all_rows() -> tuple[Rows, ...]:
    """Every Table and Log below Kept."""
    return tuple(_rows(Kept, ""))


def _rows(kind: Any, above: str) -> Iterator[Rows]:
    for member in codec.members(kind):
        place = above + member.name
        if codec.in_rows(member.kind):
            yield Rows(place, codec.form(get_args(member.kind)[0]), attrgetter(place))
        elif is_dataclass(member.kind):
            yield from _rows(member.kind, f"{place}.")


def rest() -> codec.Form:
    """The form of everything that has no row of its own."""
    return codec.form(Kept)
