"""The rules of `machine.py` in a bounded number of orders; the long run is in `make soak`."""

from __future__ import annotations

from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from .machine import Applies

bounded = settings(
    max_examples=16,
    stateful_step_count=12,
    derandomize=True,
    deadline=None,
    database=None,
    suppress_health_check=list(HealthCheck),
)


def test_rounds_of_apply(emulator_url: str) -> None:
    class Here(Applies):
        url = emulator_url

    run_state_machine_as_test(Here, settings=bounded)
