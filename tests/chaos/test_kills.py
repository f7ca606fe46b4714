"""Killed at moments of every kind, and gone on in every way: all once, nothing lost (PU4).

A part of what `make chaos` does: two moments of each kind in each way, spread over the run.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .moments import Point
from .ways import AGAIN, Reference, Way, killed
from .yard import Yard

SHARES = {Way.JOURNAL: (0.1, 0.6), Way.PLAN: (0.3, 0.8), Way.MANIFESTS: (0.2, 0.95)}
KILLS = [(way, point, share) for way in AGAIN for point in Point for share in SHARES[way]]


def test_there_is_enough_to_kill(known: Reference) -> None:
    """At least forty kills of an apply of about sixty steps, and something of everything."""
    assert len(KILLS) >= 40
    assert len({kill.step for kill in known.kills}) >= 60
    domains = known.result.estate
    assert len(domains) == 9  # eight that are declared, and one that is not
    assert domains["adatum.onmicrosoft.com"]["orders"] == 2
    assert domains["contoso.onmicrosoft.com"]["orders"] == 1
    made = {write: times for write, times in known.result.writes.items() if "POST" in write}
    assert made["POST /v1/customers"] == 1
    assert sum(n for write, n in made.items() if write.endswith("/users")) == 12
    assert sum(n for write, n in made.items() if write.endswith("/checkout")) == 3
    assert len(known.secrets) == 13


@pytest.mark.parametrize("way, point, share", KILLS, ids=lambda value: str(value))
def test_killed(
    ground: Yard, known: Reference, tmp_path: Path, way: Way, point: Point, share: float
) -> None:
    moments = [kill for kill in known.kills if kill.point == point]
    kill = moments[int(len(moments) * share)]
    verdict = killed(ground, known, way, kill, tmp_path / "repository")
    assert verdict.fine, verdict


def test_a_password_that_is_lost_is_reported(
    ground: Yard, known: Reference, tmp_path: Path
) -> None:
    """Killed when the service has made the tenant, and nobody has read its answer: by the manifests
    alone it can't come again."""
    (kill,) = (
        kill
        for kill in known.kills
        if kill.point == Point.REQUEST_SENT and kill.step == "customer/adatum.create"
    )
    verdict = killed(ground, known, Way.MANIFESTS, kill, tmp_path / "repository")
    assert verdict.fine, verdict
    assert verdict.reported == ("customer/adatum",)
