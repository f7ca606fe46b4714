"""What the emulator costs: calls a second, what keeping a state adds, seeding, opening.

`python -m tests.bench.emulator` prints the table. Measures, never judges. The emulator runs in a
process of its own; CPU is that process's.
"""

from __future__ import annotations

import json
import os
import socket
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import urlsplit
from uuid import UUID

from tests.emulator.wire import Wire

CALLS, WRITES = 3000, 300
CUSTOMERS, USERS, SUBSCRIPTIONS = 10_000, 20, 5
TICKS = os.sysconf("SC_CLK_TCK")


@dataclass(frozen=True)
class EmulatorRow:
    """One measurement: how often, seconds of CPU and of wall clock, peak memory in MiB."""

    what: str
    count: int
    cpu: float
    wall: float
    memory: float = 0.0
    note: str = ""

    @property
    def rate(self) -> float:
        """How many in a second of CPU: what one core can do."""
        return self.count / max(self.cpu, 1e-9)


def cpu_of(pid: int) -> float:
    """CPU seconds of a running process so far."""
    fields = Path(f"/proc/{pid}/stat").read_text("ascii").rpartition(")")[2].split()
    return (int(fields[11]) + int(fields[12])) / TICKS


def memory_of(pid: int) -> float:
    """Peak memory of a running process in MiB."""
    lines = Path(f"/proc/{pid}/status").read_text("ascii").splitlines()
    return next(int(line.split()[1]) / 1024 for line in lines if line.startswith("VmHWM"))


@contextmanager
def serving(folder: Path, *words: str) -> Iterator[tuple[Wire, int]]:
    """`pcsync emulator serve` with these words; its client and its process id."""
    ready = folder / "ready.json"
    ready.unlink(missing_ok=True)
    command = [sys.executable, "-m", "pcsync", "emulator", "serve", "--port", "0", *words]
    with subprocess.Popen([*command, "--ready-file", str(ready)]) as server:
        try:
            while not ready.exists() and server.poll() is None:
                time.sleep(0.02)
            pc = Wire(json.loads(ready.read_text("utf-8"))["url"])
            yield pc, server.pid
            pc.session.close()
        finally:
            server.terminate()


class Connection:
    """One connection that is kept alive, with next to no cost on this side."""

    def __init__(self, pc: Wire) -> None:
        address = urlsplit(pc.url)
        self._socket = socket.create_connection((address.hostname, address.port or 80))
        self._socket.setsockopt(socket.IPPROTO_TCP, socket.TCP_NODELAY, 1)
        self._file = self._socket.makefile("rb")
        self._fixed = f"Host: {address.netloc}\r\nAuthorization: Bearer {pc.token('user')}\r\n"

    def ask(self, method: str, path: str, number: int, body: str = "") -> None:
        """Send a request and read its answer, which has to be a success."""
        ids = f"MS-RequestId: {UUID(int=number)}\r\nMS-CorrelationId: {UUID(int=number)}\r\n"
        head = f"{method} {path} HTTP/1.1\r\n{self._fixed}{ids}Content-Length: {len(body)}\r\n\r\n"
        self._socket.sendall(f"{head}{body}".encode())
        status = self._file.readline()
        length = 0
        while (line := self._file.readline()) != b"\r\n":
            if line.lower().startswith(b"content-length:"):
                length = int(line.split(b":")[1])
        answer = self._file.read(length)
        if b" 20" not in status:
            raise AssertionError(f"{status!r} {answer!r}")

    def close(self) -> None:
        """Hang up."""
        self._file.close()
        self._socket.close()


def calls(pc: Wire, pid: int, what: str, customer: str) -> Iterator[EmulatorRow]:
    """Lists of five subscriptions, and changes of a user."""
    path = f"/v1/customers/{customer}"
    user = pc.get(f"{path}/users")["items"][0]["id"]
    line = Connection(pc)
    for kind, method, end, count in (
        ("list calls", "GET", "subscriptions", CALLS),
        ("writes", "PATCH", f"users/{user}", WRITES),
    ):
        cpu, wall = cpu_of(pid), time.perf_counter()
        for number in range(count):
            body = json.dumps({"displayName": f"Kim {number}"}) if method == "PATCH" else ""
            line.ask(method, f"{path}/{end}", number, body)
        spent = cpu_of(pid) - cpu, time.perf_counter() - wall
        yield EmulatorRow(f"{kind}, {what}", count, *spent, memory_of(pid))
    line.close()


def seeded(path: Path, customers: int, option: str) -> EmulatorRow:
    """`pcsync emulator seed` in a process of its own."""
    counts = {"customers": customers, "users-per-customer": USERS}
    counts["subscriptions-per-customer"] = SUBSCRIPTIONS
    words = [word for name, count in counts.items() for word in (f"--{name}", str(count))]
    command = [sys.executable, "-m", "pcsync", "emulator", "seed", *words, option, str(path)]
    wall = time.perf_counter()
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL)
    _, status, used = os.wait4(process.pid, 0)
    process.returncode = os.waitstatus_to_exitcode(status)
    assert process.returncode == 0
    spent = used.ru_utime + used.ru_stime, time.perf_counter() - wall
    note = f"{path.stat().st_size / 1e6:.0f} MB"
    return EmulatorRow(f"seed {path.suffix[1:]}", customers, *spent, used.ru_maxrss / 1024, note)


def customer_of(pc: Wire) -> str:
    """The first customer that lets this partner into its directory."""
    rows = pc.get("/v1/customers?size=50")["items"]
    users = (pc.send("GET", f"/v1/customers/{row['id']}/users").status_code for row in rows)
    return next(str(row["id"]) for row, status in zip(rows, users, strict=True) if status == 200)


def measure_emulator() -> list[EmulatorRow]:
    """All measurements, in a folder that is gone afterwards."""
    rows: list[EmulatorRow] = []
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        world, state = folder / "few.json", folder / "many.db"
        seeded(world, 20, "--out")
        for what, words in (
            ("in memory", ["--world", str(world)]),
            ("state file", ["--world", str(world), "--state", str(folder / "few.db")]),
        ):
            with serving(folder, *words) as (pc, pid):
                rows += calls(pc, pid, what, customer_of(pc))
        rows.append(seeded(folder / "many.yaml", CUSTOMERS, "--out"))
        rows.append(seeded(folder / "many.json", CUSTOMERS, "--out"))
        rows.append(seeded(state, CUSTOMERS, "--state"))
        wall = time.perf_counter()
        with serving(folder, "--state", str(state)) as (pc, pid):
            spent = cpu_of(pid), time.perf_counter() - wall
            rows.append(EmulatorRow("open a state file", CUSTOMERS, *spent, memory_of(pid)))
            rows += calls(pc, pid, f"{CUSTOMERS} kept", customer_of(pc))
    return rows


def table(rows: list[EmulatorRow]) -> str:
    """The rows as text; the rate is per second of CPU."""
    head = f"{'what':<28}{'count':>7}{'CPU s':>9}{'wall s':>9}{'a second':>10}{'MiB':>7}\n"
    return head + "".join(
        f"{row.what:<28}{row.count:>7}{row.cpu:>9.2f}{row.wall:>9.2f}{row.rate:>10.0f}"
        f"{row.memory:>7.0f}  {row.note}\n"
        for row in rows
    )


if __name__ == "__main__":
    sys.stdout.write(table(measure_emulator()))
