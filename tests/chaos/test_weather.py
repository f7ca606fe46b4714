"""The same apply in bad weather: lost answers, storms, lags, other writers, tokens that end.

After it, and a calm round where it left something, the world is as after an apply in peace.
"""

from __future__ import annotations

import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from .judge import TOOK, result, told
from .ways import APPLY, PLAN, Reference
from .yard import Yard, repository

MOST = 200
ENDS = {0, 5, 6}
"""Well, in part, or waiting; never failed for good."""


def lost(ground: Yard, **how: Any) -> None:
    """Each write's answer is lost once: the repeat, which comes next, gets through."""
    for method in ("POST", "PATCH", "PUT"):
        for number in range(1, MOST, 2):
            ground.fault(method=method, nth=number, **how)


def storm(ground: Yard) -> None:
    """Every third call is refused for a while."""
    ground.fault(probability=0.3, status=429, headers={"Retry-After": "3"})


def faults(ground: Yard) -> None:
    """One call in twenty fails: with an effect or without, answered or cut."""
    ground.fault(probability=0.02, status=500)
    ground.fault(probability=0.01, name=TOOK, status=503, effect=True)
    ground.fault(probability=0.01, cut="after")
    ground.fault(probability=0.01, cut="before")


def lag(ground: Yard) -> None:
    """What was written shows only some reads later."""
    for method in ("POST", "PATCH", "PUT"):
        ground.fault(method=method, times=MOST, lag={"reads": 2})


def token(ground: Yard) -> None:
    """The token is refused in the middle, three times."""
    for number in (30, 70, 110):
        ground.fault(nth=number, expireToken=True)


WEATHER: dict[str, Callable[[Yard], None]] = {
    "answers lost": lambda ground: lost(ground, cut="after"),
    "answers torn": lambda ground: lost(ground, cut="half"),
    "503 with effect": lambda ground: lost(ground, name=TOOK, status=503, effect=True),
    "429 storm": storm,
    "one in twenty": faults,
    "lag": lag,
    "token ends": token,
}


def prepared(ground: Yard, known: Reference, folder: Path) -> Path:
    ground.reset()
    repository(folder)
    shutil.copy(known.plan, folder / PLAN)
    return folder


@pytest.mark.parametrize("name", WEATHER)
def test_all_is_there_once(ground: Yard, known: Reference, tmp_path: Path, name: str) -> None:
    folder = prepared(ground, known, tmp_path / "repository")
    WEATHER[name](ground)
    codes = [ground.run(folder, *APPLY)]
    ground.calm()
    while codes[-1] != 0 and len(codes) < 4:
        ground.advance("PT16M")
        codes.append(ground.run(folder, "apply", "--yes", "--wait-for-orders"))
    printed = (folder / "apply.out").read_text("utf-8")[-3000:]
    assert codes[-1] == 0, (codes, printed)
    assert set(codes) <= ENDS, codes
    assert told(known.result, result(ground.facts(), ground.calls())) == []
    assert ground.run(folder, "plan", "--detailed-exitcode") == 0


def test_another_writer_is_never_overwritten(
    ground: Yard, known: Reference, tmp_path: Path
) -> None:
    """Between the look and the write: the profile has an etag, the budget is looked at before."""
    folder = prepared(ground, known, tmp_path / "repository")
    bern, lyon = (_customer(ground, name) for name in ("adatum-bern", "fabrikam-lyon"))
    at = f"/v1/customers/{bern['id']}/profiles/billing"
    profile = {**ground.ask(at), "email": "colleague@adatum-bern.example"}
    other = {"method": "PUT", "path": at, "body": profile}
    ground.fault(method="PUT", path=at, before=other)
    budget = f"/v1/customers/{lyon['id']}/usagebudget"
    other = {"method": "PATCH", "path": budget, "body": {"amount": 4711}}
    ground.fault(method="PATCH", path="*/users/*", before=other)  # when looked at up front
    assert ground.run(folder, *APPLY) in {4, 5}
    assert _customer(ground, "adatum-bern")["billingProfile"]["email"].startswith("colleague@")
    assert _customer(ground, "fabrikam-lyon")["budget"] == 4711
    assert "stale" in (folder / "apply.out").read_text("utf-8")


def _customer(ground: Yard, name: str) -> dict[str, Any]:
    domain = f"{name}.onmicrosoft.com"
    (found,) = (each for each in ground.facts()["customers"] if each["domain"] == domain)
    return dict(found)
