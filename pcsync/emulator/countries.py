"""What the service knows about countries: cultures, currency, states, postal codes, numbers.

From create-a-customer.md and get-market-specific-validation-data.md. Imports nothing of pcsync
outside the emulator.
"""

from __future__ import annotations

import json
from functools import cache
from importlib.resources import files
from typing import Any

REGISTERED = frozenset(
    ("AE", "AM", "AZ", "BR", "BY", "HU", "IN", "IQ", "KG", "KZ", "MD", "MM")
) | frozenset(("PL", "RU", "SA", "SS", "TH", "TJ", "TR", "UA", "UZ", "VE", "VN", "ZA"))
"""Countries where registration number and phone number are required."""

NUMBER_PATTERNS = {"BY": r"^\d{9}$"}
"""Documented forms of the registration number; other countries take any text."""


@cache
def countries() -> dict[str, dict[str, Any]]:
    """The known countries by ISO code."""
    text = files("pcsync.emulator").joinpath("data/countries.json").read_text("utf-8")
    return {row["iso2"]: row for row in json.loads(text)}


def currency(country: str) -> str:
    """The billing currency of customers in that country; USD where nothing is known."""
    row = countries().get(country.upper())
    return str(row["currency"]) if row else "USD"
