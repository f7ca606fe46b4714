"""Policy documents to policies, or to all problems of all files at once.

Owns how they are found and read, and what no schema can say of them. What a policy means is the
planner's: `paths` tells what is wrong with a JSONPath. Must not import yaml or jsonschema.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any

from pcsync.errors import ManifestProblems, Problem
from pcsync.manifests.files import Text, sources, texts
from pcsync.manifests.form import Form, form_of
from pcsync.manifests.nodes import Items, Node, Pairs, Scalar, text_at
from pcsync.manifests.parse import parse
from pcsync.manifests.reading import Reading
from pcsync.manifests.scalars import NULLS, NUMBER, WHOLE, Complaint, Type, value
from pcsync.manifests.spec import data
from pcsync.manifests.words import quoted
from pcsync.model import Clause, Operator, Place, Policy, PolicyCase, PolicyRule, Severity

FOLDER = "policies"
KIND = "Policy"
NONE = frozenset({Operator.EXISTS, Operator.ABSENT})
MANY = frozenset({Operator.IN, Operator.NOT_IN})
NUMBERS = frozenset({Operator.GREATER_THAN, Operator.AT_LEAST, Operator.LESS_THAN})
TIMES = frozenset({Operator.BEFORE, Operator.AFTER})
Wrong = Callable[[str], str]


@dataclass(slots=True)
class _Found:
    wrong: Wrong
    policies: list[Policy] = field(default_factory=list)
    problems: list[Problem] = field(default_factory=list)


def load_policies(
    paths: Sequence[Path | str], wrong_path: Wrong, root: Path | None = None
) -> tuple[Policy, ...]:
    """The policies at `paths`, files or folders, by name. `wrong_path` says why a text is no
    JSONPath, or nothing.

    File names in places are relative to `root`. Raises ManifestProblems with every problem.
    """
    found, form = _Found(wrong_path), form_of(data("policy.schema.json"))
    for item in texts(sources(paths, root), None):
        if isinstance(item, Problem):
            found.problems.append(item)
        else:
            _file(item, form, found)
    found.problems += _twice(found.policies)
    if found.problems:
        raise ManifestProblems(found.problems)
    return tuple(sorted(found.policies, key=lambda policy: policy.name))


def _file(item: Text, form: Form, found: _Found) -> None:
    parsed = parse(item.text, item.source.name)
    if not item.source.named and parsed.whole and not any(map(_is_ours, parsed.documents)):
        return
    found.problems.extend(parsed.problems)
    for node in parsed.documents:
        if node is not None:
            place = Place(item.source.name, node.line, node.column)
            reading = form.read(node, item.source.name, place)
            found.problems += reading.problems
            if not reading.problems:
                _document(reading, found)


def _is_ours(node: Node | None) -> bool:
    """What other tools keep in a folder is passed over, as among manifests."""
    return (text_at(node, "apiVersion") or "").startswith("pcsync/") or (
        text_at(node, "kind") == KIND
    )


def _document(reading: Reading, found: _Found) -> None:
    """What fits the schema; what it can't say is looked at now."""
    spec = reading.value["spec"]
    rules = [
        _rule(rule, f"spec.rules.{number}", reading, found.wrong)
        for number, rule in enumerate(spec["rules"])
    ]
    cases = [
        _case(case, f"spec.tests.{number}", reading)
        for number, case in enumerate(spec.get("tests", ()))
    ]
    _names(reading, spec["rules"])
    found.problems += reading.problems
    name = reading.value["metadata"]["name"]
    found.policies.append(Policy(name, tuple(rules), tuple(cases), reading.at("metadata.name")))


def _rule(rule: Mapping[str, Any], at: str, reading: Reading, wrong: Wrong) -> PolicyRule:
    _path(rule["where"], f"{at}.where", reading, wrong)
    clauses = [
        _clause(clause, f"{at}.when.{number}", reading, wrong)
        for number, clause in enumerate(rule.get("when", ()))
    ]
    return PolicyRule(
        rule["name"],
        rule["where"],
        tuple(clauses),
        rule["message"],
        Severity(rule.get("severity", "error")),
        reading.at(f"{at}.name"),
    )


def _clause(clause: Mapping[str, Any], at: str, reading: Reading, wrong: Wrong) -> Clause:
    _path(clause["path"], f"{at}.path", reading, wrong)
    operator, given = Operator(clause["operator"]), clause.get("value")
    if told := _complaint(operator, given):
        reading.problem(f"{at}.value" if given is not None else at, told)
    return Clause(clause["path"], operator, tuple(given) if isinstance(given, list) else given)


def _path(path: str, at: str, reading: Reading, wrong: Wrong) -> None:
    if why := wrong(path):
        what = f"{quoted(path)} is no JSONPath: {why}"
        reading.problem(at, Complaint(what, "write one such as `$.actions[*]` (RFC 9535)"))


def _complaint(operator: Operator, given: Any) -> Complaint | None:
    """What is wrong with the value of an operator."""
    if operator in NONE:
        return Complaint(f"`{operator}` has no value", "remove it") if given is not None else None
    if given is None:
        return Complaint(f"`{operator}` needs a `value`", "add it")
    if operator in MANY:
        alone = Complaint(f"`{operator}` needs a list", "write `[one, another]`")
        return None if isinstance(given, list) and given else alone
    if isinstance(given, list):
        return Complaint(f"`{operator}` needs one value", "write one, or the operator `in`")
    return _of_type(operator, given)


def _of_type(operator: Operator, given: str) -> Complaint | None:
    if operator in NUMBERS and not NUMBER.match(given):
        return Complaint(f"{quoted(given)} is no number", "write digits only, such as `25`")
    if operator in TIMES and not _is_time(given):
        return Complaint(f"{quoted(given)} is no day and no time", "write `2027-01-31`")
    if operator is Operator.MATCHES and (why := _bad_pattern(given)):
        what = f"{quoted(given)} is no regular expression: {why}"
        return Complaint(what, "write one of Python's `re`")
    return None


def _is_time(given: str) -> bool:
    try:
        datetime.fromisoformat(given)
    except ValueError:
        return False
    return True


def _bad_pattern(given: str) -> str:
    try:
        re.compile(given)
    except re.error as error:
        return str(error)
    return ""


def _case(case: Mapping[str, Any], at: str, reading: Reading) -> PolicyCase:
    node = reading.nested[f"{at}.plan"]
    plan = plain(node)
    if not isinstance(plan, Mapping):
        reading.problem(f"{at}.plan", Complaint("a list where a mapping belongs", "write members"))
        plan = {}
    return PolicyCase(case["name"], plan, tuple(case["expect"]), reading.at(f"{at}.name"))


def plain(node: Node) -> Any:
    """A tree as JSON would have it: numbers, true, false and null where they stand without quotes,
    everything else as its text."""
    match node:
        case Pairs():
            return {entry.key.text: plain(entry.value) for entry in node.entries}
        case Items():
            return [plain(item) for item in node.items]
        case Scalar():
            return _scalar(node)


def _scalar(node: Scalar) -> Any:
    if not node.plain:
        return node.text
    if node.text in NULLS or not node.text:
        return None
    if node.text in {"true", "false"}:
        return node.text == "true"
    kind = Type.INTEGER if WHOLE.match(node.text) else Type.DECIMAL
    return value(node, kind, False, None) if NUMBER.match(node.text) else node.text


def _names(reading: Reading, rules: Sequence[Mapping[str, Any]]) -> None:
    seen: set[str] = set()
    for number, rule in enumerate(rules):
        if rule["name"] in seen:
            what = f"two rules are called {quoted(rule['name'])}"
            reading.problem(f"spec.rules.{number}.name", Complaint(what, "give one another name"))
        seen.add(rule["name"])


def _twice(policies: Iterable[Policy]) -> Iterator[Problem]:
    seen: dict[str, Place] = {}
    for policy in policies:
        if first := seen.get(policy.name):
            what = f"{quoted(policy.name)} is the name of the policy at {first}, too"
            yield Problem(policy.place, what, "give one of them another name")
        seen.setdefault(policy.name, policy.place)
