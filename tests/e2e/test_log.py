"""`--log-level` and `--log-format`: a line per request on stderr, and what never stands in it."""

from __future__ import annotations

import json
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pcsync.cli.main import run
from pcsync.emulator import running
from pcsync.emulator.worldfile import build

WORLD = {"customers": [{"domain": "contoso.onmicrosoft.com", "azure": True, "budget": 100}]}
MANIFEST = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 250}
  users:
    - {userPrincipalName: mia@contoso.onmicrosoft.com, displayName: Mia, password: {generate: true}}
"""


@pytest.fixture
def url(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[str]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contoso.yaml").write_text(MANIFEST, "utf-8")
    with running(build(WORLD)) as server:
        monkeypatch.setenv("PCSYNC_CLOUD", "emulator")
        monkeypatch.setenv("PCSYNC_EMULATOR_URL", server.url)
        yield server.url


@pytest.mark.parametrize("level,lines", [("warning", False), ("error", False), ("info", True)])
def test_a_line_per_request_from_info_on(
    url: str, level: str, lines: bool, capsys: pytest.CaptureFixture[str]
) -> None:
    assert run(["plan", "--log-level", level]) == 0
    told = capsys.readouterr().err.splitlines()
    calls = requests.get(f"{url}/_emulator/calls", timeout=10).json()
    assert len(told) == (len(calls) if lines else 0)
    assert all(" info    request GET /v1/" in line for line in told)


def test_json_lines_with_ids_waits_and_reasons(
    url: str, capsys: pytest.CaptureFixture[str]
) -> None:
    fault = {"path": "*/users", "status": 429, "headers": {"Retry-After": "3"}}
    requests.post(f"{url}/_emulator/faults", json=fault, timeout=10)
    assert run(["plan", "--log-level", "debug", "--log-format", "json"]) == 0
    rows = [json.loads(line) for line in capsys.readouterr().err.splitlines()]
    asked = [row for row in rows if row["event"] == "request"]
    assert all(len(row["requestId"]) == len(row["correlationId"]) == 36 for row in asked)
    assert {row["token"] for row in asked} == {"any", "user"}
    refused = next(row for row in asked if row["status"] == 429)
    again = next(row for row in rows if row["event"] == "again")
    assert again["path"] == refused["path"]
    assert again["wait"] >= 3
    assert [row["try"] for row in asked if row["path"] == refused["path"]] == [1, 2]


def test_a_refusal_is_told_in_our_own_words(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    body = {"code": 900308, "description": "mia@contoso.onmicrosoft.com may not"}
    fault = {"path": "*/users", "status": 403, "body": body, "times": 5}
    requests.post(f"{url}/_emulator/faults", json=fault, timeout=10)
    run(["plan", "--log-level", "info"])
    told = capsys.readouterr().err
    assert 'reason="900308 insufficient privileges"' in told
    assert "onmicrosoft" not in told


def test_the_report_stays_alone_on_stdout(url: str, capsys: pytest.CaptureFixture[str]) -> None:
    run(["plan", "--format", "json", "--log-level", "debug"])
    assert json.loads(capsys.readouterr().out)["command"] == "plan"


def test_an_unknown_level_is_wrong_usage(url: str) -> None:
    assert run(["plan", "--log-level", "loud"]) == 64
