"""`pcsync pin`: ids to the lock file, into the manifests, and out again."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.e2e.checkout import Checkout, checkout

WORLD = {
    "customers": [
        {
            "domain": "contoso.onmicrosoft.com",
            "users": [
                {"userPrincipalName": "ana@contoso.onmicrosoft.com"},
                {"userPrincipalName": "ben@contoso.onmicrosoft.com"},
            ],
            "subscriptions": [
                {"friendlyName": "m365", "product": "CFQ7TTC0LCHC:0002", "quantity": 2}
            ],
        }
    ]
}
CONTOSO = """\
# the first customer of all
apiVersion: "pcsync/v1"
kind: Customer
metadata: {name: contoso}   # an address
spec:
  # who it is
  domain: 'contoso.onmicrosoft.com'
  subscriptions:
    - {name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 2, endOfTerm: renew}   # seats
  users:
    # the boss
    - userPrincipalName: ana@contoso.onmicrosoft.com   # her account
      lifecycle: existing
"""
BEN = """\
---
apiVersion: pcsync/v1
kind: User
spec: {customer: contoso, userPrincipalName: ben@contoso.onmicrosoft.com, lifecycle: existing}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path, WORLD) as found:
        (tmp_path / "contoso.yaml").write_text(CONTOSO + BEN, "utf-8")
        yield found


def live(repo: Checkout) -> dict[str, str]:
    (row,) = repo.control("GET", "world")["customers"]
    ana, ben = sorted(row["users"], key=lambda user: str(user["userPrincipalName"]))
    return {
        "customer/contoso": row["id"],
        "subscription/contoso/m365": row["subscriptions"][0]["id"],
        "user/contoso/ana": ana["id"],
        "user/contoso/ben": ben["id"],
    }


def ids(repo: Checkout) -> dict[str, str]:
    return {str(address): known for address, known in repo.lock().ids.items()}


def test_pin_writes_the_ids_of_what_is_live(repo: Checkout) -> None:
    done = repo.run("pin")
    assert done.returncode == 0, done.stderr
    assert ids(repo) == live(repo)
    assert done.stdout.endswith("pcsync.lock.yaml: 4 ids, 4 new, 0 out\n")
    assert repo.calls(write=True) == []
    before = (repo.folder / "pcsync.lock.yaml").read_bytes()
    repo.run("pin")
    assert (repo.folder / "pcsync.lock.yaml").read_bytes() == before


def test_a_pinned_customer_costs_one_read_not_the_list(repo: Checkout) -> None:
    repo.run("plan")
    assert any(path.startswith("GET /v1/customers?") for path in repo.calls(write=False))
    repo.run("pin")
    repo.calls(write=False)
    repo.run("plan")
    found = repo.calls(write=False)
    assert f"GET /v1/customers/{live(repo)['customer/contoso']}" in found
    assert not any(path.startswith("GET /v1/customers?") for path in found)


def test_inline_keeps_comments_quotes_and_order(repo: Checkout) -> None:
    known = live(repo)
    done = repo.run("pin", "--inline")
    assert done.returncode == 0, done.stderr
    assert "1 files, 4 ids written" in done.stdout
    expected = (
        (CONTOSO + BEN)
        .replace("  domain:", f"  tenantId: {known['customer/contoso']}\n  domain:")
        .replace("{name: m365", f"{{id: {known['subscription/contoso/m365']}, name: m365")
        .replace(
            "- userPrincipalName: ana",
            f"- id: {known['user/contoso/ana']}\n      userPrincipalName: ana",
        )
        .replace("spec: {customer", f"spec: {{id: {known['user/contoso/ben']}, customer")
    )
    assert (repo.folder / "contoso.yaml").read_text("utf-8") == expected
    assert repo.run("pin", "--inline").stdout.endswith("0 files, 0 ids written\n")
    assert repo.run("validate").returncode == 0


def test_what_is_inherited_gets_no_id_inline(repo: Checkout) -> None:
    shared = """\
apiVersion: pcsync/v1
kind: Blueprint
metadata: {name: office}
spec:
  subscriptions:
    - {name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 2, endOfTerm: renew}
"""
    head, _, rest = CONTOSO.partition("  subscriptions:")
    own = head + "  extends: [office]\n  users:" + rest.partition("  users:")[2]
    (repo.folder / "contoso.yaml").write_text(own, "utf-8")
    (repo.folder / "office.yaml").write_text(shared, "utf-8")
    done = repo.run("pin", "--inline")
    assert done.returncode == 0, done.stderr
    assert "office.yaml:6:7: subscription/contoso/m365 is inherited" in done.stdout
    assert (repo.folder / "office.yaml").read_text("utf-8") == shared
    assert "subscription/contoso/m365" in ids(repo)


def test_prune_takes_out_what_is_neither_declared_nor_alive(repo: Checkout) -> None:
    repo.run("pin")
    known = live(repo)
    with (repo.folder / "pcsync.lock.yaml").open("a") as file:
        file.write("  user/contoso/gone: 11111111-2222-3333-4444-555555555555\n")
    (repo.folder / "contoso.yaml").write_text(CONTOSO, "utf-8")
    repo.run("pin")
    assert {"user/contoso/ben", "user/contoso/gone"} <= ids(repo).keys()
    done = repo.run("pin", "--prune")
    assert done.returncode == 0, done.stderr
    assert ids(repo) == known
    assert "- user/contoso/gone: 11111111-" in done.stdout


def test_what_can_not_be_read_stays(repo: Checkout) -> None:
    repo.run("pin")
    (repo.folder / "contoso.yaml").write_text(CONTOSO, "utf-8")
    path = f"*/users/{live(repo)['user/contoso/ben']}"
    repo.control("POST", "faults", {"method": "GET", "path": path, "status": 403, "times": 99})
    done = repo.run("pin", "--prune")
    assert done.returncode == 1
    assert "? user/contoso/ben: " in done.stderr
    assert "user/contoso/ben" in ids(repo)
