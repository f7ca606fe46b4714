"""One request through the service: faults, token, query, idempotency, handler, logs.

Owns the order of these checks. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import hashlib
import threading
from dataclasses import dataclass
from email.utils import format_datetime

from pcsync.emulator import (
    activity,
    control,
    mfa,
    partner_roles,
    signin,
    stock,
    times,
    tokens,
    wire,
)
from pcsync.emulator.api import TABLE
from pcsync.emulator.call import Answer, Call
from pcsync.emulator.calllog import Entry
from pcsync.emulator.exchange import Incoming, Outgoing
from pcsync.emulator.faultrules import Change
from pcsync.emulator.faults import Fault
from pcsync.emulator.lagging import snapshot
from pcsync.emulator.limits import Throttled
from pcsync.emulator.remembered import WRITES, Sent, fingerprint
from pcsync.emulator.requested import requested
from pcsync.emulator.routing import Route
from pcsync.emulator.slow import slowed
from pcsync.emulator.state import State
from pcsync.emulator.state_file import StateError, StateFile
from pcsync.emulator.strikes import NONE, Strike
from pcsync.emulator.tokens import Caller
from pcsync.emulator.world import World

__all__ = ["Incoming", "Outgoing", "Service"]

CONTENT_TYPE = "application/json; charset=utf-8"
UNSEEN = "x-emulator-unseen"
"""Header of a request that stands for somebody else's change: not logged, not audited."""
COLLEAGUE = Caller("portal", "colleague@northwind.example", True, "", ("AdminAgents",))
"""Who makes the changes that a fault scripts."""


@dataclass
class _Turn:
    """One request on its way: what the log says of it, the faults, whether MFA was asked for."""

    request: Incoming
    entry: Entry
    strike: Strike = NONE
    unseen: bool = False
    compliant: bool | None = None


class Service:
    """Answers requests for one world, one at a time; without a world, for that of the state file.

    What a write did is in the state file before its answer goes out.
    """

    def __init__(self, world: World | None, file: StateFile | None = None) -> None:
        self.state = State(world, file)
        self._lock = threading.RLock()

    @property
    def world(self) -> World:
        """The world as of now; seeding and resetting replace it."""
        return self.state.world

    def answer(self, request: Incoming) -> Outgoing:
        """Answer one request; never raises for anything a client can send."""
        with self._lock:
            with stock.extended(self.world.catalogue.stock()):
                self.world.clock.settle()
                answer = self._answer(request)
            if request.method in WRITES or self.state.moved():
                return self._saved(answer)
            return answer

    def _answer(self, request: Incoming) -> Outgoing:
        if request.path.lower().startswith("/_emulator"):
            given = (request.method, request.path, request.raw, request.query)
            return _packed(control.answer(self.state, *given))
        if signin.covers(request):
            return self._stamped(request, self._sign_in(request))
        return self._stamped(request, self._api(request))

    def _saved(self, answer: Outgoing) -> Outgoing:
        """The answer, once what led to it is in the state file; else an answer that says so."""
        try:
            self.state.save()
        except StateError as wrong:
            return _packed(Answer(500, {"code": "emulator-state", "description": str(wrong)}))
        return answer

    def _api(self, request: Incoming) -> Outgoing:
        """Let the scripted faults that fire act before the call, on it, and in its place."""
        unseen = UNSEEN in request.headers
        strike = NONE if unseen else self.state.strike(request.method, request.path)
        entry = self._entry(request, unseen)
        entry.faults = strike.names
        self._before(request, strike)
        answered = Outgoing()
        if strike.works:
            answered = self._called(_Turn(request, entry, strike, unseen))
            entry.status = answered.status
        sent = strike.outgoing(answered)
        entry.cut = strike.cut
        if not sent.cut:
            entry.status = sent.status
        return sent

    def _sign_in(self, request: Incoming) -> Outgoing:
        """A sign-in, with the faults whose path names it; the log has API requests only."""
        strike = self.state.strike(request.method, request.path, sign_in=True)
        self._before(request, strike)
        answered = Outgoing()
        if strike.works:
            answered = _packed(signin.answer(self.world, request))
        return strike.outgoing(answered)

    def _before(self, request: Incoming, strike: Strike) -> None:
        """What happens to a struck call on its way in: time passes, others write, tokens end."""
        if strike.delay:
            self.world.clock.move_to(self.world.clock.now() + strike.delay)
        for change in strike.changes:
            self._api(_elsewhere(request, change))
        if strike.expires_token:
            self.state.expired.add(request.headers.get("authorization", ""))

    def _entry(self, request: Incoming, unseen: bool) -> Entry:
        now = times.show(self.world.clock.now())
        entry = Entry(request.method, request.target, request.headers.get("ms-requestid"), now)
        if not unseen:
            self.state.log.add(entry)
        return entry

    def _called(self, turn: _Turn) -> Outgoing:
        try:
            sent = self._routed(turn)
        except Throttled as refusal:
            turn.entry.limit = refusal.limit
            sent = _refused(refusal)
        except Fault as fault:
            sent = _refused(fault)
        sent = mfa.told(self.world.settings, sent, turn.compliant)
        return Outgoing(sent.status, sent.body, dict(sent.headers))

    def _routed(self, turn: _Turn) -> Sent:
        request, entry = turn.request, turn.entry
        entry.write = request.method in WRITES
        route, parts = TABLE.find(request.method, request.path)
        entry.write = route.writes
        caller = request.caller or self._caller(turn, route)
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
        return (
            self._once(turn, route, call)
            if route.method in WRITES
            else self._read(turn, route, call)
        )

    def _read(self, turn: _Turn, route: Route, call: Call) -> Sent:
        """Do a read; the client's see what they are to see yet, others the present state."""
        path = "" if turn.unseen else call.path
        with self.state.lags.shown(self.world, path), self.world.reading():
            return _sent(route.handler(call))

    def _caller(self, turn: _Turn, route: Route) -> Caller:
        """Who calls, if the call is let through: token, limits, rights, MFA."""
        request, world = turn.request, self.world
        caller = tokens.read(world, request.headers.get("authorization"), self.state.expired)
        turn.entry.token = caller.kind
        if not turn.unseen:
            called = (request.method, request.path, caller.app_id)
            self.state.buckets.demand(world.settings.limits, *called, world.clock.now())
        route.admit(caller, (f"https://{request.host}", f"http://{request.host}"))
        if caller.user is not None and not turn.unseen:
            who = (caller.user, caller.app_id, caller.mfa)
            now = world.clock.now()
            world.requests.append(requested(route.method, route.path, request.headers, who, now))
        partner_roles.demand(caller, route.writes, request.path)
        turn.compliant = mfa.demand(caller, request.headers, turn.strike.refuses_mfa)
        return caller

    def _once(self, turn: _Turn, route: Route, call: Call) -> Sent:
        """Do a write, or give the remembered answer of the same request id."""
        now, request = self.world.clock.now(), turn.request
        request_id = request.headers.get("ms-requestid")
        key = fingerprint(request.method, request.target, request.raw)
        before = self.state.remembered.find(request_id, key, now)
        if before is not None:
            turn.entry.replayed = True
            return before
        sent = self._written(turn, route, call)
        self.state.remembered.keep(request_id, key, sent, now)
        return sent

    def _written(self, turn: _Turn, route: Route, call: Call) -> Sent:
        refused = None
        try:
            sent = self._held_back(turn, route, call)
            self.world.clock.settle()
        except Fault as fault:
            sent, refused = _refused(fault), route.audit
        if not turn.unseen and (refused or sent.status < 400):
            activity.write(call, refused)
        return sent

    def _held_back(self, turn: _Turn, route: Route, call: Call) -> Sent:
        """Do a write whose effect reads may show later, because it is slow or a fault says so."""
        world, lags = self.world, self.state.lags
        now = world.clock.now()
        lags.demand_rest(now, call.path)
        slow = None if turn.unseen else slowed(world.settings, call, now)
        holds = [*turn.strike.lags(call.path, now), *([slow.lag] if slow else [])]
        taken = snapshot(world, call.parts.get("customer")) if holds else None
        sent = _sent(route.handler(call))
        if taken and sent.status < 300:
            for lag in holds:
                lags.hold(world, taken, lag)
        return slow.sent if slow else sent

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


def _elsewhere(request: Incoming, change: Change) -> Incoming:
    """The request of another writer, on the same path if the script names none."""
    target = change.path or request.path
    raw = b"" if change.body is None else wire.encode(change.body)
    headers = {"host": request.host, UNSEEN: "true"}
    return Incoming(change.method, target.partition("?")[0], target, headers, raw, COLLEAGUE)
