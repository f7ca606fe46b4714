"""A subscription's term as a drawing: where things lie between its start and what follows its end.

Places are percents of the drawing's width, so that it fits every screen; the template draws.
Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime, timedelta

from pcsync.emulator import page_moments
from pcsync.emulator.contracts import WINDOW, Subscription
from pcsync.emulator.page_moments import Moment
from pcsync.emulator.page_times import counted, day, term
from pcsync.emulator.world import World

LEFT, RIGHT = 1.0, 99.0
TAIL = 0.12
NEAR = 6.0
LANE = 20


@dataclass(frozen=True)
class Bar:
    """A stretch of time with its text; `kind` says how it is drawn, `row` where."""

    x: float
    width: float
    kind: str
    says: str = ""
    row: int = 0

    @property
    def end(self) -> float:
        """Where it ends."""
        return self.x + self.width

    @property
    def leftwards(self) -> bool:
        """Whether its text has to stand before it, for want of room behind it."""
        return self.end > 50


@dataclass(frozen=True)
class Mark:
    """A numbered moment; `lane` keeps neighbours from covering each other."""

    x: float
    number: int
    lane: int


@dataclass
class Timeline:
    """One drawing: the bar of the term, what follows it, windows below, marks at the bottom."""

    now: float
    start: str
    end: str
    end_at: float
    term: Bar
    elapsed: float
    tail: Bar | None = None
    windows: list[Bar] = field(default_factory=list)
    marks: list[Mark] = field(default_factory=list)

    @property
    def start_fits(self) -> bool:
        """Whether the first day can stand above the bar without covering the word `now`."""
        return not 4 <= self.now <= 30

    @property
    def end_fits(self) -> bool:
        """Whether the last day can stand above the bar without covering another text."""
        return self.end_at > 54 and not self.end_at - 26 < self.now < self.end_at + 6

    @property
    def marks_at(self) -> int:
        """The height at which marks begin, in pixels."""
        return 58 + 16 * len(self.windows)

    @property
    def height(self) -> int:
        """The height of the drawing in pixels."""
        lanes = 1 + max((mark.lane for mark in self.marks), default=-1)
        return self.marks_at + LANE * lanes


@dataclass(frozen=True)
class _Scale:
    first: datetime
    last: datetime

    def at(self, moment: datetime) -> float:
        """The place of a moment, in percent."""
        share = (moment - self.first) / (self.last - self.first)
        return round(LEFT + (RIGHT - LEFT) * min(max(share, 0.0), 1.0), 2)

    def bar(self, begin: datetime, end: datetime, kind: str, says: str = "", row: int = 0) -> Bar:
        """A stretch of time; a very short one stays wide enough to be seen."""
        x = self.at(begin)
        return Bar(x, round(max(self.at(end) - x, 0.6), 2), kind, says, row)


def draw(world: World, subscription: Subscription, moments: list[Moment]) -> Timeline | None:
    """The drawing of a subscription with a term; None for one without (Azure)."""
    if subscription.azure:
        return None
    now, begin, ends = world.clock.now(), subscription.started_at, subscription.ends
    tail = _tail(world, subscription)
    last = max([ends, now, *(row.at for row in moments)])
    room = (last - min(begin, now)) * TAIL if tail else timedelta(0)
    scale = _Scale(min(begin, now), last + max(room, timedelta(hours=1)))
    words = f"{term(subscription.term)} term" if subscription.phase == "standard" else "1 month"
    drawn = Timeline(
        now=scale.at(now),
        start=day(begin),
        end=day(subscription.last_day),
        end_at=scale.at(ends),
        term=scale.bar(begin, ends, "term", words),
        elapsed=round(max(scale.at(min(now, ends)) - scale.at(begin), 0.0), 2),
    )
    if tail:
        until = scale.last if tail[0] != "over" else last
        drawn.tail = scale.bar(ends, until, *tail)
    drawn.windows = _windows(world, subscription, scale)
    drawn.marks = _marks(scale, moments)
    return drawn


def _tail(world: World, subscription: Subscription) -> tuple[str, str] | None:
    """What follows the term: kind and text."""
    if subscription.status in ("active", "pending"):
        how = page_moments.outcome(world.settings, subscription)
        texts = {"renews": "next term", "extends": "monthly"}
        return ("next", texts[how]) if how in texts else ("over", "") if how == "expires" else None
    return ("over", "") if subscription.status in ("suspended", "expired", "disabled") else None


def _windows(world: World, subscription: Subscription, scale: _Scale) -> list[Bar]:
    """The window of cancellation, open or past, and the open ones in which seats can go back."""
    now, begin = world.clock.now(), subscription.window_from
    if subscription.status == "deleted":
        return []
    if subscription.phase == "extended":
        text = "can be cancelled on any day"
        return [scale.bar(subscription.started_at, subscription.ends, "window", text)]
    until = begin + WINDOW
    is_open = subscription.cancellable_until(now) is not None
    text = "can be cancelled" if is_open else f"cancellable until {day(until)}"
    bars = [scale.bar(begin, until, "window" if is_open else "past", text)]
    for row, batch in enumerate(subscription.refundable(now)[:6], 1):
        text = f"{counted(batch.quantity, 'seat')} can go back"
        bars.append(scale.bar(batch.until - WINDOW, batch.until, "seats", text, row))
    return bars


def _marks(scale: _Scale, moments: list[Moment]) -> list[Mark]:
    marks: list[Mark] = []
    for number, row in enumerate(moments, 1):
        x = min(max(scale.at(row.at), 3.0), 97.0)
        taken = {mark.lane for mark in marks if x - mark.x < NEAR}
        lane = next(lane for lane in range(len(marks) + 1) if lane not in taken)
        marks.append(Mark(x, number, lane))
    return marks
