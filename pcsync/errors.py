"""Every error a user can meet: what is wrong, where, what to do next, and its exit code.

Owns the error tree and the table of exit codes (DESIGN section 8). Must not import anything of
pcsync but the nouns.

    PcsyncError                      1
      ManifestProblems               1   all problems of all files at once
      SettingsError                  1
      PlanFileError                  1
      SinkError                      1
      JournalError                   1   what is done could not be written down, so nothing is sent
      SignInFailed                   1
      ApiError                       1   Partner Center answered, and the answer was no
      Unreachable                    1   no answer arrived: it may or may not have taken effect
      WriteRefused                   1   the session is read only
      Refused                        3   a guard, a policy, an open choice
      StalePlan                      4
      UsageError                    64
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from enum import IntEnum
from typing import TYPE_CHECKING

if TYPE_CHECKING:  # `--help` needs the errors, and none of the nouns
    from pcsync.model import Place


class Exit(IntEnum):
    """The exit codes of every command (DESIGN section 8)."""

    FINE = 0
    FAILED = 1
    CHANGES = 2
    REFUSED = 3
    STALE = 4
    PARTIAL = 5
    WAITING = 6
    USAGE = 64
    INTERRUPTED = 130


class PcsyncError(Exception):
    """Base of all errors that are shown to a user instead of a traceback."""

    exit_code: Exit = Exit.FAILED

    def __init__(self, what: str, advice: str = "") -> None:
        super().__init__(what)
        self.what = what
        self.advice = advice

    def lines(self) -> list[str]:
        """What is printed on stderr: what happened, then what to do."""
        return [f"error: {self.what}", *([f"  {self.advice}"] if self.advice else [])]


@dataclass(frozen=True, order=True, slots=True)
class Problem:
    """One mistake in a file."""

    place: Place
    what: str
    advice: str

    def __str__(self) -> str:
        return f"{self.place}: {self.what}; {self.advice}"


class ManifestProblems(PcsyncError):
    """All mistakes of all manifests, sorted by place."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        super().__init__(f"{len(problems)} problem(s) in the manifests")
        self.problems = tuple(sorted(set(problems)))

    def lines(self) -> list[str]:
        """A line per problem, then their number."""
        count = len(self.problems)
        noun = "problem" if count == 1 else "problems"
        return [*map(str, self.problems), f"{count} {noun} in the manifests"]


class SettingsError(PcsyncError):
    """`pcsync.yaml`, a `PCSYNC_*` variable or an option is missing or wrong."""


class PlanFileError(PcsyncError):
    """A plan file that can't be applied: unreadable, changed by hand, another format or partner."""


class SinkError(PcsyncError):
    """A secret could not be stored: nothing that depends on it may be sent."""


class JournalError(PcsyncError):
    """The journal can't be read or written: no request may leave."""


class SignInFailed(PcsyncError):
    """The sign-in service gave no token."""


class ApiError(PcsyncError):
    """Partner Center answered, and the answer was no (conventions.md section 8)."""

    def __init__(
        self,
        method: str,
        path: str,
        status: int,
        code: str,
        description: str,
        *,
        request_id: str = "",
        correlation_id: str = "",
        retry_after: float | None = None,
        advice: str = "",
    ) -> None:
        answer = f"{status} {code}".rstrip()
        super().__init__(f"{method} {path}: {answer}: {description}", advice)
        self.method, self.path, self.status, self.code = method, path, status, code
        self.description = description
        self.request_id, self.correlation_id = request_id, correlation_id
        self.retry_after = retry_after

    def lines(self) -> list[str]:
        """The answer in words, the advice, and the ids that support asks for."""
        quote = f"MS-RequestId {self.request_id}, MS-CorrelationId {self.correlation_id}"
        return [*super().lines(), f"  quote to support: {quote}"]


class Unreachable(PcsyncError):
    """No answer arrived, so the call may or may not have taken effect, unless it was never `sent`.
    With `over` nothing more is sent in this run."""

    sent = True
    over = False

    def __init__(self, method: str, path: str, reason: str) -> None:
        how = "no answer" if self.sent else "was not sent"
        super().__init__(
            f"{method} {path}: {how} ({reason})",
            "check the network and the address of the service, then run the command again",
        )
        self.method, self.path = method, path


class WriteRefused(PcsyncError):
    """A request that is not a read, in a session that may only read."""

    def __init__(self, method: str, path: str) -> None:
        super().__init__(
            f"{method} {path} is not a read, and only `pcsync apply` may write",
            "this is a defect of pcsync: please report it with the command you ran",
        )


class Refused(PcsyncError):
    """A guard, a policy or an open choice stands in the way."""

    exit_code = Exit.REFUSED


class StalePlan(PcsyncError):
    """The world moved since the plan was made."""

    exit_code = Exit.STALE


class UsageError(PcsyncError):
    """The command line itself is wrong."""

    exit_code = Exit.USAGE
