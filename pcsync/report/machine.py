"""A document as JSON for programs.

Owns nothing but the choice of the plan file's writer. Pure; must not import a kind.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from pcsync.plan.codec import write


def render(document: Mapping[str, Any], width: int = 80, colour: bool = False) -> str:
    """The document as JSON with sorted members: the same bytes for the same data.

    `width` and `colour` are for people and change nothing here.
    """
    return write(document) + "\n"
