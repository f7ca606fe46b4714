"""docs/emulator.md: its blocks run, and it has every word that the emulator has."""

from __future__ import annotations

import os
import re
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import pytest
import requests
import yaml

from pcsync.cli.emulator import command
from pcsync.emulator import (
    control,
    faultwords,
    load_world,
    running,
    seed_account,
    seed_apps,
    seed_customers,
    seed_partner,
    seed_subscriptions,
    worldfile,
)

ROOT = Path(__file__).resolve().parents[2]
PAGE = (ROOT / "docs" / "emulator.md").read_text("utf-8")
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.M | re.S)
BLOCKS = BLOCK.findall(PAGE)
USUAL = "http://127.0.0.1:8642"
MARK = "-- end of block --"
WORDS = {
    *worldfile.WORLD_WORDS,
    *worldfile.SETTING_WORDS,
    *seed_partner.PARTNER_WORDS,
    *seed_partner.RESELLER_WORDS,
    *seed_partner.CODE_WORDS,
    *seed_partner.PORTAL_WORDS,
    *seed_apps.APP_WORDS,
    *seed_apps.USER_WORDS,
    *seed_apps.FEDERATED_WORDS,
    *seed_customers.CUSTOMER_WORDS,
    *seed_customers.USER_WORDS,
    *seed_customers.PROFILE_WORDS,
    *seed_account.QUALIFICATION_WORDS,
    *seed_account.ENTITLEMENT_WORDS,
    *seed_account.USAGE_WORDS,
    *seed_account.TRANSFER_WORDS,
    *seed_account.LINE_WORDS,
    *seed_subscriptions.SUBSCRIPTION_WORDS,
    *faultwords.WORDS,
    *control.MOVES,
}


def of(kind: str) -> list[str]:
    return [text for name, text in BLOCKS if name == kind]


@pytest.fixture(scope="module")
def url() -> Iterator[str]:
    with running(load_world()) as emulator:
        yield emulator.url


def expected() -> list[str]:
    """For each shell block the text block right after it; empty where there is none."""
    pairs = zip(BLOCKS, [*BLOCKS[1:], ("", "")], strict=True)
    return [after[1] if after[0] == "text" else "" for block, after in pairs if block[0] == "sh"]


def test_shell_blocks_do_what_the_page_says(url: str) -> None:
    """All in one shell, for later ones use what earlier ones have set."""
    script = "set -eu\n" + f"\necho '{MARK}'\n".join(of("sh"))
    done = subprocess.run(
        ["bash", "-c", script.replace(USUAL, url)],
        capture_output=True,
        text=True,
        timeout=120,
        env={"PATH": "/usr/local/bin:/usr/bin:/bin", "NO_PROXY": "*", "no_proxy": "*"},
    )
    assert done.returncode == 0, done.stderr
    shown = [part.strip() for part in done.stdout.split(MARK)]
    assert shown == [text.strip() for text in expected()]


SCRIPTS = [text for text in of("python") if "import pytest" not in text]
FIXTURES = [text for text in of("python") if "import pytest" in text]
A_TEST = """

def test_a_world_is_seeded(contoso):
    (row,) = requests.get(f"{contoso}/_emulator/world", timeout=10).json()["customers"]
    assert row["domain"] == "contoso.onmicrosoft.com"
"""


@pytest.mark.parametrize("number", range(len(SCRIPTS)))
def test_scripts_run_and_see_their_customer(
    url: str, number: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("NO_PROXY", "*")
    names: dict[str, Any] = {"__name__": "docs"}
    text = SCRIPTS[number].replace(USUAL, url)
    exec(compile(text, f"docs/emulator.md, script {number}", "exec"), names)
    listed = names["listed"] if "listed" in names else names["again"].json()
    assert [row["companyProfile"]["domain"] for row in listed["items"]] == [
        "contoso.onmicrosoft.com"
    ]


@pytest.mark.parametrize("text", FIXTURES)
def test_fixtures_serve_a_test(tmp_path: Path, text: str) -> None:
    file = tmp_path / "test_page.py"
    file.write_text(text + A_TEST, "utf-8")
    done = subprocess.run(
        [sys.executable, "-m", "pytest", "-p", "no:cacheprovider", str(file)],
        capture_output=True,
        text=True,
        timeout=120,
        cwd=tmp_path,
        env={**os.environ, "NO_PROXY": "*", "PYTHONPATH": str(ROOT)},
    )
    assert "1 passed" in done.stdout, done.stdout


@pytest.mark.parametrize("text", of("powershell"))
def test_powershell_blocks_name_addresses_that_exist(url: str, text: str) -> None:
    addresses = re.findall(r"\"(\$pc/[^\"]*)\"|'(https?://[^']*)'", text)
    assert len(addresses) > 3
    for raw in (first or second for first, second in addresses):
        parts = urlsplit(raw.replace("$pc", url))
        assert parts.scheme in ("http", "https")
        assert parts.hostname
        assert "$" not in parts.path
        if parts.path.startswith("/_emulator/"):
            assert parts.path in {path for _, path in control.ROUTES}
        elif parts.path.startswith("/v1/"):
            assert requests.get(url + parts.path, timeout=10).status_code == 401


@pytest.mark.parametrize("text", of("yaml"))
def test_world_files_of_the_page_load(tmp_path: Path, text: str) -> None:
    file = tmp_path / "world.yaml"
    file.write_text(text, "utf-8")
    (customer,) = load_world(file).customers.values()
    assert customer.company_name == yaml.safe_load(text)["customers"][0]["companyName"]


def test_every_word_stands_on_the_page() -> None:
    """Whoever adds a word to worlds, faults or the clock says on this page what it means."""
    told = set(re.findall(r"\w+", " ".join(re.findall(r"`([^`\n]+)`", PAGE))))
    assert WORDS - told == set()


def test_every_endpoint_of_the_control_plane_stands_on_the_page() -> None:
    told = set(re.findall(r"`(GET|POST|DELETE) (/_emulator/[\w/]+)`", PAGE))
    assert told == set(control.ROUTES)


@pytest.mark.parametrize("name", ["serve", "seed"])
def test_every_option_stands_on_the_page(name: str) -> None:
    options = {option for param in command.commands[name].params for option in param.opts}
    assert {option for option in options if f"`{option}`" not in PAGE} == set()


def test_blocks_are_of_kinds_that_are_tested() -> None:
    kinds = {name for name, _ in BLOCKS}
    assert kinds == {"console", "sh", "text", "python", "powershell", "yaml"}
