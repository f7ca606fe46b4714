"""Comparing declared fields with live ones: only what a manifest mentions can differ.

Owns flattening and field-wise comparison. Must not import a kind or a stage.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from pcsync.model import Change
from pcsync.values import same


def flat(spec: Mapping[str, Any], prefix: str = "") -> dict[str, Any]:
    """Nested mappings as one with dotted names: ``{"billingProfile.email": ...}``."""
    found: dict[str, Any] = {}
    for key, value in spec.items():
        if isinstance(value, Mapping):
            found |= flat(value, f"{prefix}{key}.")
        else:
            found[f"{prefix}{key}"] = value
    return found


def nested(values: Mapping[str, Any]) -> dict[str, Any]:
    """The inverse of `flat`; members that are None are left out."""
    found: dict[str, Any] = {}
    for key, value in values.items():
        if value is None:
            continue
        *parents, last = key.split(".")
        inner = found
        for parent in parents:
            inner = inner.setdefault(parent, {})
        inner[last] = value
    return found


def differences(
    want: Mapping[str, Any],
    have: Mapping[str, Any],
    fields: Iterable[str],
    fold: frozenset[str] = frozenset(),
) -> tuple[Change, ...]:
    """The declared ones of `fields` whose live value is another, in the order of `fields`.

    Fields in `fold` hold enum words or ids: their case does not count. Everything else of a text
    does, underscores too: two people may differ by one.
    """
    return tuple(
        Change(field, have.get(field), want[field])
        for field in fields
        if field in want and not _alike(have.get(field), want[field], field in fold)
    )


def _alike(old: Any, new: Any, fold: bool) -> bool:
    if fold and isinstance(old, str) and isinstance(new, str):
        return old.lower() == new.lower()
    return same(old, new)


def creation(want: Mapping[str, Any], fields: Iterable[str]) -> tuple[Change, ...]:
    """The declared ones of `fields` as changes from nothing."""
    return tuple(
        Change(field, None, want[field]) for field in fields if want.get(field) is not None
    )
