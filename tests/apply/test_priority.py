"""Credit that does not do for all: who has a priority buys first, by a saved plan, too (MO17)."""

from __future__ import annotations

from shell import Shell

NAMES = {"adatum": "", "contoso": ", labels: {priority: 2}", "fabrikam": ", labels: {priority: 1}"}
ESTATE = "---\n".join(
    f"""\
apiVersion: pcsync/v1
kind: Customer
metadata: {{name: {name}{labels}}}
spec:
  domain: {name}.onmicrosoft.com
  budget: {{amount: 250}}
  subscriptions:
    - {{name: m365, product: "CFQ7TTC0LCHC:0002", termDuration: P1Y, billingCycle: monthly,
       quantity: 5, endOfTerm: renew}}
"""
    for name, labels in NAMES.items()
)
WORLD = {
    "customers": [
        {"domain": f"{name}.onmicrosoft.com", "azure": True, "budget": 100} for name in NAMES
    ]
}
USED_UP = {
    "method": "POST",
    "path": "*/checkout",
    "nth": 2,
    "times": 9,
    "status": 403,
    "body": {"code": 800023, "description": "The credit limit is reached."},
}


def test_who_has_a_priority_buys_first(shell: Shell) -> None:
    """The credit is used up at the second checkout; every other change is made."""
    shell.desk.control("POST", "seed", WORLD)
    shell.desk.declare(ESTATE)
    assert shell.run("plan", "estate", "--out", "plan.json") == 0
    shell.desk.control("POST", "faults", USED_UP)
    assert shell.run("apply", "--plan", "plan.json", "--yes") == 5
    shell.desk.control("DELETE", "faults")
    world = shell.desk.world()
    assert {domain.partition(".")[0]: row["orders"] for domain, row in world.items()} == {
        "adatum": 0,
        "contoso": 0,
        "fabrikam": 1,
    }
    assert {row["budget"] for row in world.values()} == {250}
