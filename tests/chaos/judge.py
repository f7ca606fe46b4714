"""What came of it, by the emulator's own world and log: not by what pcsync says of itself.

Owns what is compared: the world in words that two runs with the same result have in common, the
writes that had an effect, and whether the sink holds what is live. Pure.
"""

from __future__ import annotations

import json
import re
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
SUBSCRIPTION = (
    "friendlyName",
    "product",
    "quantity",
    "status",
    "termDuration",
    "billingCycle",
    "autoRenewEnabled",
    "scheduledActions",
)
USER = "userPrincipalName", "displayName", "usageLocation", "state"
TOOK = "had its effect"
CARTS = re.compile(r"POST \S+/carts$")
PEOPLE = re.compile(r"POST \S+/licenseupdates$")


@dataclass(frozen=True, slots=True)
class Result:
    """What a run came to: the world in words, and each write that had an effect, with how often.

    A cart that nobody checked out buys nothing: its creation is no effect.
    """

    estate: Mapping[str, Any]
    writes: Counter[str]


def result(world: Mapping[str, Any], calls: Iterable[Mapping[str, Any]]) -> Result:
    """What is to be compared of a world and its log."""
    names = _names(world)
    effective = Counter(
        shown
        for call in calls
        if _effective(call) and not CARTS.match(shown := _shown(call, names))
    )
    return Result({c["domain"]: _customer(c) for c in world["customers"]}, effective)


def _customer(row: Mapping[str, Any]) -> dict[str, Any]:
    return {
        "orders": row["orders"],
        "budget": row["budget"],
        "profile": [row["billingProfile"].get(name) for name in ("email", "companyName")],
        "users": sorted(map(_user, row["users"])),
        "subscriptions": sorted(map(_subscription, row["subscriptions"])),
    }


def _user(row: Mapping[str, Any]) -> str:
    return repr([*(row.get(name) for name in USER), sorted(row["licenses"].items())])


def _subscription(row: Mapping[str, Any]) -> str:
    later = row.get("scheduledNextTermInstructions") or {}
    product = later.get("product") or {}
    instructed = [later.get("quantity"), product.get("termDuration"), product.get("billingCycle")]
    members = [*(row.get(name) for name in SUBSCRIPTION), instructed]
    return json.dumps(members, sort_keys=True)


def _names(world: Mapping[str, Any]) -> dict[str, str]:
    """What ids stand for: theirs differ from run to run, where requests came in another order."""
    names: dict[str, str] = {}
    for customer in world["customers"]:
        names[customer["id"].lower()] = customer["domain"].partition(".")[0]
        for user in customer["users"]:
            names[user["id"].lower()] = user["userPrincipalName"].partition("@")[0]
        for each in customer["subscriptions"]:
            names[each["id"].lower()] = each["friendlyName"]
    return names


def _effective(call: Mapping[str, Any]) -> bool:
    """Whether a call was a write that the service carried out: `after` and `half` are answers that
    were lost behind it, and so is one that a fault of the name TOOK made."""
    took = (call["status"] or 500) < 300 or call["cut"] in {"after", "half"}
    took = took or TOOK in call["faults"]
    return bool(call["write"] and took and not call["replayed"] and call["cut"] != "before")


def _shown(call: Mapping[str, Any], names: Mapping[str, str]) -> str:
    path = GUID.sub(lambda found: names.get(found.group().lower(), "-"), call["path"])
    return f"{call['method']} {path.partition('?')[0]}"


def live_passwords(calls: Iterable[Mapping[str, Any]], sent: Sequence[Sequence[str]]) -> list[str]:
    """The passwords of the accounts that were created: `sent` are those that left with each request
    id, in their order and each time; of these one had an effect."""
    by_id: dict[str, list[str]] = {}
    for request, _, password in sent:
        by_id.setdefault(request, []).append(password)
    mine = [call for call in calls if call["requestId"] in by_id]
    passwords = [by_id[call["requestId"]].pop(0) for call in mine]
    return [each for call, each in zip(mine, passwords, strict=True) if _effective(call)]


def told(expected: Result, found: Result) -> list[str]:
    """The differences, in words; none where all is as it should be. Who gets two licences may get
    them in two calls, where a plan in between saw only the one subscription."""
    lines: list[str] = []
    for domain in sorted({*expected.estate, *found.estate}):
        wanted, live = expected.estate.get(domain), found.estate.get(domain)
        if wanted != live:
            lines += _between(domain, wanted or {}, live or {})
    for write in sorted({*expected.writes, *found.writes}):
        times = found.writes[write], expected.writes[write]
        split = PEOPLE.match(write) and times[0] == times[1] + 1
        if times[0] != times[1] and not split:
            lines.append(f"{write}: {times[0]} times, wanted {times[1]}")
    return lines


def _between(domain: str, wanted: Mapping[str, Any], live: Mapping[str, Any]) -> Iterable[str]:
    for name in sorted({*wanted, *live}):
        if wanted.get(name) != live.get(name):
            yield f"{domain} {name}: {live.get(name)}, wanted {wanted.get(name)}"
