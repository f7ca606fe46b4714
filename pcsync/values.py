"""Ids, enums, dates and texts in one form, before anything is compared (conventions.md, trap 8).

Owns normalisation. Pure; must not import anything else of pcsync.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID

HEX = "[0-9a-fA-F]"
GUID = re.compile(f"{HEX}{{8}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{4}}-{HEX}{{12}}")


def guid(text: str) -> str:
    """A GUID in lower case with hyphens; other text in lower case as it is."""
    if GUID.fullmatch(text):
        return text.lower()
    return str(UUID(text)) if is_guid(text) else text.lower()


def is_guid(text: str) -> bool:
    """Whether a text is a GUID, in any of its usual forms."""
    try:
        UUID(text)
    except ValueError:
        return False
    return True


def word(text: str | None) -> str:
    """An enum value without case and underscores: ``one_time`` and ``OneTime`` are one word."""
    return (text or "").replace("_", "").lower()


def text(value: str | None) -> str | None:
    """Text as it is; absent, null and empty are one: None."""
    return value or None


def moment(value: str | None) -> datetime | None:
    """An API date as aware UTC: 0 to 7 fraction digits, with or without zone; None if unset."""
    if not value or value.startswith("0001-01-01"):
        return None
    head, dot, tail = value.partition(".")
    if dot:
        digits = len(tail) - len(tail.lstrip("0123456789"))
        value = f"{head}.{tail[:digits][:6].ljust(6, '0')}{tail[digits:]}"
    found = datetime.fromisoformat(value.replace("Z", "+00:00"))
    return found.astimezone(UTC) if found.tzinfo else found.replace(tzinfo=UTC)


def amount(value: Any) -> Decimal | None:
    """A sum of money or count as a Decimal without trailing zeros; None stays None."""
    if value is None:
        return None
    found = Decimal(str(value))
    return found.quantize(Decimal(1)) if found == found.to_integral() else found.normalize()


def absent(value: Any) -> bool:
    """Whether nothing is there: null, empty text and empty list are one with a missing member."""
    return value is None or (isinstance(value, (str, list, tuple, Mapping)) and not value)


def same(old: Any, new: Any, *, fold: bool = False) -> bool:
    """Whether two values are one: absent as in `absent`, numbers by value, lists by content.

    With `fold`, texts are enum words or ids and compare without case. Of a mapping only the
    members that `new` names are compared: the service may add its own.
    """
    if absent(old) or absent(new):
        return absent(old) and absent(new)
    match old, new:
        case bool(), _:
            return old is new
        case _, bool():
            return False
        case (int() | float() | Decimal(), int() | float() | Decimal()):
            return Decimal(str(old)) == Decimal(str(new))
        case str(), str():
            return old == new or (fold and word(old) == word(new))
        case (list() | tuple(), list() | tuple()):
            return len(old) == len(new) and all(
                same(a, b, fold=fold) for a, b in zip(old, new, strict=True)
            )
        case Mapping(), Mapping():
            return all(same(old.get(key), value, fold=fold) for key, value in new.items())
        case _:
            return bool(old == new)
