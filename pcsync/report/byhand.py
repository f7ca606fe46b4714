"""The section BEFORE YOU MERGE: a check list of work that the API can't do.

Owns which findings are such work, and that a ticked line says who did it. Pure; must not import a
stage but what `plan` says of acknowledgements, or a kind.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Sequence
from datetime import date

from pcsync.model import Finding
from pcsync.plan.acknowledge import CODE, NEEDS_A_PERSON
from pcsync.report.layout import chop, rows

BY_HAND = "by-hand"
HEAD = "BEFORE YOU MERGE   pcsync can't do these; they are not in Partner Center"
MOST_NAMES = 3
# What the word of a person for each of these says.
DONE = {
    "mailbox-will-be-lost": "mailbox is shared, under 50 GB, no hold; or it may go",
    "deletes-role-holder": "may be deleted with its roles",
}
ACCEPTED = re.compile(r"accepted by (?P<by>.+) on (?P<on>\d{4}-\d\d-\d\d), until .+")


def by_hand(found: Sequence[Finding], width: int) -> list[str]:
    """The section: what somebody took note of is ticked; the same work of several stands once."""
    mine = [finding for finding in found if is_by_hand(finding)]
    if not mine:
        return []
    several = len({finding.address.root for finding in mine if finding.address}) > 1
    people = _names(mine, several)
    told = [(f"[x] {_who([f], several, people)}", _done(f)) for f in mine if f.code == CODE]
    told += [(f"[ ] {_who(same, several, people)}", text) for text, same in _open(mine)]
    return [*chop(HEAD, width, 4), *rows(told, width, 2)]


def is_by_hand(finding: Finding) -> bool:
    """Whether a finding stands in the check list and not among the findings."""
    return finding.code == BY_HAND or taken_note_of(finding)


def taken_note_of(finding: Finding) -> bool:
    """Whether it is something grave that a person took upon them."""
    return finding.code == CODE and finding.what.partition(":")[0] in NEEDS_A_PERSON


def _done(finding: Finding) -> str:
    """What somebody vouches for, who it is, and since when."""
    code = finding.what.partition(":")[0]
    if found := ACCEPTED.fullmatch(finding.advice):
        day = date.fromisoformat(found["on"])
        return f"{DONE.get(code, code)} ({found['by']}, {day.day} {day:%b})"
    return f"{code}, {finding.advice}"


def _open(mine: Sequence[Finding]) -> Iterator[tuple[str, list[Finding]]]:
    same: dict[str, list[Finding]] = {}
    for finding in mine:
        if finding.code == BY_HAND:
            for text in finding.what.split("; "):
                same.setdefault(text, []).append(finding)
    yield from same.items()


def _who(found: Sequence[Finding], several: bool, people: Sequence[str]) -> str:
    """The people of some findings by name; `both` or `all` where it is all of the list."""
    names = _names(found, several)
    if 1 < len(names) == len(people):
        return "both" if len(names) == 2 else f"all {len(names):,}"
    return ", ".join(names) if len(names) < MOST_NAMES else f"{len(names):,} people"


def _names(found: Sequence[Finding], several: bool) -> list[str]:
    """The people, each once, with the customer's name where there are several customers."""
    names = (
        "/".join(finding.address.path[0 if several else 1 : 2]) or finding.address.root
        for finding in found
        if finding.address
    )
    return list(dict.fromkeys(names))
