"""The table of domain rules and the tests that hold them: `python -m tests.rules.table`.

Every case names its rules; tests in Python are named in `elsewhere.yaml`, and so is the reason of a
rule that needs no case. `docs/rules.md` is what this prints.
"""

from __future__ import annotations

import re
import sys
from collections import defaultdict
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import yaml

from pcsync.report.why import rules as says

ROOT = Path(__file__).resolve().parents[2]
TESTS = ROOT / "tests"
ELSEWHERE = Path(__file__).parent / "elsewhere.yaml"
ROWS = TESTS / "kinds" / "subscription" / "rows.yaml"
RULE = re.compile(r"[A-Z]{2}\d+")

GROUPS = {
    "ID": ("Identity and absence", 20),
    "RM": ("Removal", 14),
    "PE": ("People", 16),
    "LI": ("Licences", 18),
    "MO": ("Money", 18),
    "WI": ("Windows and renewals", 22),
    "PU": ("Purchase", 20),
    "PR": ("Partner of record and attestation", 7),
    "DE": ("Delegation and roles", 8),
    "AZ": ("Azure", 7),
    "LE": ("Legacy", 6),
    "SE": ("Security of the pipeline", 9),
    "RO": ("Rollout", 10),
}
HEAD = """# Rules and their cases

What pcsync has to be right about, by the numbers that plans, findings and code name, and the cases
that hold each of them. Written by `python -m tests.rules.table`; a test keeps it current.

A case is a world, a moment and manifests, with the expected plan, the exact calls and an empty
second plan: `tests/kinds/*/*.yaml` and `tests/plan/cases/*.yaml`. Other tests stand with their
file.
"""


@dataclass(frozen=True)
class Held:
    """What holds a rule: the names of cases by file, tests elsewhere, and a reason for what is not
    held by any."""

    cases: tuple[tuple[str, str], ...] = ()
    tests: tuple[str, ...] = ()
    reason: str = ""


def rules() -> list[str]:
    """The numbers of all rules, in the order of their groups."""
    return [f"{group}{n}" for group, (_, count) in GROUPS.items() for n in range(1, count + 1)]


def case_files() -> list[Path]:
    """The files that hold cases."""
    return sorted([*TESTS.glob("kinds/*/*.yaml"), *TESTS.glob("plan/cases/*.yaml")])


def cases() -> Iterator[tuple[str, str, list[str]]]:
    """File, name and rules of every case."""
    for path in case_files():
        found = yaml.load(path.read_text("utf-8"), yaml.CSafeLoader)
        for row in found.get("cases", ()) if isinstance(found, dict) else ():
            yield str(path.relative_to(TESTS)), row["name"], list(row.get("rules", ()))


def elsewhere() -> Mapping[str, Any]:
    """Rule -> tests in Python, or the reason why there are none."""
    found: Mapping[str, Any] = yaml.safe_load(ELSEWHERE.read_text("utf-8"))
    return found


def table() -> dict[str, Held]:
    """What holds each rule."""
    by_case: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file, name, numbers in cases():
        for number in numbers:
            by_case[number].append((file, name))
    found = {}
    for rule in rules():
        other = elsewhere().get(rule, {})
        tests = tuple(other.get("tests", ()))
        found[rule] = Held(tuple(by_case[rule]), tests, other.get("reason", ""))
    return found


def rows() -> Mapping[str, Mapping[str, Any]]:
    """Section of the commerce reference -> row -> case, or {reason}."""
    if not ROWS.exists():
        return {}
    found: Mapping[str, Mapping[str, Any]] = yaml.safe_load(ROWS.read_text("utf-8"))
    return found


def text() -> str:
    """The page."""
    held = table()
    lines = [HEAD]
    for group, (title, count) in GROUPS.items():
        lines += [f"## {group}: {title}", "", "| Rule | What it says | Held by |", "|--|--|--|"]
        for rule in (f"{group}{n}" for n in range(1, count + 1)):
            lines.append(f"| {rule} | {_cell(says()[rule])} | {_shown(held[rule])} |")
        lines.append("")
    for section, found in rows().items():
        lines += [
            f"## Rows of the commerce reference, {section}",
            "",
            "| Row | Held by |",
            "|--|--|",
        ]
        lines += [f"| {_cell(row)} | {_row(by)} |" for row, by in found.items()]
        lines.append("")
    return "\n".join(lines).rstrip() + "\n"


def _shown(held: Held) -> str:
    named = defaultdict(list)
    for file, name in held.cases:
        named[file].append(name)
    parts = [f"`{file}`: {_cell('; '.join(names))}" for file, names in named.items()]
    parts += [f"`{test}`" for test in held.tests]
    return "<br>".join([*parts, *([_cell(held.reason)] if held.reason else [])]) or "**nothing**"


def _row(by: Any) -> str:
    if isinstance(by, Mapping):
        return _cell(str(by["reason"]))
    return _cell("; ".join(by) if isinstance(by, list) else str(by))


def _cell(words: str) -> str:
    return words.replace("|", "\\|")


if __name__ == "__main__":
    sys.stdout.write(text())
