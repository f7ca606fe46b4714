"""Which seats a catalogue item gives: `productId:skuId` -> the SKU that people hold.

Owns the shipped table (`products.json`). No page of the service maps the two (customers.md 1).
Pure; must not import another kind.
"""

from __future__ import annotations

import json
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any


@cache
def table() -> Mapping[str, Mapping[str, Any]]:
    """`productId:skuId` -> `pool` (SKU GUID), `partNumber`, `title`."""
    text = files(__package__).joinpath("products.json").read_text("utf-8")
    found: Mapping[str, Mapping[str, Any]] = json.loads(text)["products"]
    return found


def pool(product: str) -> str:
    """The pool of seats a product fills; `product:...` where the table does not know it."""
    row = table().get(product)
    return str(row["pool"]) if row else f"product:{product}"


def title(product: str) -> str:
    """The product's name; empty where the table does not know it."""
    row = table().get(product)
    return str(row["title"]) if row else ""
