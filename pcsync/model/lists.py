"""The closed lists: verbs, moments, outcomes, measures, severities.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from enum import StrEnum


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
    """When an action takes effect: at once, at a renewal, not before a date, already stored, or
    once people have opened a gate that is known to be closed."""

    NOW = "now"
    DEFERRED = "deferred"
    BLOCKED = "blocked"
    PENDING = "pending"
    WAITING = "waiting"


GOING = frozenset({When.NOW, When.WAITING})
"""What apply begins: what waits at a gate goes by itself once the gate is open."""


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


class Stop(StrEnum):
    """Why a run ended before its plan did."""

    INTERRUPTED = "interrupted"
    PAUSED = "paused"
    FREEZE = "freeze"
    DEADLINE = "deadline"
    DEFECT = "defect"


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
    LOSE_ACCESS = "loseAccess"
    REMOVALS = "removals"
    ADD_PER_MONTH = "addPerMonth"
    UPFRONT = "upfront"


class Severity(StrEnum):
    """How grave a finding is. An error keeps its resource from being planned."""

    ERROR = "error"
    WARNING = "warning"
    INFO = "info"


class State(StrEnum):
    """Whether a resource is wanted, declared to be gone, or gone from git: then its spec is that
    of the base, and `onRemove` says what happens."""

    PRESENT = "present"
    ABSENT = "absent"
    REMOVED = "removed"


class Can(StrEnum):
    """What the session may use: the token kinds of `conventions.md` section 2."""

    APP = "app"
    USER = "user"
