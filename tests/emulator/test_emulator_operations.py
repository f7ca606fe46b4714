"""Every case of operations/*.yaml over raw HTTP: the answer as documented, and the refusal."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any
from uuid import uuid4

import pytest
import requests

from . import shapes
from .cases import Case, filled, load
from .wire import CONTOSO, Wire

KNOWN = {"contoso": f"/v1/customers/{CONTOSO}", "tenant": CONTOSO}
UNMADE = "00000000-0000-4000-8000-000000000000"
ALWAYS = {"Content-Type": "application/json; charset=utf-8"}


def param(case: Case) -> Any:
    marks = [pytest.mark.xfail(reason=case.xfail, strict=True)] if case.xfail else []
    return pytest.param(case, id=case.name, marks=marks)


def ask(pc: Wire, row: Mapping[str, Any], kept: dict[str, Any]) -> requests.Response:
    """Send one request; what it keeps is added to `kept`."""
    method, _, path = filled(row["request"], kept).partition(" ")
    body = filled(row.get("body"), kept)
    if row.get("base"):
        body = {**kept[row["base"]], **(body or {})}
    sent, token = row.get("sent") or {}, row.get("token", "user")
    if "multipart" in sent.get("Content-Type", ""):
        answer = pc.send(method, path, None, token, headers=sent, data=body.encode())
    else:
        answer = pc.send(method, path, body, token, headers=sent)
    for name, place in row.get("keep", {}).items():
        assert answer.ok, f"{row['request']}: {answer.text}"
        kept[name] = taken(answer, place)
    return answer


def taken(answer: requests.Response, place: str) -> Any:
    """The value at a place of the answer, or the end of a header's path (`header Location`)."""
    kind, _, name = place.partition(" ")
    if kind == "header":
        return answer.headers[name].rpartition("/")[2]
    return shapes.at(answer.json(), place)


def prepared(pc: Wire, case: Case) -> dict[str, Any]:
    """The world of the case, after what comes before its request."""
    pc.seed(**case.world)
    kept: dict[str, Any] = {**KNOWN, "nobody": f"/v1/customers/{UNMADE}", "none": UNMADE}
    for row in case.before:
        if "advance" in row:
            pc.advance(row["advance"])
        else:
            answer = ask(pc, row, kept)
            assert answer.ok, f"{row['request']}: {answer.text}"
    return kept


@pytest.mark.parametrize("case", [param(case) for case in load()])
def test_operation(pc: Wire, case: Case) -> None:
    kept = prepared(pc, case)
    ids = {"MS-RequestId": str(uuid4()), "MS-CorrelationId": str(uuid4())}
    row = {
        "request": f"{case.method} {case.path}",
        "token": case.token,
        "sent": ids | filled(dict(case.sent), kept),
        "base": case.base,
        "body": case.body,
    }
    answer = ask(pc, row, kept)
    assert answer.status_code == case.status, answer.text
    for name, value in {**ALWAYS, **ids, **case.headers}.items():
        assert answer.headers.get(name) == value, name
    assert answer.headers["MS-CV"]
    body = answer.json() if answer.content else None
    if case.refusal:
        check_refusal(case, body)
    else:
        check_answer(case, body, kept)


def check_refusal(case: Case, body: Any) -> None:
    """The code, a text, and nothing else but what conventions.md 8 knows."""
    if case.method == "HEAD" or case.code is None:
        assert body is None
        return
    assert body["code"] == case.code
    assert isinstance(body["description"], str)
    known = {"code", "description", "data", "source"}
    assert set(body) <= known | shapes.listed(case.fields or "")


def check_answer(case: Case, body: Any, kept: Mapping[str, Any]) -> None:
    if case.fields is None:
        assert body is None
    else:
        assert shapes.members(body) == shapes.listed(case.fields)
    for place, value in filled(dict(case.values), kept).items():
        assert shapes.at(body, place) == value, place


def test_every_file_has_a_refusal_for_each_operation() -> None:
    said_yes = {page for case in load() for page in case.pages if not case.refusal}
    said_no = {page for case in load() for page in case.pages if case.refusal}
    assert said_yes == said_no
