"""`limits` of the settings: what one run may do, and what holds without any setting.

Owns the typed form of manifest-reference 11.2 (domain rule RO1). Must not import yaml, jsonschema
or click.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from functools import cache
from typing import Any

from pcsync.manifests.files import SETTINGS
from pcsync.manifests.spec import data
from pcsync.model import NOTHING, Limit, Limits

PER_CUSTOMER = "perCustomer"


@cache
def shipped() -> Limits:
    """The limits of a project that sets none: the defaults of the schema."""
    known = data("project.schema.json")["properties"]["limits"]["properties"]
    run = {
        name: _limit(each["default"], shipped=True)
        for name, each in known.items()
        if "default" in each
    }
    return Limits(run, source=SETTINGS)


def limits_of(value: Mapping[str, Any]) -> Limits:
    """The limits as they are written; a measure that is not named keeps its default."""
    run = {name: _limit(each) for name, each in value.items() if name != PER_CUSTOMER}
    customer = value.get(PER_CUSTOMER, NOTHING)
    return Limits(
        {**shipped().run, **run},
        {name: _limit(each) for name, each in customer.items()},
        SETTINGS,
    )


def _limit(value: str | int | Decimal, *, shipped: bool = False) -> Limit:
    text = str(value)
    return Limit(Decimal(text.removesuffix("%")), text.endswith("%"), shipped)
