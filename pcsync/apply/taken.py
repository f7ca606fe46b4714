"""What earlier runs took away, by the journal (domain rule LI3).

Owns which removals stand: those that were done and that no later run has taken back by creating
the same again. Must not import a kind or the terminal.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from datetime import datetime

from pcsync.apply.ledger import Ledger, told
from pcsync.model import Address, Verb

PLANS = "SELECT id FROM plans WHERE cloud = ? AND partner = ? AND instr(text, ?)"
STEPS = "SELECT json_extract(text, '$.steps') AS steps FROM plans WHERE id = ?"
DONE = """
SELECT step, at, max(rowid) AS number FROM results
WHERE plan = ? AND outcome = 'done' GROUP BY step
"""
Done = tuple[int, str, str, Verb]


def taken_away(ledger: Ledger, cloud: str, partner: str) -> dict[Address, datetime]:
    """When each address was last removed by a run for this partner, if nothing was created there
    since. Times are aware UTC. Raises JournalError."""
    removing = _plans(ledger, cloud, partner, Verb.DELETE)
    if not removing:
        return {}
    plans = removing | _plans(ledger, cloud, partner, Verb.CREATE)
    found: dict[Address, datetime] = {}
    for _, at, address, verb in sorted(each for plan in plans for each in _done(ledger, plan)):
        if verb is Verb.DELETE:
            found[Address.parse(address)] = told(at)
        else:
            found.pop(Address.parse(address), None)
    return found


def _plans(ledger: Ledger, cloud: str, partner: str, verb: Verb) -> set[str]:
    """The plans that have an action of this verb: few plans remove anything."""
    return {row["id"] for row in ledger.rows(PLANS, cloud, partner, f':{verb}"')}


def _done(ledger: Ledger, plan: str) -> Iterator[Done]:
    """What was created or removed by the steps of a plan that are done: the number of the result,
    which tells their order, when, where, and what."""
    plans = ledger.rows(STEPS, plan)
    covers = {step["id"]: step["covers"] for row in plans for step in json.loads(row["steps"])}
    for row in ledger.rows(DONE, plan):
        for action in covers.get(row["step"], ()):
            address, _, verb = action.rpartition(":")
            if verb in {Verb.CREATE, Verb.DELETE}:
                yield row["number"], row["at"], address, Verb(verb)
