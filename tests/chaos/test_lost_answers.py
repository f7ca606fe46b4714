"""One answer is lost, behind the effect of its write: all once, nothing lost (PU1, PU4, PU7).

A part of what `make chaos` does with every write: the most telling ones.
"""

from __future__ import annotations

from pathlib import Path

import pytest

from .ways import Reference, Way, answer_lost
from .yard import Yard

WAYS = {
    "customer/adatum.create": (Way.ITSELF, Way.MANIFESTS),
    "cart/contoso.create": (Way.JOURNAL,),
    "cart/contoso.checkout": (Way.PLAN, Way.MANIFESTS),
    "user/contoso-berlin/finn.create": (Way.PLAN,),
    "user/fabrikam-lyon/luc.licenses.Group1": (Way.JOURNAL,),
    "subscription/contoso-berlin/m365.change": (Way.JOURNAL,),
    "subscription/fabrikam/m365.status": (Way.ITSELF,),
    "budget/contoso.set": (Way.MANIFESTS,),
}
RUNS = [(step, way) for step, ways in WAYS.items() for way in ways]


def test_every_write_has_an_answer_to_lose(known: Reference) -> None:
    """As many as were sent, each for a step of its own."""
    assert len(known.answers) == sum(kill.point == "request-sent" for kill in known.kills) > 40
    assert len({each.step for each in known.answers}) == len(known.answers)


@pytest.mark.parametrize("step, way", RUNS, ids=lambda value: str(value))
def test_an_answer_is_lost(
    ground: Yard, known: Reference, tmp_path: Path, step: str, way: Way
) -> None:
    (lost,) = (each for each in known.answers if each.step == step)
    verdict = answer_lost(ground, known, way, lost, tmp_path / "repository")
    assert verdict.fine, f"{verdict}"
