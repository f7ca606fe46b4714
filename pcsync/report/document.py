"""One versioned JSON document per command. Everything a person reads is rendered from it.

Owns the shapes of the documents. Values are JSON-ready: dicts, lists, texts, numbers (Decimal
among them), booleans, None. Must not import a stage but the plan's codec, or a kind.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterable
from typing import Any, assert_never

from pcsync.model import Action, ActionResult, Applied, Plan, StepResult, Verb, When
from pcsync.plan.codec import stamp, to_data
from pcsync.report.exits import exit_of

FORMAT = 1
# What a drift document takes over from the plan: the rest is about writing.
CONTEXT = (
    "base",
    "cloud",
    "customers",
    "findings",
    "labels",
    "leftOut",
    "manifests",
    "partner",
    "partnerTenant",
    "time",
    "unknown",
)


def plan_document(plan: Plan) -> dict[str, Any]:
    """The plan's data (`plan.schema.json`) and `command`. Members at their default are left out."""
    return {**to_data(plan), "command": "plan", "format": FORMAT}


def drift_document(plan: Plan) -> dict[str, Any]:
    """The plan's actions read the other way round: where live differs from what is declared.

    Besides the context: `differences`, sorted by address, each with `address`, `how` (`differs`,
    `missing`: declared and not live, `extra`: live and not declared), `fields` (each `field`,
    `declared`, `live`) and, where known, `why` and `place`; and `totals` (`fields` and `resources`
    that differ, `missing`, `extra`). What is blocked or stored already is no drift.
    """
    data = to_data(plan)
    raw = zip(plan.actions, data["actions"], strict=True)
    found = [
        _difference(action, shape)
        for action, shape in raw
        if action.when not in {When.BLOCKED, When.PENDING}
    ]
    found.sort(key=lambda difference: str(difference["address"]))
    return {
        **{name: data[name] for name in CONTEXT if name in data},
        "command": "drift",
        "format": FORMAT,
        "differences": found,
        "totals": _drift_totals(found),
    }


def apply_document(applied: Applied) -> dict[str, Any]:
    """The plan's data, and what came of it.

    `results` holds `steps` and `actions`, each with `outcome` and, where there are some, `detail`,
    `advice`, `warnings`, `sent` and `cause`; `counts` the actions by outcome; `exit` the exit code
    of DESIGN section 8; `stopped` why the run ended before the plan did; `sent` and `read` the
    numbers of calls; `started` and `ended` the times.
    """
    return {
        **to_data(applied.plan),
        "command": "apply",
        "format": FORMAT,
        "started": stamp(applied.started),
        "ended": stamp(applied.ended),
        "results": {
            "steps": [_step_result(result) for result in applied.steps],
            "actions": [_action_result(result) for result in applied.actions],
        },
        "counts": dict(Counter(result.outcome.value for result in applied.actions)),
        "kept": dict(applied.ids),
        "sent": applied.writes,
        "read": applied.reads,
        "exit": int(exit_of(applied)),
        **({"stopped": applied.stopped.value} if applied.stopped else {}),
    }


def _difference(action: Action, shape: dict[str, Any]) -> dict[str, Any]:
    fields = [
        {"field": change["field"], "declared": change["new"], "live": change["old"]}
        for change in shape.get("changes", ())
    ]
    known: dict[str, Any] = {name: shape[name] for name in ("why", "place") if name in shape}
    return {"address": shape["address"], "how": _how(action.verb), "fields": fields, **known}


def _how(verb: Verb) -> str:
    match verb:
        case Verb.CREATE | Verb.RESTORE:
            return "missing"
        case Verb.UPDATE | Verb.SUSPEND | Verb.RESUME:
            return "differs"
        case Verb.CANCEL | Verb.DELETE | Verb.RELEASE:
            return "extra"
        case never:
            assert_never(never)


def _drift_totals(found: Iterable[dict[str, Any]]) -> dict[str, int]:
    """A resource counts once, however many actions would bring it back."""
    where: dict[str, set[str]] = {"differs": set(), "missing": set(), "extra": set()}
    fields = 0
    for difference in found:
        where[difference["how"]].add(difference["address"])
        fields += len(difference["fields"]) if difference["how"] == "differs" else 0
    return {
        "fields": fields,
        "resources": len(where["differs"]),
        "missing": len(where["missing"]),
        "extra": len(where["extra"]),
    }


def _step_result(result: StepResult) -> dict[str, Any]:
    some = {
        "detail": result.detail,
        "advice": result.advice,
        "warnings": list(result.warnings),
        "sent": result.sent,
        "cause": result.cause,
    }
    return {"step": result.step, "outcome": result.outcome.value, **_filled(some)}


def _action_result(result: ActionResult) -> dict[str, Any]:
    some = {"detail": result.detail, "advice": result.advice}
    return {"action": result.action, "outcome": result.outcome.value, **_filled(some)}


def _filled(members: dict[str, Any]) -> dict[str, Any]:
    return {name: value for name, value in members.items() if value}
