"""From `pcsync.yaml` to an identity: every kind, where the newest token goes, clouds, networks."""

from __future__ import annotations

import re
import stat
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pcsync.cli import login as login_command
from pcsync.cli.main import run
from pcsync.cli.settings import Settings, load_settings
from pcsync.client import Source
from pcsync.emulator import running
from pcsync.emulator.worldfile import build
from pcsync.errors import Exit, ManifestProblems, SettingsError

TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
APP = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
CANARY = "canary-7f3a9"
HEAD = f"apiVersion: pcsync/v1\nkind: Project\npartner: {{tenantId: {TENANT}}}\n"
ENVIRONMENT = {name: f"{name}-{CANARY}" for name in ("SECRET", "TOKEN", "PEM", "PASS")}


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def settings(folder: Path, text: str, *, writable: bool = False, **more: Any) -> Settings:
    (folder / "pcsync.yaml").write_text(HEAD + text, "utf-8")
    return load_settings(writable=writable, environment={**ENVIRONMENT, **more})


def identity(folder: Path, words: str, *, writable: bool = False) -> Any:
    which = "apply" if writable else "plan"
    return settings(folder, f"auth: {{{which}: {{{words}}}}}\n", writable=writable).identity


def test_the_two_identities_are_kept_apart(folder: Path) -> None:
    text = (
        f"auth:\n  plan: {{kind: secret, app: {APP}, secret: {{env: SECRET}}}}\n"
        f"  apply: {{kind: certificate, app: {APP}, certificate: {{env: PEM}},"
        " passphrase: {env: PASS}}\n"
    )
    reading, writing = settings(folder, text), settings(folder, text, writable=True)
    assert reading.identity is not None
    assert writing.identity is not None
    assert (reading.identity.kind, reading.identity.secret) == ("secret", f"SECRET-{CANARY}")
    assert (writing.identity.kind, writing.identity.secret) == ("certificate", None)
    assert writing.identity.certificate == f"PEM-{CANARY}"
    assert writing.identity.passphrase == f"PASS-{CANARY}"
    assert CANARY not in repr(reading) + repr(writing)


@pytest.mark.parametrize(
    "words,source",
    [
        ("", Source()),
        ("token: {github: {audience: x}}", Source("github", "x")),
        ("token: {github: {}}", Source("github", "")),
        ("token: {env: PC_ID_TOKEN}", Source("env", "PC_ID_TOKEN")),
        (f"token: {{azureDevOps: {{serviceConnection: {APP}}}}}", Source("azureDevOps", APP)),
        ("token: {azureDevOps: {}}", Source("azureDevOps", "")),
        ("token: {file: /run/token}", Source("file", "/run/token")),
    ],
)
def test_federated(folder: Path, words: str, source: Source) -> None:
    more = f", {words}" if words else ""
    found = identity(folder, f"kind: federated, app: {APP}, user: {{refreshToken: {{env: TOKEN}}}}")
    assert (found.kind, found.refresh_token) == ("federated", f"TOKEN-{CANARY}")
    assert identity(folder, f"kind: federated, app: {APP}{more}").source == source


@pytest.mark.parametrize(
    "words,missing",
    [
        ("kind: federated", "app"),
        (f"kind: certificate, app: {APP}", "certificate"),
        (f"kind: refreshToken, app: {APP}", "user"),
        ("kind: deviceCode", "app"),
        (f"kind: secret, app: {APP}", "secret"),
    ],
)
def test_what_a_kind_needs_is_asked_for(folder: Path, words: str, missing: str) -> None:
    with pytest.raises(ManifestProblems) as caught:
        identity(folder, words)
    assert f"`{missing}` is missing" in "\n".join(caught.value.lines())


def test_people_and_machines_need_no_secret(folder: Path) -> None:
    assert identity(folder, f"kind: deviceCode, app: {APP}").app == APP
    assert identity(folder, "kind: managedIdentity").app == ""


def test_the_newest_token_goes_back_into_its_file_or_where_it_is_said(folder: Path) -> None:
    (folder / "t").write_text("old")
    words = f"kind: refreshToken, app: {APP}, user: {{refreshToken: {{file: t}}"
    identity(folder, words + "}").keep("new")
    assert (folder / "t").read_text() == "new"
    assert stat.S_IMODE((folder / "t").stat().st_mode) == 0o600
    identity(folder, words + ", keep: {file: elsewhere}}").keep("newer")
    assert (folder / "elsewhere").read_text() == "newer"


def test_se3_a_command_runs_for_apply_and_never_for_plan(folder: Path) -> None:
    command = "[sh, -c, 'cat > seen']"
    words = f"kind: secret, app: {APP}, secret: {{env: SECRET}}, user: "
    words += f"{{refreshToken: {{env: TOKEN}}, keep: {{command: {command}}}}}"
    identity(folder, words).keep("new")
    assert not (folder / "seen").exists()
    identity(folder, words, writable=True).keep("new")
    assert (folder / "seen").read_text() == "new"


SIGN_IN = f"auth: {{plan: {{kind: secret, app: {APP}, secret: {{env: SECRET}}}}}}\n"


@pytest.mark.parametrize("name", ["global", "usGovernment", "china"])
def test_clouds(folder: Path, name: str) -> None:
    assert settings(folder, SIGN_IN + f"cloud: {name}\n").cloud.name == name
    assert settings(folder, SIGN_IN, PCSYNC_CLOUD=name).cloud.name == name


def test_a_closed_cloud_is_refused_with_the_reason(folder: Path) -> None:
    with pytest.raises(SettingsError, match="closed on 29 October 2021"):
        settings(folder, SIGN_IN + "cloud: germany\n")


def test_the_network(folder: Path) -> None:
    (folder / "ca.pem").write_text("x")
    text = (
        "network: {ca: ca.pem, proxy: 'http://proxy.example:8080', timeout: 60, runTimeout: 90}\n"
    )
    found = settings(folder, SIGN_IN + text + "preflightPosts: false\n")
    assert found.ca == Path("ca.pem")
    assert (found.proxy, found.timeout) == ("http://proxy.example:8080", 60)
    assert (found.run_timeout, found.posts) == (90, False)
    with pytest.raises(SettingsError, match=r"nowhere\.pem"):
        settings(folder, SIGN_IN + "network: {ca: nowhere.pem}\n")


def test_a_proxys_password_does_not_stand_in_the_settings(folder: Path) -> None:
    with pytest.raises(ManifestProblems) as caught:
        settings(folder, SIGN_IN + f"network: {{proxy: 'http://u:{CANARY}@proxy.example'}}\n")
    assert "without user and password" in "\n".join(caught.value.lines())


USER = {"refreshToken": "r", "userPrincipalName": "ana@northwind.example"}
WORLD: dict[str, Any] = {
    "apps": [{"id": APP, "public": True, "appOnly": False, "users": [USER]}],
    "customers": [{"domain": "contoso.onmicrosoft.com", "azure": True, "budget": 100}],
}
MANIFEST = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 100}
"""


@pytest.fixture
def server() -> Iterator[Any]:
    with running(build(WORLD)) as started:
        yield started


def test_login_plan_logout_as_a_person(
    folder: Path, server: Any, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    text = f"cloud: emulator\nauth: {{plan: {{kind: deviceCode, app: {APP}}}}}\npaths: [c.yaml]\n"
    (folder / "pcsync.yaml").write_text(HEAD + text)
    (folder / "c.yaml").write_text(MANIFEST)
    monkeypatch.delenv("PCSYNC_CLOUD", raising=False)
    monkeypatch.setenv("PCSYNC_EMULATOR_URL", server.url)
    monkeypatch.setenv("XDG_CACHE_HOME", str(folder / "cache"))
    said: list[str] = []

    def say(message: str) -> None:
        said.append(message)
        if code := re.search(r"the code (\w+)", message):
            answer = requests.post(
                f"{server.url}/_emulator/signin/approve", json={"userCode": code[1]}, timeout=5
            )
            assert answer.status_code == 200, answer.text

    assert run(["plan"]) == Exit.FAILED
    assert "pcsync login" in capsys.readouterr().err
    monkeypatch.setattr(login_command, "_say", say)
    assert run(["login"]) == Exit.FINE
    assert said[-1] == f"signed in as ana@northwind.example of {TENANT}"
    assert run(["plan"]) == Exit.FINE
    assert run(["logout"]) == Exit.FINE
    assert "signed out" in capsys.readouterr().err
    assert run(["plan"]) == Exit.FAILED


def test_login_is_for_people(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (folder / "pcsync.yaml").write_text(HEAD + "cloud: emulator\n")
    assert run(["login"]) == Exit.USAGE
    assert "deviceCode" in capsys.readouterr().err
