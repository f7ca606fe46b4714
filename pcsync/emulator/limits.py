"""How many calls are let through: token buckets per partner, per customer and per app.

The documented figures are those of conventions.md 9. Imports nothing of pcsync outside the
emulator.
"""

from __future__ import annotations

import math
import re
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from pcsync.emulator.faults import Fault

WORDS = {"partnerPerMinute": "partner", "customerPerMinute": "customer"}
OFF: tuple[Limit, ...] = ()


@dataclass(frozen=True)
class Limit:
    """A bucket of `most` calls that fills again in `seconds`; one each per `key`.

    Fits calls by method and path. `key` is `partner`, `customer` (of this partner) or `app`.
    """

    name: str
    most: int
    seconds: int
    key: str
    path: str = r".*"
    method: str = r".*"

    def fits(self, method: str, path: str) -> bool:
        """Whether the call counts."""
        found = re.fullmatch(self.path, path.rstrip("/"), re.IGNORECASE)
        return bool(found and re.fullmatch(self.method, method))


_ONE = "/v1/customers/[^/]+"
DOCUMENTED = (
    Limit(
        "customers, orders and subscriptions",
        500,
        60,
        "partner",
        f"/v1/customers|{_ONE}|{_ONE}/(orders|subscriptions)(/.*)?",
    ),
    Limit("new migrations", 100, 300, "partner", f"{_ONE}/migrations/newcommerce", "POST"),
    Limit(
        "validated migrations",
        450,
        300,
        "customer",
        f"{_ONE}/migrations/newcommerce/validate",
        "POST",
    ),
    Limit("application consents", 50, 1, "app", f"{_ONE}/applicationconsents(/.*)?"),
    Limit(
        "webhook validation events",
        2,
        60,
        "partner",
        "/webhooks/v1/registration/validationEvents",
        "POST",
    ),
)


def parse(value: Any) -> tuple[Limit, ...]:
    """`off`, `documented`, or figures of one's own that hold for every call. Else ValueError."""
    if value in ("off", False):
        return OFF
    if value == "documented":
        return DOCUMENTED
    if not isinstance(value, Mapping) or not value or set(value) - set(WORDS):
        raise ValueError(f"must be off, documented, or an object with {' and '.join(WORDS)}")
    for word, most in value.items():
        if not isinstance(most, int) or isinstance(most, bool) or most < 1:
            raise ValueError(f"{word} must be a whole number above zero")
    return tuple(
        Limit(f"{WORDS[word]} per minute", n, 60, WORDS[word]) for word, n in value.items()
    )


class Throttled(Fault):
    """429 with the body of its own that conventions.md 9 shows."""

    def __init__(self, seconds: int, limit: str) -> None:
        text = f"Rate limit is exceeded. Try again in {seconds} seconds."
        super().__init__(429, 429, text, headers={"Retry-After": str(seconds)})
        self.limit = limit

    def body(self) -> dict[str, object]:
        """The JSON body: `statusCode` and `message`."""
        return {"statusCode": self.status, "message": self.description}


class Buckets:
    """What is left in each bucket, filled by the emulator's clock."""

    def __init__(self) -> None:
        self._left: dict[tuple[Limit, str], tuple[float, datetime]] = {}

    def demand(
        self, limits: tuple[Limit, ...], method: str, path: str, app: str, now: datetime
    ) -> None:
        """Take the call out of every bucket that it counts for. 429 if one of them is empty.

        A refused call counts too, so that asking early makes the wait longer.
        """
        waits = []
        for limit in limits:
            key = _key(limit, path, app)
            if key is not None and limit.fits(method, path):
                waits.append((self._take(limit, key, now), limit.name))
        seconds, name = max(waits, default=(0, ""))
        if seconds:
            raise Throttled(seconds, name)

    def _take(self, limit: Limit, key: str, now: datetime) -> int:
        """Take one out; the seconds until there is one if there was none."""
        left, since = self._left.get((limit, key), (float(limit.most), now))
        rate = limit.most / limit.seconds
        left = min(limit.most, left + max(0.0, (now - since).total_seconds()) * rate)
        passed = left >= 1 - 1e-6
        left = max(left - 1, -float(limit.most))
        self._left[(limit, key)] = (left, now)
        return 0 if passed else max(1, math.ceil((1 - left) / rate - 1e-6))

    def shown(self, limits: tuple[Limit, ...]) -> list[dict[str, Any]]:
        """The limits that hold, each with what the calls have left in its buckets."""
        rows: list[dict[str, Any]] = []
        for limit in limits:
            left = {key: math.floor(n) for (of, key), (n, _) in self._left.items() if of == limit}
            row = {"name": limit.name, "most": limit.most, "seconds": limit.seconds}
            rows.append({**row, "per": limit.key, "left": left})
        return rows


def _key(limit: Limit, path: str, app: str) -> str | None:
    """Whose bucket it is; None where the call is about no customer."""
    if limit.key == "app":
        return app
    if limit.key == "partner":
        return "partner"
    found = re.match(r"/v1/customers/([0-9a-f-]{36})(/|$)", path, re.IGNORECASE)
    return found[1].lower() if found else None
