"""What is live, and all that a kind may know of it: reads, levels, views.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Any

from pcsync.model.actions import Action
from pcsync.model.declared import Owns, Resource
from pcsync.model.lists import Can
from pcsync.model.money import Prices
from pcsync.model.names import NOTHING, Address


@dataclass(frozen=True, slots=True)
class Level:
    """Seats of one pool of one customer over all channels (`subscribedSkus`, customers.md 12);
    `label` is what people call the pool, its part number, `held` seats that nobody can use now and
    that may come back: suspended, or of a term that has ended."""

    owner: Address
    pool: str
    total: int
    used: int
    label: str = ""
    held: int = 0


@dataclass(frozen=True, slots=True)
class Read:
    """One question to the service, a GET unless `method` says otherwise.

    `shows` are the addresses that this answer would show: when it fails they are unknown, unless
    another read that shows them came through. `pages`: follow `links.next`. `gone_ok`: a 404 means
    "there is none". `user`: needs an App+User token. `shared`: the answer is the same for all
    customers, and one of a run does for all of them.
    """

    path: str
    shows: tuple[Address, ...] = ()
    owner: Address | None = None
    pages: bool = False
    user: bool = False
    gone_ok: bool = False
    method: str = "GET"
    body: Mapping[str, Any] | None = None
    shared: bool = False


class ReadState(StrEnum):
    """How a read of a view ended."""

    DONE = "done"
    FAILED = "failed"


@dataclass(frozen=True, slots=True)
class Asked:
    """A read that was asked, how it ended and, where it failed, the reason in words.

    `found` is false where a 404 said "there is none" (`Read.gone_ok`).
    """

    read: Read
    state: ReadState
    reason: str = ""
    found: bool = True


@dataclass(frozen=True, slots=True)
class ProjectRules:
    """What the project decides for all customers (manifest-reference.md 11), the flags of this run
    among it: `allowed` maps the name of each `--allow NAME=VALUE` to its values.

    `decide_within` are days by term, `seat_caps` (name, products, most seats). `ignored` are part
    numbers that are never touched, `protected_users` patterns of sign-in names, `limits` what one
    run may do, by the names of measures. `attested_by` says who attests, and since when; `sink` is
    where secrets go, in words. `kept` are the addresses whose secrets it holds, or whose ids the
    journal knows; None where nobody can say.
    """

    partner_kind: str = "direct"
    billing_currency: str | None = None
    attested: bool = True
    attested_by: str = ""
    sink: str = ""
    kept: frozenset[str] | None = None
    decide_within: Mapping[str, int] = field(
        default_factory=lambda: {"P1M": 0, "P1Y": 45, "P3Y": 90}
    )
    ignored: frozenset[str] = frozenset()
    protected_users: tuple[str, ...] = ("admin@*", "Sync_*", "*breakglass*", "*break-glass*")
    seat_caps: tuple[tuple[str, tuple[str, ...], int], ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=lambda: NOTHING)
    limits: Mapping[str, int] = field(default_factory=lambda: NOTHING)


@dataclass(frozen=True, slots=True)
class View:
    """All that a kind may know of one customer (or, with `owner` None, of the partner level).

    `base` is what was declared when the customer was last fully applied, None where that is not
    known; `recorded` are the ids of the lock file by address, also of what is not declared any
    more: traces (domain rule ID4). `matched` says how each declared resource was found.
    `prices` are those of the price sheets, None where the project has none. With `calendar` the
    ends of terms are asked for: what they cost has to be known also where nothing changes.
    `untouched` is declared word by word as in the base, and `taken` is what earlier runs took away,
    with the moment, as far as the journal knows.
    """

    at: datetime
    owner: Address | None = None
    can: frozenset[Can] = frozenset({Can.APP, Can.USER})
    cloud: str = "global"
    contract: str = "2026-05"
    rules: ProjectRules = field(default_factory=ProjectRules)
    base: Mapping[Address, Resource] | None = None
    untouched: frozenset[Address] = frozenset()
    recorded: Mapping[Address, str] = field(default_factory=lambda: NOTHING)
    wants: Mapping[Address, Resource] = field(default_factory=lambda: NOTHING)
    haves: Mapping[Address, Resource] = field(default_factory=lambda: NOTHING)
    ids: Mapping[Address, str] = field(default_factory=lambda: NOTHING)
    levels: Mapping[str, Level] = field(default_factory=lambda: NOTHING)
    reads: Mapping[str, Asked] = field(default_factory=lambda: NOTHING)
    owns: tuple[Owns, ...] = ()
    matched: Mapping[Address, str] = field(default_factory=lambda: NOTHING)
    actions: Mapping[str, Action] = field(default_factory=lambda: NOTHING)
    prices: Prices | None = None
    calendar: bool = False
    taken: Mapping[Address, datetime] = field(default_factory=lambda: NOTHING)

    def done(self, path: str) -> bool:
        """Whether this read came through."""
        asked = self.reads.get(path)
        return asked is not None and asked.state is ReadState.DONE


@dataclass(frozen=True, slots=True)
class Pair:
    """A declared resource and the live one it was found to be; `how` says by what."""

    want: Resource
    have: Resource
    how: str


@dataclass(frozen=True, slots=True)
class Settled:
    """A declared resource whose wish depends on what else is declared or live, as it is today.

    `address` is the one it had: the resource may bear another one now.
    """

    address: Address
    want: Resource
