"""Runs with a journal that can be killed at any moment, as if the process had ended there."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from apply_desk import Desk

from pcsync.apply import Engine, FileSink, Hook, Journal, NullJournal, Passwords, Session
from pcsync.apply.journal import nobody
from pcsync.apply.ledger import Ledger
from pcsync.apply.record import Record
from pcsync.cli.again import check, settled
from pcsync.cli.connect import connect
from pcsync.cli.progress import Bar
from pcsync.model import Applied, Plan
from pcsync.plan.file import dump, load
from pcsync.report.exits import exit_of


@contextmanager
def ledger(desk: Desk) -> Iterator[Ledger]:
    """The journal of a desk, opened as a new process would."""
    opened = Ledger(desk.folder / "journal.db")
    try:
        yield opened
    finally:
        opened.close()


def reloaded(plan: Plan) -> Plan:
    """The plan as it is read from its file."""
    return load(dump(plan), "plan.json")


def run(
    desk: Desk,
    plan: Plan,
    hook: Hook = nobody,
    *,
    journal: bool = True,
    saved: bool = False,
    partial: bool = False,
) -> Applied:
    """Carries a plan out as a process of its own. Raises Killed where the hook kills it."""
    with ledger(desk) as opened, connect(desk.settings, writable=True) as connection:
        record = Record(opened, plan, dump(plan), connection.clock.now) if journal else None
        sink = FileSink(desk.folder / "secrets.jsonl", connection.clock.now)
        known = dict(record.kept) if record else {}
        session = Session(
            connection.client,
            connection.clock,
            sink,
            Passwords(sink, {}),
            plan.id,
            known,
            journal=record or NullJournal(),
            hook=hook,
        )
        given = {}
        if saved:
            found = check(plan, desk.settings, connection)
            known.update({f"{address}#id": each for address, each in found.ids.items()})
            given = dict(settled(plan, found, _journal(record), partial))
        if record:
            record.begin()
        engine = Engine(plan, session, Bar("applying", 0), parallel=2, settled=given)
        engine.run()
        applied = engine.applied(connection.writes, connection.reads)
        if record:
            record.end(applied, exit_of(applied))
        return applied


def _journal(record: Record | None) -> Journal:
    return record or NullJournal()
