"""The settings about callers: limits, MFA, refresh tokens, client assertions.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from typing import Any

from pcsync.emulator import limits
from pcsync.emulator.section import Section
from pcsync.emulator.settings import NONE

CALLER_WORDS = (
    "limits",
    "mfaAnswer",
    "refreshLifetime",
    "refreshRotates",
    "refreshReuse",
    "assertionClock",
    "assertionReplay",
)


def caller_settings(row: Section) -> dict[str, Any]:
    """The members of Settings that these words stand for."""
    return {
        "limits": _limits(row),
        "mfa_answer": row.word("mfaAnswer", "header", ("header", "body", "both")),
        "refresh_lifetime": row.span("refreshLifetime", NONE) or None,
        "refresh_rotates": row.flag("refreshRotates", True),
        "refresh_reuse": row.flag("refreshReuse", True),
        "assertion_clock": row.word("assertionClock", "machine", ("machine", "emulator")),
        "assertion_replay": row.flag("assertionReplay", True),
    }


def _limits(row: Section) -> tuple[limits.Limit, ...]:
    try:
        return limits.parse(row.raw("limits", "off"))
    except ValueError as wrong:
        row.fail("limits", str(wrong))
