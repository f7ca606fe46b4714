"""A Call: what its answer must satisfy, what is kept of it, and what a lost answer means."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

import pytest
from apply_fakes import Answered, Drawer, Service, call, finished, lost, refused, session

from pcsync.apply import call as calls
from pcsync.apply.references import Unresolved
from pcsync.errors import ApiError, SinkError, Unreachable
from pcsync.model import Call, Check, Empty, Every, Is, Keep, Outcome, Settle, Some, StepResult

STEP = call("contoso/a")
POST = "POST /v1/contoso/a"
FOUND = Is("name", "a")
SETTLED = Settle("/v1/list", Some("items", FOUND), (Keep("mail#id", "id", "items", FOUND),))
DOUBT = [lost(), refused(500), refused(502), refused(503), refused(504), refused(408)]


def perform(step: Call, answers: dict[str, Any], **members: Any) -> tuple[StepResult, Any]:
    state = session(Service(answers), **members)
    return finished(calls.perform(step, state), state), state


def test_one_request_with_everything_resolved() -> None:
    step = replace(
        STEP,
        path="/v1/customers/{tenant#id}/x",
        body={"owner": {"$ref": "tenant#id"}, "password": {"$secret": {"generate": True}}},
        user=True,
    )
    result, state = perform(step, {"POST /v1/customers/42/x": {}}, known={"tenant#id": "42"})
    (sent,) = state.client.sent
    assert sent.body == {"owner": "42", "password": state.sink.stored[0][1]}
    assert state.sink.stored[0][0] == "mail/contoso/a"
    assert sent.user
    assert sent.request_id == state.request_id("contoso/a")
    assert (result.outcome, result.sent) == (Outcome.DONE, 1)


def test_a_read_is_no_write() -> None:
    result, _ = perform(replace(STEP, method="GET", path="/v1/x"), {"GET /v1/x": {}})
    assert (result.outcome, result.sent) == (Outcome.DONE, 0)


def test_an_unknown_reference_is_never_sent() -> None:
    state = session(Service())
    with pytest.raises(Unresolved):
        finished(calls.perform(replace(STEP, path="/v1/{order#id}"), state), state)
    assert state.client.sent == []


def test_a_password_without_a_place_is_never_sent() -> None:
    step = replace(STEP, body={"$secret": {"generate": True}})
    state = session(Service(), sink=Drawer(stuck=True))
    with pytest.raises(SinkError):
        finished(calls.perform(step, state), state)
    assert state.client.sent == []


# --- the answer -----------------------------------------------------------------------------------


def test_ids_are_kept() -> None:
    step = replace(STEP, keep=(Keep("a#id", "id"), Keep("a#line", "n", "lines", Is("k", 2))))
    answer = {"id": 7, "lines": [{"k": 1, "n": "x"}, {"k": 2, "n": "y"}]}
    _, state = perform(step, {POST: answer})
    assert state.known == {"a#id": "7", "a#line": "y"}


def test_secrets_are_stored_before_anything_else() -> None:
    step = replace(STEP, keep=(Keep("a#id", "id"), Keep("a#admin", "login", secret=True)))
    state = session(Service({POST: {"id": 7, "login": {"password": "once"}}}))
    known: list[dict[str, str]] = []
    state.sink.store = lambda name, value: known.append(dict(state.known))  # type: ignore[method-assign]
    finished(calls.perform(step, state), state)
    assert known == [{}]
    assert state.known == {"a#id": "7"}


def test_a_secret_that_can_not_be_stored_fails_and_the_id_is_kept_all_the_same() -> None:
    step = replace(STEP, keep=(Keep("a#id", "id"), Keep("a#admin", "login", secret=True)))
    answer = {"id": 7, "login": {"password": "once-only"}}
    result, state = perform(step, {POST: answer}, sink=Drawer(stuck=True))
    assert (result.outcome, result.sent) == (Outcome.FAILED, 1)
    assert "can't be stored" in result.detail
    assert result.advice == "make room"
    assert "once-only" not in repr(result)
    assert state.known == {"a#id": "7"}


def test_a_secret_that_the_answer_lacks_is_nothing_to_store() -> None:
    step = replace(STEP, keep=(Keep("a#admin", "login", secret=True),))
    result, state = perform(step, {POST: {}})
    assert (result.outcome, state.sink.stored) == (Outcome.DONE, [])


def test_an_id_that_the_answer_lacks_fails_and_the_others_are_kept() -> None:
    step = replace(STEP, keep=(Keep("a#id", "id"), Keep("b#id", "other")))
    result, state = perform(step, {POST: {"other": 8}})
    assert (result.outcome, result.sent) == (Outcome.FAILED, 1)
    assert result.detail == "the answer has nothing that fits a#id"
    assert state.known == {"b#id": "8"}


@pytest.mark.parametrize(
    "check, answer, words",
    [
        (Check(Empty("errors"), "refused"), {"errors": [{"code": 9, "description": "no"}]}, "9 no"),
        (Check(Empty("error"), "refused"), {"error": {"errorCode": 9, "message": "no"}}, "9 no"),
        (Check(Empty("error"), "refused"), {"error": "no"}, "no"),
        (
            Check(Every("lines", Empty("error")), "refused"),
            {"lines": [{}, {"error": {"errorCode": "9", "errorDescription": "no"}}]},
            "9 no",
        ),
    ],
)
def test_a_success_that_says_no_is_a_failure(check: Check, answer: Any, words: str) -> None:
    result, _ = perform(replace(STEP, checks=(check,)), {POST: Answered(answer, 201)})
    assert (result.outcome, result.sent) == (Outcome.FAILED, 1)
    assert result.detail == f"refused; {words}"


def test_a_failed_check_keeps_what_was_given() -> None:
    step = replace(STEP, keep=(Keep("a#id", "id"),), checks=(Check(Is("ok", True), "not ok"),))
    result, state = perform(step, {POST: {"id": 7, "ok": False}})
    assert (result.outcome, result.detail) == (Outcome.FAILED, "not ok")
    assert state.known == {"a#id": "7"}


def test_a_check_may_name_what_was_kept() -> None:
    check = Check(Is("owner", {"$ref": "tenant#id"}), "another's")
    result, _ = perform(
        replace(STEP, checks=(check,)), {POST: {"owner": "42"}}, known={"tenant#id": "42"}
    )
    assert result.outcome is Outcome.DONE


def test_remarks_are_told_beside_a_success() -> None:
    answer = {"warnings": [{"code": "b", "message": "later"}, "a text"]}
    result, _ = perform(replace(STEP, remarks="warnings"), {POST: answer})
    assert result.warnings == ("a text", "b later")


# --- refusals and lost answers --------------------------------------------------------------------


def test_a_refusal_is_raised() -> None:
    with pytest.raises(ApiError):
        perform(replace(STEP, settle=SETTLED), {POST: refused(400)})


def test_what_is_gone_already_is_deleted() -> None:
    step = replace(STEP, method="DELETE")
    result, _ = perform(step, {"DELETE /v1/contoso/a": refused(404)})
    assert (result.outcome, result.detail) == (Outcome.DONE, "was gone already")


@pytest.mark.parametrize("doubt", DOUBT, ids=str)
def test_a_lost_answer_is_settled_by_looking(doubt: Exception) -> None:
    step = replace(STEP, keep=(Keep("mail#id", "id"),), settle=SETTLED)
    answers = {POST: doubt, "GET /v1/list": ({"items": [{}]}, {"items": [{"name": "a", "id": 7}]})}
    result, state = perform(step, answers)
    assert (result.outcome, result.sent) == (Outcome.DONE, 1)
    assert result.detail == "the answer was lost; it took effect"
    assert state.known == {"mail#id": "7"}


@pytest.mark.parametrize("doubt", DOUBT, ids=str)
@pytest.mark.parametrize(
    "look", [{"items": []}, {}, refused(404), refused(503), lost(), refused(403)], ids=str
)
def test_where_nothing_shows_it_its_fate_is_unknown(doubt: Exception, look: Any) -> None:
    result, _ = perform(replace(STEP, settle=SETTLED), {POST: doubt, "GET /v1/list": look})
    assert result.outcome is Outcome.UNKNOWN
    assert "not known whether it took effect" in result.detail


def test_without_a_way_to_look_its_fate_is_unknown() -> None:
    result, state = perform(STEP, {POST: lost()})
    assert result.outcome is Outcome.UNKNOWN
    assert len(state.client.sent) == 1


def test_a_secret_that_went_lost_with_the_answer_is_said() -> None:
    keep = (Keep("mail#id", "id"), Keep("mail#admin", "login", secret=True))
    answers = {POST: lost(), "GET /v1/list": {"items": [{"name": "a", "id": 7}]}}
    result, _ = perform(replace(STEP, keep=keep, settle=SETTLED), answers)
    assert result.outcome is Outcome.DONE
    assert "mail#admin" in result.detail
    assert "mail#id" not in result.detail


def test_a_settled_call_whose_id_is_not_found_is_unknown() -> None:
    settle = replace(SETTLED, keep=(Keep("mail#id", "number", "items", FOUND),))
    answers = {POST: lost(), "GET /v1/list": {"items": [{"name": "a"}]}}
    result, _ = perform(replace(STEP, settle=settle), answers)
    assert result.outcome is Outcome.UNKNOWN


def test_a_lost_answer_of_a_read_is_raised() -> None:
    with pytest.raises(Unreachable):
        perform(replace(STEP, method="GET"), {"GET /v1/contoso/a": lost()})


# --- request ids ----------------------------------------------------------------------------------


def test_request_ids_are_the_same_for_the_same_and_for_nothing_else() -> None:
    from uuid import UUID

    first, other = session(Service()), session(Service(), plan_id="other")
    found = first.request_id("a")
    assert UUID(found).version == 5
    assert found == session(Service()).request_id("a")
    different = [
        other.request_id("a"),
        first.request_id("b"),
        first.request_id("a", "digest"),
        first.request_id("a", answers=1),
    ]
    assert len({found, *different}) == 5
