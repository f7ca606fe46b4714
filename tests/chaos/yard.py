"""One Partner Center for many runs, and folders in which the command line runs as a process.

Owns the processes: the emulator, and the one that forks runs. All listen on this machine only, and
end with the block that started them.
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
import time
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import requests

from tests.forking import Forker

HERE = Path(__file__).parent
ROOT = HERE.parents[1]
SINK = Path("kept") / "secrets.jsonl"
START = 60.0
WRITES = "POST", "PUT", "PATCH", "DELETE"


@dataclass
class Yard:
    """The emulator, and the process that forks runs."""

    url: str
    forker: Forker
    http: requests.Session = field(default_factory=requests.Session)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        """The emulator's control plane."""
        answer = self.http.request(method, f"{self.url}/_emulator/{name}", json=body, timeout=60)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def reset(self) -> None:
        """The world before the first apply; no faults, no calls, no memory of requests."""
        self.control("POST", "reset")
        self.calm()

    def facts(self) -> dict[str, Any]:
        """The world as the emulator has it."""
        found: dict[str, Any] = self.control("GET", "world")
        return found

    def calls(self) -> list[dict[str, Any]]:
        """All requests that reached the emulator since the world was reset."""
        found: list[dict[str, Any]] = self.control("GET", "calls")
        return found

    def fault(self, **words: Any) -> None:
        """Injects a fault."""
        self.control("POST", "faults", words)

    def calm(self) -> None:
        """No more faults."""
        self.control("DELETE", "faults")

    def advance(self, length: str) -> None:
        """Moves the clock."""
        self.control("POST", "clock", {"advance": length})

    def ask(self, path: str) -> dict[str, Any]:
        """What somebody else reads."""
        form = {
            "grant_type": "refresh_token",
            "refresh_token": "emulator-user",
            "client_id": "pcsync",
            "client_secret": "emulator",
            "scope": "https://api.partnercenter.microsoft.com/.default",
        }
        tenant = self.facts()["partner"]["tenantId"]
        signed = self.http.post(f"{self.url}/{tenant}/oauth2/v2.0/token", data=form, timeout=60)
        head = {
            "Authorization": f"Bearer {signed.json()['access_token']}",
            "X-Emulator-Unseen": "1",
        }
        found: dict[str, Any] = self.http.get(f"{self.url}{path}", headers=head, timeout=60).json()
        return found

    def environment(self) -> dict[str, str]:
        """What a run needs to find the emulator; nothing of this machine's settings."""
        return {"PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url}

    def run(
        self,
        folder: Path,
        *words: str,
        kill: tuple[int, str] | None = None,
        trace: Path | None = None,
    ) -> int:
        """The exit code of `pcsync WORDS` in a process of its own; negative where it was killed.
        What it printed is in `COMMAND.out` and `COMMAND.err` of the folder."""
        order = {
            "folder": str(folder),
            "words": words,
            "kill": kill,
            "trace": str(trace) if trace else None,
            "sent": str(folder / "sent.jsonl"),
            "out": str(folder / f"{words[0]}.out"),
            "err": str(folder / f"{words[0]}.err"),
            "environment": {**os.environ, **self.environment()},
        }
        return self.forker.run(order)

    def start(self, folder: Path, *words: str) -> subprocess.Popen[bytes]:
        """The same without waiting, by `python -m tests.chaos.entry`."""
        environment = {**os.environ, **self.environment(), "PYTHONPATH": str(ROOT)}
        command = [sys.executable, "-m", "tests.chaos.entry", "0", "never", "--", *words]
        mark = str(len(list(folder.glob("out*"))))
        with (folder / f"out{mark}").open("wb") as out, (folder / f"err{mark}").open("wb") as err:
            return subprocess.Popen(command, cwd=folder, env=environment, stdout=out, stderr=err)


@contextmanager
def yard(world: Path = HERE / "world.yaml") -> Iterator[Yard]:
    """A yard for the time of a with block."""
    with ExitStack() as stack:
        ready = Path(stack.enter_context(TemporaryDirectory())) / "ready.json"
        serve = (
            "emulator",
            "serve",
            "--port",
            "0",
            "--world",
            str(world),
            "--ready-file",
            str(ready),
        )
        stack.enter_context(_process("pcsync", *serve))
        forker = Forker("tests.chaos.entry", "--serve")
        stack.callback(forker.close)
        url = _url(ready)
        made = Yard(url, forker)
        stack.callback(made.http.close)
        yield made


@contextmanager
def _process(*words: str) -> Iterator[subprocess.Popen[str]]:
    process = subprocess.Popen(
        [sys.executable, "-m", *words],
        cwd=ROOT,
        stdin=subprocess.PIPE,
        stdout=subprocess.PIPE,
        text=True,
    )
    try:
        yield process
    finally:
        process.kill()
        process.communicate()


def _url(ready: Path) -> str:
    """Where the emulator listens, as soon as it does."""
    end = time.monotonic() + START
    while not ready.exists():
        if time.monotonic() > end:
            raise TimeoutError("the emulator did not start")
        time.sleep(0.05)
    return str(json.loads(ready.read_text("utf-8"))["url"])


def repository(folder: Path, estate: Path = HERE / "estate.yaml") -> Path:
    """A new folder with the manifests and settings of the estate under chaos."""
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir(parents=True)
    shutil.copy(HERE / "pcsync.yaml", folder / "pcsync.yaml")
    shutil.copy(estate, folder / "estate.yaml")
    return folder


def secrets(folder: Path) -> dict[str, Any]:
    """What is in the sink: the newest secret of each name."""
    place = folder / SINK
    lines = place.read_text("utf-8").splitlines() if place.exists() else []
    return {entry["name"]: entry["secret"] for entry in map(json.loads, lines)}


def forget(folder: Path, *names: str) -> None:
    """Takes away files and folders of a repository, as a new job of CI does."""
    for name in names:
        place = folder / name
        shutil.rmtree(place) if place.is_dir() else place.unlink(missing_ok=True)


def waiting(process: Sequence[subprocess.Popen[bytes]]) -> list[int]:
    """The exit codes of processes, when all have ended."""
    return [each.wait(timeout=120) for each in process]
