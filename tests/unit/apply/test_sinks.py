"""Where what exists once is stored: a file, an age file, a command; nothing is ever lost."""

from __future__ import annotations

import json
import os
import stat
import sys
import threading
from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path
from typing import Any

import pytest

from pcsync.apply import CommandSink, FileSink, NoSink, age_sink, names_in
from pcsync.errors import SinkError

pyrage = pytest.importorskip("pyrage", reason="the extra `age` is not installed")
CANARY = "c4n4ry-Secret!"


def sink(path: Path) -> FileSink:
    return FileSink(path, now)


def now() -> datetime:
    return datetime(2026, 11, 23, 9, tzinfo=UTC)


def entries(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text("utf-8").splitlines()]


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


def test_it_is_synced_before_it_takes_its_place(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    """First the whole new file, then, when it stands there, its folder."""
    seen: list[tuple[bool, bool]] = []
    real = os.fsync

    def fsync(handle: int) -> None:
        seen.append((stat.S_ISDIR(os.fstat(handle).st_mode), (tmp_path / "s").exists()))
        real(handle)

    monkeypatch.setattr(os, "fsync", fsync)
    sink(tmp_path / "s").store("x", CANARY)
    assert seen == [(False, False), (True, True)]


def test_a_write_that_breaks_off_leaves_what_was_there(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    path = tmp_path / "s"
    sink(path).store("x", "first")
    before = path.read_bytes()

    def broken(handle: int) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr(os, "fsync", broken)
    with pytest.raises(SinkError, match="No space left"):
        sink(path).store("y", CANARY)
    assert path.read_bytes() == before
    assert not [each for each in tmp_path.iterdir() if CANARY in each.read_text("utf-8")]


def test_a_name_that_comes_again_keeps_its_history(tmp_path: Path) -> None:
    path = tmp_path / "s"
    for value in ("first", "second", "third"):
        sink(path).store("user/contoso/ana", value)
    sink(path).store("user/contoso/ben", "his")
    ana, ben = entries(path)
    assert (ana["name"], ana["secret"], ben["secret"]) == ("user/contoso/ana", "third", "his")
    assert [each["secret"] for each in ana["history"]] == ["second", "first"]


def test_several_runs_lose_nothing_to_each_other(tmp_path: Path) -> None:
    path = tmp_path / "s"
    threads = [threading.Thread(target=lambda n=n: sink(path).store(f"x{n}", n)) for n in range(12)]
    for each in threads:
        each.start()
    for each in threads:
        each.join(30)
    assert {entry["name"] for entry in entries(path)} == {f"x{n}" for n in range(12)}


def test_a_link_to_the_file_stays_a_link(tmp_path: Path) -> None:
    (tmp_path / "real").mkdir()
    (tmp_path / "s").symlink_to(tmp_path / "real" / "s")
    sink(tmp_path / "s").store("x", CANARY)
    assert (tmp_path / "s").is_symlink()
    assert entries(tmp_path / "real" / "s")[0]["secret"] == CANARY


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


# --- age ------------------------------------------------------------------------------------------


def test_age_is_readable_with_the_key_alone(tmp_path: Path) -> None:
    key = pyrage.x25519.Identity.generate()
    place = tmp_path / "s.jsonl"
    made = age_sink(place, [str(key.to_public())], now)
    made.store("user/contoso/ana", CANARY)
    made.store("user/contoso/ana", {"password": "newer"})
    (entry,) = entries(place)
    assert CANARY not in place.read_text("utf-8")
    assert stat.S_IMODE(place.stat().st_mode) == 0o600
    texts = [entry["age"], entry["history"][0]["age"]]
    found = [json.loads(pyrage.decrypt(text.encode(), [key])) for text in texts]
    assert found == [{"password": "newer"}, CANARY]
    assert entry["name"] == "user/contoso/ana"


def test_a_recipient_that_is_none_is_said_before_anything_is_made(tmp_path: Path) -> None:
    with pytest.raises(SinkError, match="no public key of age"):
        age_sink(tmp_path / "s", ["age1nonsense"], now)


def test_without_the_extra_age_says_how_to_install_it(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setitem(sys.modules, "pyrage", None)
    with pytest.raises(SinkError) as caught:
        age_sink(tmp_path / "s", ["age1x"], now)
    assert "pcsync[age]" in caught.value.advice


# --- commands -------------------------------------------------------------------------------------

SPY = """\
import json, os, sys
given = json.load(sys.stdin)
seen = given["secret"] in str(sys.argv) + str(dict(os.environ))
open(sys.argv[1], "w").write(json.dumps({**given, "leaked": seen}))
print(given["secret"])
"""


def command(code: str, *words: str) -> list[str]:
    return [sys.executable, "-c", code, *words]


def test_a_command_reads_the_secret_and_nobody_else_does(
    tmp_path: Path, capfd: pytest.CaptureFixture[str]
) -> None:
    """On its standard input, not among its words nor in its environment."""
    CommandSink(command(SPY, str(tmp_path / "got")), tmp_path / "e", now).store("x", CANARY)
    got = json.loads((tmp_path / "got").read_text("utf-8"))
    assert got == {"name": "x", "time": now().isoformat(), "secret": CANARY, "leaked": False}
    assert not (tmp_path / "e").exists()
    assert CANARY not in "".join(capfd.readouterr())


@pytest.mark.parametrize(
    "words, how",
    [
        (command("raise SystemExit(7)"), "it ended with 7"),
        (["/no/such/command"], "No such file"),
    ],
)
def test_a_command_that_fails_is_loud_and_the_secret_is_kept(
    tmp_path: Path, words: list[str], how: str
) -> None:
    emergency = tmp_path / "kept" / "secrets.jsonl"
    with pytest.raises(SinkError) as caught:
        CommandSink(words, emergency, now).store("user/contoso/ana", CANARY)
    said = "\n".join(caught.value.lines())
    assert how in said
    assert str(emergency) in said
    assert CANARY not in said
    assert entries(emergency)[0]["secret"] == CANARY
    assert stat.S_IMODE(emergency.stat().st_mode) == 0o600


def test_of_a_file_the_names_are_known_and_nothing_else(tmp_path: Path) -> None:
    place = tmp_path / "secrets.jsonl"
    assert names_in(place) == frozenset()
    stored = FileSink(place, now)
    for name in ("user/contoso/ana", "customer/contoso", "user/contoso/ana"):
        stored.store(name, "c4n4ry")
    with place.open("a", encoding="utf-8") as file:
        file.write('not ours\n["nor", "this"]\n{"name": 7}\n')
    assert names_in(place) == {"user/contoso/ana", "customer/contoso"}


@pytest.mark.parametrize("what", ["a folder", "bytes"])
def test_of_a_file_that_can_not_be_read_nothing_is_known(tmp_path: Path, what: str) -> None:
    place = tmp_path / "secrets.jsonl"
    place.mkdir() if what == "a folder" else place.write_bytes(b"\xff\xfe")
    assert names_in(place) is None
