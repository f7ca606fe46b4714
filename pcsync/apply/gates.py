"""Gates: refusals that are no failure, for people have to do something first (rules PU5, PU6);
and the one that ends all purchases of a run (rule MO17).

Owns which refusals these are, and what people do. Pure.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

from pcsync.errors import ApiError, PcsyncError
from pcsync.model import Call, Step


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage that waits: its name as in `gates`, what is missing, what to do."""

    name: str
    missing: str
    do: str


THEN = "then run apply again: what is done is not done twice"
GATES: Mapping[tuple[int, str], Gate] = MappingProxyType(
    {
        (403, "13605"): Gate(
            "agreement",
            "the customer has not accepted the Microsoft Customer Agreement",
            "an administrator of the customer accepts it in the Microsoft 365 admin centre, or in "
            f"your page for enhanced attestation; {THEN}",
        ),
        (403, "800073"): Gate(
            "vetting",
            "Microsoft is reviewing the customer's account",
            f"wait for the review, which takes days, and answer what Microsoft asks; {THEN}",
        ),
        (403, "900308"): Gate(
            "delegation",
            "no delegated role (GDAP) allows this for the customer",
            "one of your security groups gets User Administrator and License Administrator in a "
            f"relationship with the customer, and you are in it; {THEN}",
        ),
    }
)


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
    return GATES.get((error.status, error.code)) if isinstance(error, ApiError) else None
