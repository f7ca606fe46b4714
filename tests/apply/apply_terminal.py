"""A terminal in a folder of its own: real processes of pcsync against the emulator."""

from __future__ import annotations

import json
import os
import subprocess
import sys
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import requests

from tests.command import pcsync


@dataclass
class Terminal:
    """Commands in `folder`, and the control plane of the emulator at `url`."""

    url: str
    folder: Path
    http: requests.Session = field(default_factory=requests.Session)

    def control(self, method: str, name: str, body: Any = None) -> Any:
        answer = self.http.request(method, f"{self.url}/_emulator/{name}", json=body, timeout=30)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def write(self, name: str, text: str) -> None:
        (self.folder / name).write_text(text, "utf-8")

    def start(self, *words: str, **changes: str) -> subprocess.Popen[str]:
        """A process whose output is read when it has ended."""
        env = {name: value for name, value in os.environ.items() if name != "CI"}
        env |= {"PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url, **changes}
        return subprocess.Popen(
            [sys.executable, "-m", "pcsync", *words],
            cwd=self.folder,
            env=env,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )

    def run(self, *words: str, **changes: str) -> Ended:
        env = {"PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url, **changes}
        done = pcsync(*words, folder=self.folder, environment=env, without=("CI",))
        assert "Traceback" not in done.stderr, done.stderr
        return Ended(done.returncode, done.stdout, done.stderr)

    def apply(self, *words: str, **changes: str) -> Ended:
        return self.run("apply", "--yes", "--format", "json", *words, **changes)

    def writes(self) -> list[str]:
        """The writes that reached the emulator, without repeats that it answered from memory."""
        calls = self.control("GET", "calls")
        return [f"{c['method']} {c['path']}" for c in calls if c["write"] and not c["replayed"]]

    def customers(self) -> dict[str, Any]:
        """The live world by the first part of each domain."""
        rows = self.control("GET", "world")["customers"]
        return {row["domain"].partition(".")[0]: row for row in rows}


@dataclass
class Ended:
    """How a command ended; `said` is what it printed."""

    code: int
    said: str
    errors: str

    @property
    def document(self) -> dict[str, Any]:
        found: dict[str, Any] = json.loads(self.said)
        return found

    def outcomes(self) -> dict[str, str]:
        results = self.document["results"]["actions"]
        return {result["action"]: result["outcome"] for result in results}

    def result(self, action: str) -> dict[str, Any]:
        results: list[dict[str, Any]] = self.document["results"]["actions"]
        return next(result for result in results if result["action"] == action)


def ended(process: subprocess.Popen[str], seconds: float = 90) -> Ended:
    said, errors = process.communicate(timeout=seconds)
    assert "Traceback" not in errors, errors
    return Ended(process.returncode, said, errors)


def until(condition: Callable[[], Any], seconds: float = 30.0) -> None:
    """Waits for something another process does."""
    limit = time.monotonic() + seconds
    while not condition():
        assert time.monotonic() < limit, "it did not happen in time"
        time.sleep(0.02)
