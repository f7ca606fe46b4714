"""What chaos came to: a table for people, JSON for programs. Pure."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import asdict
from typing import Any

from .ways import Verdict

HEAD = "way", "moment", "runs", "converged", "doubled", "lost secrets", "reported", "seconds"


def rows(verdicts: Sequence[Verdict]) -> list[list[Any]]:
    """A row for each way and kind of moment, lost answers among them, and one for all."""
    groups: dict[tuple[str, str], list[Verdict]] = {}
    for each in verdicts:
        groups.setdefault((each.way.value, each.what.point), []).append(each)
    lines = [[*key, *_counted(group)] for key, group in groups.items()]
    return [*lines, ["all", "", *_counted(verdicts)]]


def _counted(group: Sequence[Verdict]) -> list[Any]:
    return [
        len(group),
        sum(not each.wrong for each in group),
        sum(bool(each.doubled) for each in group),
        sum(bool(each.lost) for each in group),
        sum(bool(each.reported) for each in group),
        round(sum(each.seconds for each in group)),
    ]


def text(verdicts: Sequence[Verdict]) -> str:
    """The table, its columns as wide as they need to be."""
    lines = [list(map(str, row)) for row in (HEAD, *rows(verdicts))]
    wide = [max(len(line[column]) for line in lines) for column in range(len(HEAD))]
    shown = (
        "  ".join(
            cell.ljust(width) if number < 2 else cell.rjust(width)
            for number, (cell, width) in enumerate(zip(line, wide, strict=True))
        ).rstrip()
        for line in lines
    )
    return "\n".join(shown)


def document(verdicts: Sequence[Verdict]) -> Mapping[str, Any]:
    """All of it as data: the table, and every run that did not come out as it should."""
    names = [name.replace(" ", "_") for name in HEAD]
    return {
        "table": [dict(zip(names, row, strict=True)) for row in rows(verdicts)],
        "bad": [asdict(each) for each in verdicts if not each.fine],
    }
