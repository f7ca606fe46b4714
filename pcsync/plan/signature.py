"""The signature of a plan: who holds the key made it, and nobody changed it since.

Owns how it is made (HMAC-SHA256 over the id, which is the digest of all the rest). Pure.
"""

from __future__ import annotations

import hmac
from dataclasses import replace
from hashlib import sha256

from pcsync.errors import Refused
from pcsync.model import Plan


def signed(plan: Plan, key: str) -> Plan:
    """The plan with the signature that belongs to it; the id does not cover it."""
    return replace(plan, signature=_signature(plan, key))


def check(plan: Plan, key: str) -> None:
    """Raises Refused where the plan is not signed with this key."""
    if not plan.signature:
        raise Refused(
            "the plan is not signed, and PCSYNC_PLAN_KEY demands it",
            "plan again where PCSYNC_PLAN_KEY is set",
        )
    if not hmac.compare_digest(plan.signature, _signature(plan, key)):
        raise Refused(
            "the signature of the plan is wrong: another key signed it, or it was changed since",
            "plan again with the key that PCSYNC_PLAN_KEY holds here",
        )


def _signature(plan: Plan, key: str) -> str:
    return hmac.new(key.encode(), plan.id.encode(), sha256).hexdigest()
