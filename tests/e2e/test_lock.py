"""`pcsync.lock.yaml` around apply: what it writes, when nothing is written, and after a kill."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout, checkout, customer

OFFICE = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso}
spec:
  domain: contoso.onmicrosoft.com
  subscriptions:
    - {name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 2, endOfTerm: renew}
  users:
    - userPrincipalName: ana@contoso.onmicrosoft.com
      displayName: Ana
      usageLocation: DE
      password: {generate: true}
      licenses: [m365]
"""
WORLD = {"customers": [{"domain": "contoso.onmicrosoft.com", "country": "DE"}]}


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path, WORLD) as found:
        yield found


def names(repo: Checkout) -> list[str]:
    return sorted(map(str, repo.lock().ids))


def text(repo: Checkout) -> str:
    return (repo.folder / "pcsync.lock.yaml").read_text("utf-8")


def ids(repo: Checkout) -> dict[str, str]:
    return {str(address): known for address, known in repo.lock().ids.items()}


def test_apply_writes_what_it_made_and_found(repo: Checkout) -> None:
    commit = repo.commit({"contoso.yaml": OFFICE})
    assert repo.run("plan").returncode == 0
    assert not (repo.folder / "pcsync.lock.yaml").exists()
    done = repo.run("apply", "--yes")
    assert done.returncode == 0, done.stdout + done.stderr
    assert names(repo) == [
        "customer/contoso",
        "license/contoso/ana/SPB",
        "subscription/contoso/m365",
        "user/contoso/ana",
    ]
    row = repo.control("GET", "world")["customers"][0]
    found = ids(repo)
    assert found["customer/contoso"] == row["id"]
    assert found["user/contoso/ana"] == row["users"][0]["id"]
    assert found["subscription/contoso/m365"] == row["subscriptions"][0]["id"]
    assert found["license/contoso/ana/SPB"] == "cbdc14ab-d96c-4c30-b9f4-6ada7cdc1d46"
    assert repo.lock().applied == {"contoso": (commit,)}
    assert [p.name for p in repo.folder.glob(".pcsync.lock*")] == []


def test_a_second_apply_changes_no_byte(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": OFFICE})
    repo.run("apply", "--yes")
    before = text(repo)
    repo.run("apply", "--yes")
    assert text(repo) == before
    # To commit the file is no change either: a pipeline that does so comes to rest.
    repo.commit({})
    repo.run("apply", "--yes", "--base", "auto")
    assert text(repo) == before


def test_plan_and_drift_write_nothing(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", None)})
    for words in (["plan"], ["drift"], ["plan", "--base", "auto"]):
        repo.run(*words)
    assert not (repo.folder / "pcsync.lock.yaml").exists()


def test_what_was_found_is_written_though_nothing_is_to_be_done(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", None)})
    assert repo.run("apply").returncode == 0
    assert names(repo) == ["customer/contoso"]


def test_changes_that_are_not_committed_move_no_commit(repo: Checkout) -> None:
    first = repo.commit({"contoso.yaml": customer("contoso", None)})
    repo.run("apply")
    (repo.folder / "contoso.yaml").write_text(OFFICE, "utf-8")
    assert repo.run("apply", "--yes").returncode == 0
    assert repo.lock().applied == {"contoso": (first,)}
    assert "user/contoso/ana" in names(repo)


def test_ids_are_written_though_a_later_step_fails(repo: Checkout) -> None:
    """ID14: the next run must not depend on names."""
    repo.commit({"contoso.yaml": OFFICE})
    fault = {"method": "POST", "path": "*/licenseupdates", "status": 403, "times": 9}
    repo.control("POST", "faults", fault)
    assert repo.run("apply", "--yes").returncode == 5
    assert names(repo) == ["customer/contoso", "subscription/contoso/m365", "user/contoso/ana"]
    assert repo.lock().applied == {}


def test_killed_after_the_checkout_then_run_again(repo: Checkout) -> None:
    """ID14: apply killed after the checkout, run again -> id recorded, 0 further orders."""
    repo.commit({"contoso.yaml": OFFICE})
    slow = {"method": "POST", "path": "*/licenseupdates", "delay": 30, "times": 1}
    repo.control("POST", "faults", slow)
    with subprocess.Popen(
        [sys.executable, "-m", "pcsync", "apply", "--yes"],
        cwd=repo.folder,
        env={**os.environ, "PCSYNC_CLOUD": "emulator", "PCSYNC_EMULATOR_URL": repo.url},
        stdin=subprocess.DEVNULL,
        stdout=subprocess.DEVNULL,
        stderr=subprocess.DEVNULL,
    ) as running:
        _wait_for(repo, "/checkout")
        running.send_signal(signal.SIGKILL)
    repo.control("DELETE", "faults")
    repo.calls(write=True)
    for _ in range(2):
        repo.run("apply", "--yes")
    assert not [path for path in repo.calls(write=True) if "carts" in path or "orders" in path]
    assert len(repo.control("GET", "world")["customers"][0]["subscriptions"]) == 1
    assert "subscription/contoso/m365" in names(repo)


def _wait_for(repo: Checkout, path: str) -> None:
    end = time.monotonic() + 60
    while time.monotonic() < end:
        calls = repo.control("GET", "calls")
        if any(path in each["path"] and each.get("status", 200) < 300 for each in calls):
            return
        time.sleep(0.05)
    raise AssertionError(f"{path} was never called")


def test_without_the_file_nothing_else_is_written(repo: Checkout) -> None:
    """ID15: everything works by natural keys; the file is a help, not a state."""
    repo.commit({"contoso.yaml": OFFICE})
    repo.run("apply", "--yes")
    before = ids(repo)
    (repo.folder / "pcsync.lock.yaml").unlink()
    repo.calls(write=True)
    assert repo.run("apply", "--yes").returncode == 0
    assert repo.calls(write=True) == []
    # Whether pcsync assigned a licence is known to nobody now.
    assert ids(repo) == {k: v for k, v in before.items() if not k.startswith("license/")}


def test_a_rename_takes_the_line_along(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": OFFICE})
    repo.run("apply", "--yes")
    before = ids(repo)
    renamed = OFFICE.replace("name: m365,", "name: seats, renamedFrom: [m365], friendlyName: m365,")
    repo.commit({"contoso.yaml": renamed.replace("licenses: [m365]", "licenses: [seats]")})
    repo.calls(write=True)
    assert repo.run("apply", "--yes").returncode == 0
    assert repo.calls(write=True) == []
    after = ids(repo)
    assert after["subscription/contoso/seats"] == before["subscription/contoso/m365"]
    assert "subscription/contoso/m365" not in after


def test_a_saved_plan_moves_the_lock_as_well(repo: Checkout) -> None:
    commit = repo.commit({"contoso.yaml": OFFICE})
    repo.run("plan", "--out", "plan.json")
    assert json.loads((repo.folder / "plan.json").read_text())["commit"] == commit
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 0
    assert repo.lock().applied == {"contoso": (commit,)}


def test_a_lock_of_another_partner(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", None)})
    repo.run("apply")
    path = repo.folder / "pcsync.lock.yaml"
    path.write_text(path.read_text().replace("partner: 2f1c6f0e", "partner: 00000000"))
    done = repo.run("plan")
    assert done.returncode == 1
    assert "pcsync.lock.yaml:3:1: the lock file is of partner 00000000" in done.stderr


def test_an_inline_id_that_the_lock_contradicts(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", None)})
    repo.run("apply")
    (repo.folder / "contoso.yaml").write_text(
        customer("contoso", None, tenantId="11111111-2222-3333-4444-555555555555")
    )
    done = repo.run("plan")
    assert done.returncode == 1
    assert done.stderr.startswith("contoso.yaml:6:13: `customer/contoso` has the id 11111111-")
    assert "pcsync.lock.yaml:7:3" in done.stderr


def test_a_file_that_is_broken_stops_apply_before_it_writes(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": OFFICE})
    (repo.folder / "pcsync.lock.yaml").write_text("<<<<<<< HEAD\n")
    done = repo.run("apply", "--yes")
    assert done.returncode == 1
    assert "a merge that was not finished" in done.stderr
    assert repo.calls(write=True) == []


def test_a_rehearsal_leaves_the_lock_of_the_real_cloud_alone(repo: Checkout) -> None:
    partner = "partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}\n"
    project = "apiVersion: pcsync/v1\nkind: Project\ncloud: global\n" + partner
    repo.commit({"contoso.yaml": OFFICE, "pcsync.yaml": project})
    assert repo.run("apply", "--yes").returncode == 0
    assert not (repo.folder / "pcsync.lock.yaml").exists()


@pytest.mark.parametrize(
    "flag,said",
    [
        ("creat=x", "--allow creat: nothing has this name\n  did you mean `create`?"),
        ("create", "--allow create needs a value\n  write --allow create=ADDRESS"),
        ("empty-exclusive=1", "--allow empty-exclusive has no value"),
    ],
)
def test_flags_that_are_none(repo: Checkout, flag: str, said: str) -> None:
    done = repo.run("plan", "--allow", flag)
    assert done.returncode == 64
    assert said in done.stderr


def test_a_plan_records_what_was_allowed(repo: Checkout) -> None:
    repo.commit({"contoso.yaml": customer("contoso", None)})
    words = ["--allow", "create=subscription/contoso/a", "--allow", "create=user/contoso/b"]
    done = repo.run("plan", "--format", "json", "--allow", "empty-exclusive", *words)
    assert json.loads(done.stdout)["lifted"] == {
        "create": "subscription/contoso/a, user/contoso/b",
        "empty-exclusive": "",
    }
