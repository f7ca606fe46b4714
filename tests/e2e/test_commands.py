"""The commands as a user types them: real processes, real HTTP, exit codes, stdout and stderr."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pcsync.emulator import RunningEmulator, running
from pcsync.emulator.worldfile import build
from tests.command import pcsync

WORLD = {"customers": [{"domain": "contoso.onmicrosoft.com", "azure": True, "budget": 100}]}
MANIFEST = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 250}
"""


class Shell:
    """A folder with one manifest, and the CLI in it against an emulator."""

    def __init__(self, folder: Path, server: RunningEmulator) -> None:
        self.folder, self.url = folder, server.url

    def run(self, *words: str, text: str | None = None) -> subprocess.CompletedProcess[str]:
        there = {"PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": self.url}
        return pcsync(*words, folder=self.folder, environment=there, text=text or "")

    def writes(self) -> list[str]:
        calls: list[dict[str, Any]] = requests.get(f"{self.url}/_emulator/calls", timeout=5).json()
        return [f"{call['method']} {call['path']}" for call in calls if call["write"]]


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    (tmp_path / "contoso.yaml").write_text(MANIFEST)
    with running(build(WORLD)) as server:
        yield Shell(tmp_path, server)


def test_plan_apply_plan_drift(shell: Shell) -> None:
    planned = shell.run("plan", "--detailed-exitcode", "--out", "plan.json")
    assert planned.returncode == 2
    assert "amount 100 -> 250" in planned.stdout
    assert "On merge: 1 write (exit 0)." in planned.stdout
    assert planned.stderr == ""
    assert shell.writes() == []
    applied = shell.run("apply", "--plan", "plan.json", "--yes")
    assert applied.returncode == 0, applied.stderr
    assert len(shell.writes()) == 1
    again = shell.run("plan", "--detailed-exitcode")
    assert again.returncode == 0
    assert "No changes" in again.stdout
    assert shell.run("drift").returncode == 0


def test_drift_exits_with_2(shell: Shell) -> None:
    drifted = shell.run("drift")
    assert drifted.returncode == 2
    assert "declared 250, live 100" in drifted.stdout


def test_plan_without_the_flag_exits_with_0(shell: Shell) -> None:
    assert shell.run("plan").returncode == 0


def test_json_is_the_plan_file(shell: Shell) -> None:
    shown = json.loads(shell.run("plan", "--format", "json", "--out", "plan.json").stdout)
    saved = json.loads((shell.folder / "plan.json").read_text())
    assert shown["actions"] == saved["actions"]
    assert shown["totals"]["writes"] == 1


def test_the_same_moment_gives_the_same_bytes(shell: Shell) -> None:
    first, second = (shell.run("plan", "--format", "json").stdout for _ in range(2))
    assert first == second


def test_apply_refuses_without_a_terminal(shell: Shell) -> None:
    refused = shell.run("apply")
    assert refused.returncode == 3
    assert "--yes" in refused.stderr
    assert shell.writes() == []


def test_apply_with_nothing_to_do_asks_nothing(shell: Shell) -> None:
    assert shell.run("apply", "--yes").returncode == 0
    assert shell.run("apply").returncode == 0


def test_a_changed_plan_file_is_refused(shell: Shell) -> None:
    shell.run("plan", "--out", "plan.json")
    path = shell.folder / "plan.json"
    path.write_text(path.read_text().replace("250", "999"))
    refused = shell.run("apply", "--plan", "plan.json", "--yes")
    assert refused.returncode == 1
    assert "Traceback" not in refused.stderr
    assert shell.writes() == []


def test_a_stale_plan_writes_nothing(shell: Shell) -> None:
    shell.run("plan", "--out", "plan.json")
    (shell.folder / "contoso.yaml").write_text(MANIFEST.replace("250", "777"))
    shell.run("apply", "--yes")
    (shell.folder / "contoso.yaml").write_text(MANIFEST)
    before = shell.writes()
    stale = shell.run("apply", "--plan", "plan.json", "--yes")
    assert stale.returncode == 4
    assert "planned against 100, now 777" in " ".join(stale.stdout.split())
    assert shell.writes() == before


def test_manifests_from_standard_input(shell: Shell) -> None:
    assert "amount 100 -> 250" in shell.run("plan", "-", text=MANIFEST).stdout


@pytest.mark.parametrize(
    "words, code",
    [
        (["plan", "--no-such-option"], 64),
        (["no-such-command"], 64),
        (["plan", "no-such-file.yaml"], 1),
        (["apply", "--plan", "no-such-plan.json"], 64),
        (["apply", "x.yaml", "--plan", "contoso.yaml"], 64),
        (["apply", "--plan", "contoso.yaml"], 1),
        (["--version"], 0),
        (["--help"], 0),
        ([], 64),
    ],
)
def test_exit_codes_without_tracebacks(shell: Shell, words: list[str], code: int) -> None:
    ended = shell.run(*words)
    assert ended.returncode == code, ended.stderr
    assert "Traceback" not in ended.stderr


def test_an_emulator_that_is_not_there(tmp_path: Path) -> None:
    (tmp_path / "contoso.yaml").write_text(MANIFEST)
    env = {**os.environ, "PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": "http://127.0.0.1:9"}
    ended = subprocess.run(
        [sys.executable, "-m", "pcsync", "plan"],
        cwd=tmp_path,
        env=env,
        capture_output=True,
        text=True,
        timeout=60,
        check=False,
    )
    assert ended.returncode == 1
    assert ended.stderr.startswith("error: ")
    assert "Traceback" not in ended.stderr


def test_emulator_serve_announces_itself(tmp_path: Path) -> None:
    ready = tmp_path / "ready.json"
    words = ["emulator", "serve", "--port", "0", "--ready-file", str(ready)]
    with subprocess.Popen([sys.executable, "-m", "pcsync", *words]) as server:
        try:
            for _ in range(200):
                if ready.exists():
                    break
                server.poll()
                try:
                    server.wait(0.05)
                except subprocess.TimeoutExpired:
                    continue
            url = json.loads(ready.read_text())["url"]
            answer = requests.get(f"{url}/_emulator/clock", timeout=5)
            assert answer.status_code == 200
        finally:
            server.terminate()
            server.wait(10)


@pytest.mark.parametrize("seed", ["0", "1", "4711"])
def test_hash_seed_and_file_names_do_not_change_a_byte(
    shell: Shell, seed: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first = json.loads(shell.run("plan", "--format", "json").stdout)
    monkeypatch.setenv("PYTHONHASHSEED", seed)
    assert json.loads(shell.run("plan", "--format", "json").stdout) == first
    (shell.folder / "contoso.yaml").rename(shell.folder / "moved.yaml")
    moved = json.loads(shell.run("plan", "--format", "json").stdout)
    assert moved["manifests"] == first["manifests"]
    assert [step["id"] for step in moved["steps"]] == [step["id"] for step in first["steps"]]


def fault(shell: Shell, path: str, status: int) -> None:
    rule = {"method": "GET", "path": path, "status": status, "times": 99}
    requests.post(f"{shell.url}/_emulator/faults", json=rule, timeout=5).raise_for_status()


def test_an_estate_that_nobody_could_read_is_a_failure(shell: Shell) -> None:
    fault(shell, "/v1/customers", 403)
    for command in (["plan"], ["drift"], ["apply", "--yes"]):
        ended = shell.run(*command)
        assert ended.returncode == 1, command
        assert "unknown" in ended.stdout.lower()
    assert shell.writes() == []


def test_an_error_that_leaves_nothing_to_do_is_a_failure(shell: Shell) -> None:
    (shell.folder / "contoso.yaml").write_text(MANIFEST.replace("contoso.onm", "adatum.onm"))
    ended = shell.run("apply", "--yes")
    assert ended.returncode == 1
    assert "customer-incomplete" in ended.stdout


def test_an_open_choice_is_refused_until_the_manifest_answers(tmp_path: Path) -> None:
    bought = {"product": "CFQ7TTC0LDPB:0001", "friendlyName": "m365", "quantity": 2}
    world = {"customers": [{"domain": "contoso.onmicrosoft.com", "subscriptions": [bought]}]}
    wish = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  subscriptions:
    - name: m365
      product: CFQ7TTC0LCHC:0002
      termDuration: P1Y
      billingCycle: monthly
      quantity: 2
"""
    with running(build(world)) as server:
        shell = Shell(tmp_path, server)
        (tmp_path / "contoso.yaml").write_text(wish)
        asked = shell.run("plan")
        assert asked.returncode == 3
        assert "change: {product: atRenewal}" in " ".join(asked.stdout.split())
        assert shell.run("apply", "--yes").returncode == 3
        assert shell.writes() == []
        answered = f"{wish}      change: {{product: atRenewal}}\n"
        (tmp_path / "contoso.yaml").write_text(answered)
        assert shell.run("apply", "--yes").returncode == 0
        assert len(shell.writes()) == 1
        again = shell.run("plan", "--detailed-exitcode")
        assert again.returncode == 0, again.stdout
