"""Whether a saved plan may be applied here and now, before anything is read of what is live.

Owns the refusals: too old, signed by nobody or by another key, of other manifests, over a limit,
applied already.
"""

from __future__ import annotations

import os
from collections.abc import Mapping
from datetime import datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.lengths import said
from pcsync.errors import ManifestProblems, PlanFileError, Refused

if TYPE_CHECKING:
    from pcsync.apply.ledger import Ledger
    from pcsync.cli.settings import Settings
    from pcsync.model import Plan

KEY = "PCSYNC_PLAN_KEY"
AGAIN = "plan again and apply that"


def key(environment: Mapping[str, str] = os.environ) -> str:
    """The key that plans are signed with; empty where there is none."""
    return environment.get(KEY, "")


def sign(plan: Plan) -> Plan:
    """The plan with its signature, where there is a key."""
    from pcsync.plan.signature import signed

    return signed(plan, key()) if key() else plan


def check_signature(plan: Plan) -> None:
    """Raises Refused where there is a key and the plan is not signed with it."""
    from pcsync.plan.signature import check

    if key():
        check(plan, key())


def check_place(plan: Plan, settings: Settings) -> None:
    """Raises PlanFileError for a plan of another cloud or partner."""
    if (plan.cloud, plan.partner_tenant) != (settings.cloud.name, settings.tenant):
        raise PlanFileError(
            f"the plan is for {plan.cloud}, partner {plan.partner_tenant}; the settings say "
            f"{settings.cloud.name}, partner {settings.tenant}",
            "plan and apply with the same settings",
        )


def check_age(plan: Plan, now: datetime, most: timedelta) -> None:
    """Raises Refused where a plan is older than `most`; `now` is the service's time."""
    if now - plan.time > most:
        raise Refused(
            f"the plan is {said(now - plan.time)} old, and plans are applied within {said(most)}",
            f"{AGAIN}; `plans.maxAge` in pcsync.yaml or --max-age allow another age",
        )


def check_manifests(plan: Plan, settings: Settings) -> None:
    """Raises Refused where the manifests it was made of are here and say something else by now."""
    from pcsync.cli.stages import read_manifests

    if "-" in plan.paths or not all(Path(each).exists() for each in plan.paths or settings.paths):
        return
    try:
        manifests = read_manifests(plan.paths, settings)
    except ManifestProblems as problems:
        raise Refused(
            f"the manifests here can't be read ({problems.what}), so the plan is not theirs",
            f"see `pcsync validate`, then {AGAIN}",
        ) from problems
    if manifests.resources and manifests.digest != plan.manifests:
        raise Refused("the plan was made of other manifests than the ones that are here now", AGAIN)


def over_limits(plan: Plan, settings: Settings) -> Refused | None:
    """The refusal of a plan that is over a limit of today, as far as the plan does not say that it
    was lifted."""
    from pcsync.plan.guards import again, told

    over = [row for row in again(plan, settings.limits) if row.over(plan.lifted)]
    if not over:
        return None
    flags = " ".join(dict.fromkeys(row.flag for row in over))
    what = "; ".join(told(row) for row in over)
    return Refused(f"{what}: nothing was written", f"make less of it, or plan once with {flags}")


def check_unfinished(plan: Plan, ledger: Ledger) -> None:
    """Raises Refused for a plan that was applied already, as the journal knows."""
    if run := ledger.finished(plan.id):
        ended = f"{run.ended:%Y-%m-%d %H:%M} UTC" if run.ended else ""
        raise Refused(
            f"this plan was applied already: run {run.id} finished it on {ended}",
            "plan again: what is left to do is in the new plan",
        )
