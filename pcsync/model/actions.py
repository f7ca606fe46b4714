"""What is to be done: changes, actions, and what comes before what.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from pcsync.model.lists import GOING, Verb, When
from pcsync.model.money import Money
from pcsync.model.names import NOTHING, Address, Place
from pcsync.model.steps import Await


@dataclass(frozen=True, slots=True)
class Change:
    """One field, by its dotted manifest name, before and after."""

    field: str
    old: Any
    new: Any


@dataclass(frozen=True, slots=True)
class Action:
    """What happens to one resource. It can be saved, shown, compared and refused.

    `seen` are the live values it was planned against; `moves` is what it gives to (+) or takes
    from (-) the free seats of each pool, `people` how many accounts of people come (+) or go (-),
    `counts` what guards count, `title` the name of the product, `effects` what the service
    does besides, `later` the seats of each pool that come (+) or go (-) at its `date`, `rules` the
    domain rules that chose it. `needs` are actions that must be done before, `ends` addresses that
    end with it. `money` is what it costs, None where it costs nothing or nobody has prices.
    `headline` is all of it in half a sentence, for the first lines of a plan: "mail ends with its
    term"; `brief` is what happens in a few words, where neither its verb nor a change says it;
    `says` is how it reads, as (label, text), a sentence of its own where the label is empty: of a
    new thing in place of its fields. `forever` is what of it can't be undone, a sentence each,
    `fixed` what can never be changed again, as (field, value, remark).
    """

    address: Address
    verb: Verb
    owner: Address | None = None
    changes: tuple[Change, ...] = ()
    when: When = When.NOW
    date: datetime | None = None
    not_after: datetime | None = None
    title: str = ""
    why: str = ""
    seen: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    moves: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    later: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    people: int = 0
    counts: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    effects: tuple[str, ...] = ()
    rules: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    ends: frozenset[Address] = frozenset()
    implied_by: str | None = None
    place: Place | None = None
    money: Money | None = None
    headline: str = ""
    brief: str = ""
    says: tuple[tuple[str, str], ...] = ()
    forever: tuple[str, ...] = ()
    fixed: tuple[tuple[str, str, str], ...] = ()

    @property
    def id(self) -> str:
        """`address:verb`, unique in a plan; what is told the service now for a later date ends in
        `@renewal`, what is not for now in `@` and the moment."""
        written = "@renewal" if self.date else ""
        later = written if self.when in GOING else f"@{self.when}"
        return f"{self.address}:{self.verb}{later}"


@dataclass(frozen=True, slots=True)
class Before:
    """Orders two actions; between them `wait`, where the service needs time."""

    first: str
    then: str
    wait: Await | None = None
