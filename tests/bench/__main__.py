"""`make bench`: what the main job costs, per stage and size; a table, and a JSON file beside it.

Measures, never judges. The emulator runs in a process of its own, so that the CPU is pcsync's.
"""

from __future__ import annotations

import json
import os
import platform
import resource
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import TypeVar

import requests
import yaml

from pcsync.cli.connect import connect
from pcsync.cli.progress import Bar
from pcsync.cli.settings import load_settings
from pcsync.cli.stages import make_plan, read_manifests
from pcsync.plan.file import dump, load
from pcsync.report import render
from pcsync.report.document import plan_document
from tests.bench import estate
from tests.bench.emulator import measure_emulator, table
from tests.bench.journalled import Cost, journalled

SIZES = (20, 100, 400)
RESULTS = Path(".benchmarks") / "bench.json"
T = TypeVar("T")


@dataclass(frozen=True)
class Row:
    """One measurement: seconds of CPU and of wall clock, and what it was about."""

    what: str
    customers: int
    resources: int
    cpu: float
    wall: float
    note: str = ""

    @property
    def each(self) -> float:
        """Milliseconds of CPU per resource."""
        return 1000 * self.cpu / max(self.resources, 1)


@contextmanager
def emulator(folder: Path, customers: int) -> Iterator[str]:
    """An emulator in its own process, seeded, stopped by its process id."""
    seed, ready = folder / "world.yaml", folder / "ready.json"
    seed.write_text(yaml.safe_dump(estate.world(customers)), "utf-8")
    words = ["emulator", "serve", "--port", "0", "--world", str(seed), "--ready-file", str(ready)]
    with subprocess.Popen([sys.executable, "-m", "pcsync", *words]) as server:
        try:
            while not ready.exists() and server.poll() is None:
                time.sleep(0.05)
            yield json.loads(ready.read_text("utf-8"))["url"]
        finally:
            server.terminate()


def measure(
    rows: list[Row], what: str, size: tuple[int, int], work: Callable[[], T], note: str = ""
) -> T:
    """Runs once; adds a row."""
    cpu, wall = time.process_time(), time.perf_counter()
    result = work()
    rows.append(Row(what, *size, time.process_time() - cpu, time.perf_counter() - wall, note))
    return result


def one_size(rows: list[Row], customers: int) -> None:
    """The stages over one estate that is as declared, then over the same estate, all new."""
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        manifests_folder = folder / "customers"
        manifests_folder.mkdir()
        size = (customers, estate.write(manifests_folder, customers))
        with emulator(folder, customers) as url:
            settings = load_settings(cloud="emulator", emulator_url=url, environment={})
            paths = (str(manifests_folder),)
            manifests = measure(rows, "load", size, lambda: read_manifests(paths, settings))
            with connect(settings, writable=False) as connection, Bar("", 0) as bar:
                plan = measure(
                    rows,
                    "plan, nothing to do",
                    size,
                    lambda: make_plan(manifests, settings, connection, bar),
                )
                reads = connection.reads
            rows.append(Row("  its reads", *size, 0, 0, f"{reads} reads"))
            requests.post(f"{url}/_emulator/seed", json={"customers": []}, timeout=60)
            with connect(settings, writable=False) as connection, Bar("", 0) as bar:
                plan = make_plan(
                    _creatable(manifests_folder, settings, customers), settings, connection, bar
                )
        changed = (customers, len(plan.actions))
        text = measure(rows, "plan file, write", changed, lambda: dump(plan))
        measure(rows, "plan file, read", changed, lambda: load(text, "bench"))
        measure(rows, "report", changed, lambda: render(plan_document(plan)))
        cost = journalled(folder, plan, text, len(plan.steps))
        size = (customers, cost.steps)
        rows.append(Row("journal, per step", *size, cost.cpu, cost.wall, _written(cost)))


def _written(cost: Cost) -> str:
    each = 1000 * cost.wall / max(cost.steps, 1)
    return f"{each:.2f} ms wall and {cost.bytes_each:.0f} bytes each"


def _creatable(folder: Path, settings: object, customers: int) -> object:
    """The same manifests, in which customers and people can be created."""
    for number in range(customers):
        document = estate.manifest(number)
        spec = document["spec"]
        spec["billingProfile"] = {
            "companyName": "Contoso",
            "firstName": "Ana",
            "lastName": "Weber",
            "email": "billing@contoso.example",
            "culture": "de-DE",
            "defaultAddress": {
                "addressLine1": "Hauptstraße 1",
                "city": "Dresden",
                "postalCode": "01067",
                "country": "DE",
            },
        }
        for user in spec["users"]:
            user |= {"lifecycle": "owned", "password": {"generate": True}, "usageLocation": "DE"}
        (folder / f"c{number:05}.yaml").write_text(yaml.safe_dump(document), "utf-8")
    return read_manifests((str(folder),), settings)  # type: ignore[arg-type]


def start_up(rows: list[Row]) -> None:
    """How long the CLI takes to say what it is: the best of five."""
    best = 60.0
    for _ in range(5):
        wall = time.perf_counter()
        subprocess.run(
            [sys.executable, "-m", "pcsync", "--help"], stdout=subprocess.DEVNULL, check=True
        )
        best = min(best, time.perf_counter() - wall)
    rows.append(Row("pcsync --help", 0, 0, 0, best, "best of 5"))


def main() -> None:
    """Measures all sizes, prints the table, writes the file."""
    rows: list[Row] = []
    start_up(rows)
    for customers in SIZES:
        one_size(rows, customers)
    memory = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024
    machine = f"{platform.machine()}, {os.cpu_count()} cores, Python {platform.python_version()}"
    sys.stdout.write(f"{machine}; peak memory {memory:.0f} MiB\n")
    head = (
        f"{'what':<22}{'customers':>10}{'resources':>10}{'CPU s':>9}{'wall s':>9}{'ms each':>9}\n"
    )
    sys.stdout.write(head)
    for row in rows:
        sys.stdout.write(
            f"{row.what:<22}{row.customers:>10}{row.resources:>10}{row.cpu:>9.3f}{row.wall:>9.3f}"
            f"{row.each:>9.3f}  {row.note}\n"
        )
    served = measure_emulator()
    sys.stdout.write(f"\nthe emulator, a second of CPU\n{table(served)}")
    RESULTS.parent.mkdir(exist_ok=True)
    found = {
        "machine": machine,
        "peakMiB": memory,
        "rows": [asdict(row) for row in rows],
        "emulator": [asdict(row) for row in served],
    }
    RESULTS.write_text(json.dumps(found, indent=2) + "\n", "utf-8")
    sys.stdout.write(f"written to {RESULTS}\n")


if __name__ == "__main__":
    main()
