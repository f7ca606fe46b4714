"""Ids, enums, dates and texts in one form, before anything is compared (conventions.md, trap 8).

Owns normalisation. Pure; must not import anything else of pcsync.
"""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from typing import Any
from uuid import UUID


def guid(text: str) -> str:
    """A GUID in lower case with hyphens; other text in lower case as it is."""
    try:
        return str(UUID(text))
    except ValueError:
        return text.lower()


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


def same(old: Any, new: Any, *, fold: bool = False) -> bool:
    """Whether two values are one: absent = null = empty text, numbers by value, lists by content.

    With `fold`, texts are enum words or ids and compare without case.
    """
    if old in (None, "") or new in (None, ""):
        return (old or None) is None and (new or None) is None if old != 0 and new != 0 else False
    if isinstance(old, bool) or isinstance(new, bool):
        return old is new
    if isinstance(old, (int, float, Decimal)) and isinstance(new, (int, float, Decimal)):
        return Decimal(str(old)) == Decimal(str(new))
    if isinstance(old, str) and isinstance(new, str):
        return word(old) == word(new) if fold else old == new
    if isinstance(old, (list, tuple)) and isinstance(new, (list, tuple)):
        return len(old) == len(new) and all(
            same(a, b, fold=fold) for a, b in zip(old, new, strict=True)
        )
    return bool(old == new)
