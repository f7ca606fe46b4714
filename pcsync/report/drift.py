"""The human text of a drift: what is live and differs from what git declares.

Owns this text. Pure; must not import a stage or a kind.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any

from pcsync.model import Address
from pcsync.report.head import covered, origin, scope, title, wave
from pcsync.report.layout import chop, flush, paragraph, rows, wrap
from pcsync.report.shown import count, short, shown

SIGNS = {"differs": "~", "missing": "-", "extra": "+"}
WORDS = {"differs": "", "missing": "declared, not live", "extra": "live, not declared"}


def drift(document: Mapping[str, Any], width: int) -> list[list[str]]:
    """The blocks of a drift document: head, verdict, a block per customer, next, totals."""
    unknown = [Address.parse(text) for text in document.get("unknown", ())]
    names, coverage = covered(document.get("customers", ()), unknown)
    coverage += wave(document.get("labels", {}), document.get("leftOut", 0))
    time = datetime.fromisoformat(document["time"])
    head = title("Drift", scope(names), time, width)
    head += origin(
        document.get("partner") or document["partnerTenant"],
        document["cloud"],
        document["base"],
        coverage,
        width,
    )
    parts: dict[str, list[Mapping[str, Any]]] = {}
    for difference in document["differences"]:
        parts.setdefault(Address.parse(difference["address"]).root, []).append(difference)
    return [
        head,
        [f"  {line}" for line in wrap(_said(document, len(unknown)), width - 2)],
        *(_customer(name, parts, width) for name in sorted(parts)),
        _unknown(unknown, width),
        _next(document, width),
        [totals(document, len(unknown))],
    ]


def totals(document: Mapping[str, Any], unknown: int) -> str:
    """The last line: ``Drift: 3 resources differ, 1 missing``, or ``No drift.``"""
    found = document["totals"]
    words = {"resources": "differ", "missing": "missing", "extra": "not in git"}
    parts = [f"{found[name]:,} {word}" for name, word in words.items() if found[name]]
    none = "No drift in what was read." if unknown else "No drift."
    return f"Drift: {', '.join(parts)}" if parts else none


def _said(document: Mapping[str, Any], unknown: int) -> str:
    """The verdict: ``3 fields of 2 resources differ from git; 1 resource is missing.``"""
    found = document["totals"]
    fields, resources = count(found["fields"], "field"), count(found["resources"], "resource")
    parts = [
        f"{fields} of {resources} {_verb(found['fields'], 'differs', 'differ')} from git",
        f"{count(found['missing'], 'resource')} {_verb(found['missing'], 'is', 'are')} missing",
        f"{count(found['extra'], 'resource')} {_verb(found['extra'], 'is', 'are')} not in git",
        f"{count(unknown, 'resource')} {_verb(unknown, 'is', 'are')} unknown",
    ]
    numbers = (found["resources"], found["missing"], found["extra"], unknown)
    told = "; ".join(part for part, number in zip(parts, numbers, strict=True) if number)
    return f"{told or 'Everything that was read is as declared'}."


def _verb(number: int, one: str, many: str) -> str:
    return one if number == 1 else many


def _customer(name: str, parts: Mapping[str, Sequence[Mapping[str, Any]]], width: int) -> list[str]:
    lines = [f"CUSTOMER {name}"] if len(parts) > 1 else []
    for difference in parts[name]:
        how = difference["how"]
        lines += flush(f"{SIGNS[how]} {difference['address']}", WORDS[how], width, 4)
        names = short([field["field"] for field in difference["fields"]])
        texts = (_text(field, how) for field in difference["fields"])
        lines += rows(zip(names, texts, strict=True), width)
    return lines


def _text(field: Mapping[str, Any], how: str) -> str:
    declared, live = shown(field["declared"]), shown(field["live"])
    return declared if how == "missing" else f"declared {declared}, live {live}"


def _unknown(unknown: Sequence[Address], width: int) -> list[str]:
    if not unknown:
        return []
    lines = [line for address in sorted(unknown) for line in flush(f"? {address}", "", width)]
    return [*chop("UNKNOWN   not read: nothing is assumed", width, 10), *lines]


def _next(document: Mapping[str, Any], width: int) -> list[str]:
    if not document["differences"]:
        return []
    text = (
        "`pcsync plan` shows what brings live back to git. To keep what is live, change the "
        "manifests."
    )
    return paragraph(text, width, 6, "NEXT")
