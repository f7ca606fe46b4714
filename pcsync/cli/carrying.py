"""Carrying out a plan: the engine with all that it needs, its journal, and its report.

Owns the wiring of apply. The report and the end of the run are written whatever happens.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import timedelta
from typing import TYPE_CHECKING

from pcsync.cli.running import Running, refuse_rest
from pcsync.model import NOTHING

if TYPE_CHECKING:
    from pcsync.apply import Session
    from pcsync.apply.ledger import Ledger
    from pcsync.apply.record import Record
    from pcsync.cli.connect import Connection
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.model import Applied, Plan, StepResult

# A plan that is younger than this was made by the same command and is not looked at again.
FRESH = timedelta(minutes=10)


@dataclass(frozen=True)
class Carrying:
    """How a plan is carried out: with which journal, whether it is `saved` (then it is looked at up
    front whether it still holds), and whether one customer that is stale stops the others, too.
    `running` are the options of the run, `watch` is told of requests."""

    ledger: Ledger | None = None
    saved: bool = False
    partial: bool = False
    running: Running = field(default_factory=Running)
    watch: Watch | None = None
    report: Callable[[Applied], None] = field(default=lambda applied: None)


PLAIN = Carrying()


def carry_out(
    plan: Plan, settings: Settings, connection: Connection, how: Carrying = PLAIN
) -> Applied:
    """Runs the engine over a plan; `how.report` is told what was done, also after an interrupt."""
    from pcsync.apply import Engine
    from pcsync.apply.record import Record
    from pcsync.cli.interrupt import interruptible
    from pcsync.cli.running import terms_of
    from pcsync.cli.showing import Watchers, events_of
    from pcsync.plan.file import dump
    from pcsync.report.exits import exit_of

    now = connection.clock.now
    terms = terms_of(plan, settings, how.running, now)
    refuse_rest(plan, settings, how.running, now)
    events = events_of(how.running, plan, connection, how.watch)
    record = None
    if how.ledger is not None:
        record = Record(how.ledger, plan, dump(plan), connection.clock.now)
    session = _session(plan, settings, connection, record)
    settled = _settled(plan, settings, connection, session, how)
    watchers = Watchers(plan, how.running.progress, events)
    if record is not None:
        record.begin()
    parallel = how.running.parallelism
    engine = Engine(plan, session, watchers, parallel=parallel, terms=terms, settled=settled)
    try:
        with watchers, interruptible(engine.stop):
            engine.run()
    finally:
        applied = engine.applied(connection.writes, connection.reads)
        code = exit_of(applied)
        if record is not None:
            record.end(applied, code)
        if events is not None:
            events.end(applied, code)
        how.report(applied)
    return applied


def _session(
    plan: Plan, settings: Settings, connection: Connection, record: Record | None
) -> Session:
    from pcsync.apply import NullJournal, Session, journal
    from pcsync.cli.running import passwords_of, sink_of

    sink = sink_of(settings, connection.clock.now)
    return Session(
        connection.client,
        connection.clock,
        sink,
        passwords_of(settings, sink),
        plan.id,
        dict(record.kept) if record else {},
        journal=record or NullJournal(),
        hook=journal.nobody,
    )


def _settled(
    plan: Plan, settings: Settings, connection: Connection, session: Session, how: Carrying
) -> Mapping[str, StepResult]:
    """What is known of the steps up front; what was found live is known from here on."""
    old = connection.clock.now() - plan.time > FRESH
    if not plan.steps or not (how.saved or old):
        return NOTHING
    from pcsync.cli.again import check, settled

    found = check(plan, settings, connection)
    for address, known in found.ids.items():
        session.known.setdefault(f"{address}#id", known)
    return settled(plan, found, session.journal, how.partial)
