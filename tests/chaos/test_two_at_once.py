"""Two applies at once, as processes: never both write to a customer, and one says who does."""

from __future__ import annotations

import time
from contextlib import closing
from pathlib import Path

from pcsync.apply.ledger import Ledger

from .judge import result, told
from .ways import Reference
from .yard import Yard, repository, waiting

WORDS = "apply", "--yes", "--parallelism", "8", "--progress", "none"
CUSTOMERS = 8


def test_two_at_once(ground: Yard, known: Reference, tmp_path: Path) -> None:
    ground.reset()
    folder = repository(tmp_path / "repository")
    for method in ("POST", "PATCH", "PUT"):
        ground.fault(method=method, times=CUSTOMERS, realDelay=6)
    first = ground.start(folder, *WORDS)
    _until_it_writes(ground)
    second = ground.start(folder, *WORDS)
    codes = waiting([first, second])
    assert codes[0] == 0, (folder / "out0").read_text("utf-8")[-2000:]
    assert codes[1] in {0, 4, 5}
    said = (folder / "out1").read_text("utf-8")
    assert f"is locked by process {first.pid}" in " ".join(said.split()), said[-2000:]
    assert not set.intersection(*_written(folder))
    ground.calm()
    ground.advance("PT16M")
    assert ground.run(folder, "apply", "--yes") == 0
    assert told(known.result, result(ground.facts(), ground.calls())) == []


def _until_it_writes(ground: Yard) -> None:
    """Until the first run holds its customers: it has sent writes, which are held back."""
    end = time.monotonic() + 60
    while time.monotonic() < end:
        if any(call["write"] for call in ground.calls()):
            return
        time.sleep(0.1)
    raise TimeoutError("the first run wrote nothing")


def _written(folder: Path) -> list[set[str]]:
    """The customers that each run wrote to, as the journal has it."""
    with closing(Ledger(folder / ".pcsync" / "journal.db")) as ledger:
        runs = [ledger.requests(run.id) for run in ledger.runs()]
    return [{_root(row["path"]) for row in rows} for rows in runs]


def _root(path: str) -> str:
    parts = path.split("/")
    return parts[3] if len(parts) > 3 else "new"
