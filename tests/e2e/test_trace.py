"""`--trace`: a valid HAR at every moment, 0600, without secrets and personal data; and spans."""

from __future__ import annotations

import json
import os
import stat
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from pcsync.cli.main import run
from pcsync.cli.telemetry import Sight, watching
from pcsync.cli.trace import Har
from pcsync.cli.trace_redact import BLANK, safe_body, safe_headers, safe_path
from pcsync.client import Attempt
from pcsync.client.answers import Reply
from pcsync.emulator import running
from pcsync.emulator.worldfile import build

ID = "2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11"
WORLD = {"customers": [{"domain": "contoso.onmicrosoft.com", "azure": True, "budget": 100}]}
MANIFEST = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec: {domain: contoso.onmicrosoft.com, budget: {amount: 250}}
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Iterator[Path]:
    monkeypatch.chdir(tmp_path)
    (tmp_path / "contoso.yaml").write_text(MANIFEST, "utf-8")
    with running(build(WORLD)) as server:
        monkeypatch.setenv("PCSYNC_CLOUD", "emulator")
        monkeypatch.setenv("PCSYNC_EMULATOR_URL", server.url)
        yield tmp_path


def entries(path: Path) -> list[dict[str, Any]]:
    found = json.loads(path.read_text("utf-8"))["log"]
    assert (found["version"], found["creator"]["name"]) == ("1.2", "pcsync")
    rows: list[dict[str, Any]] = found["entries"]
    for row in rows:
        assert {"startedDateTime", "time", "request", "response", "cache", "timings"} <= set(row)
        assert {"method", "url", "httpVersion", "cookies", "headers"} <= set(row["request"])
        assert {"status", "statusText", "content", "redirectURL"} <= set(row["response"])
    return rows


def attempt(path: str, body: bytes = b"", answer: bytes = b"", **more: Any) -> Attempt:
    reply = Reply(200, "OK", {"ETag": "secret-etag", "Location": path}, answer)
    return Attempt("PATCH", path, 1, True, ID, ID, status=200, body=body, reply=reply, **more)


@pytest.mark.parametrize("command", ["plan", "drift", "doctor", "apply"])
def test_every_command_writes_one(folder: Path, command: str) -> None:
    Path("old.har").write_text("x" * 100_000, "utf-8")
    Path("old.har").chmod(0o644)
    run([command, *(["--yes"] if command == "apply" else []), "--trace", "old.har"])
    rows = entries(folder / "old.har")
    assert any("/customers" in row["request"]["url"] for row in rows)
    assert stat.S_IMODE((folder / "old.har").stat().st_mode) == 0o600
    text = (folder / "old.har").read_text("utf-8")
    for hidden in ("onmicrosoft", "Bearer", "Akers", "Springfield", "Contoso", "W/"):
        assert hidden not in text
    amounts = [row["request"].get("postData", {}).get("text", "") for row in rows]
    assert any('"amount": 250' in text for text in amounts) is (command == "apply")


def interrupted(path: Path) -> None:
    with watching("plan", Sight(trace=path)) as watch:
        assert entries(path) == []
        for number in range(3):
            watch.request(attempt(f"/v1/customers/{ID}/users"))
            assert len(entries(path)) == number + 1
        raise KeyboardInterrupt


def test_it_is_valid_after_every_entry_and_after_an_interrupt(tmp_path: Path) -> None:
    path = tmp_path / "run.har"
    with pytest.raises(KeyboardInterrupt):
        interrupted(path)
    assert len(entries(path)) == 3


def test_an_answer_that_did_not_come(tmp_path: Path) -> None:
    har = Har(tmp_path / "run.har")
    har.request(Attempt("GET", "/v1/customers", 1, False, ID, ID, failure="proxy kim:pw@x"))
    har.close()
    (row,) = entries(tmp_path / "run.har")
    assert row["response"]["status"] == 0
    assert row["comment"] == "no answer came"


def test_a_place_that_can_not_be_written(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert run(["plan", "--trace", "no/such/folder/run.har"]) == 64
    assert "choose another --trace" in capsys.readouterr().err


@pytest.mark.parametrize(
    "path,safe",
    [
        (f"/v1/customers/{ID}/users/{ID}", f"/v1/customers/{ID}/users/{ID}"),
        (f"/v1/customers/{ID}/users/ana@contoso.example", f"/v1/customers/{ID}/users/***"),
        ("/v1/domains/contoso.onmicrosoft.com", "/v1/domains/***"),
        ("/v1/customers?size=500&filter=%7BAna%7D", "/v1/customers?size=500&filter=***"),
        ("/v1/customers?size=Kim%20Akers", "/v1/customers?size=***"),
        ("/v1/products/CFQ7TTC0LCHC/skus/0002", "/v1/products/CFQ7TTC0LCHC/skus/0002"),
        ("/v1/ana/kim", "/v1/***/***"),
    ],
)
def test_paths(path: str, safe: str) -> None:
    assert safe_path(path) == safe


def test_bodies_keep_ids_statuses_counts_dates_and_nothing_else() -> None:
    kept = {
        "id": ID,
        "quantity": 5,
        "status": "active",
        "termDuration": "P1Y",
        "commitmentEndDate": "2027-11-22T00:00:00Z",
        "offerId": "CFQ7TTC0LCHC:0002:CFQ7TTC0X75M",
        "totalCount": 1,
    }
    gone = {
        "userPrincipalName": "ana@contoso.example",
        "displayName": "Ana",
        "phoneNumber": "+4930123",
        "password": "p",
        "userCredentials": {"userName": "admin", "password": "p"},
        "postalCode": 10115,
        "state": "WA",
        "attributes": {"etag": "e"},
        "unheardOf": True,
        "description": "The user ana@contoso.example is there already",
    }
    found = json.loads(safe_body(json.dumps({**kept, **gone}).encode()))
    assert {name: found[name] for name in kept} == kept
    rest = json.dumps({name: found[name] for name in gone})
    for hidden in ("ana", "Ana", "4930", '"p"', "admin", "10115", "WA", '"e"', "true"):
        assert hidden not in rest.replace('"displayName"', "").replace('"userName"', ""), hidden


@pytest.mark.parametrize("raw", [b"<html>Ana</html>", b"\xff\xfe", b"[" * 100_000])
def test_bodies_that_are_not_json_are_blank(raw: bytes) -> None:
    assert safe_body(raw) == BLANK


def test_an_id_must_look_like_one() -> None:
    found = safe_body(json.dumps({"id": "ana@contoso.example", "createdDate": "Ana"}).encode())
    assert json.loads(found) == {"id": BLANK, "createdDate": BLANK}


def test_headers_are_a_closed_list() -> None:
    given = {"Authorization": "Bearer x", "If-Match": "e", "MS-RequestId": ID, "Set-Cookie": "c"}
    found = dict(safe_headers(given))
    assert found == {**dict.fromkeys(given, BLANK), "MS-RequestId": ID}


SPAN = {"OTEL_TRACES_EXPORTER": "console"}


def plan(extra: dict[str, str], *before: str) -> subprocess.CompletedProcess[str]:
    code = "import sys; from pcsync.cli.main import run; code = run(['plan']); "
    code += "print('otel' if 'opentelemetry' in sys.modules else 'none', code)"
    return subprocess.run(
        [sys.executable, "-c", "; ".join([*before, code])],
        env={**os.environ, **extra},
        capture_output=True,
        text=True,
        timeout=60,
        check=True,
    )


def test_spans_of_command_customer_and_requests(folder: Path) -> None:
    done = plan(SPAN)
    assert done.stdout.endswith("otel 0\n")
    decoder, rows, text = json.JSONDecoder(), [], done.stderr.strip()
    while text:
        row, at = decoder.raw_decode(text)
        rows, text = [*rows, row], text[at:].strip()
    command = next(row for row in rows if row["name"] == "pcsync plan")
    customer = next(row for row in rows if row["name"] == "customer")
    requests = [row for row in rows if row["name"].startswith("GET ")]
    mine = [row for row in requests if row["parent_id"] == customer["context"]["span_id"]]
    assert customer["parent_id"] == command["context"]["span_id"]
    assert len(mine) >= 1
    assert len({row["context"]["trace_id"] for row in rows}) == 1
    assert "onmicrosoft" not in done.stderr


def test_without_a_wish_or_the_extra_nothing_is_imported(folder: Path) -> None:
    assert plan({}).stdout.endswith("none 0\n")
    hidden = (
        "import importlib.util as u, pcsync.cli.telemetry_spans as s; s.find_spec = lambda n: None"
    )
    done = plan(SPAN, hidden)
    assert done.stdout.endswith("none 0\n")
    assert done.stderr == ""
