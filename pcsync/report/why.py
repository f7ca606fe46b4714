"""The answer to `pcsync plan --why ADDRESS`: one document, and its text.

Owns how an explanation reads. Pure; must not import a stage but the plan's explanation and codec,
or a kind.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from datetime import datetime
from functools import cache
from importlib.resources import files
from typing import Any, assert_never

from pcsync.model import Action, Await, Call, Edit, Finding, Step, Verb
from pcsync.plan.codec import plain, stamp
from pcsync.plan.explain import Explanation
from pcsync.report.layout import chop, columns, flush, paragraph, rows
from pcsync.report.shown import instant, shown

FORMAT = 1
UNWRITTEN = "-"
WHY = "why"


@cache
def rules() -> Mapping[str, str]:
    """What each rule says, short, by its number."""
    found: Mapping[str, str] = json.loads(
        files(__package__).joinpath("rules.json").read_text("utf-8")
    )
    return found


def why_document(found: Explanation) -> dict[str, Any]:
    """The explanation as JSON-ready data: `address`, `place`, `state`, `id`, `recorded`, `matched`,
    `reads`, `compared` (each `field`, `declared`, `live`, `how`), `actions` (each `id`, `when`,
    `changes`, `why`, `notes`, `rules` by number), `steps` in words and `findings`."""
    want = found.want
    return {
        "command": "why",
        "format": FORMAT,
        "time": stamp(found.time),
        "address": str(found.address),
        "place": str(want.place) if want and want.place else None,
        "state": want.state.value if want else None,
        "id": found.id,
        "recorded": found.recorded,
        "matched": found.matched,
        "live": found.have is not None,
        "unknown": found.unknown,
        "base": found.based,
        "reads": [{"call": call, "failed": reason} for call, reason in found.reads],
        "compared": [
            {"field": c.field, "declared": plain(c.declared), "live": plain(c.live), "how": c.how}
            for c in found.compared
        ],
        "actions": [_action(action) for action in found.actions],
        "steps": [_step(step) for step in found.steps],
        "findings": [_finding(each) for each in found.findings],
    }


def _action(action: Action) -> dict[str, Any]:
    return {
        "id": action.id,
        "when": action.when.value,
        "date": stamp(action.date) if action.date else None,
        "changes": [
            {"field": c.field, "old": plain(c.old), "new": plain(c.new)} for c in action.changes
        ],
        "why": action.why,
        "notes": [*_rows(action), *action.notes, *action.effects, *action.forever],
        "after": sorted(action.needs),
        "rules": {number: rules().get(number, "") for number in action.rules},
    }


def _rows(action: Action) -> list[str]:
    """What a plan says of it besides its fields and the reason."""
    known = {WHY, *(change.field for change in action.changes)}
    rows = action.says if action.verb is not Verb.CREATE else ()
    return [f"{label} {text}".strip() for label, text in rows if label not in known]


def _step(step: Step) -> str:
    match step:
        case Call():
            return f"{step.method} {step.path}"
        case Edit():
            sets = ", ".join(f"{one.path} = {shown(plain(one.value))}" for one in step.sets)
            return f"{step.method} {step.path}: {sets}"
        case Await():
            return f"wait until {step.says or step.path}"
        case never:
            assert_never(never)


def _finding(finding: Finding) -> dict[str, Any]:
    return {
        "severity": finding.severity.value,
        "code": finding.code,
        "place": str(finding.place) if finding.place else None,
        "what": finding.what,
        "advice": finding.advice,
    }


def why(document: Mapping[str, Any], width: int) -> list[list[str]]:
    """The blocks of the text: head, found, compared, chosen, calls, findings."""
    time = datetime.fromisoformat(document["time"])
    return [
        flush(f"Why {document['address']}", instant(time), width),
        [*rows(_found(document), width, 2), *_reads(document["reads"], width)],
        _compared(document["compared"], width),
        _chosen(document, width),
        _calls(document["steps"], width),
        [line for each in document["findings"] for line in _said(each, width)],
    ]


def _found(document: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    declared = {"present": "yes", "absent": "as absent", "removed": "in the base, gone from git"}
    state = declared.get(document["state"], "no")
    yield "declared", f"{state}, {document['place']}" if document["place"] else state
    if document["unknown"]:
        yield "live", "unknown: it could not be read"
    elif document["live"]:
        by = f", found by {document['matched']}" if document["matched"] else ""
        yield "live", f"{document['id'] or 'yes'}{by}"
    else:
        yield "live", "no"
    yield "recorded", document["recorded"] or "not in pcsync.lock.yaml"
    yield "base", "known" if document["base"] else "not known: nothing is removed"


def _reads(reads: list[Mapping[str, Any]], width: int) -> Iterator[str]:
    for read in reads:
        failed = f": {read['failed']}" if read["failed"] else ""
        yield from chop(f"  read      {read['call']}{failed}", width, 16)


def _compared(compared: list[Mapping[str, Any]], width: int) -> list[str]:
    """A table of four columns; where it is too wide, each field with its two values below."""
    if not compared:
        return []
    table = [("field", "in git", "live", "")]
    for each in compared:
        declared = UNWRITTEN if each["how"] == "not managed" else shown(each["declared"])
        live = UNWRITTEN if each["how"] == "of git alone" else shown(each["live"])
        table.append((each["field"], declared, live, each["how"]))
    sizes = [max(columns(row[at]) for row in table) for at in range(4)]
    if 2 + sum(sizes) + 2 * 3 > width:
        return ["COMPARED", *(line for row in table[1:] for line in _stacked(row, width))]
    cells = [[cell.ljust(size) for cell, size in zip(row, sizes, strict=True)] for row in table]
    return ["COMPARED", *(f"  {'  '.join(row)}".rstrip() for row in cells)]


def _stacked(row: tuple[str, str, str, str], width: int) -> list[str]:
    field, declared, live, how = row
    if how != "differs":
        value = live if declared == UNWRITTEN else declared
        return rows([(f"{field}", f"{how}: {value}")], width, 2)
    return [f"  {field}  differs", *rows([("in git", declared), ("live", live)], width)]


def _chosen(document: Mapping[str, Any], width: int) -> list[str]:
    lines = ["CHOSEN"]
    if not document["actions"]:
        return [*lines, "  nothing: " + _nothing(document)]
    for action in document["actions"]:
        lines += flush(f"  {action['id']}", _when(action), width)
        lines += rows(_changes(action), width)
        texts = [action["why"], *action["notes"], *(f"after {each}" for each in action["after"])]
        lines += [line for text in filter(None, texts) for line in paragraph(text, width)]
        lines += rows(action["rules"].items(), width)
    return lines


def _changes(action: Mapping[str, Any]) -> Iterator[tuple[str, str]]:
    """What becomes what; of a new thing what it has."""
    for change in action["changes"]:
        old, new = shown(change["old"]), shown(change["new"])
        yield change["field"], new if change["old"] is None else f"{old} -> {new}"


def _nothing(document: Mapping[str, Any]) -> str:
    if document["unknown"]:
        return "it was not read, and nothing is assumed"
    if any(each["severity"] == "error" for each in document["findings"]):
        return "see the error below"
    return "everything that is declared is so already"


def _when(action: Mapping[str, Any]) -> str:
    return f"{action['when']} {action['date'][:10]}" if action["date"] else str(action["when"])


def _calls(steps: list[str], width: int) -> list[str]:
    lines = [line for step in steps for line in chop(f"  {step}", width, 6)]
    return ["CALLS", *lines] if lines else []


def _said(finding: Mapping[str, Any], width: int) -> list[str]:
    head = f"{finding['severity']}  {finding['place'] or ''}  {finding['code']}"
    return [*flush(head, "", width), *paragraph(f"{finding['what']}; {finding['advice']}", width)]
