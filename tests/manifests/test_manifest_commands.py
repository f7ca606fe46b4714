"""`pcsync validate` and `pcsync schema` as a user types them."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest
from click.testing import CliRunner

from pcsync.cli.schema import command as schema
from pcsync.cli.validate import command as validate
from pcsync.errors import ManifestProblems, UsageError

CUSTOMER = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  users:
    - {userPrincipalName: ana@contoso.example}
    - {userPrincipalName: bob@contoso.example}
"""
PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}
paths: [customers]
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    return tmp_path


def test_valid_manifests_are_counted(folder: Path) -> None:
    (folder / "a.yaml").write_text(CUSTOMER, "utf-8")
    (folder / "b.yaml").write_text(CUSTOMER.replace("contoso", "fabrikam"), "utf-8")
    done = CliRunner().invoke(validate, ["a.yaml"])
    assert (done.exit_code, done.stdout) == (0, "1 file: 1 customer, 2 users: valid\n")
    done = CliRunner().invoke(validate, [])
    assert done.stdout == "2 files: 2 customers, 4 users: valid\n"


def test_the_paths_of_the_project_are_the_default(folder: Path) -> None:
    (folder / "pcsync.yaml").write_text(PROJECT, "utf-8")
    (folder / "customers").mkdir()
    (folder / "customers/a.yaml").write_text(CUSTOMER, "utf-8")
    (folder / "elsewhere.yaml").write_text("kind: Customer\n", "utf-8")
    done = CliRunner().invoke(validate, [])
    assert done.stdout == "1 file: 1 customer, 2 users: valid\n"


def test_standard_input_is_a_path(folder: Path) -> None:
    done = CliRunner().invoke(validate, ["-"], input=CUSTOMER)
    assert done.stdout == "1 file: 1 customer, 2 users: valid\n"


def test_an_empty_folder_declares_nothing(folder: Path) -> None:
    assert CliRunner().invoke(validate, []).stdout == "0 files: nothing declared: valid\n"


def test_problems_are_raised_with_their_lines(folder: Path) -> None:
    (folder / "a.yaml").write_text(CUSTOMER.replace("users", "usres"), "utf-8")
    done = CliRunner().invoke(validate, [])
    assert isinstance(done.exception, ManifestProblems)
    assert done.exception.lines() == [
        "a.yaml:5:3: `usres`: unknown field; did you mean `users`?",
        "1 problem in the manifests",
    ]


def test_schemas_are_written_the_same_each_time(folder: Path) -> None:
    assert CliRunner().invoke(schema, ["--out", "made/here"]).exit_code == 0
    first = written(folder / "made/here")
    assert CliRunner().invoke(schema, ["--out", "made/here"]).exit_code == 0
    assert written(folder / "made/here") == first
    assert json.loads(first["user.schema.json"])["title"] == "User"
    assert all(text.endswith(b"}\n") for text in first.values())


def written(folder: Path) -> dict[str, Any]:
    return {path.name: path.read_bytes() for path in folder.iterdir()}


def test_a_folder_that_can_not_be_made(folder: Path) -> None:
    (folder / "file").write_text("", "utf-8")
    done = CliRunner().invoke(schema, ["--out", "file/below"])
    assert isinstance(done.exception, UsageError)
