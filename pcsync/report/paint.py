"""Colour for a terminal, laid over finished lines: it repeats what a sign or a word says already.

Owns the ANSI codes. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

import re

RESET = "\x1b[0m"
BOLD, RED, GREEN, YELLOW, BLUE, CYAN = (f"\x1b[{code}m" for code in (1, 31, 32, 33, 34, 36))
RULES: tuple[tuple[re.Pattern[str], str], ...] = (
    (re.compile(r"! NO WAY BACK"), BOLD + RED),
    (re.compile(r"  REFUSED\b"), BOLD + RED),
    (re.compile(r"  error\b"), RED),
    (re.compile(r"  warning\b"), YELLOW),
    (re.compile(r"\+ "), GREEN),
    (re.compile(r"~ "), YELLOW),
    (re.compile(r"- "), RED),
    (re.compile(r"> "), CYAN),
    (re.compile(r"# "), BLUE),
    (re.compile(r"\? "), CYAN),
    (re.compile(r"[A-Z]{3,}( [A-Z]+)*\b"), BOLD),
    (re.compile(r"(Plan|Drift|Apply|Applied|No (changes|drift))\b"), BOLD),
)


def paint(line: str) -> str:
    """The line with its sign, title or severity in colour; the text stays what it is."""
    for rule, code in RULES:
        if found := rule.match(line):
            return f"{code}{found[0]}{RESET}{line[found.end() :]}"
    return line
