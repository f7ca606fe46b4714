"""`pcsync.yaml`: defaults, typed fields, words of later versions, mistakes with their lines."""

from __future__ import annotations

import json
from datetime import date
from decimal import Decimal
from importlib.resources import files
from pathlib import Path

import pytest

from pcsync.errors import ManifestProblems
from pcsync.manifests import (
    AgeFile,
    Attestation,
    Lease,
    Partner,
    Project,
    Reference,
    SeatCap,
    Secrets,
    SignIn,
    guarded,
    load_project,
)
from pcsync.model import Limit

HEAD = "apiVersion: pcsync/v1\nkind: Project\n"
PARTNER = "partner: {tenantId: 2F1C6F0E-5a3b-4d0c-9a57-0f6f6a1f4b11, name: northwind-cloud}\n"
APP = "0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001"
WHOLE = f"""\
{HEAD}
partner:
  tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11
  name: northwind-cloud
  kind: direct
  billingCurrency: EUR
cloud: emulator
contract: 2026-05
paths: [customers, more/a.yaml]
auth:
  plan:
    {{kind: secret, app: {APP}, secret: {{env: PC_SECRET}}, user: {{refreshToken: {{file: t}}}}}}
  apply: {{kind: secret, app: {APP}, secret: {{file: s}}}}
attestations: {{partnerOnRecord: {{by: f.lang@northwind.example, on: 2026-10-01}}}}
secrets: {{sink: "file:out/passwords.jsonl"}}
"""


def problems(folder: Path, text: str) -> list[str]:
    (folder / "pcsync.yaml").write_text(text, "utf-8")
    with pytest.raises(ManifestProblems) as caught:
        load_project(folder)
    return [line.removeprefix(f"{folder.as_posix()}/") for line in caught.value.lines()[:-1]]


def test_without_a_file_there_are_defaults(tmp_path: Path) -> None:
    assert load_project(tmp_path) == Project(
        tmp_path, None, "global", "2026-05", (tmp_path,), None, None, None
    )


def test_the_least_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "pcsync.yaml").write_text(HEAD + PARTNER, "utf-8")
    partner = Partner("2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11", "northwind-cloud")
    assert load_project(tmp_path) == Project(tmp_path, partner, paths=(tmp_path,))


def test_everything_that_can_be_said(tmp_path: Path) -> None:
    (tmp_path / "pcsync.yaml").write_text(WHOLE, "utf-8")
    assert load_project(tmp_path) == Project(
        directory=tmp_path,
        partner=Partner("2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11", "northwind-cloud", "direct", "EUR"),
        cloud="emulator",
        contract="2026-05",
        paths=(tmp_path / "customers", tmp_path / "more/a.yaml"),
        plan=SignIn("secret", APP, Reference(env="PC_SECRET"), Reference(file=tmp_path / "t")),
        apply=SignIn("secret", APP, Reference(file=tmp_path / "s")),
        partner_on_record=Attestation("f.lang@northwind.example", date(2026, 10, 1)),
        secrets=Secrets(tmp_path / "out/passwords.jsonl"),
    )


def test_what_is_said_of_all_customers(tmp_path: Path) -> None:
    text = """\
renewals: {decideWithin: {P1Y: 30}}
licenses: {ignore: [FLOW_FREE]}
users: {protectedPatterns: []}
seatCaps: [{name: frontline, products: ["CFQ7TTC0LH05:0001"], max: 50}]
"""
    (tmp_path / "pcsync.yaml").write_text(HEAD + PARTNER + text, "utf-8")
    found = load_project(tmp_path)
    assert found.decide_within == {"P1M": 0, "P1Y": 30, "P3Y": 90}
    assert found.ignored_licenses == {"FLOW_FREE"}
    assert found.protected_patterns == ()
    assert found.seat_caps == (SeatCap("frontline", ("CFQ7TTC0LH05:0001",), 50),)


def test_what_is_shipped_exists(tmp_path: Path) -> None:
    """The part numbers are in Microsoft's table, the products with a cap in the shipped one."""
    kinds = Path(str(files("pcsync.kinds")))
    skus = json.loads((kinds / "license" / "skus.json").read_text("utf-8"))
    products = json.loads((kinds / "subscription" / "products.json").read_text("utf-8"))
    found = load_project(tmp_path)
    assert {"FLOW_FREE", "POWER_BI_STANDARD", "TEAMS_EXPLORATORY"} < found.ignored_licenses
    assert found.ignored_licenses <= {sku["partNumber"] for sku in skus}
    (cap,) = found.seat_caps
    assert cap.max == 300
    assert [products["products"][name]["title"].rpartition(" ")[2] for name in cap.products] == [
        "Basic",
        "Standard",
        "Premium",
    ]


def test_what_guards_comes_from_the_base(tmp_path: Path) -> None:
    """Rules SE3 and SE4: a change must not loosen what guards it."""
    (tmp_path / "pcsync.yaml").write_text(WHOLE + "users: {protectedPatterns: []}\n", "utf-8")
    loose = load_project(tmp_path)
    base = tmp_path / "base.yaml"
    base.write_text(HEAD + PARTNER + "paths: [old]\nsecrets: {sink: 'file:safe'}\n", "utf-8")
    strict = load_project(tmp_path, base)
    found = guarded(loose, strict)
    assert found.sink == tmp_path / "safe"
    assert (found.plan, found.apply, found.partner_on_record) == (None, None, None)
    assert found.protected_patterns == strict.protected_patterns != ()
    assert found.cloud == "global"
    assert found.paths == loose.paths


@pytest.mark.parametrize(
    "line",
    [
        "report: {}",
    ],
)
def test_words_of_later_versions(tmp_path: Path, line: str) -> None:
    found = problems(tmp_path, HEAD + PARTNER + line + "\n")
    assert "not supported yet" in found[-1] + found[0]


@pytest.mark.parametrize(
    "text,said",
    [
        ("", "1:1: 0 documents where one belongs; write one document of `kind: Project`"),
        ("a: 1\n---\nb: 2\n", "1:1: 2 documents where one belongs;"),
        ("- a\n", "1:1: a list where a mapping belongs; write a mapping"),
        (HEAD, "1:1: `partner` is missing; add it"),
        (HEAD + "partner: {}\n", "3:1: `partner`: `tenantId` is missing; add it, such as"),
        (HEAD + "partner: {tenantId: x}\n", "3:21: `partner.tenantId`: `x` is not of the form"),
        (HEAD + PARTNER + "colour: red\n", "4:1: `colour`: unknown field; did you mean `cloud`?"),
        (HEAD + PARTNER + "paths: []\n", "4:1: `paths`: the list is empty; write 1 or more"),
        (HEAD + PARTNER + "paths: ['']\n", "4:9: `paths.0`: the text is empty;"),
        (HEAD + PARTNER + "contract: 2020\n", "4:11: `contract`: `2020` is not a word here;"),
        (HEAD + PARTNER + "auth: {plan: {kind: secret}}\n", "4:8: `auth.plan`: `app` is missing"),
        (
            HEAD + PARTNER + "attestations: {partnerOnRecord: {by: x, on: today}}\n",
            "4:45: `attestations.partnerOnRecord.on`: `today` is no date;",
        ),
        (HEAD + PARTNER + "freeze: [32..3]\n", "4:10: `freeze.0`: `32..3` is not of the form"),
        (HEAD + PARTNER + "freeze: [2026-12-24..2026-12-01]\n", "4:10: `2026-12-24..2026-12-01` e"),
        (HEAD + PARTNER + "freeze: [2026-02-30..2026-03-01]\n", "4:10: `2026-02-30..2026-03-01` 2"),
        (HEAD + PARTNER + "paused: maybe\n", "4:9: `paused`: "),
        (
            HEAD + PARTNER + "lease: {path: a, url: 'postgresql://h/d'}\n",
            "4:1: `lease`: `path` and",
        ),
        (HEAD + PARTNER + "lease: {url: 'postgresql://u:p@h/d'}\n", "4:14: `lease.url`: "),
        (
            HEAD + PARTNER + "secrets: {sink: 'keyvault:x'}\n",
            "4:17: `secrets.sink`: `keyvault:x` is",
        ),
        (HEAD + PARTNER + "secrets: {sink: {}}\n", "4:11: `secrets.sink`: nothing stands in it"),
        (HEAD + PARTNER + "a: [\n", "5:1: not readable as YAML"),
        (HEAD.replace("Project", "Customer") + PARTNER, "2:7: `kind`: `Customer` is not a word"),
    ],
)
def test_what_is_said_of_settings(tmp_path: Path, text: str, said: str) -> None:
    assert problems(tmp_path, text)[0].startswith(f"pcsync.yaml:{said}")


def test_secrets_are_references_and_are_not_repeated(tmp_path: Path) -> None:
    text = f"auth: {{plan: {{kind: secret, app: {APP}, secret: hunter2}}}}\n"
    (problem,) = problems(tmp_path, HEAD + PARTNER + text)
    assert problem.endswith("write a reference: `{env: NAME}` or `{file: PATH}`")
    assert "hunter2" not in problem


def test_how_runs_go(tmp_path: Path) -> None:
    text = """\
freeze: ["28..3", "22:00..02:00", "2026-12-21..2027-01-03"]
paused: true
lease: {url: "postgresql://pcsync@db.example/pcsync", password: {env: PC_LEASE}}
secrets: {sink: {command: [store, it]}, generate: {command: [make]}}
"""
    (tmp_path / "pcsync.yaml").write_text(HEAD + PARTNER + text, "utf-8")
    found = load_project(tmp_path)
    assert found.freeze == ("28..3", "22:00..02:00", "2026-12-21..2027-01-03")
    assert found.paused
    assert found.lease == Lease(url="postgresql://pcsync@db.example/pcsync", password="PC_LEASE")
    assert found.secrets == Secrets(command=("store", "it"), generate=("make",))


def test_a_shared_folder_and_an_age_file_are_relative_to_the_settings(tmp_path: Path) -> None:
    text = "lease: {path: shared}\nsecrets: {sink: {age: {file: a.jsonl, recipients: [age1xyz]}}}\n"
    (tmp_path / "pcsync.yaml").write_text(HEAD + PARTNER + text, "utf-8")
    found = load_project(tmp_path)
    assert found.lease == Lease(path=tmp_path / "shared")
    assert found.secrets.age == AgeFile(tmp_path / "a.jsonl", ("age1xyz",))


def test_a_vault_is_answered_with_what_works(tmp_path: Path) -> None:
    (problem,) = problems(tmp_path, HEAD + PARTNER + "secrets: {sink: 'keyvault:csp'}\n")
    assert "for a vault a command that stores what it reads" in problem


def test_pause_freeze_and_sinks_come_from_the_base(tmp_path: Path) -> None:
    """Rules SE3 and SE4: a change can't lift a freeze, nor bring its own command."""
    base, change = tmp_path / "base.yaml", tmp_path / "pcsync.yaml"
    base.write_text(HEAD + PARTNER + "freeze: [28..3]\npaused: true\n", "utf-8")
    change.write_text(HEAD + PARTNER + "secrets: {sink: {command: [steal]}}\n", "utf-8")
    found = guarded(load_project(tmp_path), load_project(tmp_path, base))
    assert found.freeze == ("28..3",)
    assert found.paused
    assert found.secrets == Secrets()


def test_limits_of_a_run(tmp_path: Path) -> None:
    """Rule RO1: what is not named keeps its default."""
    text = "limits: {suspend: 2, customers: 10%, upfront: 120000.50, perCustomer: {addSeats: 5}}\n"
    (tmp_path / "pcsync.yaml").write_text(HEAD + PARTNER + text, "utf-8")
    found = load_project(tmp_path).limits
    assert found.run["suspend"] == Limit(Decimal(2))
    assert found.run["customers"] == Limit(Decimal(10), percent=True)
    assert found.run["upfront"] == Limit(Decimal("120000.50"))
    assert found.run["addSeats"] == Limit(Decimal(25), shipped=True)
    assert "removals" not in found.run
    assert dict(found.customer) == {"addSeats": Limit(Decimal(5))}
    assert load_project(tmp_path / "empty").limits.run["customers"].most == 10


def test_limits_come_from_the_base(tmp_path: Path) -> None:
    """Rule SE4."""
    loose, base = tmp_path / "pcsync.yaml", tmp_path / "base.yaml"
    loose.write_text(HEAD + PARTNER + "limits: {customers: 500}\n", "utf-8")
    base.write_text(HEAD + PARTNER, "utf-8")
    found = guarded(load_project(tmp_path), load_project(tmp_path, base)).limits
    assert found.run["customers"].most == 10
    assert found.source == "pcsync.yaml of the base"


@pytest.mark.parametrize(
    "text,said",
    [
        ("{suspend: some}", "4:19: `limits.suspend`: `some` is not of the form it needs"),
        ("{customers: 101%}", "4:21: `limits.customers`: `101%` is not of the form it needs"),
        ("{addSeats: 5%}", "4:20: `limits.addSeats`: `5%` is no whole number"),
        ("{suspends: 1}", "4:10: `limits.suspends`: unknown field; did you mean `suspend`?"),
        ("{perCustomer: {customers: 1}}", "4:24: `limits.perCustomer.customers`: unknown field"),
    ],
)
def test_limits_that_are_none(tmp_path: Path, text: str, said: str) -> None:
    found = problems(tmp_path, HEAD + PARTNER + f"limits: {text}\n")
    assert said in found[0]
