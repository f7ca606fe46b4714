"""What a run writes down before and after every request, so that nothing is lost or done twice.

Owns the nouns of the journal and its interface; `ledger.py` keeps it in a file. Must not import a
kind, the terminal or a database.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from enum import StrEnum
from typing import Protocol

from pcsync.model import NOTHING, StepResult


class Moment(StrEnum):
    """Where a process may die. A hook is told of each, in the thread that sends."""

    INTENT_WRITTEN = "intent-written"
    REQUEST_SENT = "request-sent"
    ANSWER_RECEIVED = "answer-received"
    ANSWER_WRITTEN = "answer-written"


class Hook(Protocol):
    """Is told of every moment of a step. It must not raise."""

    def __call__(self, moment: Moment, step: str) -> None: ...


def nobody(moment: Moment, step: str) -> None:
    """Tells nobody."""


@dataclass(frozen=True, slots=True)
class Request:
    """One request as it is about to leave; `digest` is that of its body without its secrets."""

    id: str
    method: str
    path: str
    digest: str = ""


@dataclass(frozen=True, slots=True)
class Known:
    """What earlier runs of the same plan wrote down about a step.

    `answers` are the requests that the service decided, `attempts` all that left. `doubt` is when
    the first one without an answer left (aware UTC), None where every one was answered. `accepted`
    says that the service took one. `result` is how the step ended, None where it did not.
    """

    answers: int = 0
    attempts: int = 0
    doubt: datetime | None = None
    accepted: bool = False
    result: StepResult | None = None


class Journal(Protocol):
    """The memory of a run. One journal serves many threads."""

    def intent(self, step: str, request: Request) -> None:
        """A request is about to leave; on return this is safe on disk. Raises JournalError."""

    def answer(self, step: str, request: str, status: int, code: str = "") -> None:
        """The service decided the request with this id. It is written with what comes next."""

    def unsent(self, step: str, request: str) -> None:
        """The request with this id never left: it is as if there had been no intent."""

    def done(self, result: StepResult, kept: Mapping[str, str] = NOTHING) -> None:
        """A step ended; `kept` are the ids that it gave, never secrets. Raises JournalError."""

    def known(self, step: str) -> Known:
        """What is written down about a step."""


@dataclass(frozen=True, slots=True)
class NullJournal:
    """Remembers nothing: for tests, and where no run is to be continued."""

    nothing: Known = field(default_factory=Known)

    def intent(self, step: str, request: Request) -> None:
        """Nothing."""

    def answer(self, step: str, request: str, status: int, code: str = "") -> None:
        """Nothing."""

    def unsent(self, step: str, request: str) -> None:
        """Nothing."""

    def done(self, result: StepResult, kept: Mapping[str, str] = NOTHING) -> None:
        """Nothing."""

    def known(self, step: str) -> Known:
        """Nothing is known."""
        return self.nothing
