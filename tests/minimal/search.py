"""All shorter ways to the same end: sequences of calls, tried on emulators in this process.

The calls to choose from are those that pcsync sent, every merge of those that change one thing, and
for each thing that changed one call that carries all of its final state. A way counts where it
leads to the same world, seen through the API.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass, replace
from itertools import combinations
from typing import Any
from uuid import UUID

from pcsync.emulator.answering import Incoming, Service
from pcsync.emulator.tokens import Caller
from pcsync.emulator.worldfile import build

COLLEAGUE = Caller("pcsync", "admin@northwind.example", True, "", ("AdminAgents", "GlobalAdmins"))
CART = re.compile(r"/carts/[^/?]+")
VOLATILE = frozenset(
    {"links", "attributes", "etag", "creationDate", "effectiveStartDate", "orderId", "id"}
)
MOST = 20_000


@dataclass(frozen=True)
class Sent:
    """One write: its path has ids as they were, CART for the cart that was made last."""

    method: str
    path: str
    body: str

    @property
    def value(self) -> Any:
        """The body as data."""
        return json.loads(self.body) if self.body else None


class Place:
    """One emulator in this process with a world of its own, and the calls made in it."""

    def __init__(self, world: Mapping[str, Any]) -> None:
        self.service = Service(build(world), None)
        self.number = 0
        self.cart = ""

    def send(self, sent: Sent) -> bool:
        """Makes a call; whether it was taken."""
        self.number += 1
        path = sent.path.replace("/carts/CART", f"/carts/{self.cart}")
        status, body = self._answer(sent.method, path, sent.body)
        if status == 201 and path.endswith("/carts"):
            self.cart = json.loads(body)["id"]
        return status < 300

    def get(self, path: str) -> Any:
        """The body of a read; None where there is none."""
        status, body = self._answer("GET", path, "")
        return json.loads(body) if status == 200 else None

    def _answer(self, method: str, path: str, body: str) -> tuple[int, bytes]:
        headers = {"content-type": "application/json", "ms-requestid": str(UUID(int=self.number))}
        plain, raw = path.partition("?")[0], body.encode()
        found = self.service.answer(Incoming(method, plain, path, headers, raw, COLLEAGUE))
        return found.status, bytes(found.body)

    def state(self) -> str:
        """The world as the API shows it, without what differs from run to run."""
        found = []
        for customer in self.get("/v1/customers")["items"]:
            below = f"/v1/customers/{customer['id']}"
            users = self.get(f"{below}/users")["items"]
            found.append(
                {
                    "domain": customer["companyProfile"]["domain"],
                    "billing": self.get(f"{below}/profiles/billing"),
                    "budget": self.get(f"{below}/usagebudget"),
                    "users": users,
                    "licences": [self.get(f"{below}/users/{u['id']}/licenses") for u in users],
                    "subscriptions": self.get(f"{below}/subscriptions"),
                }
            )
        return json.dumps(_plain(found), sort_keys=True)


def _plain(value: Any) -> Any:
    match value:
        case Mapping():
            return {k: _plain(v) for k, v in value.items() if k not in VOLATILE}
        case list():
            return sorted(
                (_plain(each) for each in value), key=lambda v: json.dumps(v, default=str)
            )
        case _:
            return value


def shortest(world: Mapping[str, Any], sent: list[Sent]) -> list[Sent] | None:
    """A way with fewer calls than `sent` to where it leads; None where there is none."""
    goal_at = walked(world, sent)
    goal, calls = goal_at.state(), list(_choice(sent, goal_at))
    ways: list[tuple[Sent, ...]] = [()]
    seen = {Place(world).state()}
    tried = 0
    for _ in range(len(sent) - 1):
        longer = []
        for way, call in ((way, call) for way in ways for call in calls):
            tried += 1
            assert tried <= MOST, f"{len(calls)} calls in {len(sent)} steps are too many to try"
            place = walked(world, way)
            if not place.send(call):
                continue
            if (state := place.state()) == goal:
                return [*way, call]
            # A cart is not in the state: what was put into it is.
            key = state + (call.body if call.path.endswith("/carts") else "")
            if key not in seen:
                seen.add(key)
                longer.append((*way, call))
        ways = longer
    return None


def walked(world: Mapping[str, Any], way: Iterable[Sent]) -> Place:
    """A new place in which these calls were made."""
    place = Place(world)
    for call in way:
        place.send(call)
    return place


def _choice(sent: list[Sent], goal: Place) -> Iterator[Sent]:
    """The calls to choose from, each once."""
    found = dict.fromkeys(sent)
    by_thing: dict[tuple[str, str], list[Sent]] = {}
    for call in sent:
        by_thing.setdefault((call.method, call.path), []).append(call)
    for (method, path), calls in by_thing.items():
        for size in range(2, len(calls) + 1):
            for some in combinations(calls, size):
                found[replace(some[0], body=json.dumps(_merged([c.value for c in some])))] = None
        if method in {"PATCH", "PUT"} and (final := goal.get(path)):
            found[Sent(method, path, json.dumps(final))] = None
    yield from found


def _merged(bodies: list[Any]) -> Any:
    """Later members over earlier ones; lists of what is assigned and removed put together."""
    first, *others = bodies
    for other in others:
        match first, other:
            case dict(), dict():
                first = {k: _both(k, first, other) for k in {**first, **other}}
            case _:
                first = other
    return first


def _both(key: str, one: Mapping[str, Any], other: Mapping[str, Any]) -> Any:
    if key.startswith("licensesTo"):
        return [*(one.get(key) or ()), *(other.get(key) or ())] or None
    return other.get(key, one.get(key))
