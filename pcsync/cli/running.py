"""How an apply runs: its options, and the terms, locks and sink that come of them and the settings.

Owns the wiring of these; the engine and the sinks do the work.
"""

from __future__ import annotations

import os
import platform
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import wraps
from hashlib import sha256
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from pcsync.cli.events import root
from pcsync.cli.interrupt import terminable
from pcsync.errors import SettingsError
from pcsync.model import Await

if TYPE_CHECKING:
    from pcsync.apply import Locks, Passwords, Sink, Terms
    from pcsync.apply.locks import Seen
    from pcsync.apply.postgres import Connection as Session
    from pcsync.cli.pause import Permit
    from pcsync.cli.settings import Settings
    from pcsync.manifests import Lease
    from pcsync.model import Plan

LOCKS = Path(".pcsync") / "locks"
EMERGENCY = Path(".pcsync") / "secrets-kept.jsonl"
PARALLEL = 4
SECONDS = 10
"""To reach the database of leases."""
Now = Callable[[], datetime]


@dataclass(frozen=True, slots=True)
class Running:
    """What the options of one apply ask for; times in seconds. With `lifted` no freeze window
    holds. `seen` is who had written last before the plan was made, None for a saved plan."""

    parallelism: int = PARALLEL
    fail_fast: bool = False
    deadline: float | None = None
    lock_timeout: float = 0.0
    break_lease: bool = False
    lifted: bool = False
    events: Path | None = None
    progress: str = "auto"
    seen: Seen | None = None


def running_options(command: Callable[..., Any]) -> Callable[..., Any]:
    """Options of how plans are carried out; the command is given a `running`."""

    @wraps(command)
    def run(
        parallelism: int,
        fail_fast: bool,
        deadline: float | None,
        lock_timeout: float,
        break_lease: bool,
        events: Path | None,
        progress: str,
        **given: Any,
    ) -> Any:
        running = Running(
            parallelism,
            fail_fast,
            deadline,
            lock_timeout,
            break_lease,
            events=events,
            progress=progress,
        )
        with terminable():
            return command(running=running, **given)

    decorated: Callable[..., Any] = run
    for option in _options():
        decorated = option(decorated)
    return decorated


def _options() -> tuple[Callable[..., Any], ...]:
    return (
        click.option(
            "--progress",
            type=click.Choice(["auto", "plain", "none"]),
            default="auto",
            show_default=True,
            help="What is shown on stderr meanwhile; auto is a board on a terminal, lines in CI.",
        ),
        click.option(
            "--events",
            type=click.Path(dir_okay=False, path_type=Path),
            help="Write a JSON line for everything that happens, without secrets.",
        ),
        click.option(
            "--break-lease",
            is_flag=True,
            help="Take over leases whose holders gave no sign of life for 10 minutes.",
        ),
        click.option(
            "--lock-timeout",
            type=click.FloatRange(min=0),
            default=0.0,
            metavar="SECONDS",
            help="Wait so long for a customer that another run writes to; else it is skipped.",
        ),
        click.option(
            "--deadline",
            type=click.FloatRange(min=0, min_open=True),
            metavar="SECONDS",
            help="Begin nothing more after so many seconds; run apply again for the rest.",
        ),
        click.option(
            "--fail-fast", is_flag=True, help="Begin no further customer after a failure."
        ),
        click.option(
            "--parallelism",
            type=click.IntRange(1, 64),
            default=PARALLEL,
            show_default=True,
            help="How many customers are worked on at once.",
        ),
    )


def permit_of(plan: Plan, settings: Settings, running: Running, now: Now) -> Permit:
    """What is asked before every write."""
    from pcsync.cli.pause import Permit, Rest

    return Permit(
        Rest(
            settings.directory / "pcsync.yaml",
            os.environ,
            now,
            settings.paused,
            settings.freeze,
            plan.freeze,
            running.lifted,
        )
    )


def refuse_rest(plan: Plan, settings: Settings, running: Running, now: Now) -> None:
    """The first look at `paused` and `freeze`. Raises Refused before anything is sent."""
    writing = dict.fromkeys(root(step) for step in plan.steps if not isinstance(step, Await))
    permit_of(plan, settings, running, now).before(writing)


def terms_of(plan: Plan, settings: Settings, running: Running, now: Now) -> Terms:
    """The terms of one run. Raises SettingsError where its locks can't be used."""
    from pcsync.apply import Terms
    from pcsync.plan.turns import turns

    return Terms(
        permit=permit_of(plan, settings, running, now),
        locks=locks_of(plan, settings, running, now),
        lock_timeout=timedelta(seconds=running.lock_timeout),
        until=now() + timedelta(seconds=running.deadline) if running.deadline else None,
        fail_fast=running.fail_fast,
        turns=turns(plan),
    )


def seen_before(settings: Settings) -> Seen:
    """Who wrote last to which customer, looked at before a plan is made. Raises PcsyncError where
    the database of leases can't be asked."""
    from pcsync.apply.locks import writers

    here, lease = writers(settings.directory / LOCKS), settings.lease
    if lease is None:
        return here
    if lease.path is not None:
        return here | writers(lease.path)
    from pcsync.apply.postgres import last_writers

    return here | last_writers(*database(lease, "pcsync", os.environ))


def locks_of(plan: Plan, settings: Settings, running: Running, now: Now) -> Locks:
    """Locks on this machine, and those of the lease that the settings name."""
    from pcsync.apply.lease import FileLeases
    from pcsync.apply.locks import Both, FileLocks, Run
    from pcsync.apply.postgres import DatabaseLeases

    host = sha256(platform.node().encode()).hexdigest()[:8]
    run = Run(plan.id, plan.time, host, os.getpid(), now, running.seen)
    here = FileLocks(settings.directory / LOCKS, run)
    lease = settings.lease
    if lease is None:
        return here
    if lease.path is not None:
        return Both(here, FileLeases(lease.path, run, take_over=running.break_lease))
    name = f"process {run.pid} of host {host} (plan {plan.id[:6]})"
    opened, faults = database(lease, name, os.environ)
    return Both(here, DatabaseLeases(opened, settings.tenant, run, faults))


def database(
    lease: Lease, name: str, environment: Mapping[str, str]
) -> tuple[Callable[[], Session], tuple[type[Exception], ...]]:
    """What opens the database of leases, and what it raises. Raises SettingsError where the extra
    or the password is missing. Neither is ever shown."""
    try:
        import psycopg
    except ImportError:
        raise SettingsError(
            "`lease.url` needs the package psycopg", "install it: pip install 'pcsync[postgres]'"
        ) from None
    password = environment.get(lease.password) if lease.password else None
    if lease.password and not password:
        raise SettingsError(f"the variable {lease.password} is not set", "set it for this run")

    def opened() -> Session:
        session: Session = psycopg.connect(
            lease.url or "",
            password=password,
            autocommit=True,
            application_name=name,
            connect_timeout=SECONDS,
        )
        return session

    return opened, (psycopg.Error,)


def sink_of(settings: Settings, now: Now) -> Sink:
    """Where secrets go. Raises SinkError where it can't be used."""
    from pcsync.apply import CommandSink, FileSink, NoSink, age_sink

    if settings.age is not None:
        return age_sink(settings.age.path, settings.age.recipients, now)
    if settings.sink_command:
        return CommandSink(settings.sink_command, settings.directory / EMERGENCY, now)
    return FileSink(settings.sink, now) if settings.sink else NoSink()


def passwords_of(settings: Settings, sink: Sink) -> Passwords:
    """Where passwords come from."""
    from pcsync.apply import Passwords

    return Passwords(sink, os.environ, settings.generate)
