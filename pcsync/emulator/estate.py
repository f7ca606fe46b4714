"""Made-up estates of any size, in the words of a world file; the same seed gives the same estate.

Owns how many of what; names are in estate_names. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import timedelta
from random import Random
from typing import Any

from pcsync.emulator import skus, stock, times
from pcsync.emulator.estate_names import BRANDS, FAMILY, GIVEN, PLACES, TRADES
from pcsync.emulator.world import DEFAULT_NOW

Row = dict[str, Any]

WITHOUT_DELEGATION, WITH_BUDGET = 0.03, 0.3
SUSPENDED, EXPIRED = 0.04, 0.03
LICENSED, SECOND_LICENSE, ADMINISTRATOR = 0.9, 0.2, 0.05
AUTO_RENEWED, RENAMED = 0.85, 0.15
ROLES = ("Global Administrator", "Helpdesk Administrator", "User Account Administrator")


@dataclass(frozen=True)
class Size:
    """How big the estate is, and which one of that size."""

    customers: int
    users: int
    subscriptions: int
    seed: int = 1


def head(size: Size) -> Row:
    """The world around the customers."""
    return {"seed": size.seed, "now": times.show(DEFAULT_NOW)}


def customers(size: Size) -> Iterator[Row]:
    """The customers one by one, each the same whatever the number of others."""
    for number in range(1, size.customers + 1):
        yield _customer(size, number)


def _customer(size: Size, number: int) -> Row:
    dice = Random(f"{size.seed} {number}")
    brand = dice.choice(BRANDS)
    domain = f"{brand}{number}.onmicrosoft.com"
    country, city, postal_code = dice.choice(PLACES)
    row: Row = {
        "domain": domain,
        "companyName": f"{brand.title()} {dice.choice(TRADES)} {number}",
        "country": country,
        "billingProfile": {"defaultAddress": _address(dice, country, city, postal_code)},
    }
    if dice.random() < WITHOUT_DELEGATION:
        row["delegation"] = False
    azure = dice.random() < WITH_BUDGET
    if azure:
        budget = dice.randrange(500, 20_000, 500)
        row |= {"budget": budget, "spend": dice.randrange(budget)}
    subscriptions = [_subscription(dice, size) for _ in range(size.subscriptions - azure)]
    plan = [{"product": stock.AZURE_PLAN}] if azure and size.subscriptions else []
    row["users"] = _users(dice, size, domain, country, _seats(subscriptions))
    row["subscriptions"] = subscriptions + plan
    return row


def _address(dice: Random, country: str, city: str, postal_code: str) -> Row:
    return {
        "country": country,
        "city": city,
        "postalCode": postal_code,
        "addressLine1": f"{dice.randint(1, 99)} Market Street",
        "firstName": dice.choice(GIVEN),
        "lastName": dice.choice(FAMILY),
        "phoneNumber": f"55501{dice.randint(0, 99):02}",
    }


def _products() -> list[stock.Item]:
    return [item for item in stock.items().values() if not item.azure]


def _subscription(dice: Random, size: Size) -> Row:
    item = dice.choice(_products())
    term = dice.choice(item.terms)
    most = min(item.maximum, size.users + 5)
    least = min(most, max(item.least(term.duration, term.cycle), size.users // 2))
    row: Row = {
        "product": item.key,
        "termDuration": term.duration,
        "billingCycle": term.cycle,
        "quantity": dice.randint(least, max(least, most)),
        "creationDate": times.show(DEFAULT_NOW - timedelta(hours=dice.randint(1, 20_000))),
    }
    if dice.random() < RENAMED:
        row["friendlyName"] = f"{item.title} ({dice.choice(TRADES)})"
    fate = dice.random()
    if fate < SUSPENDED:
        row |= {"status": "suspended", "suspensionReasons": ["Partner"]}
    elif fate < SUSPENDED + EXPIRED:
        row |= _ended(dice, term)
    elif dice.random() > AUTO_RENEWED:
        row["autoRenewEnabled"] = False
    return row


def _ended(dice: Random, term: stock.Term) -> Row:
    """Expired within the last three weeks, so still in the grace period."""
    ended = DEFAULT_NOW - timedelta(days=dice.randint(1, 21))
    began = times.add_months(ended, -times.months(term.duration))
    return {"status": "expired", "creationDate": times.show(began), "autoRenewEnabled": False}


def _seats(subscriptions: list[Row]) -> Counter[str]:
    """Seats that can be given to people, by licence."""
    seats: Counter[str] = Counter()
    for row in subscriptions:
        if row.get("status") != "suspended":
            seats[_license(stock.items()[row["product"]])] += row["quantity"]
    return seats


def _license(item: stock.Item) -> str:
    """The licence's part number, or its id where two licences share the number."""
    sku = skus.directory_skus()[item.directory_sku]
    return sku.part_number if skus.find(sku.part_number) is sku else sku.id


def _users(dice: Random, size: Size, domain: str, country: str, seats: Counter[str]) -> list[Row]:
    return [_user(dice, number, domain, country, seats) for number in range(1, size.users + 1)]


def _user(dice: Random, number: int, domain: str, country: str, seats: Counter[str]) -> Row:
    given, family = dice.choice(GIVEN), dice.choice(FAMILY)
    row: Row = {
        "userPrincipalName": f"{given}.{family}{number}@{domain}".lower(),
        "displayName": f"{given} {family}",
        "firstName": given,
        "lastName": family,
        "usageLocation": country,
    }
    if number == 1 or dice.random() < ADMINISTRATOR:
        row["roles"] = [ROLES[0] if number == 1 else dice.choice(ROLES[1:])]
    free = [sku for sku, left in seats.items() if left > 0]
    if free and dice.random() < LICENSED:
        wanted = 2 if dice.random() < SECOND_LICENSE else 1
        row["licenses"] = dice.sample(free, min(wanted, len(free)))
        seats.subtract(row["licenses"])
    return row
