"""`pcsync render` as a user types it: what it prints, and that it can be read again."""

from __future__ import annotations

import subprocess
from pathlib import Path

import pytest

from tests.command import pcsync

BLUEPRINT = """\
apiVersion: pcsync/v1
kind: Blueprint
metadata: {name: office}
spec:
  subscriptions:
    - name: m365
      product: CFQ7TTC0LCHC:0002
      termDuration: P1Y
      billingCycle: annual
      quantity: 5
"""
CUSTOMER = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso, labels: {wave: "2"}}
spec:
  extends: [office]
  personas: {office: [m365]}
  userDefaults: {domain: contoso.example}
  subscriptions: [{name: m365, quantity: 42}]
  users: [{userPrincipalName: ana, displayName: "Ana: N", persona: office}]
"""
PRINTED = """\
apiVersion: pcsync/v1                         # c.yaml:1
kind: Customer                                # c.yaml:2
metadata:
  name: contoso                               # c.yaml:3
  labels:
    wave: "2"                                 # c.yaml:3
spec:
  personas:
    office:
      - m365                                  # c.yaml:6
  userDefaults:
    domain: contoso.example                   # c.yaml:7
  subscriptions:
    - name: m365                              # c.yaml:8
      quantity: 42                            # c.yaml:8
      product: CFQ7TTC0LCHC:0002              # b.yaml:7
      termDuration: P1Y                       # b.yaml:8
      billingCycle: annual                    # b.yaml:9
  users:
    - userPrincipalName: ana@contoso.example  # c.yaml:9
      displayName: "Ana: N"                   # c.yaml:9
      persona: office                         # c.yaml:9
      licenses:
        - m365                                # c.yaml:6
"""


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "b.yaml").write_text(BLUEPRINT, "utf-8")
    (tmp_path / "c.yaml").write_text(CUSTOMER, "utf-8")
    return tmp_path


def run(folder: Path, *words: str, text: str = "") -> subprocess.CompletedProcess[str]:
    return pcsync(*words, folder=folder, text=text)


def test_each_value_has_its_origin(folder: Path) -> None:
    done = run(folder, "render", "contoso", "--origin")
    assert (done.returncode, done.stderr) == (0, "")
    assert done.stdout == PRINTED


def test_what_is_printed_declares_the_same(folder: Path) -> None:
    printed = run(folder, "render", "contoso", "b.yaml", "c.yaml").stdout
    assert "#" not in printed
    assert [line.partition("#")[0].rstrip() for line in PRINTED.splitlines()] == (
        printed.splitlines()
    )
    assert run(folder, "render", "contoso", "-", text=printed).stdout == printed


def test_a_name_that_nobody_has_is_wrong_usage(folder: Path) -> None:
    done = run(folder, "render", "fabrikam")
    assert (done.returncode, done.stdout) == (64, "")
    assert "no customer called fabrikam stands in these manifests" in done.stderr


def test_problems_are_shown_instead(folder: Path) -> None:
    (folder / "c.yaml").write_text(CUSTOMER.replace("[office]", "[ofice]", 1), "utf-8")
    done = run(folder, "render", "contoso")
    assert done.returncode == 1
    assert "c.yaml:5:13: the blueprint `ofice` is not declared; did you mean" in done.stderr
