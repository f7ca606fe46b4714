"""A service in memory, a clock that is moved by sleeping, and plans of a few steps."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from threading import Event, Lock
from typing import Any, TypeVar

from pcsync.apply import Engine, Passwords, Session
from pcsync.apply.session import Pausing
from pcsync.errors import ApiError, SinkError, Unreachable
from pcsync.model import Action, Address, Call, Plan, Step, StepResult, Totals, Verb

T = TypeVar("T")
AT = datetime(2026, 11, 23, 9, tzinfo=UTC)


@dataclass(frozen=True)
class Answered:
    body: Any = None
    status: int = 200


@dataclass(frozen=True)
class Sent:
    """One request as the client was asked for it."""

    method: str
    path: str
    body: Any = None
    user: bool = False
    request_id: str | None = None
    if_match: str | None = None


@dataclass
class Service:
    """Answers by method and path: a value, an error to raise, or a list of these in turn.

    The last of a list stays. What is not foreseen is a defect of the test.
    """

    answers: dict[str, Any] = field(default_factory=dict)
    sent: list[Sent] = field(default_factory=list)
    lock: Lock = field(default_factory=Lock)

    def send(
        self,
        method: str,
        path: str,
        body: Any = None,
        *,
        user: bool = False,
        request_id: str | None = None,
        if_match: str | None = None,
    ) -> Answered:
        with self.lock:
            self.sent.append(Sent(method, path, body, user, request_id, if_match))
            found = self.answers[f"{method} {path}"]
            if isinstance(found, list):
                found = found.pop(0) if len(found) > 1 else found[0]
        if callable(found):
            found = found(body)
        if isinstance(found, BaseException):
            raise found
        return found if isinstance(found, Answered) else Answered(found)

    def pages(self, path: str, *, user: bool = False) -> Iterator[Any]:
        found = self.send("GET", path, user=user).body
        yield from found if isinstance(found, tuple) else (found,)

    @property
    def writes(self) -> list[Sent]:
        return [each for each in self.sent if each.method != "GET"]


@dataclass
class Clock:
    """Time goes on by sleeping only."""

    at: datetime = AT
    slept: list[float] = field(default_factory=list)
    asked: int = 0

    def now(self) -> datetime:
        self.asked += 1
        return self.at

    def sleep(self, seconds: float) -> None:
        self.slept.append(seconds)
        self.at += timedelta(seconds=seconds)

    def rest(self, seconds: float, woken: Event) -> None:
        if not woken.is_set():
            self.sleep(seconds)


def finished(work: Pausing[T], state: Session) -> T:
    """What it came to, when every pause that it makes has been slept."""
    while True:
        try:
            state.clock.sleep(next(work))
        except StopIteration as ended:
            result: T = ended.value
            return result


@dataclass
class Drawer:
    """A sink in memory; `stuck` can't store anything."""

    stuck: bool = False
    stored: list[tuple[str, Any]] = field(default_factory=list)

    def store(self, name: str, value: Any) -> None:
        if self.stuck:
            raise SinkError(f"the secret of {name} can't be stored", "make room")
        self.stored.append((name, value))


@dataclass
class Watch:
    """A progress that remembers."""

    begun: list[str] = field(default_factory=list)
    results: list[StepResult] = field(default_factory=list)
    customers: list[str] = field(default_factory=list)
    on_start: Callable[[Step], None] = lambda step: None

    def started(self, step: Step) -> None:
        self.begun.append(step.id)
        self.on_start(step)

    def ended(self, result: StepResult) -> None:
        self.results.append(result)

    def entered(self, customer: str) -> None:
        self.customers.append(f"entered {customer}")

    def left(self, customer: str) -> None:
        self.customers.append(f"left {customer}")


def session(service: Service, **members: Any) -> Session:
    """A session with this service; `known` are ids by reference."""
    sink = members.pop("sink", Drawer())
    return Session(
        service,
        members.pop("clock", Clock()),
        sink,
        members.pop("passwords", Passwords(sink, {})),
        members.pop("plan_id", "plan"),
        members.pop("known", {}),
        **members,
    )


def refused(status: int, code: str = "x") -> ApiError:
    return ApiError("POST", "/v1/x", status, code, "was refused")


def lost() -> Unreachable:
    return Unreachable("POST", "/v1/x", "closed")


def action(name: str, verb: Verb = Verb.CREATE, **members: Any) -> Action:
    """``contoso/a`` is the mailbox a of contoso."""
    return Action(Address("mail", tuple(name.split("/"))), verb, **members)


def call(name: str, *after: str, **members: Any) -> Call:
    """A POST that carries out the creation of a mailbox."""
    members.setdefault("covers", (f"mail/{name}:create",))
    return Call(name, members.pop("covers"), "POST", f"/v1/{name}", after=tuple(after), **members)


def plan(actions: Iterable[Action], steps: Iterable[Step], **members: Any) -> Plan:
    return Plan(
        format=1,
        id="plan",
        time=AT,
        cloud="emulator",
        partner_tenant="t",
        manifests="m",
        base=None,
        lifted={},
        ids=members.pop("ids", {}),
        wants={},
        actions=tuple(actions),
        steps=tuple(steps),
        findings=(),
        totals=Totals(),
        **members,
    )


def creations(*steps: Call, **members: Any) -> Plan:
    """A plan of these calls and the actions that they cover."""
    names = dict.fromkeys(name for step in steps for name in step.covers)
    return plan(
        [action(n.removeprefix("mail/").partition(":")[0]) for n in names], steps, **members
    )


def engine(some: Plan, service: Service, **members: Any) -> Engine:
    watch = members.pop("watch", Watch())
    parallel = members.pop("parallel", 4)
    terms = members.pop("terms", None)
    return Engine(some, session(service, **members), watch, parallel=parallel, terms=terms)
