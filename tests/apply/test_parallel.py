"""Customers beside each other, ordered inside one; waits hold no worker; a run that has to end."""

from __future__ import annotations

from datetime import datetime, timedelta

from apply_terminal import Terminal

NAMES = ("adatum", "contoso", "fabrikam")
ESTATE = "---\n".join(
    f"""\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: {name}}}
spec:
  domain: {name}.onmicrosoft.com
  subscriptions:
    - {{name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 5, endOfTerm: renew}}
  users:
    - {{userPrincipalName: ben@{name}.onmicrosoft.com, lifecycle: existing, licenses: [m365]}}
"""
    for name in NAMES
)


def begin(terminal: Terminal, **settings: str) -> None:
    customers = [
        {
            "domain": f"{name}.onmicrosoft.com",
            "users": [
                {
                    "userPrincipalName": f"ben@{name}.onmicrosoft.com",
                    "displayName": "Ben",
                    "usageLocation": "DE",
                }
            ],
        }
        for name in NAMES
    ]
    terminal.control("POST", "seed", {"settings": settings, "customers": customers})
    terminal.write("estate.yaml", ESTATE)


def steps(terminal: Terminal) -> list[str]:
    """The last parts of the paths of all writes."""
    return [write.rpartition("/")[2] for write in terminal.writes()]


def now(terminal: Terminal) -> datetime:
    return datetime.fromisoformat(terminal.control("GET", "clock")["now"])


def test_one_worker_buys_for_all_while_each_waits_for_its_seats(terminal: Terminal) -> None:
    """Seats arrive after 20 minutes: three customers wait together, by the emulator's clock."""
    begin(terminal, provisioning="PT20M")
    before = now(terminal)
    found = terminal.apply("--parallelism", "1")
    assert found.code == 0, found.said
    assert steps(terminal) == ["carts", "checkout"] * 3 + ["licenseupdates"] * 3
    assert timedelta(minutes=20) <= now(terminal) - before < timedelta(minutes=25)


def test_inside_a_customer_the_order_holds_however_many_work(terminal: Terminal) -> None:
    begin(terminal, provisioning="PT5M")
    assert terminal.apply("--parallelism", "8").code == 0
    for row in terminal.customers().values():
        mine = [write for write in terminal.writes() if row["id"] in write]
        assert [w.rpartition("/")[2] for w in mine] == ["carts", "checkout", "licenseupdates"]


def test_fail_fast_leaves_the_customers_that_were_not_begun(terminal: Terminal) -> None:
    begin(terminal)
    fault = {"method": "POST", "path": "*/carts", "nth": 2, "status": 400}
    terminal.control("POST", "faults", {**fault, "body": {"code": 800002, "description": "no"}})
    found = terminal.apply("--parallelism", "1", "--fail-fast")
    assert found.code == 5
    names = [found.outcomes()[f"subscription/{name}/m365:create"] for name in NAMES]
    assert names == ["done", "failed", "not-started"]
    assert steps(terminal).count("checkout") == 1
    terminal.control("POST", "clock", {"advance": "PT30M"})
    assert terminal.apply("--parallelism", "1").code == 0
    assert steps(terminal).count("checkout") == 3


def test_after_the_deadline_the_rest_is_left_for_the_next_run(terminal: Terminal) -> None:
    """The wait of the first ends pending; the next apply goes on, and buys nothing twice."""
    begin(terminal, provisioning="PT20M")
    found = terminal.apply("--parallelism", "1", "--deadline", "300")
    assert found.code in {5, 6}
    assert found.document["stopped"] == "deadline"
    licences = {o for name, o in found.outcomes().items() if name.startswith("license/")}
    assert licences <= {"pending", "not-started"}
    terminal.control("POST", "clock", {"advance": "PT1H"})
    assert terminal.apply().code == 0
    assert steps(terminal).count("checkout") == 3
    assert terminal.run("plan", "--detailed-exitcode").code == 0
