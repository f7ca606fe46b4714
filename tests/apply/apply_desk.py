"""A partner's desk: manifests in a folder, a world in the emulator, and the stages over HTTP."""

from __future__ import annotations

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from pcsync.apply import Engine, FileSink, Passwords, Session
from pcsync.cli.connect import Connection, connect
from pcsync.cli.progress import Bar
from pcsync.cli.settings import Settings
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.model import Applied, Outcome, Plan
from tests.killing import settings_of


@dataclass
class Desk:
    """One estate against one emulator. `client` may be put between the engine and the service."""

    url: str
    folder: Path
    http: requests.Session = field(default_factory=requests.Session)

    @property
    def settings(self) -> Settings:
        return settings_of(self.url, self.folder, self.folder / "estate")

    def control(self, method: str, name: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.url}/_emulator/{name}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def declare(self, text: str) -> None:
        """The manifests are this and nothing else."""
        (self.folder / "estate").mkdir(exist_ok=True)
        (self.folder / "estate" / "all.yaml").write_text(text, "utf-8")

    def plan(self) -> Plan:
        manifests = read_manifests((), self.settings)
        with connect(self.settings, writable=False) as connection:
            return make_plan(manifests, self.settings, connection, Bar("reading", 0))

    def apply(self, plan: Plan, between: Any = None) -> Applied:
        """Carries a plan out; `between` makes a client of the client."""
        with connect(self.settings, writable=True) as connection:
            engine = Engine(plan, self._session(plan, connection, between), Bar("applying", 0))
            engine.run()
            return engine.applied(connection.writes, connection.reads)

    def _session(self, plan: Plan, connection: Connection, between: Any) -> Session:
        client = between(connection.client) if between else connection.client
        sink = FileSink(self.folder / "secrets.jsonl", connection.clock.now)
        return Session(client, connection.clock, sink, Passwords(sink, {}), plan.id)

    def writes(self) -> list[tuple[str, str]]:
        """The writes that reached the emulator, without repeats that it answered from memory."""
        calls = self.control("GET", "calls")
        return [(c["method"], c["path"]) for c in calls if c["write"] and not c["replayed"]]

    def world(self) -> dict[str, Any]:
        """What counts of the world: nothing that differs between two runs that did the same."""
        world = self.control("GET", "world")
        return {customer["domain"]: _shown(customer) for customer in world["customers"]}


def _shown(customer: dict[str, Any]) -> dict[str, Any]:
    subscriptions = [
        (s["friendlyName"], s["quantity"], s["status"], s["autoRenewEnabled"])
        for s in customer["subscriptions"]
    ]
    return {
        "orders": customer["orders"],
        "budget": customer["budget"],
        "email": customer["billingProfile"]["email"],
        "users": sorted((u["userPrincipalName"], *u["licenses"]) for u in customer["users"]),
        "subscriptions": sorted(subscriptions),
    }


def outcomes(applied: Applied) -> set[Outcome]:
    return {result.outcome for result in applied.actions}
