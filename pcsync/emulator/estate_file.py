"""A made-up estate as a world file or as a state file, without holding its text in memory.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from pcsync.emulator import estate
from pcsync.emulator.estate import Size
from pcsync.emulator.kept import Kept
from pcsync.emulator.section import Section
from pcsync.emulator.seed_customers import CUSTOMER_WORDS, add_customer
from pcsync.emulator.state_file import StateFile
from pcsync.emulator.world import World
from pcsync.emulator.worldfile import build


def write_world(path: Path, size: Size) -> None:
    """Write a world file, JSON if its name ends so, else YAML; it is there whole or not at all."""
    lines = _as_json(size) if path.suffix == ".json" else _as_yaml(size)
    partial = path.with_name(f".{path.name}.{os.getpid()}")
    try:
        with partial.open("w", encoding="utf-8") as out:
            out.writelines(f"{line}\n" for line in lines)
        partial.replace(path)
    finally:
        partial.unlink(missing_ok=True)


def write_state(file: StateFile, size: Size) -> None:
    """Begin a state file with the estate. StateError if it cannot be written."""
    world = build(estate.head(size))
    first = {**estate.head(size), "customers": _added(world, estate.customers(size))}
    file.begin(Kept(world), first)


def _added(world: World, rows: Iterable[dict[str, Any]]) -> Iterator[dict[str, Any]]:
    """The same customers; each is in the world when it has gone by."""
    for number, row in enumerate(rows):
        add_customer(world, Section(row, f"world.customers[{number}]", CUSTOMER_WORDS))
        yield row


def _json(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False)


def _as_json(size: Size) -> Iterator[str]:
    yield "{"
    for name, value in estate.head(size).items():
        yield f"{_json(name)}: {_json(value)},"
    yield '"customers": ['
    for number, row in enumerate(estate.customers(size), 1):
        yield _json(row) + ("," if number < size.customers else "")
    yield "]}"


def _as_yaml(size: Size) -> Iterator[str]:
    """Every line holds a plain value, a text in quotes or a flow mapping, so JSON's words do."""
    for name, value in estate.head(size).items():
        yield f"{name}: {_json(value)}"
    yield "customers:" if size.customers else "customers: []"
    for row in estate.customers(size):
        dash = "- "
        for name, value in row.items():
            yield from _member(dash, name, value)
            dash = "  "


def _member(dash: str, name: str, value: Any) -> Iterator[str]:
    """One member of a customer; a list has a line for each entry."""
    if not isinstance(value, list) or not value:
        yield f"{dash}{name}: {_json(value)}"
        return
    yield f"{dash}{name}:"
    for entry in value:
        yield f"    - {_json(entry)}"
