"""Rounds of plan and apply in this process, which may be killed: then nothing more is written.

Owns a small estate, the run of a plan with its journal, and what must hold after every round.
"""

from __future__ import annotations

import json
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import closing
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests
import yaml

from pcsync.apply import Engine, FileSink, NullJournal, Passwords, Session
from pcsync.apply.journal import nobody
from pcsync.apply.ledger import Ledger
from pcsync.apply.record import Record
from pcsync.cli.again import check, settled
from pcsync.cli.connect import connect
from pcsync.cli.known import Known
from pcsync.cli.progress import Bar
from pcsync.cli.settings import Settings
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.model import Applied, Limits, Outcome, Plan, ProjectRules
from pcsync.plan.file import dump, load
from pcsync.report.exits import exit_of
from tests.killing import Kill, Killed, settings_of

PRODUCTS = {"m365": ("CFQ7TTC0LCHC:0002", "SPB"), "bi": ("CFQ7TTC0LHSF:0001", "POWER_BI_PRO")}
PEOPLE = "ana", "ben", "cleo"
STRANGER = "proseware.onmicrosoft.com"
WORLD: dict[str, Any] = {
    "settings": {"agreements": "immediate", "provisioning": "PT3M", "ordersLag": "PT8M"},
    "customers": [
        {"domain": "contoso.onmicrosoft.com", "country": "DE", "azure": True, "budget": 100},
        {
            "domain": STRANGER,
            "azure": True,
            "budget": 7,
            "users": [{"userPrincipalName": f"nobody@{STRANGER}"}],
            "subscriptions": [{"friendlyName": "m365", "product": "CFQ7TTC0LCHC:0002"}],
        },
    ],
}
PROFILE = {
    "companyName": "Fabrikam GmbH",
    "email": "office@fabrikam.example",
    "culture": "de-DE",
    "language": "de",
    "defaultAddress": {
        "addressLine1": "Hauptstr. 1",
        "city": "Berlin",
        "postalCode": "10115",
        "country": "DE",
        "firstName": "Lea",
        "lastName": "Maurer",
    },
}


@dataclass
class Rounds:
    """An estate in a folder against an emulator. `made` are people who were declared at all."""

    url: str
    folder: Path
    http: requests.Session = field(default_factory=requests.Session)
    last: Plan | None = None

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """The emulator's control plane."""
        answer = self.http.request(method, f"{self.url}/_emulator/{name}", json=body, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    @property
    def settings(self) -> Settings:
        """A project that allows what the rounds do."""
        return settings_of(
            self.url,
            self.folder,
            self.folder / "estate.yaml",
            limits=Limits(run={}),
            rules=ProjectRules(attested=True),
        )

    def declare(self, specs: dict[str, Any]) -> None:
        """The manifests are these customers and nothing else."""
        documents = [
            {
                "apiVersion": "pcsync/v1",
                "kind": "Customer",
                "metadata": {"name": name},
                "spec": {"domain": f"{name}.onmicrosoft.com", **spec},
            }
            for name, spec in specs.items()
        ]
        (self.folder / "estate.yaml").write_text(yaml.safe_dump_all(documents), "utf-8")

    def plan(self) -> Plan:
        """A new plan, as it would be read from its file."""
        manifests = read_manifests((), self.settings)
        with connect(self.settings, writable=False) as connection:
            made = make_plan(manifests, self.settings, connection, Bar("reading", 0), Known())
        self.last = load(dump(made), "plan.json")
        return self.last

    def apply(self, plan: Plan, kill: Kill | None = None, *, saved: bool = False) -> Applied | None:
        """Carries a plan out as a process of its own; nothing where it was killed."""
        with (
            closing(Ledger(self.folder / "journal.db")) as ledger,
            connect(self.settings, writable=True) as connection,
        ):
            record = Record(ledger, plan, dump(plan), connection.clock.now)
            sink = FileSink(self.folder / "secrets.jsonl", connection.clock.now)
            known = dict(record.kept)
            session = Session(
                connection.client,
                connection.clock,
                sink,
                Passwords(sink, {}),
                plan.id,
                known,
                journal=record or NullJournal(),
                hook=kill or nobody,
            )
            given = {}
            if saved:
                found = check(plan, self.settings, connection)
                for address, each in found.ids.items():
                    known.setdefault(f"{address}#id", each)
                given = dict(settled(plan, found, record, partial=True))
            record.begin()
            engine = Engine(plan, session, Bar("applying", 0), parallel=2, settled=given)
            try:
                engine.run()
            except Killed:
                return None
            applied = engine.applied(connection.writes, connection.reads)
            record.end(applied, exit_of(applied))
            return applied

    # --- what must hold ---------------------------------------------------------------------

    def customers(self) -> dict[str, Any]:
        """The customers of the world by their domains; each domain is there once."""
        rows = self.control("GET", "world")["customers"]
        assert len({row["domain"] for row in rows}) == len(rows)
        return {row["domain"]: row for row in rows}

    def doubled(self) -> list[str]:
        """Subscriptions and accounts of one address that are alive twice."""
        return [
            f"{domain} {what}"
            for domain, row in self.customers().items()
            for what, times in Counter(_alive(row)).items()
            if times > 1
        ]

    def secrets(self) -> list[str]:
        """The names in the sink."""
        place = self.folder / "secrets.jsonl"
        lines = place.read_text("utf-8").splitlines() if place.exists() else []
        return [json.loads(line)["name"] for line in lines]

    def without_secret(self) -> list[str]:
        """Accounts that pcsync made, and whose password nobody knows."""
        stored = set(self.secrets())
        return [
            upn
            for domain, row in self.customers().items()
            if domain != STRANGER
            for upn in (user["userPrincipalName"] for user in row["users"])
            if not upn.startswith("admin@")
            and f"user/{domain.partition('.')[0]}/{upn.partition('@')[0]}" not in stored
        ]

    def administrators(self) -> list[str]:
        """Of whose first password nobody knows: those of customers that pcsync made."""
        made = self.customers().keys() - {row["domain"] for row in WORLD["customers"]}
        names = (f"customer/{domain.partition('.')[0]}" for domain in sorted(made))
        return [name for name in names if name not in self.secrets()]

    def calm(self) -> Sequence[Plan]:
        """No more faults; plans and applies until a plan is empty. All plans that it took."""
        self.control("DELETE", "faults")
        plans = []
        for _ in range(6):
            self.control("POST", "clock", {"advance": "PT17M"})
            plans.append(self.plan())
            if not plans[-1].steps:
                break
            applied = self.apply(plans[-1])
            assert applied is not None
            assert not {r.outcome for r in applied.steps} & {Outcome.FAILED}, applied.steps
        return plans


def _alive(row: dict[str, Any]) -> Iterator[str]:
    for each in row["subscriptions"]:
        if each["status"] in {"active", "pending", "suspended"}:
            yield f"subscription {each['friendlyName']}"
    for user in row["users"]:
        if user["state"] == "active":
            yield f"user {user['userPrincipalName'].lower()}"
