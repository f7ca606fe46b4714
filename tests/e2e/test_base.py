"""`--base`: what left git is removed, from a commit, a folder, or each customer's last applied."""

from __future__ import annotations

import shutil
import subprocess
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.checkout import Checkout, checkout, customer

PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11, name: northwind-cloud}
cloud: emulator
"""
ALL = {f"customers/{name}.yaml": customer(name) for name in ("contoso", "fabrikam", "adatum")}


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path) as found:
        yield found


def lines(found: dict[str, Any]) -> list[str]:
    return [f"{action['verb']} {action['address']}" for action in found["actions"]]


def codes(found: dict[str, Any]) -> list[str]:
    return [f"{each['code']} {each.get('address', '')}".strip() for each in found["findings"]]


def test_without_a_base_nothing_is_removed(repo: Checkout) -> None:
    repo.commit(ALL)
    repo.commit({"customers/contoso.yaml": customer("contoso", None)})
    assert lines(repo.plan()) == []


def test_lines_that_left_git_since_a_commit(repo: Checkout) -> None:
    before = repo.commit(ALL)
    repo.commit({"customers/contoso.yaml": customer("contoso", None)})
    found = repo.plan("--base", "HEAD~1")
    assert lines(found) == ["update budget/contoso"]
    assert found["base"] == f"HEAD~1: {before}"
    assert found["bases"] == dict.fromkeys(("adatum", "contoso", "fabrikam"), before)
    assert found["removed"] == ["budget/contoso"]
    assert "REMOVED FROM GIT   since " + before[:7] in repo.run("plan", "--base", before).stdout


def test_the_work_tree_is_not_touched(repo: Checkout, tmp_path: Path) -> None:
    repo.commit(ALL)
    (repo.folder / "customers/contoso.yaml").write_text(customer("contoso", 7))
    repo.git("add", "-A")
    (repo.folder / "notes.txt").write_text("mine")
    index = (repo.folder / ".git/index").read_bytes()
    before = repo.git("status", "--porcelain")
    repo.run("plan", "--base", "HEAD")
    repo.run("plan", "--base", "auto")
    assert repo.git("status", "--porcelain") == before
    assert (repo.folder / ".git/index").read_bytes() == index


def test_ro5_a_change_leaves_drift_beside_it_alone(repo: Checkout) -> None:
    """Also where the plan is saved and checked again; by word drift is put right."""
    repo.commit({**ALL, "customers/fabrikam.yaml": customer("fabrikam", 300)})
    repo.commit({"customers/contoso.yaml": customer("contoso", 250)})
    found = repo.plan("--base", "HEAD~1", "--out", "plan.json")
    assert lines(found) == ["update budget/contoso"]
    assert "drift-left-alone budget/fabrikam" in codes(found)
    corrected = repo.plan("--base", "HEAD~1", "--correct-drift")
    assert lines(corrected) == ["update budget/contoso", "update budget/fabrikam"]
    assert lines(repo.plan()) == lines(corrected)
    assert repo.run("drift", "--base", "HEAD~1").returncode == 2
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 0
    amounts = {
        each["domain"][:8]: each["budget"] for each in repo.control("GET", "world")["customers"]
    }
    assert (amounts["contoso."], amounts["fabrikam"]) == (250, 100)
    assert repo.run("plan", "--correct-drift").returncode == 64


def test_a_folder_as_base(repo: Checkout, tmp_path: Path) -> None:
    repo.commit(ALL)
    old = tmp_path / ".old"
    shutil.copytree(repo.folder / "customers", old)
    (repo.folder / "customers/contoso.yaml").write_text(customer("contoso", None))
    found = repo.plan("--base", str(old))
    assert lines(found) == ["update budget/contoso"]
    assert found["base"] == str(old)
    assert "bases" not in found


def test_a_customer_whose_document_is_gone_is_released(repo: Checkout) -> None:
    """RM7: file deleted -> 0 writes, nothing read, a list of what is now unmanaged."""
    repo.commit(ALL)
    repo.run("apply", "--yes")
    repo.commit({"customers/adatum.yaml": None})
    repo.calls(write=True)
    shown = repo.run("plan", "--base", "auto")
    assert "REMOVED FROM GIT" in shown.stdout
    assert "= customer/adatum  release" in shown.stdout
    assert "= budget/adatum" in shown.stdout
    assert "2 of 2 read" in shown.stdout
    assert "2 to release: 1 budget, 1 customer. 0 writes." in shown.stdout
    assert not [path for path in repo.calls(write=False) if _id_of(repo, "adatum") in path]
    found = repo.plan("--base", "auto")
    assert lines(found) == ["release budget/adatum", "release customer/adatum"]
    assert found["steps"] == []
    assert "customers" not in found["totals"].get("measures", {})
    assert repo.run("plan", "--base", "auto", "--detailed-exitcode").returncode == 0
    repo.calls(write=False)
    assert repo.run("apply", "--base", "auto").returncode == 0
    assert repo.calls(write=True) == []
    assert "adatum" not in repo.lock().applied
    assert repo.plan("--base", "auto")["actions"] == []


def test_a_protected_customer_can_not_disappear(repo: Checkout) -> None:
    """RM9: lines and flag removed in one commit -> refused; nothing of it is let go."""
    repo.commit({**ALL, "customers/adatum.yaml": customer("adatum", protected="true")})
    repo.run("apply", "--yes")
    repo.commit({"customers/adatum.yaml": None})
    done = repo.run("plan", "--base", "auto")
    assert done.returncode == 1
    found = repo.plan("--base", "auto")
    assert lines(found) == []
    assert codes(found) == ["protected customer/adatum"]
    repo.run("apply", "--base", "auto", "--yes")
    assert "adatum" in repo.lock().applied


def test_a_removal_that_failed_is_planned_until_it_is_done(repo: Checkout) -> None:
    """RM4: refused once, then three commits applied to others -> still planned."""
    repo.commit(ALL)
    repo.run("apply", "--yes")
    repo.commit({"customers/contoso.yaml": customer("contoso", None)})
    fault = {"method": "PATCH", "path": "*/usagebudget", "status": 403, "times": 1}
    repo.control("POST", "faults", fault)
    assert repo.run("apply", "--base", "auto", "--yes").returncode == 1
    for amount in (200, 300, 400):
        repo.commit({"customers/fabrikam.yaml": customer("fabrikam", amount)})
        assert "update budget/contoso" in lines(repo.plan("--base", "auto"))
        # Applied without looking at what left git: contoso's commit stays where it is.
        assert repo.run("apply", "--yes").returncode == 0
    assert lines(repo.plan("--base", "auto")) == ["update budget/contoso"]
    assert repo.run("apply", "--base", "auto", "--yes").returncode == 0
    assert lines(repo.plan("--base", "auto")) == []
    assert len(set(repo.lock().applied.values())) == 1


def test_base_commit_missing(repo: Checkout) -> None:
    """RM5: a finding, no removals of that customer, changes go on; others have their base."""
    first = repo.commit(ALL)
    repo.run("apply", "--yes")
    lock = repo.folder / "pcsync.lock.yaml"
    lock.write_text(lock.read_text().replace(f"contoso: {first}", f"contoso: {'0' * 40}"))
    repo.commit(
        {
            "customers/contoso.yaml": customer("contoso", None, note="x").replace(
                "  note: x\n", ""
            ),
            "customers/adatum.yaml": None,
            "customers/fabrikam.yaml": customer("fabrikam", 200),
        }
    )
    found = repo.plan("--base", "auto")
    assert codes(found) == ["base-not-found customer/contoso"]
    assert lines(found) == [
        "release budget/adatum",
        "release customer/adatum",
        "update budget/fabrikam",
    ]


def test_a_shallow_clone(repo: Checkout, tmp_path: Path) -> None:
    repo.commit(ALL)
    repo.run("apply", "--yes")
    repo.commit({"customers/contoso.yaml": customer("contoso", None)})
    clone = tmp_path / ".clone"
    source = repo.folder.as_uri()
    subprocess.run(["git", "clone", "-q", "--depth", "1", source, clone], check=True)
    here = Checkout.__new__(Checkout)
    here.folder, here.url = clone, repo.url
    found = here.plan("--base", "auto")
    assert [each["code"] for each in found["findings"]] == ["base-not-found"] * 3
    assert lines(found) == []
    before = here.lock().applied
    assert here.run("apply", "--base", "auto", "--yes").returncode == 0
    assert here.lock().applied == before


def test_the_first_run_has_no_base(repo: Checkout) -> None:
    repo.commit(ALL)
    found = repo.plan("--base", "auto")
    assert codes(found) == ["base-not-found"]
    assert found["findings"][0]["severity"] == "info"
    assert found["base"] == "auto: none yet"


def test_moving_files_is_no_change(repo: Checkout) -> None:
    """RM6: every file renamed -> empty plan."""
    repo.commit({**ALL, "pcsync.yaml": PROJECT + "paths: [customers]\n"})
    repo.run("apply", "--yes")
    files = {f"estate/deep/{Path(name).stem}-1.yaml": text for name, text in ALL.items()}
    gone: dict[str, str | None] = dict.fromkeys(ALL)
    repo.commit({**gone, **files, "pcsync.yaml": PROJECT + "paths: [estate]\n"})
    found = repo.plan("--base", "auto")
    assert (lines(found), codes(found)) == ([], [])


def test_paths_on_the_command_line_only_miss_what_stood_there(repo: Checkout) -> None:
    repo.commit(ALL)
    repo.commit({"customers/adatum.yaml": None})
    assert lines(repo.plan("customers/contoso.yaml", "--base", "HEAD~1")) == []
    moved = {"customers/contoso.yaml": customer("contoso", None), "more/b.yaml": BUDGET}
    repo.commit(moved)
    assert lines(repo.plan("customers/contoso.yaml", "--base", "HEAD~1")) == []
    assert lines(repo.plan("customers", "more", "--base", "HEAD~1")) == []


BUDGET = """\
apiVersion: pcsync/v1
kind: Budget
spec: {customer: contoso, amount: 100}
"""


def test_a_customer_that_was_renamed_stays_the_same(repo: Checkout) -> None:
    """Another name of a customer: no call, and the lock's lines go over."""
    repo.commit(ALL)
    repo.run("apply", "--yes")
    known = repo.lock().ids
    text = customer("contoso", None).replace(
        "metadata: {name: contoso}", "metadata: {name: contoso-gmbh}"
    )
    text += "  renamedFrom: [contoso]\n"
    repo.commit({"customers/contoso.yaml": text})
    assert lines(repo.plan("--base", "auto")) == ["update budget/contoso-gmbh"]
    assert repo.run("apply", "--base", "auto", "--yes").returncode == 0
    renamed = {str(address): id_ for address, id_ in repo.lock().ids.items()}
    assert renamed["customer/contoso-gmbh"] == next(
        id_ for address, id_ in known.items() if str(address) == "customer/contoso"
    )
    assert "customer/contoso" not in renamed
    assert "contoso" not in repo.lock().applied


def test_what_guards_a_change_comes_from_the_base(repo: Checkout) -> None:
    """SE3 and SE4: the place of secrets, and whose customers these are, as the base says."""
    repo.commit({**ALL, "pcsync.yaml": PROJECT})
    other = PROJECT.replace("2f1c6f0e", "00000000")
    repo.commit({"pcsync.yaml": other})
    assert "sign-in failed" in repo.run("plan").stderr
    found = repo.plan("--base", "HEAD~1", "--out", "plan.json")
    assert found["partnerTenant"].startswith("2f1c6f0e")
    # The plan holds its base: its apply is guarded by the same settings.
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 0


def test_the_base_costs_no_calls(repo: Checkout) -> None:
    repo.commit(ALL)
    repo.run("apply", "--yes")
    repo.commit({"customers/fabrikam.yaml": customer("fabrikam", 300)})
    repo.calls(write=False)
    repo.run("plan")
    without = repo.calls(write=False)
    repo.run("plan", "--base", "auto")
    assert repo.calls(write=False) == without


@pytest.mark.parametrize(
    "base,code,said",
    [
        ("nowhere", 64, "--base nowhere is no commit here and no folder"),
        ("--upload-pack=x", 64, "is no commit here and no folder"),
        ("main", 64, "--base main is a folder, and a commit has that name, too"),
        ("HEAD~1", 1, "the base"),
    ],
)
def test_a_base_that_is_none(repo: Checkout, base: str, code: int, said: str) -> None:
    repo.commit({**ALL, "customers/wrong.yaml": customer("wrong", colour="red")})
    repo.commit({"customers/wrong.yaml": None, "main/x.txt": "x"})
    done = repo.run("plan", f"--base={base}")
    assert done.returncode == code, done.stderr
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_base_that_does_not_load_names_its_files(repo: Checkout) -> None:
    first = repo.commit({**ALL, "customers/wrong.yaml": customer("wrong", colour="red")})
    repo.commit({"customers/wrong.yaml": None})
    done = repo.run("plan", "--base", "HEAD~1")
    assert f"{first[:7]}/customers/wrong.yaml:7:3: " in done.stderr
    assert f"the base {first[:7]} can't be read" in done.stderr


def test_without_git_a_base_is_a_folder(tmp_path: Path, repo: Checkout) -> None:
    bare = tmp_path.parent / f"{tmp_path.name}-bare"
    shutil.copytree(repo.folder, bare, ignore=shutil.ignore_patterns(".git"))
    (bare / "contoso.yaml").write_text(customer("contoso"))
    here = Checkout.__new__(Checkout)
    here.folder, here.url = bare, repo.url
    done = here.run("plan", "--base", "main")
    assert done.returncode == 64
    assert "--base reads git, and git says: not a git repository" in done.stderr


def _id_of(repo: Checkout, name: str) -> str:
    rows = repo.control("GET", "world")["customers"]
    return str(next(row["id"] for row in rows if row["domain"].startswith(f"{name}.")))
