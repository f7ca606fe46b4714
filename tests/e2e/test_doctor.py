"""`pcsync doctor` against the emulator: each check, what it says to do, and that it only reads."""

from __future__ import annotations

import json
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
import requests

from pcsync.cli.main import run
from pcsync.emulator import running
from pcsync.emulator.worldfile import build

TENANT = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
APP = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
ANA, KAI = "ana@northwind.example", "kai@northwind.example"
USERS = [
    {"refreshToken": "good", "userPrincipalName": ANA, "roles": ["HelpdeskAgents"]},
    {"refreshToken": "no-mfa", "userPrincipalName": KAI, "mfa": False},
]
PERSON = """\
  users:
    - userPrincipalName: mia@contoso.onmicrosoft.com
      displayName: Mia
      password: {generate: true}
"""


class Desk:
    """A folder with a manifest, and an emulator with the one customer."""

    def __init__(self, folder: Path, url: str, capsys: pytest.CaptureFixture[str]) -> None:
        self.folder, self.url, self._capsys = folder, url, capsys
        self.env: Callable[[str, str], None] = lambda name, value: None
        self.manifest()

    def manifest(self, more: str = "  budget: {amount: 250}\n") -> None:
        head = "apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: contoso}\nspec:\n"
        text = f"{head}  domain: contoso.onmicrosoft.com\n{more}"
        (self.folder / "contoso.yaml").write_text(text, "utf-8")

    def project(self, plan: str, apply: str) -> None:
        text = f"apiVersion: pcsync/v1\nkind: Project\ncloud: emulator\nauth:\n  plan: {plan}\n"
        text += f"  apply: {apply}\npartner: {{tenantId: {TENANT}}}\npaths: [contoso.yaml]\n"
        (self.folder / "pcsync.yaml").write_text(text, "utf-8")

    def seed(self, customer: dict[str, Any] | None = None, **settings: Any) -> None:
        world = {
            "settings": settings,
            "apps": [{"id": APP, "secret": "s", "users": USERS}, default_app()],
            "customers": [{"domain": "contoso.onmicrosoft.com", "azure": True, **(customer or {})}],
        }
        self.control("seed", world)

    def control(self, name: str, body: Any) -> None:
        answer = requests.post(f"{self.url}/_emulator/{name}", json=body, timeout=10)
        assert answer.status_code < 300, answer.text

    def calls(self) -> list[str]:
        calls = requests.get(f"{self.url}/_emulator/calls", timeout=10).json()
        return [call["method"] for call in calls]

    def told(self) -> tuple[int, dict[str, tuple[str, str]]]:
        """The exit code, and the rows: check -> (state, what with what to do)."""
        code = run(["doctor", "--format", "json"])
        out = json.loads(self._capsys.readouterr().out)
        assert out["exit"] == code
        assert set(self.calls()) <= {"GET", "HEAD"}, "a doctor only looks"
        rows = {
            row["check"]: (row["state"], f"{row['what']}; {row.get('do')}") for row in out["rows"]
        }
        return code, rows

    def human(self) -> tuple[int, str]:
        code = run(["doctor"])
        return code, self._capsys.readouterr().out


def default_app() -> dict[str, Any]:
    users = [
        {"refreshToken": "emulator-user", "userPrincipalName": ANA, "roles": ["HelpdeskAgents"]}
    ]
    return {"id": "pcsync", "secret": "emulator", "users": users}


def signed(token: str = "good", env: str = "SECRET") -> str:
    (Path() / f"{token}.token").write_text(token, "utf-8")
    user = f"user: {{refreshToken: {{file: {token}.token}}}}"
    return f"{{kind: secret, app: {APP}, secret: {{env: {env}}}, {user}}}"


@pytest.fixture
def desk(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> Iterator[Desk]:
    monkeypatch.chdir(tmp_path)
    with running(build({})) as server:
        monkeypatch.setenv("PCSYNC_CLOUD", "emulator")
        monkeypatch.setenv("PCSYNC_EMULATOR_URL", server.url)
        monkeypatch.setenv("SECRET", "s")
        made = Desk(tmp_path, server.url, capsys)
        made.env = monkeypatch.setenv
        made.seed()
        yield made


def test_all_is_well_in_80_columns_and_only_reads_are_sent(desk: Desk) -> None:
    code, text = desk.human()
    assert code == 0, text
    assert max(map(len, text.splitlines())) <= 80
    assert "ok       CUSTOMER contoso: relationship, delegation, agreement, vetting" in text
    assert "unknown  fraud events" in text
    assert " failed" not in text.splitlines()[-1]
    assert set(desk.calls()) <= {"GET", "HEAD"}
    assert "made with MFA" not in text
    assert "the user's token complies" in " ".join(text.split())


@pytest.mark.parametrize("people,state,code", [("", "warning", 0), (PERSON, "failed", 1)])
def test_without_delegation_people_are_out_of_reach(
    desk: Desk, people: str, state: str, code: int
) -> None:
    desk.seed({"delegation": False})
    desk.manifest(people or "  budget: {amount: 250}\n")
    ended, rows = desk.told()
    assert (ended, rows["delegation"][0]) == (code, state)
    assert "900308" in rows["delegation"][1]
    assert "GDAP" in rows["delegation"][1]


@pytest.mark.parametrize(
    "status,code,state,says",
    [
        (403, 900309, "warning", "Conditional Access"),
        (403, 20002, "failed", "no relationship"),
        (403, 424242, "unknown", "403 424242"),
    ],
)
def test_a_probe_that_is_refused(desk: Desk, status: int, code: int, state: str, says: str) -> None:
    body = {"code": code, "description": "said by the service"}
    desk.control("faults", {"path": "*/subscribedskus", "status": status, "body": body, "times": 9})
    ended, rows = desk.told()
    assert rows["delegation"][0] == state
    assert says in rows["delegation"][1]
    assert ended == (1 if state == "failed" else 0)


def test_agreement_and_vetting_block_purchases(desk: Desk) -> None:
    desk.seed({"agreement": False, "directSigned": False, "validationStatus": "UnderReview"})
    code, rows = desk.told()
    assert (code, rows["agreement"][0], rows["vetting"][0]) == (0, "warning", "warning")
    desk.manifest(
        "  subscriptions:\n    - {name: m365, product: 'CFQ7TTC0LCHC:0002', termDuration: P1Y,"
        " billingCycle: monthly, quantity: 1}\n"
    )
    code, rows = desk.told()
    assert (code, rows["agreement"][0], rows["vetting"][0]) == (1, "failed", "failed")


def test_an_attested_agreement_and_no_record_of_vetting_are_fine(desk: Desk) -> None:
    desk.seed({"directSigned": False, "validationStatus": "none"})
    _, rows = desk.told()
    assert rows["agreement"] == ("ok", "attested by the partner; None")
    assert rows["vetting"][0] == "ok"


def test_a_relationship_that_has_ended(desk: Desk) -> None:
    desk.seed({"relationship": "none"})
    code, rows = desk.told()
    assert (code, rows["relationship"][0]) == (1, "failed")
    assert "request a reseller relationship" in rows["relationship"][1]


def test_a_command_that_keeps_tokens_never_runs(desk: Desk) -> None:
    desk.seed(refreshRotates=True)
    kept = "keep: {command: [touch, it-ran]}"
    user = f"user: {{refreshToken: {{env: TOKEN}}, {kept}}}"
    desk.project(signed(), f"{{kind: secret, app: {APP}, secret: {{env: SECRET}}, {user}}}")
    desk.env("TOKEN", "good")
    _, rows = desk.told()
    assert rows["apply user token"][0] == "ok"
    assert rows["apply refresh token"][0] == "unknown"
    assert not (desk.folder / "it-ran").exists()


def test_a_customer_that_is_not_there(desk: Desk) -> None:
    desk.seed({"domain": "other.onmicrosoft.com"})
    assert desk.told()[1]["relationship"][0] == "warning"
    desk.manifest(f"  tenantId: {APP}\n")
    code, rows = desk.told()
    assert (code, rows["relationship"][0]) == (1, "failed")
    assert "delegation" not in rows


@pytest.mark.parametrize("where", ["header", "body", "both"])
def test_a_user_without_mfa(desk: Desk, where: str) -> None:
    desk.seed(mfaAnswer=where)
    desk.project(signed("no-mfa"), signed("good"))
    code, rows = desk.told()
    assert code == 1
    assert rows["plan user token"][0] == "failed"
    assert rows["plan MFA"][0] == "failed"
    assert "consent again with MFA" in rows["plan MFA"][1]
    assert rows["apply MFA"][0] == "ok"
    assert rows["delegation"][0] == "unknown"


def test_what_apply_can_not_do_with_an_app_alone(desk: Desk) -> None:
    desk.manifest(PERSON)
    desk.project(signed(), f"{{kind: secret, app: {APP}, secret: {{env: SECRET}}}}")
    code, rows = desk.told()
    assert code == 1
    assert rows["plan, tokens"][0] == "failed"
    assert "need a user's token: user/contoso/mia" in rows["plan, tokens"][1]


def test_where_only_plan_runs_apply_is_unknown(desk: Desk) -> None:
    desk.project(signed(), signed(env="NOT_SET_HERE"))
    code, rows = desk.told()
    assert code == 0
    assert rows["apply identity"][0] == "unknown"
    assert rows["plan, tokens"][0] == "unknown"
    assert rows["plan refresh token"][0] == "ok"


def test_a_wrong_secret_fails_and_the_rest_is_unknown(
    desk: Desk, monkeypatch: pytest.MonkeyPatch
) -> None:
    desk.project(signed(), signed())
    monkeypatch.setenv("SECRET", "wrong-canary")
    code, rows = desk.told()
    assert code == 1
    assert rows["plan app token"][0] == "failed"
    assert "secret" in rows["plan app token"][1]
    assert rows["service"][0] == rows["fraud events"][0] == rows["plan"][0] == "unknown"
    assert "wrong-canary" not in str(rows)


def test_broken_manifests_and_settings_are_rows(desk: Desk) -> None:
    desk.manifest("  nonsense: 1\n")
    code, rows = desk.told()
    assert (code, rows["plan"][0]) == (1, "failed")
    assert rows["plan app token"][0] == "ok"
    (desk.folder / "pcsync.yaml").write_text("kind: Nothing\n", "utf-8")
    code, rows = desk.told()
    assert code == 1
    assert set(rows) == {"settings"}
    assert "pcsync.yaml" in rows["settings"][1]


def test_an_emulator_that_is_gone(desk: Desk, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PCSYNC_EMULATOR_URL", "http://127.0.0.1:9")
    code, rows = desk.told()
    assert code == 1
    assert rows["plan app token"][0] == "failed"


def test_limits_are_counted(desk: Desk) -> None:
    fault = {"path": "*/subscribedskus", "status": 429, "headers": {"Retry-After": "7"}}
    desk.control("faults", {**fault, "times": 2})
    _, rows = desk.told()
    assert rows["limits"][0] == "warning"
    assert rows["limits"][1].startswith("2 of ")
    assert rows["delegation"][0] == "ok"
