"""Where passwords come from, and where what exists once is stored."""

from __future__ import annotations

import json
import os
import stat
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest
from apply_fakes import Drawer, call, creations

from pcsync.apply import FileSink, NoSink, Passwords, needs_sink
from pcsync.apply.secrets import CLASSES, LENGTH, generate
from pcsync.errors import PcsyncError, SinkError
from pcsync.model import Keep

CANARY = "c4n4ry-Secret!"


def sink(path: Path) -> FileSink:
    return FileSink(path, lambda: datetime(2026, 11, 23, 9, tzinfo=UTC))


def test_a_line_a_secret_for_its_owner_only(tmp_path: Path) -> None:
    path = tmp_path / "deep" / "secrets.jsonl"
    sink(path).store("customer/contoso", {"userName": "admin", "password": CANARY})
    sink(path).store("user/contoso/ana", CANARY)
    lines = [json.loads(line) for line in path.read_text("utf-8").splitlines()]
    assert [line["name"] for line in lines] == ["customer/contoso", "user/contoso/ana"]
    assert lines[1] == {
        "name": "user/contoso/ana",
        "time": "2026-11-23T09:00:00+00:00",
        "secret": CANARY,
    }
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert stat.S_IMODE(path.parent.stat().st_mode) == 0o700


def test_a_file_that_others_could_read_is_closed(tmp_path: Path) -> None:
    path = tmp_path / "secrets.jsonl"
    path.write_text("before\n", "utf-8")
    path.chmod(0o644)
    sink(path).store("x", CANARY)
    assert stat.S_IMODE(path.stat().st_mode) == 0o600
    assert path.read_text("utf-8").startswith("before\n")


def test_it_is_synced_before_it_returns(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    synced: list[int] = []
    monkeypatch.setattr(os, "fsync", lambda handle: synced.append(os.fstat(handle).st_size))
    sink(tmp_path / "s").store("x", CANARY)
    assert synced == [(tmp_path / "s").stat().st_size]


def test_a_short_write_goes_on(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    real = os.write
    monkeypatch.setattr(os, "write", lambda handle, data: real(handle, data[:7]))
    sink(tmp_path / "s").store("x", CANARY)
    assert json.loads((tmp_path / "s").read_text("utf-8"))["secret"] == CANARY


def test_whatever_the_service_gave_can_be_stored(tmp_path: Path) -> None:
    sink(tmp_path / "s").store("x", {"amount": Decimal("1.5"), "text": "\ud800"})
    assert json.loads((tmp_path / "s").read_text("utf-8"))["secret"]["amount"] == "1.5"


def test_an_unwritable_file_is_said_without_the_secret(tmp_path: Path) -> None:
    (tmp_path / "s").mkdir()
    with pytest.raises(SinkError) as caught:
        sink(tmp_path / "s").store("user/contoso/ana", CANARY)
    told = "\n".join([*caught.value.lines(), repr(caught.value), repr(caught.value.__cause__)])
    assert "user/contoso/ana" in told
    assert CANARY not in told


def test_without_a_sink_nothing_is_stored() -> None:
    with pytest.raises(SinkError, match="no place"):
        NoSink().store("x", CANARY)


def test_a_generated_password_has_every_class() -> None:
    found = {generate() for _ in range(200)}
    assert len(found) == 200
    for each in found:
        assert len(each) == LENGTH
        assert all(set(each) & set(group) for group in CLASSES)
        assert set(each) <= set("".join(CLASSES))


def test_a_generated_password_is_stored_once_and_the_same_on_repeat() -> None:
    drawer = Drawer()
    passwords = Passwords(drawer, {})
    first = passwords.resolve("user/contoso/ana", {"generate": True})
    assert passwords.resolve("user/contoso/ana", {"generate": True}) == first
    other = passwords.resolve("user/contoso/ben", {"generate": True})
    assert other != first
    assert drawer.stored == [("user/contoso/ana", first), ("user/contoso/ben", other)]


def test_a_password_that_can_not_be_stored_is_not_made() -> None:
    drawer = Drawer(stuck=True)
    passwords = Passwords(drawer, {})
    with pytest.raises(SinkError):
        passwords.resolve("user/contoso/ana", {"generate": True})
    drawer.stuck = False
    assert passwords.resolve("user/contoso/ana", {"generate": True}) == drawer.stored[0][1]


def test_passwords_from_a_variable_and_a_file(tmp_path: Path) -> None:
    (tmp_path / "p").write_text(f"{CANARY}\n", "utf-8")
    passwords = Passwords(NoSink(), {"FIRST": CANARY})
    assert passwords.resolve("x", {"env": "FIRST"}) == CANARY
    assert passwords.resolve("x", {"file": str(tmp_path / "p")}) == CANARY


@pytest.mark.parametrize("content", [None, b"", b"\r\n", b"\xff\xfe" + CANARY.encode()])
def test_a_password_file_without_text_is_refused(tmp_path: Path, content: bytes | None) -> None:
    path = tmp_path / "p"
    if content is not None:
        path.write_bytes(content)
    with pytest.raises(SinkError, match="password file") as caught:
        Passwords(NoSink(), {}).resolve("x", {"file": str(path)})
    assert CANARY not in str(caught.value)


@pytest.mark.parametrize("spec", [{"env": "NONE"}, {"env": "EMPTY"}, {"generate": False}, {}])
def test_a_password_that_is_no_reference_is_refused(spec: dict[str, Any]) -> None:
    with pytest.raises(PcsyncError):
        Passwords(Drawer(), {"EMPTY": ""}).resolve("x", spec)


def test_which_plans_need_a_sink() -> None:
    made = {"deep": [{"password": {"$secret": {"generate": True}}}]}
    assert needs_sink(creations(call("contoso/a", body=made)))
    assert needs_sink(creations(call("contoso/a", keep=(Keep("x#admin", "y", secret=True),))))
    given = {"password": {"$secret": {"env": "FIRST"}}}
    assert not needs_sink(creations(call("contoso/a", body=given)))
