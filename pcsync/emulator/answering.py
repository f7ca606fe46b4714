"""One request through the service: faults, token, query, idempotency, handler, logs.

Owns the order of these checks. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import hashlib
import threading
from collections.abc import Mapping
from dataclasses import dataclass, field
from email.utils import format_datetime
from urllib.parse import parse_qsl

from pcsync.emulator import activity, control, signin, times, tokens, wire
from pcsync.emulator.api import TABLE
from pcsync.emulator.call import Answer, Call
from pcsync.emulator.calllog import Entry
from pcsync.emulator.faultrules import FaultRule
from pcsync.emulator.faults import Fault
from pcsync.emulator.remembered import WRITES, Sent, fingerprint
from pcsync.emulator.routing import Route
from pcsync.emulator.state import State
from pcsync.emulator.world import World

CONTENT_TYPE = "application/json; charset=utf-8"
UNSEEN = "x-emulator-unseen"
"""Header of a request that stands for somebody else's change: not logged, not audited."""


@dataclass(frozen=True)
class Incoming:
    """A request off the wire: `path` decoded, `target` as sent with its query."""

    method: str
    path: str
    target: str
    headers: Mapping[str, str]
    raw: bytes

    @property
    def query(self) -> list[tuple[str, str]]:
        """The query parameters in order, decoded."""
        return parse_qsl(self.target.partition("?")[2], keep_blank_values=True)


@dataclass
class Outgoing:
    """What goes back: an answer in bytes, or a connection that is cut."""

    status: int = 200
    body: bytes = b""
    headers: dict[str, str] = field(default_factory=dict)
    cut: bool = False


class Service:
    """Answers requests for one world, one at a time."""

    def __init__(self, world: World) -> None:
        self.state = State(world)
        self._lock = threading.RLock()

    @property
    def world(self) -> World:
        """The world as of now; seeding and resetting replace it."""
        return self.state.world

    def answer(self, request: Incoming) -> Outgoing:
        """Answer one request; never raises for anything a client can send."""
        with self._lock:
            self.world.clock.settle()
            if request.path.lower().startswith("/_emulator"):
                return _packed(
                    control.answer(self.state, request.method, request.path, request.raw)
                )
            host = request.headers.get("host", "localhost")
            signed = signin.answer(self.world, request.method, request.path, host, request.raw)
            if signed is not None:
                return self._stamped(request, _packed(signed))
            return self._stamped(request, self._api(request))

    def _api(self, request: Incoming) -> Outgoing:
        """Apply the first injected fault that fires, around the call or in its place."""
        unseen = UNSEEN in request.headers
        entry = self._entry(request, unseen)
        rule = None if unseen else self.state.fault_for(request.method, request.path)
        answered = Outgoing(cut=True)
        if rule is None or rule.works:
            answered = self._called(request, entry)
            entry.status = answered.status
        if rule is None:
            return answered
        if rule.cut:
            entry.cut = rule.cut
            return Outgoing(cut=True)
        entry.status = rule.status
        return _injected(rule)

    def _entry(self, request: Incoming, unseen: bool) -> Entry:
        now = times.show(self.world.clock.now())
        entry = Entry(request.method, request.target, request.headers.get("ms-requestid"), now)
        if not unseen:
            self.state.log.add(entry)
        return entry

    def _called(self, request: Incoming, entry: Entry) -> Outgoing:
        try:
            sent = self._routed(request, entry)
        except Fault as fault:
            sent = _refused(fault)
        return Outgoing(sent.status, sent.body, dict(sent.headers))

    def _routed(self, request: Incoming, entry: Entry) -> Sent:
        entry.write = request.method in WRITES
        route, parts = TABLE.find(request.method, request.path)
        entry.write = route.writes
        caller = tokens.read(self.world, request.headers.get("authorization"))
        entry.token = caller.kind
        host = request.headers.get("host", "")
        route.admit(caller, (f"https://{host}", f"http://{host}"))
        tokens.demand_mfa(caller)
        call = Call(
            self.world,
            request.method,
            request.path,
            request.query,
            request.headers,
            request.raw,
            caller,
            dict(parts),
        )
        route.check_query(name for name, _ in call.pairs)
        if route.method not in WRITES:
            return _sent(route.handler(call))
        return self._once(request, route, call, entry)

    def _once(self, request: Incoming, route: Route, call: Call, entry: Entry) -> Sent:
        """Do a write, or give the remembered answer of the same request id."""
        now = self.world.clock.now()
        request_id = request.headers.get("ms-requestid")
        key = fingerprint(request.method, request.target, request.raw)
        before = self.state.remembered.find(request_id, key, now)
        if before is not None:
            entry.replayed = True
            return before
        sent = self._written(route, call)
        self.state.remembered.keep(request_id, key, sent, now)
        return sent

    def _written(self, route: Route, call: Call) -> Sent:
        refused = None
        try:
            sent = _sent(route.handler(call))
            self.world.clock.settle()
        except Fault as fault:
            sent, refused = _refused(fault), route.audit
        if UNSEEN not in call.headers and (refused or sent.status < 400):
            activity.write(call, refused)
        return sent

    def _stamped(self, request: Incoming, answer: Outgoing) -> Outgoing:
        """Add the headers of conventions.md 4; Date is the emulator's time."""
        ids = self.world.ids
        echoed = {
            name: request.headers.get(name.lower()) or ids.guid(name)
            for name in ("MS-RequestId", "MS-CorrelationId")
        }
        vector = hashlib.sha256(echoed["MS-RequestId"].encode()).hexdigest()
        answer.headers = {
            "Content-Type": CONTENT_TYPE,
            "Date": format_datetime(self.world.clock.now(), usegmt=True),
            **echoed,
            "MS-CV": f"{vector[:16]}.0",
            **answer.headers,
        }
        return answer


def _sent(answer: Answer) -> Sent:
    body = b"" if answer.body is None else wire.encode(answer.body)
    return Sent(answer.status, body, answer.headers)


def _refused(fault: Fault) -> Sent:
    return Sent(fault.status, wire.encode(fault.body()), fault.headers)


def _packed(answer: Answer) -> Outgoing:
    sent = _sent(answer)
    return Outgoing(sent.status, sent.body, {"Content-Type": CONTENT_TYPE, **sent.headers})


def _injected(rule: FaultRule) -> Outgoing:
    body = rule.body.encode() if isinstance(rule.body, str) else b""
    if rule.body is not None and not isinstance(rule.body, str):
        body = wire.encode(rule.body)
    return Outgoing(rule.status or 500, body, dict(rule.headers))
