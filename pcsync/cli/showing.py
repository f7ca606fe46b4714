"""Who watches a plan being carried out: the board or the lines, and the file of events.

Owns their beginning and end around one run.
"""

from __future__ import annotations

from types import TracebackType
from typing import TYPE_CHECKING

from pcsync.cli.live import Board, Lines, Several, Watcher, chosen

if TYPE_CHECKING:
    from pcsync.cli.connect import Connection
    from pcsync.cli.events import Events
    from pcsync.cli.running import Running
    from pcsync.cli.telemetry import Watch
    from pcsync.model import Plan


class Watchers(Several):
    """The watchers of one run, which is begun and ended with the block."""

    def __init__(self, plan: Plan, form: str, events: Events | None = None) -> None:
        self._board: Board | None = None
        self._events = events
        watchers: list[Watcher] = [events] if events else []
        form = chosen(form)
        if form == "plain":
            watchers.append(Lines(plan))
        elif form == "board" and plan.steps:
            self._board = Board(plan)
            watchers.append(self._board)
        super().__init__(watchers)

    def __enter__(self) -> Watchers:
        if self._events:
            self._events.begin()
        if self._board:
            self._board.__enter__()
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        if self._board:
            self._board.__exit__(kind, error, trace)


def events_of(
    running: Running, plan: Plan, connection: Connection, watch: Watch | None
) -> Events | None:
    """The file of events, told of every request from now on. Raises UsageError."""
    if running.events is None:
        return None
    from pcsync.cli.events import Events

    events = Events(running.events, plan, connection.clock.now)
    if watch is not None:
        watch.add(events)
    return events
