"""Two applies at once: never do both write to one customer, on one machine or on several."""

from __future__ import annotations

import shutil
from datetime import datetime
from pathlib import Path
from typing import Any

from apply_terminal import Terminal, ended, until

from pcsync.apply.lease import FileLeases
from pcsync.apply.locks import FileLocks, Run

HEAD = "apiVersion: pcsync/v1\nkind: Customer\n"
NAMES = ("contoso", "fabrikam")
BUDGETS = "---\n".join(
    f"{HEAD}metadata: {{name: {name}}}\nspec: {{domain: {name}.onmicrosoft.com, "
    "budget: {amount: 250}}\n"
    for name in NAMES
)
BUY = "---\n".join(
    f"""\
{HEAD}metadata: {{name: {name}}}
spec:
  domain: {name}.onmicrosoft.com
  subscriptions:
    - {{name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 5, endOfTerm: renew}}
"""
    for name in NAMES
)
WORLD = {
    "customers": [
        {"domain": f"{name}.onmicrosoft.com", "azure": True, "budget": 100} for name in NAMES
    ]
}
SLOW = {"method": "POST", "path": "*/carts", "realDelay": 10, "times": 1}


def begin(terminal: Terminal, text: str = BUY) -> None:
    terminal.control("POST", "seed", WORLD)
    terminal.write("estate.yaml", text)


def orders(terminal: Terminal) -> dict[str, int]:
    return {name: len(row["subscriptions"]) for name, row in terminal.customers().items()}


def held(folder: Path, name: str = "contoso") -> bool:
    return (folder / ".pcsync" / "locks" / f"{name}.holder").exists()


def test_the_second_of_two_processes_skips_what_the_first_holds(terminal: Terminal) -> None:
    """Exit 5; the other customer is done by whoever comes first; nothing is bought twice."""
    begin(terminal)
    terminal.control("POST", "faults", SLOW)
    first = terminal.start("apply", "--yes", "--format", "json", "--parallelism", "1")
    until(lambda: held(terminal.folder))
    terminal.control("POST", "clock", {"advance": "PT1M"})
    second = terminal.apply(PCSYNC_JOURNAL=str(terminal.folder / "other.db"))
    assert second.code == 5
    skipped = second.result("subscription/contoso/m365:create")
    assert skipped["outcome"] == "skipped"
    assert f"contoso is locked by process {first.pid} of host" in skipped["detail"]
    assert "--lock-timeout" in skipped["advice"]
    assert second.result("subscription/fabrikam/m365:create")["outcome"] == "done"
    one = ended(first)
    assert one.result("subscription/contoso/m365:create")["outcome"] == "done"
    assert one.result("subscription/fabrikam/m365:create")["outcome"] == "stale"
    assert "wrote to fabrikam" in one.result("subscription/fabrikam/m365:create")["detail"]
    assert one.code == 5
    assert orders(terminal) == {"contoso": 1, "fabrikam": 1}
    assert terminal.apply().code == 0


def run_of(terminal: Terminal, plan: str) -> Run:
    """Another run, planned before anything else happens."""

    def now() -> datetime:
        return datetime.fromisoformat(terminal.control("GET", "clock")["now"])

    return Run(plan, now(), "9f3a", 4711, now)


def lock_of(terminal: Terminal, plan: str) -> FileLocks:
    """The locks of another run on this machine."""
    return FileLocks(terminal.folder / ".pcsync" / "locks", run_of(terminal, plan))


def test_who_waits_for_the_lock_does_not_buy_what_was_bought_meanwhile(terminal: Terminal) -> None:
    """Its plan is older than the other's writes: stale, and the next one is made from what is."""
    begin(terminal, BUY.split("---\n")[0])
    other = lock_of(terminal, "other").take("contoso")
    waiting = terminal.start("apply", "--yes", "--format", "json", "--lock-timeout", "60")
    until((terminal.folder / ".pcsync" / "journal.db").exists)
    terminal.control("POST", "clock", {"advance": "PT1S"})
    other.release(wrote=True)
    found = ended(waiting)
    assert found.code in {0, 4}  # 0 where it had not planned before the clock moved
    if found.code == 4:
        said = found.result("subscription/contoso/m365:create")["detail"]
        assert "process 4711 of host 9f3a (plan other) wrote to contoso" in said
        assert orders(terminal)["contoso"] == 0


def test_who_waits_for_the_lock_goes_on_where_nothing_was_written(terminal: Terminal) -> None:
    begin(terminal, BUY.split("---\n")[0])
    other = lock_of(terminal, "other").take("contoso")
    waiting = terminal.start("apply", "--yes", "--format", "json", "--lock-timeout", "60")
    until((terminal.folder / ".pcsync" / "journal.db").exists)
    other.release(wrote=False)
    found = ended(waiting)
    assert found.code == 0
    assert orders(terminal)["contoso"] == 1


def test_who_waits_in_vain_skips_the_customer(terminal: Terminal) -> None:
    begin(terminal)
    other = lock_of(terminal, "other").take("contoso")
    found = terminal.apply("--lock-timeout", "1")
    other.release(wrote=False)
    assert found.code == 5
    assert found.result("subscription/contoso/m365:create")["outcome"] == "skipped"
    assert found.result("subscription/fabrikam/m365:create")["outcome"] == "done"


def machines(terminal: Terminal, lease: str) -> tuple[Terminal, Terminal]:
    """Two folders that know nothing of each other but the lease."""
    project = (
        "apiVersion: pcsync/v1\nkind: Project\ncloud: emulator\n"
        "partner: {tenantId: 2f1c6f0e-5a3b-4d0c-9a57-0f6f6a1f4b11}\n"
        f"paths: [estate.yaml]\n{lease}\n"
    )
    found: list[Terminal] = []
    for name in ("one", "two"):
        folder = terminal.folder / name
        folder.mkdir()
        shutil.copy(terminal.folder / "estate.yaml", folder)
        (folder / "pcsync.yaml").write_text(project, "utf-8")
        found.append(Terminal(terminal.url, folder, terminal.http))
    return found[0], found[1]


def test_a_lease_keeps_two_machines_apart(terminal: Terminal) -> None:
    begin(terminal, BUY.split("---\n")[0])
    one, two = machines(terminal, "lease: {path: ../shared}")
    elsewhere = FileLeases(terminal.folder / "shared", run_of(terminal, "other")).take("contoso")
    second = two.apply()
    assert (second.code, set(second.outcomes().values())) == (5, {"skipped"})
    assert "last sign of life" in second.result("subscription/contoso/m365:create")["detail"]
    elsewhere.release(wrote=False)
    assert one.apply().code == 0
    assert not (terminal.folder / "shared" / "contoso.lease").exists()
    assert two.apply().outcomes() == {}
    assert orders(terminal)["contoso"] == 1


def test_the_lease_of_a_run_that_was_killed_is_broken_by_word_only(terminal: Terminal) -> None:
    begin(terminal, BUDGETS.split("---\n")[0])
    one, two = machines(terminal, "lease: {path: ../shared}")
    unwritten: dict[str, Any] = {"method": "PATCH", "path": "*", "status": 503, "times": 9}
    terminal.control(
        "POST", "faults", unwritten | {"realDelay": 10}
    )  # killed at any time: no effect
    first = one.start("apply", "--yes")
    until((terminal.folder / "shared" / "contoso.last").exists)
    first.kill()
    first.communicate()
    terminal.control("DELETE", "faults")
    assert two.apply("--break-lease").code == 5
    terminal.control("POST", "clock", {"advance": "PT11M"})
    stale = two.apply()
    assert stale.code == 5
    assert "--break-lease" in stale.result("budget/contoso:update")["advice"]
    assert two.apply("--break-lease").code == 0
    assert terminal.customers()["contoso"]["budget"] == 250
