"""Names and places: addresses, places in files, findings.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from types import MappingProxyType
from typing import Any

from pcsync.model.lists import Severity

NOTHING: Mapping[Any, Any] = MappingProxyType({})


@dataclass(frozen=True, order=True, slots=True)
class Address:
    """A resource's name in manifests, plans and reports: ``user/contoso/ana``.

    The first part of `path` is the name of the customer that everything below it belongs to.
    """

    kind: str
    path: tuple[str, ...]

    def __str__(self) -> str:
        return "/".join((self.kind, *self.path))

    @property
    def root(self) -> str:
        """The name of the customer: the unit of reading, planning and failure."""
        return self.path[0]

    @classmethod
    def parse(cls, text: str) -> Address:
        """``user/contoso/ana`` as an address. Raises ValueError on text without a slash."""
        kind, slash, rest = text.partition("/")
        if not slash or not rest:
            raise ValueError(f"not an address: {text}")
        return cls(kind, tuple(rest.split("/")))


@dataclass(frozen=True, order=True, slots=True)
class Place:
    """Where something is written: lines and columns count from 1."""

    file: str
    line: int
    column: int

    def __str__(self) -> str:
        return f"{self.file}:{self.line}:{self.column}"


@dataclass(frozen=True, slots=True)
class Way:
    """One answer to an open choice: `line` is what the manifest has to say for it, `does` what
    happens then.

    `starts` and `ends` are the first and the last day of the term that it leads to, for whoever
    knows prices; `rows` tell it from the other answers, as (name, text).
    """

    name: str
    line: str
    starts: datetime | None = None
    ends: datetime | None = None
    rows: tuple[tuple[str, str], ...] = ()
    does: str = ""


@dataclass(frozen=True, slots=True)
class Finding:
    """Something a person should know: a closed code, one sentence what, one sentence what to do.

    `ways` are the answers to the choice that it asks for: nothing is planned before one is given,
    or, where it says until when it is `due`, what is declared holds until then. Without ways `due`
    is the day by which somebody has to look.
    """

    severity: Severity
    code: str
    what: str
    advice: str
    address: Address | None = None
    place: Place | None = None
    ways: tuple[Way, ...] = ()
    due: datetime | None = None
