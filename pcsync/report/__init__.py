"""What people and programs read of a command: its JSON document, rendered.

Owns the table of formats. Pure; must not import a stage but the plan's codec, or a kind.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any

from pcsync.report import human, machine

RENDER: dict[str, Callable[..., str]] = {"human": human.render, "json": machine.render}


def render(
    document: Mapping[str, Any], how: str = "human", width: int = 80, colour: bool = False
) -> str:
    """The document as text in the format `how`: a key of `RENDER`, else KeyError."""
    return RENDER[how](document, width=width, colour=colour)
