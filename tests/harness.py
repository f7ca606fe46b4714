"""A box of tests: an emulator, and the stages that the CLI runs, over real HTTP against it.

`Box` seeds a world, plans and applies manifests with the code of the CLI, and shows in words what
reached the service. `Colleague` changes the same world by hand, as people in the portal do.
"""

from __future__ import annotations

import json
import re
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import datetime
from pathlib import Path
from typing import Any
from urllib.parse import parse_qsl, urlsplit
from uuid import uuid4

import requests
import yaml

from pcsync.apply import Engine, FileSink, Passwords, Session
from pcsync.cli.connect import connect
from pcsync.cli.known import Known
from pcsync.cli.progress import Bar
from pcsync.cli.settings import EMULATOR_TENANT
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.client import is_read
from pcsync.manifests import Lock, Manifests
from pcsync.model import (
    Action,
    Address,
    Applied,
    Figure,
    Finding,
    Money,
    Owns,
    Plan,
    Rate,
    Verb,
    When,
)
from pcsync.plan.order import has_steps
from pcsync.plan.recorded import by_customer
from pcsync.plan.untouched import reowned
from tests.killing import settings_of

AUDIENCE = "https://api.partnercenter.microsoft.com/.default"
GUID = re.compile(r"[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.IGNORECASE)
CART = re.compile(r"(?<=/carts/)[0-9a-f-]{36}", re.IGNORECASE)
UNSEEN = {"X-Emulator-Unseen": "1"}
SILENT = "", 0
BASE = "b" * 40
FIGURES = {"first charge", "credit", "committed", "if billed annually"}


# --- plans in words -----------------------------------------------------------------------------


def lines(plan: Plan) -> list[str]:
    """The actions of a plan, one line each, in the order of the plan."""
    return [line(action) for action in plan.actions]


def line(action: Action) -> str:
    """``update budget/contoso amount 100 -> 250``; fields of a creation are left out.

    What is blocked ends with the day it is free (``from``), what has a window with its last one
    (``by``).
    """
    words = [action.verb if action.when is When.NOW else action.when, str(action.address)]
    if action.implied_by:
        words.insert(0, "implied")
    if action.verb is not Verb.CREATE:
        changes = (f"{c.field} {shown(c.old)} -> {shown(c.new)}" for c in action.changes)
        words.append(", ".join(changes))
    if action.date:
        words.append(f"from {action.date:%Y-%m-%d}")
    if action.not_after and action.not_after != action.date:
        words.append(f"by {action.not_after:%Y-%m-%d}")
    return " ".join(filter(None, words))


def costs(plan: Plan) -> list[str]:
    """``m365 now 41.58, monthly 10 x 23.10 -> monthly 13 x 23.10, committed 803.88 to 2027-11-09``;
    after that what is due in one sum, by day, and cheaper ways."""
    return [_costs(action, action.money) for action in plan.actions if action.money]


def weighed(plan: Plan) -> list[str]:
    """``now first charge 415.80, credit 81.00``: the figures of the ways of all choices."""
    return [
        f"{way.name} {', '.join(f'{name} {text}' for name, text in _figures(way.rows))}"
        for finding in plan.findings
        for way in finding.ways
    ]


def _figures(rows: Iterable[tuple[str, str]]) -> Iterable[tuple[str, str]]:
    return ((n, text) for n, text in rows if n in FIGURES or n.startswith("credit for "))


def _costs(action: Action, money: Money) -> str:
    words = [f"{action.address.path[-1]} now {_sum(money.now)}"]
    rates = [_rate(rate) for rate in (money.before, money.after)]
    begins = f" from {money.begins:%Y-%m-%d}" if money.begins else ""
    words.append(f"{rates[0]} -> {rates[1]}{begins}")
    if money.owed:
        words.append(f"owed {_sum(money.owed)}")
    if money.committed:
        until = f" to {money.until:%Y-%m-%d}" if money.until else ""
        words.append(f"committed {_sum(money.committed)}{until}")
    words += [f"{due.day:%Y-%m-%d} {due.amount}" for due in money.upfront]
    words += [f"{hint.way}: {hint.saves} less" for hint in money.hints]
    return ", ".join(words)


def _sum(figure: Figure) -> str:
    if figure.amount is None:
        return f"unknown ({figure.source})"
    return f"{figure.amount}{' assumed' if figure.assumed else ''}"


def _rate(rate: Rate | None) -> str:
    return f"{rate.cycle} {rate.seats} x {_sum(rate.each)}" if rate else "nothing"


def shown(value: Any) -> str:
    """A value of a field, short."""
    if isinstance(value, list | tuple):
        return f"[{', '.join(map(shown, value))}]"
    return {None: "none", "": '""'}.get(value, str(value))


def acting(plan: Plan) -> list[str]:
    """The lines of actions that have something to do."""
    return [line(action) for action in plan.actions if has_steps(action)]


def codes(findings: Sequence[Finding]) -> list[str]:
    """The codes of findings, in their order."""
    return [finding.code for finding in findings]


# --- manifests and worlds, short ----------------------------------------------------------------


def documents(manifest: Any) -> str:
    """The text of manifests: text as it is; a list of documents; or specs of customers by name.

    A customer that is given by name has the domain ``NAME.onmicrosoft.com`` unless it says another.
    """
    if isinstance(manifest, str):
        return manifest
    if isinstance(manifest, Mapping):
        manifest = [_customer(name, spec or {}) for name, spec in manifest.items()]
    rows = [{"apiVersion": "pcsync/v1", **row} for row in manifest]
    return yaml.safe_dump_all(rows, sort_keys=False, allow_unicode=True)


def _customer(name: str, spec: Mapping[str, Any]) -> dict[str, Any]:
    own = {"domain": f"{name}.onmicrosoft.com", **spec}
    return {"kind": "Customer", "metadata": {"name": name}, "spec": own}


def world(short: Mapping[str, Any]) -> dict[str, Any]:
    """Seed words: those of the top as they are, everything else is a customer by its name.

    Users may be given by the local part of their UPN, subscriptions by their friendlyName.
    """
    tops = ("now", "settings", "partner", "catalog", "customers")
    top = {name: short[name] for name in tops if name in short}
    names = [name for name in short if name not in top]
    top.setdefault("customers", [_seed(name, short[name] or {}) for name in names])
    return top


def _seed(name: str, words: Mapping[str, Any]) -> dict[str, Any]:
    row = {"domain": f"{name}.onmicrosoft.com", "country": "DE", **words}
    for member, key in (("users", "userPrincipalName"), ("subscriptions", "friendlyName")):
        if isinstance(found := row.get(member), Mapping):
            row[member] = [{key: _key(key, k, row), **(v or {})} for k, v in found.items()]
    return row


def _key(member: str, name: str, row: Mapping[str, Any]) -> str:
    return f"{name}@{row['domain']}" if member == "userPrincipalName" else name


# --- the other people ---------------------------------------------------------------------------


class Colleague:
    """Somebody with a token of their own, and a hand on the emulator's control plane."""

    def __init__(self, url: str) -> None:
        self.url = url
        self.http = requests.Session()
        self.http.trust_env = False

    def control(self, method: str, path: str, body: Any = None) -> Any:
        """One request to the control plane. Raises AssertionError where it is refused."""
        answer = self.http.request(method, f"{self.url}/_emulator/{path}", json=body)
        assert answer.status_code < 300, answer.text
        return answer.json(parse_float=str) if answer.content else None

    def token(self) -> str:
        """An App+User token."""
        form = {"client_id": "pcsync", "client_secret": "emulator", "scope": AUDIENCE}
        form |= {"grant_type": "refresh_token", "refresh_token": "emulator-user"}
        answer = self.http.post(f"{self.url}/{EMULATOR_TENANT}/oauth2/v2.0/token", data=form)
        return str(answer.json()["access_token"])

    def send(self, method: str, path: str, body: Any = None, etag: str | None = None) -> Any:
        """One call that is not logged. Raises AssertionError where it is refused."""
        headers = {**UNSEEN, "Authorization": f"Bearer {self.token()}"}
        headers |= {"MS-RequestId": str(uuid4())} | ({"If-Match": etag} if etag else {})
        answer = self.http.request(method, self.url + path, json=body, headers=headers)
        assert answer.status_code < 300, f"{method} {path}: {answer.text}"
        return answer.json(parse_float=str) if answer.content else None

    def edit(self, path: str, changes: Mapping[str, Any]) -> None:
        """Reads a resource, and sends it back whole with these changes."""
        found = self.send("GET", path)
        method = "PUT" if path.endswith("/profiles/billing") else "PATCH"
        etag = found.get("attributes", {}).get("etag")
        self.send(method, path, merged(found, changes), etag)


def merged(value: Any, changes: Any) -> Any:
    """A mapping with changes in it, however deep; anything else is replaced."""
    if not isinstance(value, Mapping) or not isinstance(changes, Mapping):
        return changes
    inner = {name: merged(value.get(name), change) for name, change in changes.items()}
    return {**value, **inner}


# --- the box ------------------------------------------------------------------------------------


@dataclass
class Box:
    """One emulator with its world; the stages; and who called what."""

    url: str
    folder: Path
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        self.colleague = Colleague(self.url)
        self.known = Known()
        self.owned: tuple[Owns, ...] = ()
        self.names: dict[str, str] = {}
        manifests = self.folder / "manifests.yaml"
        self.settings = settings_of(self.url, self.folder, manifests, parallel=1)

    def seed(self, short: Mapping[str, Any]) -> None:
        """Replaces the world, by the words of `world`."""
        members = world(short)
        self.colleague.control("POST", "seed", members)
        contract = str(members.get("settings", {}).get("contract", "2026-05"))
        self.settings = replace(self.settings, contract=contract)
        self.names.clear()
        self.learn()

    def plan(self, manifest: Any, known: Known | None = None) -> Plan:
        """The plan of manifests: text, documents, specs by customer, or a list of paths."""
        found = self.manifests(manifest)
        known = known or self.known
        known = replace(known, reowned=reowned(found.owns, self.owned, known.bases))
        with connect(self.settings, writable=False) as connection:
            return make_plan(found, self.settings, connection, Bar(*SILENT), known)

    def manifests(self, manifest: Any) -> Manifests:
        """What manifests declare, given as for `plan`."""
        if not _are_paths(manifest):
            self.settings.paths[0].write_text(documents(manifest), "utf-8")
        paths = [str(path) for path in manifest] if _are_paths(manifest) else []
        return read_manifests(paths, self.settings)

    def price(self, sheets: Mapping[str, str]) -> None:
        """Price sheets: texts by their paths in the folder of the project."""
        for name, text in sheets.items():
            (self.folder / name).parent.mkdir(parents=True, exist_ok=True)
            (self.folder / name).write_text(text, "utf-8")
        self.settings = replace(self.settings, prices=tuple(sheets))

    def price_sheet(self, market: str, currency: str, at: str = "") -> str:
        """The price sheet of the emulator as a file has it."""
        when = f"&at={at}" if at else ""
        found = self.colleague.control("GET", f"prices?market={market}&currency={currency}{when}")
        rows = [",".join(f'"{value}"' for value in row.values()) for row in found]
        return "\n".join([",".join(found[0]), *rows, ""])

    def know(
        self,
        base: Any = None,
        lock: Mapping[str, str] | None = None,
        allow: Mapping[str, Any] | None = None,
        taken: Mapping[str, str] | None = None,
    ) -> None:
        """What later plans know besides their manifests: what the base declared; a lock file of
        ids by address, each a GUID or ``contoso/subscriptions/m365``; the flags of the run; days
        on which addresses were taken away."""
        before = self.manifests(base) if base is not None else None
        declared = before.resources if before else ()
        self.owned = before.owns if before else ()
        ids = {Address.parse(key): self._locked(found) for key, found in (lock or {}).items()}
        self.known = Known(
            lock=Lock(EMULATOR_TENANT, {}, ids) if lock is not None else None,
            bases=by_customer(declared),
            commits=dict.fromkeys({each.address.root for each in declared}, BASE),
            allowed={name: tuple(map(str, _many(found))) for name, found in (allow or {}).items()},
            taken={
                Address.parse(key): datetime.fromisoformat(f"{day}T00:00:00+00:00")
                for key, day in (taken or {}).items()
            },
        )

    def _locked(self, found: str) -> str:
        return found if GUID.fullmatch(found) else self.path(found).rpartition("/")[2]

    def apply(self, plan: Plan) -> Applied:
        """What came of carrying out a plan, one customer after the other."""
        with connect(self.settings, writable=True) as connection:
            sink = FileSink(self.settings.sink or Path(), connection.clock.now)
            passwords = Passwords(sink, self.environment)
            session = Session(connection.client, connection.clock, sink, passwords, plan.id)
            engine = Engine(plan, session, Bar(*SILENT), parallel=1)
            engine.run()
            return engine.applied(connection.writes, connection.reads)

    def calls(self, *, write: bool) -> list[str]:
        """The writes or the reads that reached the service since the log was cleared."""
        self.learn()
        found = self.colleague.control("GET", "calls")
        shown = [(call["method"], self.named(call["path"])) for call in found if _is(call, write)]
        return [f"{method} {path}" for method, path in shown]

    def writes(self) -> list[str]:
        """``PATCH /v1/customers/contoso/usagebudget``: every write, in order."""
        return self.calls(write=True)

    def reads(self) -> list[str]:
        """Every read, in order."""
        return self.calls(write=False)

    def clear(self) -> None:
        """Empties the log of calls."""
        self.colleague.control("DELETE", "calls")

    def advance(self, span: str) -> None:
        """Moves the service's clock: ``P8D``."""
        self.colleague.control("POST", "clock", {"advance": span})

    def set_live(self, path: str, **changes: Any) -> None:
        """A colleague changes ``contoso/subscriptions/m365`` in the portal."""
        self.colleague.edit(self.path(path), changes)

    def fault(self, **words: Any) -> None:
        """Injects a fault; names in its path are replaced by ids."""
        words["path"] = self.path(words["path"]) if "path" in words else "*"
        self.colleague.control("POST", "faults", words)

    def secrets(self) -> list[dict[str, Any]]:
        """What stands in the sink."""
        place = self.settings.sink
        text = place.read_text("utf-8") if place and place.exists() else ""
        return [json.loads(row) for row in text.splitlines()]

    # names and ids

    def learn(self) -> list[dict[str, Any]]:
        """The live customers; keeps the first name of every id: domain, local part of the UPN,
        friendlyName."""
        rows: list[dict[str, Any]] = self.colleague.control("GET", "world")["customers"]
        for row in rows:
            self.names.setdefault(row["id"], row["domain"].partition(".")[0])
            for user in row["users"]:
                self.names.setdefault(user["id"], user["userPrincipalName"].partition("@")[0])
            for subscription in row["subscriptions"]:
                self.names.setdefault(subscription["id"], subscription["friendlyName"])
        return rows

    def named(self, target: str) -> str:
        """A path as it was called, with names in place of ids and its query in short."""
        parts = urlsplit(target)
        path = self._named(CART.sub("CART", parts.path))
        query = "&".join(
            _filter(value) if name == "filter" else f"{name}={value}"
            for name, value in parse_qsl(parts.query)
            if name != "size"
        )
        return f"{path}?{self._named(query)}" if query else path

    def _named(self, text: str) -> str:
        return GUID.sub(lambda found: self.names.get(found[0].lower(), found[0]), text)

    def path(self, short: str) -> str:
        """``contoso/users/anna`` as a path with ids; words that are no names stay as they are."""
        path = short if short.startswith(("/", "*")) else f"/v1/customers/{short}"
        head, *rest = path.split("/")
        found = self._ids()
        customer = next((name for name in rest if name in found), "")
        inner = found.get(customer, {})
        ids = {customer: self.id(customer)} | inner if customer else {}
        return "/".join([head, *(ids.get(part, part) for part in rest)])

    def id(self, name: str) -> str:
        """The id of a customer."""
        return next(row["id"] for row in self.learn() if self.names[row["id"]] == name)

    def _ids(self) -> dict[str, dict[str, str]]:
        return {
            self.names[row["id"]]: {
                self.names[each["id"]]: each["id"] for each in row["users"] + row["subscriptions"]
            }
            for row in self.learn()
        }

    def facts(self) -> dict[str, Any]:
        """The live world by names: customers, their users and subscriptions."""
        return {self.names[row["id"]]: self._facts(row) for row in self.learn()}

    def _facts(self, row: Mapping[str, Any]) -> dict[str, Any]:
        users = {self.names[user["id"]]: user for user in row["users"]}
        found: dict[str, Any] = {}
        for each in row["subscriptions"]:
            name = each["friendlyName"]
            found[f"{name}~2" if name in found else name] = each
        return {**row, "users": users, "subscriptions": found}


def _many(value: Any) -> list[Any]:
    return list(value) if isinstance(value, list | tuple) else [value]


def _are_paths(manifest: Any) -> bool:
    return isinstance(manifest, list) and all(isinstance(each, Path) for each in manifest)


def _is(call: Mapping[str, Any], write: bool) -> bool:
    return is_read(call["method"], call["path"]) is not write


def _filter(value: str) -> str:
    wanted = json.loads(value)
    return f"{wanted['Field']}={wanted['Value']}"
