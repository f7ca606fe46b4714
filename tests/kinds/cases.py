"""Cases as data: reading them strictly, and the steps that come before a plan.

A case is a world, manifests, and what is expected of them.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields, replace
from pathlib import Path
from typing import Any, TypeVar

import yaml
from harness import Box

FOLDER = Path(__file__).parent


class _Loader(yaml.CSafeLoader):
    """YAML without its surprises: NO, 01067, 6500.00 and dates stay texts."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _form, _first in (
    ("null", r"^(?:~|null|)$", ["~", "n", ""]),
    ("bool", r"^(?:true|false)$", list("tf")),
    ("int", r"^-?(?:0|[1-9][0-9]*)$", list("-0123456789")),
    ("merge", r"^<<$", ["<"]),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_form), _first)


@dataclass
class Case:
    """One case.

    `name` says the rule, `rules` gives its numbers in domain-rules.md. `world` and `manifest` are
    in the words of `harness.world` and `harness.documents`. `before`: what happens first, in
    order (see `prepare`). `plan`: its lines; `notes`: parts of all notes of its actions, in their
    order, where it says any; `effects`: parts of what some say besides; `findings`: codes, each
    with a part of its text after a colon if need be; `unknown`: addresses. `writes`: all of them,
    in order; `reads`: of the plan, as a number or all of them; `waits`: what is waited for.
    `outcomes`: of the steps that are not done, as `OUTCOME address`. `after`: what is live then;
    `sink`: whose secrets are in it.
    `again`: the manifests of the second plan, if others; `second`: its lines, if it is not empty.
    `base`: the manifests that were last fully applied; `lock`: ids by address, each a GUID or
    ``contoso/subscriptions/m365``; `allow`: flags of the run; `project`: members of ProjectRules;
    `taken`: days on which earlier runs took away what has these addresses.
    `prices`: texts of price sheets by their paths, ``prices/2026-11/DE.csv``; `money`: what the
    plan costs, in the words of `harness.costs`; `ways`: what the ways of its choices cost.
    `problems`: of the manifests, in place of all that. `attested`, `token` (`app`: nobody signs
    in), `environment`, `files`: settings. `xfail`: why the case can't pass yet.
    """

    name: str
    manifest: Any
    world: Mapping[str, Any] = field(default_factory=dict)
    rules: list[str] = field(default_factory=list)
    before: list[Mapping[str, Any]] = field(default_factory=list)
    plan: list[str] = field(default_factory=list)
    notes: list[str] | None = None
    effects: list[str] = field(default_factory=list)
    findings: list[str] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)
    writes: list[str] = field(default_factory=list)
    reads: int | list[str] | None = None
    waits: list[str] = field(default_factory=list)
    outcomes: list[str] = field(default_factory=list)
    after: Mapping[str, Any] = field(default_factory=dict)
    sink: list[str] = field(default_factory=list)
    again: Any = None
    second: list[str] | None = None
    problems: list[str] = field(default_factory=list)
    attested: bool = True
    token: str = "user"
    environment: Mapping[str, str] = field(default_factory=dict)
    files: Mapping[str, str] = field(default_factory=dict)
    prices: Mapping[str, str] = field(default_factory=dict)
    money: list[str] | None = None
    ways: list[str] | None = None
    base: Any = None
    lock: Mapping[str, str] | None = None
    allow: Mapping[str, Any] = field(default_factory=dict)
    taken: Mapping[str, str] = field(default_factory=dict)
    project: Mapping[str, Any] = field(default_factory=dict)
    xfail: str = ""


Some = TypeVar("Some", bound=Case)


def load(kind: str) -> list[Case]:
    """The cases of a kind, of all files in its folder that hold any. TypeError for a word that is
    none."""
    return [case for path in sorted((FOLDER / kind).glob("*.yaml")) for case in read(path)]


def read(path: Path, case: type[Some] = Case) -> list[Some]:  # type: ignore[assignment]
    """The cases of one file; none where it has another purpose."""
    found = yaml.load(path.read_text("utf-8"), _Loader)
    rows = found.get("cases", []) if isinstance(found, dict) else []
    known = {each.name for each in fields(case)}
    assert all(set(row) <= known for row in rows), _unknown(rows, known)
    return [case(**row) for row in rows]


def _unknown(rows: list[dict[str, Any]], known: set[str]) -> list[str]:
    return [f"{row.get('name')}: {sorted(set(row) - known)}" for row in rows if set(row) - known]


def prepare(box: Box, case: Case) -> None:
    """Seeds the world and carries out what comes before the plan; nothing of it is in the log.

    `advance: P8D` · `edit: contoso/subscriptions/m365` and `with:` · `call: POST contoso/users`
    and `body:` · `fault: {path: "*/users*", status: 403, times: 99}` · `apply:` manifests.
    """
    box.seed(case.world)
    box.environment = dict(case.environment)
    refresh = box.settings.refresh_token if case.token == "user" else None
    box.settings = replace(box.settings, attested=case.attested, refresh_token=refresh)
    for name, text in case.files.items():
        (box.folder / name).write_text(text, "utf-8")
    box.price(case.prices)
    rules = replace(box.settings.rules, **case.project)
    box.settings = replace(box.settings, rules=rules)
    for step in case.before:
        _take(box, step)
    box.know(case.base, case.lock, case.allow, case.taken)
    box.clear()


def _take(box: Box, step: Mapping[str, Any]) -> None:
    match step:
        case {"advance": span}:
            box.advance(span)
        case {"edit": path, "with": changes}:
            box.set_live(path, **changes)
        case {"call": call}:
            method, path = call.split(" ")
            box.colleague.send(method, box.path(path), step.get("body"))
        case {"fault": words}:
            box.fault(**words)
        case {"apply": manifest}:
            box.apply(box.plan(manifest))
        case {"control": path}:
            box.colleague.control("POST", path, step.get("body") or {})
        case _:
            raise TypeError(f"unknown step before a case: {step}")
