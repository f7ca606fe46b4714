"""Estates of any size: manifests, and the world in which they are already true."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import yaml

USERS, SEATS = 5, 8
M365, MAIL = ("CFQ7TTC0LCHC:0002", "SPB"), ("CFQ7TTC0LH16:0001", "EXCHANGESTANDARD")


def domain(number: int) -> str:
    """The domain of customer `number`."""
    return f"contoso{number:05}.onmicrosoft.com"


def upn(number: int, person: int) -> str:
    """The sign-in name of a person."""
    return f"p{person}@{domain(number)}"


def manifest(number: int) -> dict[str, Any]:
    """A customer with people, licences, two subscriptions and a budget."""
    return {
        "apiVersion": "pcsync/v1",
        "kind": "Customer",
        "metadata": {"name": f"c{number:05}"},
        "spec": {
            "domain": domain(number),
            "subscriptions": [_subscription("m365", M365), _subscription("mail", MAIL)],
            "users": [
                {
                    "userPrincipalName": upn(number, person),
                    "displayName": f"Person {person}",
                    "lifecycle": "existing",
                    "licenses": ["m365"],
                }
                for person in range(USERS)
            ],
            "budget": {"amount": 100 + number},
        },
    }


def _subscription(name: str, product: tuple[str, str]) -> dict[str, Any]:
    return {
        "name": name,
        "product": product[0],
        "termDuration": "P1Y",
        "billingCycle": "monthly",
        "quantity": SEATS,
        "endOfTerm": "renew",
    }


def live(number: int) -> dict[str, Any]:
    """The same customer as the emulator's seed has it."""
    sold = {"termDuration": "P1Y", "billingCycle": "monthly", "quantity": SEATS}
    return {
        "domain": domain(number),
        "azure": True,
        "budget": 100 + number,
        "subscriptions": [
            {"product": M365[0], "friendlyName": "m365", **sold},
            {"product": MAIL[0], "friendlyName": "mail", **sold},
        ],
        "users": [
            {
                "userPrincipalName": upn(number, person),
                "displayName": f"Person {person}",
                "usageLocation": "DE",
                "licenses": [M365[1]],
            }
            for person in range(USERS)
        ],
    }


def write(folder: Path, customers: int) -> int:
    """Writes the manifests, a file per customer; returns the number of resources."""
    for number in range(customers):
        text = yaml.safe_dump(manifest(number), sort_keys=False)
        (folder / f"c{number:05}.yaml").write_text(text, "utf-8")
    return customers * (1 + 2 + 2 * USERS + 1)


def world(customers: int) -> dict[str, Any]:
    """The seed of the whole estate."""
    return {"customers": [live(number) for number in range(customers)]}
