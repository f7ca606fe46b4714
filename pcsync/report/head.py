"""The first two lines of a report: what it is and of when; partner, cloud, base, coverage.

Owns how ids are shortened. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime

from pcsync.model import Address
from pcsync.report.layout import flush, paragraph
from pcsync.report.shown import count, instant

SHORT = 6
NEWEST = "2026-05"
COMMIT = re.compile(r"\b([0-9a-f]{7})[0-9a-f]{5,}\b")
GUID = re.compile(r"\b([0-9a-f]{8})-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}\b")


def title(what: str, scope: str, time: datetime, width: int) -> list[str]:
    """``Plan 7d0f3a  contoso``, with the time at the right edge."""
    return flush(f"{what}  {scope}", instant(time), width)


def scope(customers: Sequence[str]) -> str:
    """The customer's name, or how many there are."""
    return customers[0] if len(customers) == 1 else count(len(customers), "customer")


def origin(partner: str, cloud: str, base: str | None, coverage: str, width: int) -> list[str]:
    """Partner, cloud, base and coverage in one line, or wrapped. Ids and commits are shortened."""
    who = GUID.sub(r"\1…", partner)
    since = "Base " + COMMIT.sub(r"\1", base) if base else "No base"
    return paragraph(f"Partner {who}, {cloud}. {since}. {coverage}", width, indent=0)


def rules(contract: str) -> str:
    """`` Rules of 2023-10.`` where a plan follows others than those of today (rule RO9)."""
    return f" Rules of {contract}." if contract not in {"", NEWEST} else ""


def wave(labels: Mapping[str, str], left_out: int) -> str:
    """What a wave leaves out: `` Only wave=1: 276 customers left out.`` Nothing without labels."""
    if not labels:
        return ""
    named = ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))
    return f" Only {named}: {count(left_out, 'customer')} left out."


def covered(
    customers: Sequence[str], unknown: Sequence[Address], missed: Iterable[str] = ()
) -> tuple[list[str], str]:
    """The customers of a report, sorted, and how many of them were read: ``297 of 300 …``.

    A customer that is unknown itself, not only something below it, was not read; `missed` are those
    of which all below it is unknown.
    """
    unread = {address.root for address in unknown if len(address.path) == 1}.union(missed)
    names = sorted(unread.union(customers))
    read = len(names) - len(unread)
    who = "" if len(names) > 1 else " customers"  # the title says of what there are several
    return names, f"{read:,} of {len(names):,}{who} read."
