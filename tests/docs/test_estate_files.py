"""The customer files of `examples/estate` are those that `tests/docs/estate.py` writes."""

from __future__ import annotations

from pathlib import Path

from tests.docs.estate import ESTATE, files, world_module


def on_disk() -> dict[Path, str]:
    return {path: path.read_text("utf-8") for path in (ESTATE / "customers").rglob("*.yaml")}


def test_the_files_are_those_that_are_written() -> None:
    assert on_disk() == files(), "run `python -m tests.docs.estate`"


def test_there_are_as_many_as_the_page_says() -> None:
    kinds = [firm.kind for firm in world_module().firms()]
    assert len(kinds) == 300
    assert {kind: kinds.count(kind) for kind in set(kinds)} == {
        "office": 189,
        "own": 14,
        "blocked": 5,
        "suspended": 1,
        "pooled": 1,
        "promoted": 3,
        "unread": 3,
        "frontline": 84,
    }
