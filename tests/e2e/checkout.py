"""A checkout with an emulator behind it: what the e2e tests of the base and the lock share."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import requests

from pcsync.emulator import RunningEmulator, running
from pcsync.emulator.worldfile import build
from pcsync.manifests import Lock, load_lock
from tests.command import pcsync

IDENTITY = ["-c", "user.name=f.lang", "-c", "user.email=f.lang@northwind.example"]
WORLD = {
    "customers": [
        {"domain": f"{name}.onmicrosoft.com", "azure": True, "budget": 100}
        for name in ("contoso", "fabrikam", "adatum")
    ]
}


def customer(name: str, amount: int | None = 100, **spec: Any) -> str:
    """A document of one customer, with a budget unless `amount` is None."""
    lines = [f"  {key}: {value}" for key, value in spec.items()]
    budget = [f"  budget: {{amount: {amount}}}"] if amount is not None else []
    head = f"apiVersion: pcsync/v1\nkind: Customer\nmetadata: {{name: {name}}}\nspec:\n"
    return head + "\n".join([f"  domain: {name}.onmicrosoft.com", *budget, *lines]) + "\n"


class Checkout:
    """A repository with manifests, the CLI in it, and an emulator."""

    def __init__(self, folder: Path, server: RunningEmulator) -> None:
        self.folder, self.url = folder, server.url

    def git(self, *words: str) -> str:
        done = subprocess.run(
            ["git", *IDENTITY, *words], cwd=self.folder, capture_output=True, text=True, check=True
        )
        return done.stdout.strip()

    def commit(self, files: Mapping[str, str | None]) -> str:
        """Writes files, or removes those that are None, and commits everything."""
        for name, text in files.items():
            path = self.folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            if text is None:
                path.unlink()
            else:
                path.write_text(text, "utf-8")
        self.git("add", "-A")
        self.git("commit", "-q", "--allow-empty", "-m", "a change")
        return self.git("rev-parse", "HEAD")

    def run(self, *words: str) -> subprocess.CompletedProcess[str]:
        there = {"PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url}
        return pcsync(*words, folder=self.folder, environment=there)

    def plan(self, *words: str) -> dict[str, Any]:
        done = self.run("plan", "--format", "json", *words)
        assert done.stdout, done.stderr
        found: dict[str, Any] = json.loads(done.stdout)
        return found

    def lock(self) -> Lock:
        found = load_lock(self.folder)
        assert found is not None, "there is no lock file"
        return found

    def control(self, method: str, path: str, body: Any = None) -> Any:
        answer = requests.request(method, f"{self.url}/_emulator/{path}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text
        return answer.json() if answer.content else None

    def calls(self, *, write: bool) -> list[str]:
        """The writes or reads that the emulator counted since the last look."""
        found = self.control("GET", "calls")
        self.control("DELETE", "calls")
        return [f"{each['method']} {each['path']}" for each in found if each["write"] is write]


@contextmanager
def checkout(folder: Path, world: Mapping[str, Any] = WORLD) -> Iterator[Checkout]:
    """An empty repository in a folder, and a running emulator with this world."""
    with running(build(world)) as server:
        found = Checkout(folder, server)
        found.git("init", "-q", "-b", "main")
        yield found
