"""An emulator with a state file that is killed: what was answered is there, and nothing is half."""

from __future__ import annotations

import json
import random
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import requests

from .test_emulator_state import WORLD, add_user
from .wire import Wire


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
