"""The doctor's rows as one JSON document, and as a table for people.

Owns both shapes. Pure: no clock, no terminal.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Sequence
from itertools import groupby
from typing import Any

from pcsync.cli.doctor_rows import Facts, Row, State
from pcsync.errors import Exit
from pcsync.plan.codec import stamp
from pcsync.report.layout import columns, flush, paragraph, wrap
from pcsync.report.shown import clean, count, instant

FORMAT = 1
LABEL = 20
ORDER = (State.OK, State.WARNING, State.FAILED, State.UNKNOWN)


def document(facts: Facts, rows: Sequence[Row]) -> dict[str, Any]:
    """The report for programs, versioned.

    `rows` (each `check`, `state`, `what` and, where there are, `customer` and `do`), `counts` by
    state, `exit`, and of whom and when it is.
    """
    counts = Counter(row.state for row in rows)
    return {
        "command": "doctor",
        "format": FORMAT,
        "time": stamp(facts.now.replace(microsecond=0)),
        "cloud": facts.cloud,
        "partnerTenant": facts.tenant,
        "rows": [_shape(row) for row in rows],
        "counts": {state.value: counts[state] for state in ORDER},
        "exit": int(exit_of(rows)),
    }


def exit_of(rows: Sequence[Row]) -> Exit:
    """1 where something failed; what is unknown or a warning stops nobody."""
    failed = any(row.state is State.FAILED for row in rows)
    return Exit.FAILED if failed else Exit.FINE


def _shape(row: Row) -> dict[str, str]:
    some = {"customer": row.customer, "do": row.do}
    told = {name: value for name, value in some.items() if value}
    return {"check": row.check, "state": row.state.value, "what": row.what, **told}


def human(facts: Facts, rows: Sequence[Row], width: int) -> str:
    """A table: state, check, what was found, and below it what to do."""
    whose = f"  partner {facts.tenant[:8]}…, {facts.cloud}" if facts.tenant else ""
    head = flush(f"Doctor{whose}", instant(facts.now), width)
    blocks = [head, _table([row for row in rows if not row.customer], width)]
    customers = [row for row in rows if row.customer]
    for name, mine in groupby(customers, lambda row: row.customer):
        blocks.append(_customer(str(clean(name)), list(mine), width))
    blocks.append([_summary(rows)])
    return "\n\n".join("\n".join(block) for block in blocks if block) + "\n"


def _customer(name: str, rows: list[Row], width: int) -> list[str]:
    """A customer without trouble takes one line."""
    if all(row.state is State.OK for row in rows):
        checks = ", ".join(row.check for row in rows)
        return paragraph(f"{'ok':<9}CUSTOMER {name}: {checks}", width, 11, hanging=True)
    return [f"CUSTOMER {name}"[:width], *_table(rows, width)]


def _table(rows: Sequence[Row], width: int) -> list[str]:
    return [line for row in rows for line in _lines(row, width)]


def _lines(row: Row, width: int) -> Iterator[str]:
    indent = 9 + LABEL + 1
    what = wrap(str(clean(row.what)), width - indent)
    do = wrap(str(clean(row.do)), width - indent - 3) if row.do else []
    label = row.check if columns(row.check) <= LABEL else row.check[:LABEL]
    yield f"{row.state:<9}{label:<{LABEL}} {what[0]}".rstrip()
    yield from (" " * indent + line for line in what[1:])
    yield from (" " * indent + ("   " if at else "-> ") + line for at, line in enumerate(do))


def _summary(rows: Sequence[Row]) -> str:
    counts = Counter(row.state for row in rows)
    told = ", ".join(f"{counts[state]:,} {state}" for state in ORDER if counts[state])
    return f"Doctor: {count(len(rows), 'check')}: {told}"
