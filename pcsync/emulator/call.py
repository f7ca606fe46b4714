"""One API request as a handler sees it, and its answer.

Owns reading of path, query and body. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from pcsync.emulator import wire
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.faults import Fault, invalid
from pcsync.emulator.tokens import Caller
from pcsync.emulator.wire import Body
from pcsync.emulator.world import World


@dataclass
class Answer:
    """Status, JSON body (None: empty) and extra headers."""

    status: int
    body: Any = None
    headers: dict[str, str] = field(default_factory=dict)


def ok(body: Any) -> Answer:
    """200 with a body."""
    return Answer(200, body)


def created(body: Any) -> Answer:
    """201 with a body."""
    return Answer(201, body)


def empty(status: int = 204) -> Answer:
    """An answer without a body."""
    return Answer(status)


@dataclass(frozen=True)
class Note:
    """What a handler wants in the activity log."""

    operation: str
    resource: str
    customer: Customer | None
    new_value: Any
    details: dict[str, str | None]
    old_value: Any = None


@dataclass
class Call:
    """A request: `path` is decoded, `pairs` the query in order, `headers` have lower-case names."""

    world: World
    method: str
    path: str
    pairs: list[tuple[str, str]]
    headers: Mapping[str, str]
    raw: bytes
    caller: Caller
    parts: dict[str, str] = field(default_factory=dict)
    notes: list[Note] = field(default_factory=list)

    def query(self, name: str) -> str | None:
        """The first value of a query parameter, its name compared without case."""
        return next(iter(self.all(name)), None)

    def all(self, name: str) -> list[str]:
        """Every value of a repeated query parameter."""
        return [value for key, value in self.pairs if key.lower() == name.lower()]

    def json(self) -> Any:
        """The parsed body of any type; None if there is none."""
        return wire.decode(self.raw) if self.raw.strip() else None

    def body(self) -> Body:
        """The body as an object. 400/800002 if it is missing or something else."""
        value = self.json()
        if not isinstance(value, dict):
            raise Fault(400, 800002, "A JSON object is required as body.")
        return Body(value)

    def customer(self) -> Customer:
        """The customer of the path. 400/900118 if it is no GUID, 404/1000 if it is unknown."""
        return self._find(1000)

    def tenant(self) -> Customer:
        """The customer of a call into its directory: 404/60003 if unknown, 403/900308 without
        delegated administration (customers.md 12 and 13)."""
        found = self._find(60003)
        if not found.delegation:
            raise Fault(403, 900308, "Insufficient privileges to complete the operation.")
        return found

    def _find(self, unknown: int) -> Customer:
        key = self.parts["customer"]
        try:
            tenant = str(UUID(key))
        except ValueError as wrong:
            raise Fault(400, 900118, f"The customer id {key!r} is not valid.") from wrong
        found = self.world.customers.get(tenant)
        if found is None:
            raise Fault(404, unknown, f"The tenant {key} is not found.")
        if found.account.relationship == "none":
            raise Fault(403, 20002, "There is no relationship between partner and customer.")
        return found

    def user(self, customer: Customer, deleted: bool = False) -> User:
        """The user of the path by id or UPN. 404/60002 if gone (or deleted, unless wanted)."""
        found = customer.user(self.parts["user"], self.world.clock.now())
        if found is None or not (found.active or deleted):
            raise Fault(404, 60002, f"The user {self.parts['user']} is not found.")
        return found

    def note(
        self,
        operation: str,
        resource: str,
        customer: Customer | None,
        new_value: Any = None,
        old_value: Any = None,
        **details: str | None,
    ) -> None:
        """Put one record of success into the activity log (insight.md 2.8)."""
        self.notes.append(Note(operation, resource, customer, new_value, details, old_value))


def one_of(name: str, value: str, allowed: Mapping[str, str] | frozenset[str]) -> str:
    """A word of a closed list, compared without case and underscores. 400/3000 if unknown."""
    table = {word.lower(): word for word in allowed}
    found = table.get(value.lower().replace("_", ""))
    if found is None:
        raise invalid(f"{name} does not take the value {value!r}.")
    return found
