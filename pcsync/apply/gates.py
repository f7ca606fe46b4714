"""Gates: refusals that are no failure, for people have to do something first (rules PU5, PU6);
and the one that ends all purchases of a run (rule MO17).

Owns which errors of the service are such refusals, and what is said of them. Pure.
"""

from __future__ import annotations

from pcsync.errors import ApiError, PcsyncError
from pcsync.model import Call, Gate, Outcome, Step, StepResult, gate_at

THEN = "then run apply again: what is done is not done twice"

# The partner's credit line is one for all customers, and nothing shows how much of it is left.
NO_CREDIT = frozenset({(403, "800023"), (403, "900121")})


def ends_purchases(error: PcsyncError) -> bool:
    """Whether a refusal says that nothing more can be bought for anybody."""
    return isinstance(error, ApiError) and (error.status, error.code) in NO_CREDIT


def buys(step: Step) -> bool:
    """Whether a step is a part of a purchase: a cart or its checkout."""
    return isinstance(step, Call) and step.writes and "/carts" in step.path


def gate_of(error: PcsyncError) -> Gate | None:
    """The gate that a refusal stands at; None for any other error."""
    return gate_at(error.status, error.code) if isinstance(error, ApiError) else None


def waiting(step: Step, gate: Gate) -> StepResult:
    """The result of a step that stands before a closed gate: what is missing, what people do."""
    detail = f"waits for {gate.name}: {gate.missing}"
    cause = step.covers[0].rpartition(":")[0]
    return StepResult(step.id, Outcome.PENDING, detail, f"{gate.do}; {THEN}", cause=cause)
