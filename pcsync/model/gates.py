"""Gates: what waits for people, and the refusals that say so (domain rules PU5, PU6, DE1, DE2).

Owns their names, their texts and their codes, for whoever plans, applies or tells. Must not import
anything of pcsync outside the nouns.
"""

from __future__ import annotations

from dataclasses import dataclass

REFUSED = 403


@dataclass(frozen=True, slots=True)
class Gate:
    """A stage that waits: its name as in the word `gates`, what opens it, what is missing while it
    is closed and what people do then; `refuses` is what can't go before, with these `codes` (403).
    """

    name: str
    opens: str
    missing: str
    do: str
    refuses: str
    codes: tuple[str, ...]


AGREEMENT = Gate(
    "agreement",
    "an administrator of the customer accepts the Microsoft Customer Agreement in the Microsoft "
    "365 admin centre, or in your page for enhanced attestation",
    "the customer has not accepted the Microsoft Customer Agreement",
    "an administrator of the customer accepts it in the Microsoft 365 admin centre, or in your "
    "page for enhanced attestation",
    "orders",
    ("13605",),
)
VETTING = Gate(
    "vetting",
    "the account is not under review",
    "Microsoft is reviewing the customer's account",
    "wait for the review, which takes days, and answer what Microsoft asks",
    "orders",
    ("800073", "800074"),
)
DELEGATION = Gate(
    "delegation",
    "one of your security groups gets User Administrator and License Administrator in the GDAP "
    "relationship",
    "no delegated role (GDAP) allows this for the customer",
    "one of your security groups gets User Administrator and License Administrator in a "
    "relationship with the customer, and you are in it",
    "users and licences",
    ("900308",),
)
GATES = (AGREEMENT, VETTING, DELEGATION)
"""In the order in which a new customer meets them."""


def gate_called(name: str) -> Gate:
    """The gate of a name. Raises KeyError for what is none."""
    return {gate.name: gate for gate in GATES}[name]


def gate_at(status: int, code: str) -> Gate | None:
    """The gate that a refusal stands at; None for any other."""
    return next((gate for gate in GATES if status == REFUSED and code in gate.codes), None)
