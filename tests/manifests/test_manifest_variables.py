"""Rule SE2: `${env:NAME}` in texts, for names that the base lists, and its value nowhere else."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pcsync.cli.base import find_base
from pcsync.cli.settings import load_settings
from pcsync.cli.stages import read_manifests
from pcsync.cli.validate import command as validate
from pcsync.errors import ManifestProblems
from pcsync.kinds import load_kinds
from pcsync.manifests import Manifests, allowed, load_project, of_base, render
from pcsync.model import Resource

SECRET = "eyJ0-canary"
CUSTOMER = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
"""
BLUEPRINT = CUSTOMER.replace("Customer", "Blueprint").replace("contoso", "office")
PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}
cloud: emulator
paths: [contoso.yaml]
"""


def only(manifests: Manifests, kind: str) -> Resource:
    (found,) = [each for each in manifests.resources if each.address.kind == kind]
    return found


def user(line: str) -> str:
    return f"{CUSTOMER}  users:\n    - {{userPrincipalName: ana@contoso.example, {line}}}\n"


@pytest.mark.parametrize(
    "written,value,read",
    [
        ("${env:SITE}", "Dresden", "Dresden"),
        ("Ana, ${env:SITE}, ${env:SITE}", "Dresden", "Ana, Dresden, Dresden"),
        ("${env:SITE}", "null", "null"),
        ("${env:SITE}", "01067", "01067"),
        ("${env:SITE}", "a: [b] # c", "a: [b] # c"),
        # What a variable holds is text: nothing in it is looked up again.
        ("${env:SITE}", "${env:HOME}", "${env:HOME}"),
        ("${env:SITE", "Dresden", "${env:SITE"),
    ],
)
def test_a_text_has_the_value(estate: Any, written: str, value: str, read: str) -> None:
    estate.write({"a.yaml": user(f'displayName: "{written}"')})
    found = estate.load(variables={"SITE": value})
    assert only(found, "user").spec["displayName"] == read


def test_wherever_texts_stand(estate: Any) -> None:
    """In what others start from, in defaults for people, in labels."""
    text = CUSTOMER.replace("contoso}", 'contoso, labels: {site: "${env:SITE}"}}') + (
        "  extends: [office]\n"
        "  users: [{userPrincipalName: ana}]\n"
        '  userDefaults: {domain: "${env:SITE}.example"}\n'
    )
    office = BLUEPRINT + '  userDefaults: {usageLocation: "${env:COUNTRY}"}\n'
    estate.write({"a.yaml": text, "office.yaml": office})
    found = estate.load(variables={"SITE": "dresden", "COUNTRY": "DE"})
    ana = only(found, "user")
    assert ana.spec["userPrincipalName"] == "ana@dresden.example"
    assert ana.spec["usageLocation"] == "DE"
    assert ana.address.path == ("contoso", "ana")
    assert only(found, "customer").labels == {"site": "dresden"}


def test_keys_stay_as_they_are(estate: Any) -> None:
    text = CUSTOMER.replace("contoso}", 'contoso, annotations: {"${env:SITE}": x}}') + "  users: []"
    estate.write({"a.yaml": text.replace("  users: []", "  userDefaults: {usageLocation: DE}\n")})
    found = estate.load(variables={"SITE": "dresden"})
    assert only(found, "customer").address.path == ("contoso",)


@pytest.mark.parametrize(
    "written,said",
    [
        (
            "${env:TOKEN}",
            "`${env:TOKEN}` may not be used: `variables` of pcsync.yaml does not list it; add it "
            "there, in a change that is applied first, or write the value itself",
        ),
        ("${env:SITE} ${env:TOKEN}", "`${env:TOKEN}` may not be used"),
        ("${env:UNSET}", "`${env:UNSET}` is not set; set it for this run"),
        ("${env:}", "`${env:}` names no variable; write `${env:NAME}`"),
        ("${env:A B}", "`${env:A B}` names no variable"),
    ],
)
def test_what_may_not_be_used_is_an_error_at_its_place(
    estate: Any, written: str, said: str
) -> None:
    estate.write({"a.yaml": user(f'displayName: "{written}"')})
    listed = allowed(("SITE", "UNSET"), {"SITE": "Dresden", "TOKEN": SECRET, "UNSET": ""})
    (problem,) = estate.problems(variables=listed)
    assert problem.startswith(f"a.yaml:6:61: `displayName`: {said}")


@pytest.mark.parametrize(
    "line",
    [
        'name: "${env:SITE}"',
        'id: "${env:SITE}"',
        'state: "${env:SITE}"',
        'lifecycle: "${env:SITE}"',
        'renamedFrom: ["${env:SITE}"]',
        'licenses: ["${env:SITE}"]',
        'licenses: [{sku: "${env:SITE}"}]',
        'password: {env: "${env:SITE}"}',
        'protected: "${env:SITE}"',
        'acknowledge: [{finding: in-est, by: "${env:SITE}", on: 2026-11-01, until: 2026-12-01}]',
    ],
)
def test_names_ids_and_words_are_never_looked_up(estate: Any, line: str) -> None:
    estate.write({"a.yaml": user(line)})
    (problem,) = estate.problems(variables={"SITE": "absent"})
    assert "`${env:SITE}` is not read here; write the value itself" in problem


@pytest.mark.parametrize(
    "text",
    [
        CUSTOMER.replace("contoso", '"${env:SITE}"')
        + "  users: [{userPrincipalName: a@b.example}]",
        CUSTOMER + '  tenantId: "${env:SITE}"\n',
        CUSTOMER + '  extends: ["${env:SITE}"]\n',
    ],
)
def test_nor_those_of_a_customer(estate: Any, text: str) -> None:
    estate.write({"a.yaml": text})
    for problem in estate.problems(variables={"SITE": "contoso"}):
        assert "contoso" not in problem
        assert "${env:SITE}" in problem


def test_a_value_that_does_not_fit_is_not_shown(estate: Any) -> None:
    """A change may have listed what was meant for something else."""
    estate.write({"a.yaml": user('usageLocation: "${env:TOKEN}"')})
    (problem,) = estate.problems(variables={"TOKEN": SECRET})
    assert SECRET not in problem
    assert "`usageLocation`: what `${env:TOKEN}` stands for can't be used here; write" in problem
    estate.write({"a.yaml": user('usageLocation: "${env:TOKEN}"')})
    (problem,) = estate.problems(variables={"TOKEN": "UK"})
    assert "write `GB`" in problem


def test_render_shows_what_was_written_and_where(estate: Any) -> None:
    office = BLUEPRINT + '  userDefaults: {usageLocation: "${env:COUNTRY}"}\n'
    estate.write({"a.yaml": CUSTOMER + "  extends: [office]\n", "office.yaml": office})
    found = {"COUNTRY": "DE"}
    paths = [estate.folder]
    shown = render("contoso", paths, estate.kinds, root=estate.folder, origin=True, variables=found)
    assert shown is not None
    assert 'usageLocation: "${env:COUNTRY}"  # office.yaml:5' in shown
    with pytest.raises(ManifestProblems):
        render("contoso", paths, estate.kinds, root=estate.folder)


def test_a_name_that_is_not_listed_shows_no_value(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("TOKEN", SECRET)
    monkeypatch.setenv("SITE", "Dresden")
    Path("pcsync.yaml").write_text(PROJECT + "variables: [SITE]\n", "utf-8")
    Path("contoso.yaml").write_text(user('displayName: "${env:SITE} ${env:TOKEN}"'), "utf-8")
    done = CliRunner().invoke(validate, [])
    assert isinstance(done.exception, ManifestProblems)
    said = "\n".join(done.exception.lines())
    assert "contoso.yaml:6:61: `displayName`: `${env:TOKEN}` may not be used" in said
    assert SECRET not in said + done.output
    Path("contoso.yaml").write_text(user('displayName: "Ana, ${env:SITE}"'), "utf-8")
    assert CliRunner().invoke(validate, []).exit_code == 0


def test_the_list_is_that_of_the_base(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """A change that lists a name can't use it yet."""
    monkeypatch.chdir(tmp_path)
    Path("pcsync.yaml").write_text(PROJECT + "variables: [SITE, TOKEN]\n", "utf-8")
    Path("contoso.yaml").write_text(user('displayName: "${env:TOKEN}"'), "utf-8")
    Path("base").mkdir()
    Path("base/pcsync.yaml").write_text(PROJECT + "variables: [SITE]\n", "utf-8")
    base = load_project(Path(), Path("base/pcsync.yaml"))
    environment = {"SITE": "Dresden", "TOKEN": SECRET}
    settings = load_settings(base=base, environment=environment)
    assert settings.variables == {"SITE": "Dresden"}
    assert SECRET not in repr(settings)
    with pytest.raises(ManifestProblems, match="1 problem"):
        read_manifests((), settings)
    alone = load_settings(environment=environment)
    assert only(read_manifests((), alone), "user").spec["displayName"] == SECRET


def test_a_base_is_read_with_its_own_list(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """One that is not set any more, because its lines are gone, keeps nobody from planning."""
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("SITE", "Dresden")
    Path("pcsync.yaml").write_text(PROJECT, "utf-8")
    Path("old").mkdir()
    Path("old/pcsync.yaml").write_text(PROJECT + "variables: [SITE, GONE]\n", "utf-8")
    text = user('displayName: "${env:SITE}, ${env:GONE}"')
    Path("old/contoso.yaml").write_text(text, "utf-8")
    declared = find_base("old", Path(), None).of("contoso") or {}
    (ana,) = [each for each in declared.values() if each.address.kind == "user"]
    assert ana.spec["displayName"] == "Dresden, ${env:GONE}"


def test_only_what_is_listed_is_taken() -> None:
    environment = {"SITE": "Dresden", "TOKEN": SECRET, "EMPTY": ""}
    assert allowed(("SITE", "EMPTY"), environment) == {"SITE": "Dresden", "EMPTY": None}
    assert of_base(("SITE", "EMPTY"), environment) == {"SITE": "Dresden", "EMPTY": "${env:EMPTY}"}


@pytest.mark.parametrize(
    "line,said",
    [
        ("variables: [A B]\n", "6:13: `variables.0`: `A B` is not of the form it needs; write the"),
        ("variables: [A, A]\n", "`variables`: an item stands there twice"),
        (
            "auth: {plan: {kind: secret, app: 0d6e7f10-1f7b-4c1b-8a8a-0b7b6f7c0001, "
            "secret: {env: PC}}}\nvariables: [SITE, PC]\n",
            "7:19: `variables.1`: `PC` holds a secret of these settings; remove it",
        ),
        ('report: "${env:SITE}"\n', "not supported yet"),
        ("prices: {files: ['${env:SITE}']}\n", "`${env:SITE}` is not read here"),
    ],
)
def test_the_list_itself(tmp_path: Path, line: str, said: str) -> None:
    (tmp_path / "pcsync.yaml").write_text(PROJECT + line, "utf-8")
    with pytest.raises(ManifestProblems) as caught:
        load_project(tmp_path)
    assert said in caught.value.lines()[0]


def test_every_kind_has_its_names_and_ids_marked() -> None:
    """What a thing is found by is no text to look up: in all kinds."""
    for kind in load_kinds().values():
        for name, each in kind.schema["properties"].items():
            if name in {"id", "tenantId", "offerId", "customer", "user", "persona", "extends"}:
                assert {"x-literal", "x-owner", "x-ref", "x-within"} & each.keys(), (kind, name)
