"""Where passwords come from, and which plans need a place for them."""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Any

import pytest
from apply_fakes import Drawer, call, creations

from pcsync.apply import NoSink, Passwords, needs_sink
from pcsync.apply.secrets import CLASSES, LENGTH, generate
from pcsync.errors import PcsyncError, SinkError
from pcsync.model import Keep

CANARY = "c4n4ry-Secret!"


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


def python(code: str) -> list[str]:
    return [sys.executable, "-c", code]


def test_a_command_makes_new_passwords() -> None:
    """It is told whose; what it prints is stored like one that pcsync makes."""
    drawer = Drawer()
    code = "import sys; print('Pa55-for-' + sys.stdin.read().strip().rpartition('/')[2])"
    passwords = Passwords(drawer, {}, python(code))
    assert passwords.resolve("user/contoso/ana", {"generate": True}) == "Pa55-for-ana"
    assert drawer.stored == [("user/contoso/ana", "Pa55-for-ana")]


@pytest.mark.parametrize("code", ["", "print()", f"print('{CANARY}'); raise SystemExit(3)"])
def test_a_command_that_gives_none_is_said_without_what_it_printed(code: str) -> None:
    drawer = Drawer()
    with pytest.raises(SinkError, match="gave no password for user/contoso/ana") as caught:
        Passwords(drawer, {}, python(code)).resolve("user/contoso/ana", {"generate": True})
    assert CANARY not in "".join(caught.value.lines())
    assert drawer.stored == []
