"""The state file: what it holds, what a write costs, and what a kill leaves behind."""

from __future__ import annotations

import cProfile
import dataclasses
import json
import random
import shutil
import signal
import sqlite3
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from pathlib import Path
from types import NoneType, UnionType
from typing import Any, Union, get_args, get_origin

import jwt
import pytest
import requests

from pcsync.cli.main import run
from pcsync.emulator import (
    RunningEmulator,
    StateError,
    StateFile,
    World,
    codec,
    create_app,
    load_world,
    running,
)
from pcsync.emulator.answering import Incoming
from pcsync.emulator.dump import dump
from pcsync.emulator.kept import Kept, all_rows, text
from pcsync.emulator.tables import Log, Table
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


# Serialising: every field of every dataclass, found by its annotation.


def dataclasses_below(kind: Any, seen: set[Any]) -> set[Any]:
    """Every dataclass that an annotation leads to."""
    if dataclasses.is_dataclass(kind) and kind not in seen:
        seen.add(kind)
        for member in codec.members(kind):
            dataclasses_below(member.kind, seen)
    for part in get_args(kind):
        dataclasses_below(part, seen)
    return seen


def unusual(kind: Any, usual: Any = None) -> Any:
    """A value of the type that is not the usual one."""
    origin, args = get_origin(kind), get_args(kind)
    if kind is bool:
        return usual is not True
    if dataclasses.is_dataclass(kind) and isinstance(kind, type):
        return kind(**{m.name: unusual(m.kind, m.usual) for m in codec.members(kind)})
    if origin in (Union, UnionType):
        return unusual(next(part for part in args if part is not NoneType))
    if origin in (dict, Table):
        made = {f"key {n}": unusual(args[1] if origin is dict else args[0]) for n in range(2)}
        return Table(made) if origin is Table else made
    if origin in (list, Log):
        return (Log if origin is Log else list)([unusual(args[0]), unusual(args[0])])
    if origin is frozenset:
        return frozenset({unusual(args[0])})
    if origin is tuple:
        kinds = args[:1] * 2 if args[1:] == (...,) else args
        return tuple(unusual(part) for part in kinds)
    return LEAVES[kind]()


LEAVES: dict[Any, Callable[[], Any]] = {
    str: lambda: "näme \u2028 \"'",
    int: lambda: 4711,
    float: lambda: 0.25,
    bytes: lambda: b"\0\xff",
    datetime: lambda: datetime(2027, 2, 3, 4, 5, 6, 789, tzinfo=UTC),
    timedelta: lambda: timedelta(days=3, microseconds=1),
    Decimal: lambda: Decimal("12.340"),
    Any: lambda: {"$odd": [Decimal("1.50"), datetime(2027, 1, 1, tzinfo=UTC), None, {"a": 1.5}]},
}
REACHED = sorted(dataclasses_below(Kept, set()), key=lambda kind: kind.__qualname__)


def test_the_walk_reaches_the_whole_world() -> None:
    names = {kind.__name__ for kind in REACHED}
    assert {"World", "Clock", "Ids", "Customer", "User", "Subscription", "Cart", "Sent"} <= names


@pytest.mark.parametrize("kind", REACHED, ids=lambda kind: kind.__name__)
def test_every_dataclass_comes_back_as_it_was(kind: Any) -> None:
    """A field of a type that a state file cannot hold fails here."""
    value = unusual(kind)
    form = codec.form(kind)
    back = form.read(json.loads(text(form.write(value))))
    for member in codec.members(kind):
        if not codec.in_rows(member.kind):
            was, now = getattr(value, member.name), getattr(back, member.name)
            assert is_same(was, now), member.name
            assert was != member.usual, f"{member.name} is not tested"


def is_same(was: Any, now: Any) -> bool:
    """Equal to the last digit; a World within is compared by its own fields."""
    if dataclasses.is_dataclass(was):
        kept = [m for m in codec.members(type(was)) if not codec.in_rows(m.kind)]
        return all(is_same(getattr(was, m.name), getattr(now, m.name)) for m in kept)
    return repr(was) == repr(now)


@pytest.mark.parametrize(
    "kind", [set[str], complex, dict[int, str], str | Decimal, list[Path], tuple[object, ...]]
)
def test_unknown_types_are_an_error_at_once(kind: Any) -> None:
    with pytest.raises(TypeError, match="cannot"):
        codec.form(kind)


def test_unknown_values_within_any_json_are_an_error() -> None:
    for value in (object(), {1: 2}, {"a": {3}}):
        with pytest.raises(TypeError, match="cannot hold"):
            codec.form(Any).write(value)


def test_only_steps_go_on_the_agenda() -> None:
    world = World()
    with pytest.raises(TypeError, match="no @step"):
        world.clock.at(world.clock.now(), lambda *given: None)


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


# Killing a real process.


class Server:
    """`pcsync emulator serve --state` in a process of its own."""

    def __init__(self, folder: Path, *words: str) -> None:
        self.ready = folder / "ready.json"
        self.ready.unlink(missing_ok=True)
        state = ["--state", str(folder / "state.db"), "--port", "0"]
        command = [sys.executable, "-m", "pcsync", "emulator", "serve", *state]
        self.process = subprocess.Popen([*command, "--ready-file", str(self.ready), *words])

    def wire(self) -> Wire:
        end = time.monotonic() + 60
        while not self.ready.exists():
            assert self.process.poll() is None
            assert time.monotonic() < end
            time.sleep(0.02)
        return Wire(json.loads(self.ready.read_text())["url"])

    def kill_after(self, begun: threading.Event, seconds: float) -> None:
        """Kill it some time after the first answer."""
        begun.wait(60)
        time.sleep(seconds)
        self.kill()

    def kill(self) -> None:
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(20)


def write_until_killed(pc: Wire, name: str, answered: list[str], begun: threading.Event) -> str:
    """Add users one after the other; the name of the one that got no answer."""
    for number in range(100_000):
        user = f"{name}{number}"
        try:
            answer = add_user(pc, user, f"request {user}")
        except requests.RequestException:
            return user
        assert answer.status_code == 201
        answered.append(user)
        begun.set()
    raise AssertionError("it was not killed")


def test_every_answered_write_survives_kills_and_nothing_is_half(tmp_path: Path) -> None:
    dice, answered, last = random.Random(1), [], None
    world = tmp_path / "world.json"
    world.write_text(json.dumps({**WORLD, "settings": {"pageSize": 100_000}}))
    words: tuple[str, ...] = ("--world", str(world))
    tokens: dict[str, str] = {}
    for life in range(5):
        server = Server(tmp_path, *words)
        try:
            words, pc = (), server.wire()
            pc.tokens = tokens
            if last:
                repeat_and_check(pc, last, answered)
            begun = threading.Event()
            kill = threading.Thread(target=server.kill_after, args=(begun, dice.random() / 4))
            pc.token("user")
            kill.start()
            last = write_until_killed(pc, f"life{life}n", answered, begun)
            tokens = pc.tokens
            kill.join()
            pc.session.close()
        finally:
            server.kill()
    assert len(answered) > 10


def repeat_and_check(pc: Wire, last: str, answered: list[str]) -> None:
    """The write without an answer is there with all that belongs to it, or not at all; once it is
    sent again, it is there once."""
    people = {row["displayName"] for row in pc.get(f"{pc.at}/users")["items"]}
    told = {row["resourceNewValue"] for row in pc.get("/v1/auditrecords")["items"]}
    names = {json.loads(row)["DisplayName"] for row in told if row and "DisplayName" in row}
    assert set(answered) <= people == names <= {*answered, last}
    again = add_user(pc, last, f"request {last}")
    assert again.status_code == 201
    assert bool(pc.calls()[-1]["replayed"]) == (last in people)
    answered.append(last)
