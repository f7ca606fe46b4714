"""The state file: what it holds, and what a write costs."""

from __future__ import annotations

import cProfile
import json
import shutil
import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

import jwt
import pytest
import requests

from pcsync.cli.main import run
from pcsync.emulator import (
    RunningEmulator,
    StateError,
    StateFile,
    World,
    create_app,
    load_world,
    running,
)
from pcsync.emulator.answering import Incoming
from pcsync.emulator.dump import dump
from pcsync.emulator.kept import all_rows, text
from pcsync.emulator.tables import Log
from pcsync.emulator.tokens import Caller

from .cases import load
from .test_emulator_operations import ask, prepared
from .wire import CONTOSO, PREMIUM, RESOURCE, Wire

ROWS = {"domain": "contoso.onmicrosoft.com", "id": CONTOSO, "country": "DE"}
WORLD = {
    "settings": {"provisioning": "PT1H"},
    "customers": [{**ROWS, "subscriptions": [{"product": PREMIUM, "quantity": 5}]}],
}


@contextmanager
def stored(path: Path, world: World | None = None) -> Iterator[tuple[Wire, RunningEmulator]]:
    """An emulator with a state file; a new file needs a world."""
    file = StateFile(path)
    try:
        with running(world, file) as emulator:
            pc = Wire(emulator.url)
            yield pc, emulator
            pc.session.close()
    finally:
        file.close()


def add_user(pc: Wire, name: str, request_id: str | None = None) -> requests.Response:
    body = {
        "userPrincipalName": f"{name}@contoso.onmicrosoft.com",
        "displayName": name,
        "firstName": name,
        "lastName": "Akers",
        "usageLocation": "DE",
        "passwordProfile": {"forceChangePassword": True, "password": "Emulator1!"},
    }
    given = {"MS-RequestId": request_id} if request_id else {}
    return pc.send("POST", f"{pc.at}/users", body, headers=given)


# Keeping.


def contents(file: StateFile) -> dict[tuple[str, str], str]:
    """Every row but the seed's."""
    places = [rows.place for rows in all_rows()]
    return {(place, key): row for place in [*places, "rest"] for key, row in file.rows(place)}


def in_memory(emulator: RunningEmulator, file: StateFile) -> dict[tuple[str, str], str]:
    """What the rows have to be."""
    kept = emulator._server.service.state._kept
    found = {("rest", ""): contents(file)["rest", ""]}
    for rows in all_rows():
        entries = rows.find(kept)
        pairs = enumerate(entries) if isinstance(entries, Log) else dict.items(entries)
        found |= {(rows.place, str(key)): text(rows.form.write(entry)) for key, entry in pairs}
    return found


def test_after_every_documented_write_the_file_is_as_the_memory(tmp_path: Path) -> None:
    file = StateFile(tmp_path / "state.db")
    writes = [case for case in load() if case.method != "GET" and not case.refusal]
    assert len(writes) > 20
    with running(load_world(), file) as emulator:
        pc = Wire(emulator.url)
        for case in writes:
            kept = prepared(pc, case)
            row = {"request": f"{case.method} {case.path}", "token": case.token, "sent": case.sent}
            ask(pc, {**row, "base": case.base, "body": case.body}, kept)
            assert contents(file) == in_memory(emulator, file), case.name
        pc.session.close()
    file.close()


def test_everything_goes_on_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with stored(path, load_world(WORLD)) as (pc, emulator):
        pc.buy(pc.line())
        pc.advance("PT10M")
        pc.token("user")
        first = add_user(pc, "kim", "0b0b0b0b-0000-4000-8000-000000000001")
        before, tokens = dump(emulator.world), pc.tokens
        audit = pc.get("/v1/auditrecords")["items"]
    with stored(path) as (pc, emulator):
        pc.tokens = tokens
        assert dump(emulator.world) == before
        assert pc.get("/v1/auditrecords")["items"] == audit
        again = add_user(pc, "kim", "0b0b0b0b-0000-4000-8000-000000000001")
        assert (again.status_code, again.content) == (first.status_code, first.content)
        new = pc.get(f"{pc.at}/subscriptions")["items"][1]
        assert new["status"] == "pending"
        pc.advance("PT1H")
        assert pc.get(f"{pc.at}/subscriptions")["items"][1]["status"] == "active"
    assert [entry.name for entry in tmp_path.iterdir()] == ["state.db"]


def test_a_restart_changes_no_later_answer(tmp_path: Path) -> None:
    def first(pc: Wire) -> list[bytes]:
        return [add_user(pc, f"a{n}", f"request {n}").content for n in range(3)]

    def second(pc: Wire) -> list[bytes]:
        bought = pc.buy(pc.line())
        pc.advance("P40D")
        return [json.dumps(bought).encode(), *(add_user(pc, f"b{n}").content for n in range(3))]

    with running(load_world(WORLD)) as emulator:
        pc = Wire(emulator.url)
        whole, end = [*first(pc), *second(pc)], dump(emulator.world)
        pc.session.close()
    with stored(tmp_path / "state.db", load_world(WORLD)) as (pc, _):
        parts = first(pc)
        tokens = pc.tokens
    with stored(tmp_path / "state.db") as (pc, emulator):
        pc.tokens = tokens
        assert [*parts, *second(pc)] == whole
        assert dump(emulator.world) == end


def test_reset_and_seed_after_a_restart(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with stored(path, load_world(WORLD)) as (pc, emulator):
        begun = dump(emulator.world)
        add_user(pc, "kim")
        pc.seed(customers=[{"domain": "fabrikam.onmicrosoft.com"}])
        seeded = dump(emulator.world)
    with stored(path) as (pc, emulator):
        assert dump(emulator.world) == seeded
        pc.control("POST", "reset")
        assert dump(emulator.world) == begun
    with stored(path) as (_, emulator):
        assert dump(emulator.world) == begun


def test_a_removed_customer_is_gone_and_order_stays(tmp_path: Path) -> None:
    names = ["adatum", "contoso", "fabrikam", "northwind"]
    rows = [{"domain": f"{name}.onmicrosoft.com"} for name in names]
    path = tmp_path / "state.db"
    with stored(path, load_world({"customers": rows})) as (pc, emulator):
        world = emulator.world
        gone = world.customers[world._domains["contoso.onmicrosoft.com"]]
        again = world.customers[world._domains["adatum.onmicrosoft.com"]]
        world.remove(gone)
        world.remove(again)
        world.add(again)
        pc.advance("PT1H")
    with stored(path) as (_, emulator):
        kept = [customer.domain.partition(".")[0] for customer in emulator.world.customers.values()]
        assert kept == ["fabrikam", "northwind", "adatum"]
        assert not emulator.world.taken("contoso.onmicrosoft.com")


def test_a_copy_is_a_state_of_its_own(tmp_path: Path) -> None:
    path, copy = tmp_path / "state.db", tmp_path / "copy.db"
    with stored(path, load_world(WORLD)) as (pc, _):
        add_user(pc, "kim")
    shutil.copy(path, copy)
    with stored(path) as (pc, _):
        add_user(pc, "lee")
    with stored(copy) as (pc, _):
        people = pc.get(f"{pc.at}/users")["items"]
        assert [row["displayName"] for row in people] == ["kim"]


def test_reading_writes_nothing(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with stored(path, load_world(WORLD)) as (pc, _):
        pc.token("user")
        before = path.read_bytes()
        pc.get(f"{pc.at}/subscriptions")
        pc.get("/v1/customers")
        pc.control("GET", "world")
        assert path.read_bytes() == before


@pytest.mark.parametrize("others", [1, 400])
def test_a_write_touches_its_own_customer_only(tmp_path: Path, others: int) -> None:
    rows = [{**ROWS}, *({"domain": f"adatum{n}.onmicrosoft.com"} for n in range(others))]
    file = StateFile(tmp_path / "state.db")
    with running(load_world({"customers": rows}), file) as emulator:
        pc = Wire(emulator.url)
        pc.token("user")
        pc.get("/v1/customers")
        for row in emulator.world.customers.values():
            pc.get(f"/v1/customers/{row.id}")
        before = contents(file)
        assert add_user(pc, "kim").status_code == 201
        after = contents(file)
        changed = [row[0] for row in after if before.get(row) != after[row]]
        places = ["world.customers", "world.audit", "remembered.entries", "rest"]
        assert sorted(changed) == sorted(places)
        assert len(after["rest", ""]) < 10_000
        pc.session.close()
    file.close()


@pytest.mark.parametrize("path", ["subscriptions", "users"])
def test_a_read_costs_the_same_in_a_large_world(path: str) -> None:
    """Counted in calls of functions, so that it is the same on every machine."""
    counts = []
    for others in (2, 600):
        rows = [{**ROWS}, *({"domain": f"adatum{n}.onmicrosoft.com"} for n in range(others))]
        service = create_app(load_world({"customers": rows})).state.service
        caller = Caller("pcsync", "admin@northwind.example", True, RESOURCE, ("AdminAgents",))
        target = f"/v1/customers/{CONTOSO}/{path}"
        request = Incoming("GET", target, target, {"host": "localhost"}, b"", caller)
        assert service.answer(request).status == 200
        profile = cProfile.Profile()
        profile.runcall(service.answer, request)
        counts.append(sum(row.callcount for row in profile.getstats()))
    assert counts[0] == counts[1]


def test_a_signature_is_checked_once(monkeypatch: pytest.MonkeyPatch) -> None:
    decoded = []
    given = jwt.decode
    monkeypatch.setattr(jwt, "decode", lambda *a, **k: decoded.append(a) or given(*a, **k))
    with running(load_world({**WORLD, "seed": 1})) as emulator:
        pc = Wire(emulator.url)
        pc.advance("PT17S")
        for _ in range(5):
            pc.get(f"{pc.at}/subscriptions")
        assert len(decoded) <= 1
        pc.session.close()


def test_an_answer_that_could_not_be_kept_is_a_500(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    file = StateFile(path)
    with running(load_world(WORLD), file) as emulator:
        pc = Wire(emulator.url)
        pc.token("user")
        (pages,) = file._base.execute("PRAGMA page_count").fetchone()
        file._base.execute(f"PRAGMA max_page_count = {pages + 8}")
        answers = [add_user(pc, f"kim{n}") for n in range(60)]
        assert {row.status_code for row in answers} == {201, 500}
        refusal = answers[-1].json()
        assert refusal["code"] == "emulator-state"
        assert "full" in refusal["description"]
        file._base.execute("PRAGMA max_page_count = 1000000")
        assert add_user(pc, "lee").status_code == 201
        assert contents(file) == in_memory(emulator, file)
        pc.session.close()
    file.close()


# Files that cannot be used.


def test_files_of_others_are_refused(tmp_path: Path) -> None:
    other = tmp_path / "other.db"
    with sqlite3.connect(other) as base:
        base.execute("CREATE TABLE rows (a)")
    base.close()
    with pytest.raises(StateError, match="no state of this emulator"):
        StateFile(other)
    other.write_text("just a text that is long enough to be looked at, and no database at all")
    with pytest.raises(StateError, match="no state file"):
        StateFile(other)
    with pytest.raises(StateError, match="unable to open"):
        StateFile(tmp_path / "missing" / "state.db")


def made(path: Path, change: str = "") -> Path:
    """A state file that was made, and then changed by hand."""
    with stored(path, load_world(WORLD)):
        pass
    base = sqlite3.connect(path)
    base.executescript(change)
    base.close()
    return path


def test_another_format_is_refused(tmp_path: Path) -> None:
    path = made(tmp_path / "state.db", "PRAGMA user_version = 99")
    with pytest.raises(StateError, match="has state format 99, this emulator reads format 1"):
        StateFile(path)


def test_unknown_words_in_a_file_are_refused(tmp_path: Path) -> None:
    change = "UPDATE rows SET text = json_set(text, '$.shoe', 43) WHERE place = 'world.customers'"
    file = StateFile(made(tmp_path / "state.db", change))
    with pytest.raises(StateError, match=r"does not fit this emulator .*shoe"):
        file.load()
    file.close()


def test_a_file_serves_one_emulator_at_a_time(tmp_path: Path) -> None:
    path = tmp_path / "state.db"
    with stored(path, load_world(WORLD)), pytest.raises(StateError, match="in use"):
        StateFile(path)


def test_serve_refuses_a_world_for_a_state_that_exists(
    tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    path, world = made(tmp_path / "state.db"), tmp_path / "world.yaml"
    world.write_text("customers: []")
    assert run(["emulator", "serve", "--state", str(path), "--world", str(world)]) == 64
    assert "has a state already" in capsys.readouterr().err
    path.write_text("no database, however long one looks at it, and it is looked at for long")
    assert run(["emulator", "serve", "--state", str(path)]) == 1
    assert "no state file" in capsys.readouterr().err
