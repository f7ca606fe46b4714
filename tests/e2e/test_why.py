"""`pcsync plan --why ADDRESS`: what it says of what is live, missing, unknown or nowhere."""

from __future__ import annotations

import json
import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
import requests

from pcsync.emulator import load_world, running
from tests.command import pcsync

EXAMPLE = Path(__file__).parents[2] / "examples" / "gitops"


class Shell:
    """The example of a repository, and the CLI in it."""

    def __init__(self, folder: Path, url: str) -> None:
        self.folder, self.url = folder, url

    def why(self, address: str, *words: str) -> subprocess.CompletedProcess[str]:
        there = {"PCSYNC_EMULATOR_URL": self.url}
        return pcsync("plan", "--why", address, *words, folder=self.folder, environment=there)


@pytest.fixture
def shell(tmp_path: Path) -> Iterator[Shell]:
    folder = tmp_path / "gitops"
    shutil.copytree(EXAMPLE, folder)
    with running(load_world(folder / "world.yaml")) as server:
        yield Shell(folder, server.url)


def test_what_differs_is_compared_chosen_and_called(shell: Shell) -> None:
    told = shell.why("subscription/adatum/frontline")
    assert told.returncode == 0, told.stderr
    assert "found by friendlyName" in told.stdout
    assert "state         active             suspended          differs" in told.stdout
    assert "subscription/adatum/frontline:resume" in told.stdout
    assert "autoRenewEnabled = true" in told.stdout.replace("\n      ", "")
    assert max(map(len, told.stdout.splitlines())) <= 80


def test_what_is_missing_has_nothing_to_compare(shell: Shell) -> None:
    told = shell.why("subscription/contoso/m365").stdout
    assert "live      no" in told
    assert "COMPARED" not in told
    assert "after customer/contoso:create" in told


def test_rules_are_named_with_what_they_say(shell: Shell) -> None:
    told = shell.why("subscription/contoso/m365").stdout
    assert "PU1" in told
    assert "one cart a customer" in told


def test_what_is_as_declared_says_so(shell: Shell) -> None:
    assert "everything that is declared is so already" in shell.why("customer/adatum").stdout


def test_what_was_not_read_is_unknown(shell: Shell) -> None:
    fault = {"path": "*/subscriptions", "status": 403, "times": 99}
    requests.post(f"{shell.url}/_emulator/faults", json=fault, timeout=5)
    told = shell.why("subscription/adatum/frontline").stdout
    assert "unknown: it could not be read" in told
    assert "nothing is assumed" in told


def test_json_holds_the_same(shell: Shell) -> None:
    found = json.loads(shell.why("subscription/adatum/frontline", "--format", "json").stdout)
    assert found["command"] == "why"
    states = [each for each in found["compared"] if each["field"] == "state"]
    assert states == [
        {"field": "state", "declared": "active", "live": "suspended", "how": "differs"}
    ]
    assert [action["id"] for action in found["actions"]] == ["subscription/adatum/frontline:resume"]


@pytest.mark.parametrize(
    "address, said",
    [
        ("m365", "m365 is not an address"),
        ("subscription/contoso/m36", "did you mean subscription/contoso/m365"),
        ("user/nobody/at.all", "nothing here is called user/nobody/at.all"),
    ],
)
def test_what_is_nowhere_is_wrong_usage(shell: Shell, address: str, said: str) -> None:
    told = shell.why(address)
    assert told.returncode == 64
    assert said in told.stderr
    assert "Traceback" not in told.stderr
