"""`pcsync.yaml`: defaults, typed fields, words of later versions, mistakes with their lines."""

from __future__ import annotations

from datetime import date
from pathlib import Path

import pytest

from pcsync.errors import ManifestProblems
from pcsync.manifests import Attestation, Partner, Project, Reference, SignIn, load_project

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
        tmp_path, None, "global", "2026-05", (tmp_path,), None, None, None, None
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
        sink=tmp_path / "out/passwords.jsonl",
    )


@pytest.mark.parametrize(
    "line",
    [
        "prices: {files: []}",
        "variables: [SITE]",
        "limits: {suspend: 1}",
        "freeze: []",
        "paused: true",
        "renewals: {decideWithin: {P1Y: 30}}",
        "licenses: {ignore: [FLOW_FREE]}",
        "users: {protectedPatterns: []}",
        "seatCaps: []",
        "lease: {path: x}",
        "report: {}",
        "secrets: {sink: {command: [vault]}}",
        "secrets: {sink: 'keyvault:x'}",
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
