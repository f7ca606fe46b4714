"""Guards, as a pipeline meets them: limits, what lifts them, waves, pause and freeze."""

from __future__ import annotations

import json
import subprocess
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

import pytest

from tests.e2e.checkout import WORLD, Checkout, checkout, customer

PROJECT = """\
apiVersion: pcsync/v1
kind: Project
partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11, name: northwind-cloud}
cloud: emulator
"""
SOLD = '{name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly'
LONG = (
    '{name: e1, product: "CFQ7TTC0LF8Q:0001", termDuration: P3Y, billingCycle: annual, quantity: 5}'
)
ENDED = "state: absent, onRemove: cancel"
LEFT = "lifecycle: owned, state: absent"
OFFICE = {
    "friendlyName": "m365",
    "product": "CFQ7TTC0LCHC:0002",
    "quantity": 10,
    "creationDate": "2026-11-20",
}
ANA = "ana@contoso.onmicrosoft.com"
NEW = """\
  companyProfile: {{}}
  billingProfile:
    companyName: {name}
    email: it@{name}.example
    firstName: Kim
    lastName: Akers
    culture: de-DE
    language: de
    defaultAddress: {{addressLine1: Ring 1, city: Bonn, country: DE, postalCode: "53111"}}
"""


@pytest.fixture
def repo(tmp_path: Path) -> Iterator[Checkout]:
    with checkout(tmp_path) as found:
        yield found


@pytest.fixture
def sold(tmp_path: Path) -> Iterator[Checkout]:
    """One customer that has a person and a young contract."""
    people = [{"userPrincipalName": ANA, "displayName": "Ana"}]
    own = {"domain": "contoso.onmicrosoft.com", "users": people, "subscriptions": [OFFICE]}
    with checkout(tmp_path, {"now": "2026-11-22T09:00:00Z", "customers": [own]}) as found:
        yield found


def many(number: int) -> dict[str, str | None]:
    """So many customers whose budget is to be set."""
    return {f"customers/c{at}.yaml": customer(f"c{at}", 5) for at in range(number)}


def with_seats(quantity: int, more: str = "") -> str:
    return customer("contoso", None, subscriptions=f"[{SOLD}, quantity: {quantity}{more}}}]")


def said(done: subprocess.CompletedProcess[str]) -> str:
    return " ".join((done.stdout + done.stderr).split())


def refused(repo: Checkout, flag: str, *words: str) -> None:
    """Plan and apply say why and write nothing; the plan is there; with its flag it goes."""
    repo.calls(write=True)
    shown = repo.run("plan", *words, "--out", "plan.json", "--detailed-exitcode")
    assert shown.returncode == 3, shown.stderr
    assert "REFUSED BY 1 LIMIT" in shown.stdout
    assert flag in said(shown)
    assert json.loads((repo.folder / "plan.json").read_text("utf-8"))["steps"]
    for apply in (("apply", *words, "--yes"), ("apply", "--plan", "plan.json", "--yes")):
        done = repo.run(*apply)
        assert done.returncode == 3, done.stderr
        assert "nothing was written" in done.stderr
        assert flag in said(done)
    assert repo.calls(write=True) == []


def lifted(repo: Checkout, flag: str, *words: str) -> Mapping[str, Any]:
    """The plan with the flag, which its apply needs no more."""
    done = repo.run("plan", *words, *flag.split(), "--out", "plan.json")
    assert done.returncode == 0, done.stdout + done.stderr
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode in {0, 6}
    found: Mapping[str, Any] = json.loads((repo.folder / "plan.json").read_text("utf-8"))
    return found


# --- limits: every default exceeded by one ------------------------------------------------------


def test_eleven_customers(tmp_path: Path) -> None:
    rows = [{"domain": f"c{at}.onmicrosoft.com", "azure": True} for at in range(11)]
    with checkout(tmp_path, {"customers": rows}) as repo:
        repo.commit(many(10))
        assert repo.run("plan").returncode == 0
        repo.commit(many(11))
        refused(repo, "--allow customers=11")
        done = repo.run("apply", "--yes", "--allow", "customers=11")
        assert done.returncode == 0, done.stderr
        assert len(repo.calls(write=True)) == 11


@pytest.mark.parametrize(
    "flag, spec",
    [
        ("addSeats=26", {"subscriptions": f"[{SOLD}, quantity: 36}}]"}),
        ("suspend=1", {"subscriptions": f"[{SOLD}, quantity: 10, state: suspended}}]"}),
        ("cancel=1", {"subscriptions": f"[{SOLD}, {ENDED}, quantity: 10}}]"}),
        ("P3Y=1", {"subscriptions": f"[{LONG}]"}),
        ("deleteUsers=1", {"users": f"[{{userPrincipalName: {ANA}, {LEFT}}}]"}),
    ],
)
def test_one_more_than_without_any_setting(
    sold: Checkout, flag: str, spec: Mapping[str, str]
) -> None:
    """RO1: empty `limits`, each exceeded by one -> exit 3 with the flag. WI17: 26 seats."""
    sold.commit({"pcsync.yaml": PROJECT, "customers/c.yaml": customer("contoso", None, **spec)})
    refused(sold, f"--allow {flag}")
    plan = lifted(sold, f"--allow {flag}")
    name, _, number = flag.partition("=")
    assert plan["lifted"] == {name: int(number)}
    assert plan["liftedBy"]


def test_25_seats_are_within(sold: Checkout) -> None:
    sold.commit({"customers/c.yaml": with_seats(35)})
    shown = sold.run("plan")
    assert shown.returncode == 0, shown.stdout
    assert "Limits  addSeats 25 of 25" in shown.stdout


def test_four_customers_at_once(tmp_path: Path) -> None:
    with checkout(tmp_path, {"customers": []}) as repo:
        names = [f"new{at}" for at in range(4)]
        files = {f"{name}.yaml": customer(name, None) + NEW.format(name=name) for name in names}
        repo.commit(files)
        refused(repo, "--allow createCustomers=4")
        lifted(repo, "--allow createCustomers=4")


def test_a_limit_is_lifted_once(sold: Checkout) -> None:
    """RO2: the second run without the flag is refused again."""
    sold.commit({"customers/c.yaml": with_seats(36)})
    lifted(sold, "--allow addSeats=26")
    sold.commit({"customers/c.yaml": with_seats(62)})
    refused(sold, "--allow addSeats=26")


def test_a_plan_is_refused_by_a_limit_that_came_after_it(repo: Checkout) -> None:
    repo.commit({"pcsync.yaml": PROJECT, **_all(7)})
    assert repo.run("plan", "--out", "plan.json").returncode == 0
    repo.commit({"pcsync.yaml": PROJECT + "limits: {customers: 2}\n"})
    done = repo.run("apply", "--plan", "plan.json", "--yes")
    assert done.returncode == 3
    assert "customers 3, and the limit is 2 (pcsync.yaml): nothing was written" in said(done)
    assert repo.calls(write=True) == []


def test_a_change_that_loosens_a_limit_is_held_to_the_old_one(repo: Checkout) -> None:
    """SE4: of the base, not of this branch."""
    repo.commit({"pcsync.yaml": PROJECT + "limits: {customers: 2}\n", **_all(100)})
    repo.commit({"pcsync.yaml": PROJECT + "limits: {customers: 50}\n", **_all(7)})
    assert repo.run("plan").returncode == 0
    shown = repo.run("plan", "--base", "HEAD~1", "--out", "plan.json")
    assert shown.returncode == 3
    assert "REFUSED BY 1 LIMIT (pcsync.yaml of the base, not of this branch)" in shown.stdout
    refused(repo, "--allow customers=3", "--base", "HEAD~1")
    lifted(repo, "--allow customers=3", "--base", "HEAD~1")


def test_what_left_git(repo: Checkout) -> None:
    project = PROJECT + "limits: {removals: 1}\n"
    repo.commit({"pcsync.yaml": project, **_all(100)})
    repo.commit({f"customers/{name}.yaml": customer(name, None) for name in ("contoso", "adatum")})
    refused(repo, "--allow removals=2", "--base", "HEAD~1")


def test_a_limit_for_each_customer(sold: Checkout) -> None:
    project = PROJECT + 'limits: {perCustomer: {addSeats: 2, deleteUsers: "10%"}}\n'
    sold.commit({"pcsync.yaml": project, "customers/c.yaml": with_seats(13)})
    refused(sold, "--allow addSeats=3")
    sold.commit({"customers/c.yaml": with_seats(12)})
    assert sold.run("plan").returncode == 0


def test_a_limit_of_money_needs_prices(sold: Checkout) -> None:
    """What nobody knows is over it, until somebody says so."""
    project = PROJECT + "limits: {upfront: 1000000}\n"
    sold.commit({"pcsync.yaml": project, "customers/c.yaml": with_seats(11)})
    refused(sold, "--allow upfront=unknown")
    lifted(sold, "--allow upfront=unknown")


def test_drift_knows_no_limits(repo: Checkout) -> None:
    repo.commit({"pcsync.yaml": PROJECT + "limits: {customers: 0}\n", **_all(7)})
    shown = repo.run("drift")
    assert shown.returncode == 2
    assert "REFUSED" not in shown.stdout


@pytest.mark.parametrize(
    "flag, advice",
    [
        ("suspend", "needs a value; write --allow suspend=N"),
        ("suspend=two", "two is no whole number; write --allow suspend=5"),
        ("suspend=unknown", "unknown is no whole number"),
        ("suspends=2", "nothing has this name; did you mean `suspend`"),
        ("addSeats=-1", "-1 is no whole number"),
    ],
)
def test_flags_that_are_none(repo: Checkout, flag: str, advice: str) -> None:
    done = repo.run("plan", "--allow", flag)
    assert done.returncode == 64
    assert advice.split("; ")[0] in said(done)


def test_one_number_a_limit(repo: Checkout) -> None:
    done = repo.run("plan", "--allow", "suspend=1", "--allow", "suspend=2")
    assert done.returncode == 64
    assert "is given with two numbers" in done.stderr


# --- waves --------------------------------------------------------------------------------------


def waves(amount: int) -> dict[str, str | None]:
    return {
        f"customers/{name}.yaml": labelled(name, amount, number)
        for name, number in (("contoso", 1), ("fabrikam", 2), ("adatum", 2))
    }


def labelled(name: str, amount: int | None, number: int) -> str:
    head = f"metadata: {{name: {name}"
    labels = f', labels: {{wave: "{number}", region: north}}'
    return customer(name, amount).replace(head, head + labels)


def test_a_wave_then_all_each_customer_once(repo: Checkout) -> None:
    """RO3."""
    first = repo.commit(waves(5))
    shown = repo.run("plan", "--label", "wave=1", "--label", "region=north")
    assert "Only region=north, wave=1: 2 customers left out." in said(shown)
    assert "fabrikam" not in shown.stdout
    done = repo.run("apply", "--label", "wave=1", "--yes")
    assert done.returncode == 0, done.stderr
    assert len(repo.calls(write=True)) == 1
    assert repo.lock().applied == {"contoso": (first,)}
    drifted = repo.run("drift", "--label", "wave=2")
    assert drifted.returncode == 2
    assert "Only wave=2: 1 customer left out." in said(drifted)
    assert repo.run("apply", "--yes").returncode == 0
    assert len(repo.calls(write=True)) == 2
    assert repo.lock().applied == dict.fromkeys(("adatum", "contoso", "fabrikam"), (first,))


def test_who_is_not_in_the_wave_has_not_left_git(repo: Checkout) -> None:
    first = repo.commit(waves(5))
    repo.run("apply", "--yes")
    gone = {"customers/adatum.yaml": None, "customers/contoso.yaml": labelled("contoso", None, 1)}
    second = repo.commit(gone)
    repo.calls(write=True)
    one = repo.run("plan", "--base", "auto", "--label", "wave=1", "--format", "json")
    assert json.loads(one.stdout)["removed"] == ["budget/contoso"]
    assert json.loads(one.stdout)["leftOut"] == 1
    assert repo.run("apply", "--base", "auto", "--label", "wave=1", "--yes").returncode == 0
    assert repo.lock().applied == {"contoso": (second,), "adatum": (first,), "fabrikam": (first,)}
    two = repo.run("plan", "--base", "auto", "--label", "wave=2", "--format", "json")
    assert json.loads(two.stdout)["removed"] == ["budget/adatum", "customer/adatum"]


def test_a_saved_wave_is_applied_as_it_is(repo: Checkout) -> None:
    repo.commit(waves(5))
    assert repo.run("plan", "--label", "wave=2", "--out", "plan.json").returncode == 0
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 0
    assert len(repo.calls(write=True)) == 2
    assert set(repo.lock().applied) == {"adatum", "fabrikam"}


def test_a_refusal_names_the_wave_that_is_within(repo: Checkout) -> None:
    repo.commit({"pcsync.yaml": PROJECT + "limits: {customers: 2}\n", **waves(5)})
    shown = repo.run("plan")
    assert shown.returncode == 3
    assert "or in waves: --label wave=2 (2 customers)" in shown.stdout
    assert repo.run("plan", "--label", "wave=2").returncode == 0


@pytest.mark.parametrize(
    "words, said_",
    [
        (["--label", "wave"], "--label wave is no label"),
        (["--label", "wave=1", "--label", "wave=2"], "--label wave has two values"),
        (["--label", "wave=9"], "no customer has the labels wave=9"),
    ],
)
def test_labels_that_choose_nobody(repo: Checkout, words: list[str], said_: str) -> None:
    repo.commit(waves(5))
    done = repo.run("plan", *words)
    assert done.returncode == 64
    assert said_ in done.stderr


# --- pause and freeze ---------------------------------------------------------------------------


@pytest.mark.parametrize(
    "line, why",
    [
        ("paused: true", "paused: `paused: true` in pcsync.yaml."),
        ('freeze: ["1..31"]', "the freeze window 1..31 is on."),
    ],
)
def test_a_plan_says_that_apply_would_write_nothing(repo: Checkout, line: str, why: str) -> None:
    """RO4: set before -> exit 3, 0 writes; the plan ends as ever."""
    repo.commit({"pcsync.yaml": f"{PROJECT}{line}\n", **_all(7)})
    shown = repo.run("plan", "--out", "plan.json")
    assert shown.returncode == 0
    assert f"Apply would write nothing now and end with 3: {why}" in said(shown)
    for words in (("--yes",), ("--plan", "plan.json", "--yes")):
        assert repo.run("apply", *words).returncode == 3
    assert repo.calls(write=True) == []


def test_a_freeze_that_the_plan_lifted_is_lifted_for_its_apply(repo: Checkout) -> None:
    """RO2: named in the plan, and only in this one."""
    repo.commit({"pcsync.yaml": PROJECT + 'freeze: ["1..31"]\n', **_all(7)})
    shown = repo.run("plan", "--allow", "freeze", "--out", "plan.json")
    assert "Apply would write nothing" not in said(shown)
    assert repo.run("apply", "--plan", "plan.json", "--yes").returncode == 0
    repo.commit(_all(8))
    assert repo.run("apply", "--yes").returncode == 3


def test_a_freeze_of_one_customer(repo: Checkout) -> None:
    repo.commit({**_all(7), "customers/contoso.yaml": customer("contoso", 7, freeze='["1..31"]')})
    shown = repo.run("plan")
    assert shown.returncode == 0
    assert "Apply would write nothing for contoso now: its freeze window 1..31 is on." in said(
        shown
    )


def _all(amount: int) -> dict[str, str | None]:
    names = [row["domain"].partition(".")[0] for row in WORLD["customers"]]
    return {f"customers/{name}.yaml": customer(name, amount) for name in names}
