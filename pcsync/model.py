"""The nouns that every stage speaks: addresses, resources, views, actions, steps, plans.

Owns the closed lists (verbs, moments, outcomes, measures) and plain frozen values. Must not import
anything else of pcsync, do I/O, read a clock or log.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from types import MappingProxyType
from typing import Any

NOTHING: Mapping[Any, Any] = MappingProxyType({})


# --- closed lists -------------------------------------------------------------------------------


class Verb(StrEnum):
    """What an action does to its resource. `address:verb` is the action's id."""

    CREATE = "create"
    UPDATE = "update"
    SUSPEND = "suspend"
    RESUME = "resume"
    CANCEL = "cancel"
    DELETE = "delete"
    RESTORE = "restore"
    RELEASE = "release"


class When(StrEnum):
    """When an action takes effect: at once, at a renewal, not before a date, or already stored."""

    NOW = "now"
    DEFERRED = "deferred"
    BLOCKED = "blocked"
    PENDING = "pending"


class Outcome(StrEnum):
    """How a step or an action ended."""

    DONE = "done"
    FAILED = "failed"
    SKIPPED = "skipped"
    PENDING = "pending"
    UNKNOWN = "unknown"
    STALE = "stale"
    DEFERRED = "deferred"
    NOT_STARTED = "not-started"


class Measure(StrEnum):
    """What guards count. The names are those of `limits` in `pcsync.yaml`."""

    SUSPEND = "suspend"
    CANCEL = "cancel"
    DELETE_USERS = "deleteUsers"
    P3Y = "P3Y"
    CREATE_CUSTOMERS = "createCustomers"
    CUSTOMERS = "customers"
    ADD_SEATS = "addSeats"
    LOSE_LICENCE = "loseLicence"


class Severity(StrEnum):
    """How grave a finding is. An error keeps its resource from being planned."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class State(StrEnum):
    """Whether a declared resource is wanted, or wanted gone (its old spec is kept to say what)."""

    PRESENT = "present"
    ABSENT = "absent"


class Can(StrEnum):
    """What the session may use: the token kinds of `conventions.md` section 2."""

    APP = "app"
    USER = "user"


# --- names and places ---------------------------------------------------------------------------


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
class Finding:
    """Something a person should know: a closed code, one sentence what, one sentence what to do."""

    severity: Severity
    code: str
    what: str
    advice: str
    address: Address | None = None
    place: Place | None = None


# --- what users write ---------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Document:
    """One declared thing as a kind receives it: checked by its schema, scalars already typed.

    `text` is set instead of `spec` where a list item was written as plain text (``[m365]``).
    `owner` is the customer it belongs to, `parent` the resource it is nested in, if any.
    `seats` names, for this customer, what holds seats: name -> (address, pool or None if unknown).
    `places` gives the place of a field by its dotted name; `""` is the document itself.
    """

    kind: str
    name: str | None
    spec: Mapping[str, Any]
    place: Place
    places: Mapping[str, Place] = field(default_factory=lambda: NOTHING)
    owner: Address | None = None
    parent: Address | None = None
    text: str | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    seats: Mapping[str, tuple[Address, str | None]] = field(default_factory=lambda: NOTHING)

    def at(self, name: str = "") -> Place:
        """The place of a field, or of its nearest parent that was written."""
        while name and name not in self.places:
            name = name.rpartition(".")[0]
        return self.places.get(name, self.place)


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing, desired or live; `spec` is always in manifest words, nested fields dotted.

    `remote` holds what only the service knows (ids, observed values), `holds` what it gives to (+)
    or takes from (-) each seat pool. Live resources that no manifest names have an address whose
    last part is ``#id``.
    """

    address: Address
    spec: Mapping[str, Any]
    owner: Address | None = None
    state: State = State.PRESENT
    needs: frozenset[Address] = frozenset()
    remote: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    holds: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=lambda: NOTHING)
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def at(self, name: str = "") -> Place | None:
        """The place of a field in its manifest, or of the resource."""
        return self.places.get(name, self.place)


@dataclass(frozen=True, slots=True)
class Owns:
    """A collection the manifests hold as a whole: live members of `kind` below `owner` that are
    not declared are taken away, as far as their pools are managed by the customer's manifests."""

    owner: Address
    kind: str
    place: Place | None = None


# --- what is live -------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Level:
    """Seats of one pool of one customer over all channels (`subscribedSkus`, customers.md 12)."""

    owner: Address
    pool: str
    total: int
    used: int


@dataclass(frozen=True, slots=True)
class Read:
    """One question to the service, a GET unless `method` says otherwise.

    `shows` are the addresses that this answer would show: when it fails they are unknown, unless
    another read that shows them came through. `pages`: follow `links.next`. `gone_ok`: a 404 means
    "there is none". `user`: needs an App+User token.
    """

    path: str
    shows: tuple[Address, ...] = ()
    owner: Address | None = None
    pages: bool = False
    user: bool = False
    gone_ok: bool = False
    method: str = "GET"
    body: Mapping[str, Any] | None = None


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
class View:
    """All that a kind may know of one customer (or, with `owner` None, of the partner level)."""

    at: datetime
    owner: Address | None = None
    can: frozenset[Can] = frozenset({Can.APP, Can.USER})
    cloud: str = "global"
    contract: str = "2026-05"
    attested: bool = True
    wants: Mapping[Address, Resource] = field(default_factory=lambda: NOTHING)
    haves: Mapping[Address, Resource] = field(default_factory=lambda: NOTHING)
    ids: Mapping[Address, str] = field(default_factory=lambda: NOTHING)
    levels: Mapping[str, Level] = field(default_factory=lambda: NOTHING)
    reads: Mapping[str, Asked] = field(default_factory=lambda: NOTHING)
    owns: tuple[Owns, ...] = ()
    actions: Mapping[str, Action] = field(default_factory=lambda: NOTHING)

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


# --- what is to be done -------------------------------------------------------------------------


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
    from (-) the free seats of each pool, `counts` what guards count, `effects` what the service
    does besides. `needs` are actions that must be done before, `ends` addresses that end with it.
    """

    address: Address
    verb: Verb
    owner: Address | None = None
    changes: tuple[Change, ...] = ()
    when: When = When.NOW
    date: datetime | None = None
    not_after: datetime | None = None
    why: str = ""
    seen: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    moves: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    counts: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    effects: tuple[str, ...] = ()
    notes: tuple[str, ...] = ()
    needs: frozenset[str] = frozenset()
    ends: frozenset[Address] = frozenset()
    implied_by: str | None = None
    place: Place | None = None

    @property
    def id(self) -> str:
        """`address:verb`, with `@when` where it is not now: unique in a plan."""
        later = "" if self.when is When.NOW else f"@{self.when}"
        return f"{self.address}:{self.verb}{later}"


@dataclass(frozen=True, slots=True)
class Before:
    """Orders two actions; between them `wait`, where the service needs time."""

    first: str
    then: str
    wait: Await | None = None


# --- conditions: data, not code -----------------------------------------------------------------


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


Condition = Is | AtLeast | Empty | Some | Every | All | Not


# --- steps --------------------------------------------------------------------------------------


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

    With `fails` empty, those fail for which the answer lacks what is to be kept.
    """

    that: Condition
    says: str
    fails: tuple[str, ...] = ()


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

    `remarks` is the path of a list in the answer that holds warnings beside a success.
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

    @property
    def writes(self) -> bool:
        """Whether it changes something: what is announced as a write."""
        return self.method not in {"GET", "HEAD"}


@dataclass(frozen=True, slots=True)
class Edit:
    """Read, compare, write, compare. If all of `sets` is there already nothing is sent; if all of
    `expect` is there the change is sent (the whole body with the changes merged in, or only them);
    otherwise it is stale."""

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


@dataclass(frozen=True, slots=True)
class Await:
    """Read until an absolute goal is met; at the deadline the outcome is pending, not failed.

    `every` and `deadline` are seconds, the deadline counted from the first look; `says` is the
    goal in words: "5 seats of SPB have arrived".
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


Step = Call | Edit | Await


# --- the plan -----------------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class Totals:
    """Counts for the last line of a plan: by verb and moment, what guards count, and calls."""

    verbs: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    when: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    measures: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    writes: int = 0
    reads_at_least: int = 0
    waits: int = 0


@dataclass(frozen=True, slots=True)
class Plan:
    """Everything that apply will do, as data. `id` is the digest of the rest, time included."""

    format: int
    id: str
    time: datetime
    cloud: str
    partner_tenant: str
    manifests: str
    base: str | None
    lifted: Mapping[str, int]
    ids: Mapping[str, str]
    wants: Mapping[str, Mapping[str, Any]]
    actions: tuple[Action, ...]
    steps: tuple[Step, ...]
    findings: tuple[Finding, ...]
    totals: Totals
    customers: tuple[str, ...] = ()
    unknown: tuple[Address, ...] = ()


# --- what came of it ----------------------------------------------------------------------------


@dataclass(frozen=True, slots=True)
class StepResult:
    """How one step ended. `detail` is one sentence in words, `advice` what to do, both without
    secrets; `warnings` are remarks of the service beside a success; `sent` counts its writes;
    `cause` is the address that a skipped or waiting step needs; `fails` are the actions that a
    failed step failed for, where they are not all it covers."""

    step: str
    outcome: Outcome
    detail: str = ""
    advice: str = ""
    warnings: tuple[str, ...] = ()
    sent: int = 0
    cause: str = ""
    fails: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class ActionResult:
    """How one action ended, and why in words where it is not done."""

    action: str
    outcome: Outcome
    detail: str = ""
    advice: str = ""


@dataclass(frozen=True, slots=True)
class Applied:
    """The outcome of an apply: every step and every action of the plan has exactly one result."""

    plan: Plan
    started: datetime
    ended: datetime
    steps: tuple[StepResult, ...]
    actions: tuple[ActionResult, ...]
    ids: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    writes: int = 0
    reads: int = 0
