"""The step language: conditions as data, and the three steps Call, Edit and Await.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal
from typing import Any

from pcsync.model.names import NOTHING


@dataclass(frozen=True, slots=True)
class Is:
    """The value at `path` equals `value`; with `fold` text is compared without case.

    `prefix` compares only the beginning of a text: an `offerId` without its availability.
    """

    path: str
    value: Any
    fold: bool = False
    prefix: bool = False


@dataclass(frozen=True, slots=True)
class AtLeast:
    """The number at `path` is `value` or more."""

    path: str
    value: int


@dataclass(frozen=True, slots=True)
class AtMost:
    """The number at `path` is `value` or less; nothing there is not."""

    path: str
    value: Decimal


@dataclass(frozen=True, slots=True)
class Empty:
    """Nothing stands at `path`: absent, null, empty text or empty list."""

    path: str


@dataclass(frozen=True, slots=True)
class Some:
    """At least one member of the list at `path` meets `where`."""

    path: str
    where: Condition


@dataclass(frozen=True, slots=True)
class Every:
    """Every member of the list at `path` meets `where`."""

    path: str
    where: Condition


@dataclass(frozen=True, slots=True)
class All:
    """All of `each` hold."""

    each: tuple[Condition, ...]


@dataclass(frozen=True, slots=True)
class Not:
    """`cond` does not hold."""

    cond: Condition


Condition = Is | AtLeast | AtMost | Empty | Some | Every | All | Not


@dataclass(frozen=True, slots=True)
class Keep:
    """What to remember from an answer: `name` (``customer/contoso#id``) = the value at `path`.

    With `among`, the value is taken from the first member of that list that meets `where`.
    A `secret` goes to the project's sink before the next call and is never kept anywhere else.
    """

    name: str
    path: str
    among: str = ""
    where: Condition | None = None
    secret: bool = False


@dataclass(frozen=True, slots=True)
class Check:
    """What an answer must satisfy, although its status was fine; else `fails` fail with `says`.

    With `fails` empty, those fail for which the answer lacks what is to be kept. `stops`: it is a
    limit that stands in the way, not a failure of the service.
    """

    that: Condition
    says: str
    fails: tuple[str, ...] = ()
    stops: bool = False


@dataclass(frozen=True, slots=True)
class Settle:
    """How to find out after a lost answer: read `path`; if `done` holds, take `keep` from it.

    With `repeat` the call is one that gives its first answer again: it is sent once more.
    """

    path: str
    done: Condition
    keep: tuple[Keep, ...] = ()
    repeat: bool = False


@dataclass(frozen=True, slots=True)
class Call:
    """One request. Text from a manifest is never a reference: references are `{"$ref": name}` in
    bodies and `{name}` in paths; `{"$secret": ...}` is resolved when the request is made.

    `remarks` is the path of a list in the answer that holds warnings beside a success. `says` is
    the call in words, ``one cart``; `notes` are sentences about it for whoever reads a plan.
    """

    id: str
    covers: tuple[str, ...]
    method: str
    path: str
    body: Any = None
    after: tuple[str, ...] = ()
    user: bool = False
    keep: tuple[Keep, ...] = ()
    checks: tuple[Check, ...] = ()
    settle: Settle | None = None
    remarks: str = ""
    says: str = ""
    notes: tuple[str, ...] = ()

    @property
    def writes(self) -> bool:
        """Whether it changes something: what is announced as a write."""
        return self.method not in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Edit:
    """Read, compare, write, compare. If all of `sets` is there already nothing is sent; if all of
    `expect` is there the change is sent (the whole body with the changes merged in, or only them);
    otherwise it is stale.

    `singly` are the parts of `sets` that can be sent one after the other, in this order, where the
    service refuses them together with a 400; empty: they stand or fall together. `says` is the edit
    in words, where another thing was done just before: "mail is told to end with its term"."""

    id: str
    covers: tuple[str, ...]
    method: str
    path: str
    whole: bool
    sets: tuple[Is, ...]
    expect: tuple[Is, ...] = ()
    extra: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    after: tuple[str, ...] = ()
    user: bool = False
    singly: tuple[tuple[Is, ...], ...] = ()
    says: str = ""


@dataclass(frozen=True, slots=True)
class Await:
    """Read until an absolute goal is met; at the deadline the outcome is pending, not failed.

    `every` and `deadline` are seconds, the deadline counted from the first look; `says` is the
    goal in words: "5 seats of SPB have arrived". A `gate` is one that people open: it is looked at
    once, and `either` are other reads that may show it open.
    """

    id: str
    covers: tuple[str, ...]
    path: str
    until: Condition
    fails: Condition | None = None
    keep: tuple[Keep, ...] = ()
    says: str = ""
    every: float = 15.0
    deadline: float = 1800.0
    after: tuple[str, ...] = ()
    user: bool = False
    gate: str = ""
    either: tuple[Settle, ...] = ()


Step = Call | Edit | Await
