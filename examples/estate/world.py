"""Partner Center as it is for the 300 customers of this repository, as a world file on stdout.

python world.py > world.json
pcsync emulator serve --world world.json
"""

from __future__ import annotations

import json
import sys
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from uuid import NAMESPACE_DNS, uuid5

NOW = "2026-11-23T06:00:00Z"
PREMIUM, F3 = "CFQ7TTC0LCHC:0002", "CFQ7TTC0LH05:0001"
# Month of the renewal: customers, and their seats of Business Premium.
RENEWALS = {
    (2026, 12): (22, 512),
    (2027, 1): (19, 430),
    (2027, 2): (14, 301),
    (2027, 3): (17, 398),
    (2027, 4): (12, 260),
    (2027, 5): (15, 340),
    (2027, 6): (18, 421),
    (2027, 7): (16, 377),
    (2027, 8): (13, 288),
    (2027, 9): (14, 310),
    (2027, 10): (15, 352),
    (2027, 11): (14, 323),
}
FIRST = {(2026, 12): ("hofer", 1, 61), (2027, 1): ("aalto-print", 2, 25)}  # day and seats
WAVE_1 = 26  # seats in December of each of the two that go first
PROMOTED = {"lindner": 63, "moser": 21, "pavic": 9}  # a tenth less, as long as they pay monthly
UNREAD = ["falk", "orsini", "zander"]  # faults.jsonl has what is wrong with them
OWN = ["bergmann", "kowalska", "pichler"]  # they keep paying monthly: 14 with the named ones
BLOCKED = ["ahrens", "delta-bau", "ellinger", "novak-it", "zuidwest"]
SUSPENDED = ["tulip-media"]
POOLED = ["maas"]
# fmt: off
STEMS = [
    "adler", "bauer", "cerny", "dekker", "eder", "fiala", "gruber", "horak", "iversen", "jansen",
    "keller", "lange", "meier", "novotny", "olsen", "pavlik", "quist", "richter", "svoboda",
    "toth", "urban", "vogel", "weber", "ziegler", "brandt", "conrad", "dorn", "ernst", "falkner",
    "graf", "hauser", "jung", "kuhn", "lorenz", "marek", "nagel", "otto", "peeters", "roth",
    "sauer", "thoma", "ulrich", "voss", "wolf", "zeman", "berg", "dvorak", "engel", "frank",
    "gabriel",
]
# fmt: on
TRADES = ["bau", "it", "print", "media", "care", "cargo"]
MARKETS = ["DE", "AT", "NL", "CZ", "PL", "FI"]
PLACES = {"aalto-print": ("FI", 2), "bergmann": ("DE", 3), "maas": ("NL", 3)}
PROMOTION = "39NFJQT1PM6C:0005:39NFJQT1Q5L7"


@dataclass(frozen=True)
class Firm:
    """One customer: what its file says beside the blueprint, and what is live."""

    name: str
    kind: str
    market: str
    wave: int
    seats: int
    ends: date

    @property
    def domain(self) -> str:
        """Its default domain."""
        return f"{self.name.replace('-', '')}.onmicrosoft.com"


def firms() -> list[Firm]:
    """All customers by name: 189 to be scheduled, 14 with their own cycle, 5 in their renewal, 3
    with a promotion, 1 suspended, 3 of which nothing can be read, and those without the blueprint
    `office`."""
    names = _names()
    found = list(_scheduled(names))
    for kind, fixed, count in (
        ("own", OWN, 14),
        ("blocked", BLOCKED, 5),
        ("suspended", SUSPENDED, 1),
    ):
        for at in range(count):
            name = fixed[at] if at < len(fixed) else next(names)
            ends = date(2026, 11, 22) if kind == "blocked" else date(2027, 1 + at % 9, 10)
            found.append(_firm(name, kind, 42 if name == "bergmann" else 12 + at, ends))
    found += [_firm(name, "promoted", n, date(2026, 12, 14)) for name, n in PROMOTED.items()]
    found += [_firm(name, "unread", 12, date(2027, 2, 9)) for name in UNREAD]
    found += [_firm(name, "pooled", 23, date(2027, 5, 31)) for name in POOLED]
    while len(found) < 300:
        found.append(_firm(next(names), "frontline", 3 + len(found) % 7, date(2026, 12, 9)))
    return sorted(found, key=lambda firm: firm.name)


def _names() -> Iterator[str]:
    taken = {*OWN, *BLOCKED, *SUSPENDED, *POOLED, *PROMOTED, *UNREAD}
    taken |= {name for name, _, _ in FIRST.values()}
    for trade in TRADES:
        for stem in STEMS:
            if (name := f"{stem}-{trade}") not in taken:
                yield name


def _scheduled(names: Iterator[str]) -> Iterator[Firm]:
    """Seats of a month are shared out as evenly as they can be; two of each month go first."""
    for (year, month), (count, seats) in RENEWALS.items():
        if first := FIRST.get((year, month)):
            name, day, mine = first
            yield _firm(name, "office", mine, date(year, month, day) - timedelta(days=1))
            count, seats = count - 1, seats - mine
        shares = [seats // count + (1 if at < seats % count else 0) for at in range(count)]
        if month == 12:
            rest = seats - 2 * WAVE_1
            shares = [WAVE_1, WAVE_1, *([rest // (count - 2)] * (count - 2))]
        for at, share in enumerate(shares):
            ends = date(year, month, 3 + (at * 5) % 24) - timedelta(days=1)
            yield _firm(next(names), "office", share, ends, 1 if at < 2 else 0)


def _firm(name: str, kind: str, seats: int, ends: date, wave: int = 0) -> Firm:
    number = sum(map(ord, name))
    market, mine = PLACES.get(name, (MARKETS[number % 6], 2 + number % 2))
    return Firm(name, kind, market, wave or mine, seats, ends)


def world() -> dict[str, object]:
    """The words of a world file."""
    settings = {"renewalTime": "PT20H"}  # those of BLOCKED run since midnight
    promotion = {
        "id": PROMOTION,
        "name": "A tenth less by the month",
        "product": PREMIUM,
        "termDuration": "P1Y",
        "billingCycle": "monthly",
        "percent": 10,
        "startDate": "2025-10-01",
        "endDate": "2027-06-30",
        "isAutoApplicable": False,
    }
    return {
        "now": NOW,
        "settings": settings,
        "catalog": {"promotions": [promotion]},
        "customers": [_live(firm) for firm in firms()],
    }


def _live(firm: Firm) -> dict[str, object]:
    subscriptions = list(_subscriptions(firm))
    sku = "SPE_F1" if firm.kind == "frontline" else "SPB"
    people = 0 if firm.kind == "suspended" else firm.seats - 1
    if firm.kind == "frontline" or firm.name == "bergmann":
        people = firm.seats
    return {
        **({"id": str(uuid5(NAMESPACE_DNS, firm.domain))} if firm.kind == "unread" else {}),
        "domain": firm.domain,
        "companyName": firm.name.replace("-", " ").title(),
        "country": firm.market,
        "currency": "EUR",
        "subscriptions": subscriptions,
        "users": [
            {
                "userPrincipalName": f"p{number:03}@{firm.domain}",
                "displayName": f"Person {number}",
                "usageLocation": firm.market,
                "licenses": [sku],
            }
            for number in range(1, people + 1)
        ],
    }


def _subscriptions(firm: Firm) -> Iterator[dict[str, object]]:
    match firm.kind:
        case "frontline":
            yield _row("f3", F3, "P1M", "monthly", firm.seats, firm.ends)
        case "pooled":
            yield _row("core", PREMIUM, "P1Y", "annual", 20, firm.ends)
            yield _row("flex", PREMIUM, "P1M", "monthly", firm.seats - 20, date(2026, 12, 9))
        case kind:
            more = {"status": "suspended"} if kind == "suspended" else {}
            more |= {"promotionId": PROMOTION} if kind == "promoted" else {}
            yield {**_row("m365", PREMIUM, "P1Y", "monthly", firm.seats, firm.ends), **more}


def _row(
    name: str, product: str, term: str, cycle: str, seats: int, ends: date
) -> dict[str, object]:
    year = ends.year - (term == "P1Y")
    month = ends.month - (term == "P1M")
    begun = date(year, month or 12, ends.day) + timedelta(days=1)
    return {
        "product": product,
        "friendlyName": name,
        "termDuration": term,
        "billingCycle": cycle,
        "quantity": seats,
        "creationDate": f"{begun}T09:00:00Z",
        "effectiveStartDate": f"{begun}T00:00:00Z",
        "commitmentEndDate": f"{ends}T00:00:00Z",
    }


if __name__ == "__main__":
    json.dump(world(), sys.stdout, indent=1)
