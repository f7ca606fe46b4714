"""`make soak`: many rounds of change and repair, each ending in an empty plan.

Bounded by rounds. Every round a colleague changes something everywhere, drift finds it, apply puts
it right with as many writes as the plan announced, and the next plan is empty.
"""

from __future__ import annotations

import random
import sys
import tempfile
import time
from pathlib import Path

from pcsync.cli.carrying import carry_out
from pcsync.cli.connect import connect
from pcsync.cli.progress import Bar
from pcsync.cli.settings import Settings, load_settings
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.emulator import running
from pcsync.emulator.worldfile import build
from pcsync.manifests import Manifests
from pcsync.model import Outcome, Plan
from tests.bench import estate

CUSTOMERS, ROUNDS, SEED = 12, 40, 7


def plan_of(manifests: Manifests, settings: Settings) -> Plan:
    """A plan of the moment."""
    with connect(settings, writable=False) as connection, Bar("", 0) as bar:
        return make_plan(manifests, settings, connection, bar)


def disturb(settings: Settings, chance: random.Random) -> int:
    """A colleague changes budgets and names of some customers; returns how many changes."""
    done = 0
    with connect(settings, writable=True) as connection:
        client = connection.client
        for customer in client.send("GET", "/v1/customers?size=500").body["items"]:
            path = f"/v1/customers/{customer['id']}"
            if chance.random() < 0.5:
                client.send(
                    "PATCH", f"{path}/usagebudget", {"amount": 9000 + chance.randrange(500)}
                )
                done += 1
            if chance.random() < 0.5:
                people = client.send("GET", f"{path}/users", user=True).body["items"]
                one = chance.choice(people)
                name = {"displayName": f"Changed {chance.randrange(1000)}"}
                client.send("PATCH", f"{path}/users/{one['id']}", name, user=True)
                done += 1
    return done


def main() -> None:
    """Runs all rounds; exits with 1 at the first that does not hold."""
    chance = random.Random(SEED)
    start, writes = time.perf_counter(), 0
    with tempfile.TemporaryDirectory() as name, running(build(estate.world(CUSTOMERS))) as server:
        estate.write(Path(name), CUSTOMERS)
        settings = load_settings(cloud="emulator", emulator_url=server.url, environment={})
        manifests = read_manifests((name,), settings)
        for number in range(ROUNDS):
            changes = disturb(settings, chance)
            plan = plan_of(manifests, settings)
            with connect(settings, writable=True) as connection:
                applied = carry_out(plan, settings, connection)
            fine = all(result.outcome is Outcome.DONE for result in applied.actions)
            empty = not plan_of(manifests, settings).actions
            if not (fine and empty and plan.totals.writes == applied.writes == changes):
                sys.exit(
                    f"round {number}: {changes} changes, {applied.writes} writes, empty: {empty}"
                )
            writes += applied.writes
    seconds = time.perf_counter() - start
    sys.stdout.write(f"{ROUNDS} rounds, {writes} writes, all converged, {seconds:.1f} s\n")


if __name__ == "__main__":
    main()
