"""An Edit: read, compare, write, compare; and never over somebody else's change."""

from __future__ import annotations

import copy
from dataclasses import replace
from typing import Any

import pytest
from apply_fakes import Answered, Clock, Service, finished, lost, refused, session
from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.apply import edit as edits
from pcsync.errors import ApiError, Unreachable
from pcsync.model import Edit, Is, Outcome, StepResult

STEP = Edit(
    "contoso/a",
    ("mail/contoso/a:update",),
    "PATCH",
    "/v1/a",
    whole=True,
    sets=(Is("size", 5), Is("profile.city", "Gdynia")),
    expect=(Is("size", 3),),
)
GET, PATCH = "GET /v1/a", "PATCH /v1/a"
LIVE = {"size": 3, "profile": {"city": "Sopot", "zip": "81-001"}, "odd": [{"x": None}]}
WANTED = {"size": 5, "profile": {"city": "Gdynia", "zip": "81-001"}, "odd": [{"x": None}]}


def perform(step: Edit, answers: dict[str, Any], **members: Any) -> tuple[StepResult, Any]:
    state = session(Service(answers), **members)
    return finished(edits.perform(step, state), state), state


def test_the_whole_body_goes_back_with_what_nobody_knows() -> None:
    before = copy.deepcopy(LIVE)
    result, state = perform(STEP, {GET: LIVE, PATCH: WANTED})
    (write,) = state.client.writes
    assert write.body == WANTED
    assert before == LIVE
    assert (result.outcome, result.sent) == (Outcome.DONE, 1)
    assert len(state.client.sent) == 2


def test_only_the_changes_go_where_the_service_wants_only_them() -> None:
    extra = {"attributes": {"objectType": "A"}, "profile": {"kind": "k"}}
    step = replace(STEP, whole=False, extra=extra)
    _, state = perform(step, {GET: LIVE, PATCH: WANTED})
    assert state.client.writes[0].body == {
        "size": 5,
        "profile": {"kind": "k", "city": "Gdynia"},
        "attributes": {"objectType": "A"},
    }
    assert extra == {"attributes": {"objectType": "A"}, "profile": {"kind": "k"}}


@pytest.mark.parametrize("profile", [None, "", [], {}])
def test_a_parent_that_holds_nothing_is_made(profile: Any) -> None:
    live = {"size": 3, "profile": profile}
    _, state = perform(STEP, {GET: live, PATCH: WANTED})
    assert state.client.writes[0].body == {"size": 5, "profile": {"city": "Gdynia"}}


def test_members_keep_the_case_that_the_service_gives_them() -> None:
    live = {"Size": 3, "Profile": {"CITY": "Sopot"}}
    _, state = perform(STEP, {GET: live, PATCH: WANTED})
    assert state.client.writes[0].body == {"Size": 5, "Profile": {"CITY": "Gdynia"}}


def test_what_is_so_already_is_not_written() -> None:
    result, state = perform(STEP, {GET: WANTED})
    assert (result.outcome, result.detail, result.sent) == (Outcome.DONE, "was so already", 0)
    assert state.client.writes == []


def test_what_somebody_changed_is_not_overwritten() -> None:
    result, state = perform(STEP, {GET: {**LIVE, "size": 4}})
    assert result.outcome is Outcome.STALE
    assert result.detail == "size: expected 3, now 4"
    assert state.client.writes == []


def test_what_is_expected_absent_and_is_there_is_stale() -> None:
    step = replace(STEP, expect=(Is("size", None), Is("note", None)))
    result, _ = perform(step, {GET: {**LIVE, "note": "x"}})
    assert result.detail == "size: expected none, now 3; note: expected none, now x"


@pytest.mark.parametrize("etag", ["W/1", '"1"'])
def test_an_etag_guards_the_write(etag: str) -> None:
    live = {**LIVE, "attributes": {"etag": etag}}
    _, state = perform(STEP, {GET: live, PATCH: WANTED})
    assert state.client.writes[0].if_match == etag


def test_without_an_etag_there_is_no_condition() -> None:
    _, state = perform(STEP, {GET: LIVE, PATCH: WANTED})
    assert state.client.writes[0].if_match is None


def test_a_write_that_the_etag_stopped_is_stale() -> None:
    live = {**LIVE, "attributes": {"etag": "1"}}
    result, state = perform(STEP, {GET: live, PATCH: refused(412)})
    assert result.outcome is Outcome.STALE
    assert len(state.client.writes) == 1


def test_accepted_is_not_done_until_it_shows() -> None:
    clock = Clock()
    answers = {GET: [LIVE, LIVE, LIVE, WANTED], PATCH: Answered(WANTED, 202)}
    result, _ = perform(STEP, answers, clock=clock)
    assert (result.outcome, result.sent) == (Outcome.DONE, 1)
    assert clock.slept == [edits.PAUSE] * 2


def test_an_answer_without_a_body_is_read_again() -> None:
    result, state = perform(STEP, {GET: [LIVE, WANTED], PATCH: Answered(None, 204)})
    assert result.outcome is Outcome.DONE
    assert len(state.client.sent) == 3


def test_what_the_service_drops_is_said() -> None:
    found = {**WANTED, "profile": {"city": "Sopot"}}
    result, state = perform(STEP, {GET: [LIVE, found], PATCH: found})
    assert (result.outcome, result.sent) == (Outcome.FAILED, 1)
    assert result.detail == "dropped by the service: profile.city: expected Gdynia, now Sopot"
    assert len(state.client.sent) == 2 + edits.LOOKS


def test_where_it_can_not_be_read_again_its_fate_is_unknown() -> None:
    result, _ = perform(STEP, {GET: [LIVE, refused(503)], PATCH: Answered(None, 202)})
    assert (result.outcome, result.sent) == (Outcome.UNKNOWN, 1)


@pytest.mark.parametrize("doubt", [lost(), refused(500), refused(503), refused(504)], ids=str)
def test_a_lost_answer_is_settled_by_looking(doubt: Exception) -> None:
    result, _ = perform(STEP, {GET: [LIVE, WANTED], PATCH: doubt})
    assert (result.outcome, result.sent) == (Outcome.DONE, 1)
    for look in (LIVE, lost(), refused(503)):
        result, _ = perform(STEP, {GET: [LIVE, look], PATCH: doubt})
        assert result.outcome is Outcome.UNKNOWN


def test_refusals_are_raised() -> None:
    with pytest.raises(ApiError):
        perform(STEP, {GET: LIVE, PATCH: refused(400)})
    with pytest.raises(ApiError):
        perform(STEP, {GET: refused(404)})
    with pytest.raises(Unreachable):
        perform(STEP, {GET: lost()})


def test_the_request_id_goes_by_what_is_sent() -> None:
    def sent(live: dict[str, Any]) -> str | None:
        _, state = perform(STEP, {GET: live, PATCH: WANTED})
        found: str | None = state.client.writes[0].request_id
        return found

    assert sent(LIVE) == sent(copy.deepcopy(LIVE))
    assert sent(LIVE) != sent({**LIVE, "odd": 1})


NAMES = st.sampled_from(["a", "b", "c"])
VALUES = st.recursive(
    st.none() | st.integers(0, 3) | st.text("xy", max_size=2),
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(NAMES, inner, max_size=3),
    max_leaves=6,
)


@settings(deadline=None, derandomize=True)
@given(st.dictionaries(NAMES, VALUES), st.lists(NAMES, min_size=1, max_size=3), st.integers(4, 9))
def test_nothing_is_lost_but_what_is_set(live: dict[str, Any], names: list[str], new: int) -> None:
    step = replace(STEP, sets=(Is(".".join(names), new),), expect=())
    state = session(Service({GET: copy.deepcopy(live), PATCH: lambda body: Answered(body)}))
    assert finished(edits.perform(step, state), state).outcome is Outcome.DONE
    (write,) = state.client.writes
    assert {k: v for k, v in write.body.items() if k != names[0]} == {
        k: v for k, v in live.items() if k != names[0]
    }


PARTS = replace(STEP, singly=((Is("size", 5),), (Is("profile.city", "Gdynia"),)))
RESIZED = {**LIVE, "size": 5}


def test_what_is_refused_together_goes_one_by_one() -> None:
    """Each part is sent over what is there then."""
    result, state = perform(
        PARTS,
        {GET: [LIVE, LIVE, RESIZED], PATCH: [refused(400, "800002"), RESIZED, WANTED]},
    )
    assert [write.body for write in state.client.writes] == [WANTED, RESIZED, WANTED]
    assert (result.outcome, result.sent) == (Outcome.DONE, 2)
    assert len({write.request_id for write in state.client.writes}) == 3


def test_a_part_that_is_refused_alone_is_named_and_the_others_are_done() -> None:
    answers = [
        refused(400, "800002"),
        refused(400, "900275"),
        {**LIVE, "profile": WANTED["profile"]},
    ]
    result, state = perform(PARTS, {GET: LIVE, PATCH: answers})
    assert len(state.client.writes) == 3
    assert (result.outcome, result.sent) == (Outcome.FAILED, 2)
    assert "size: " in result.detail
    assert "profile" not in result.detail


def test_a_part_that_is_there_by_then_is_not_sent() -> None:
    answers = {GET: [LIVE, RESIZED, RESIZED], PATCH: [refused(400, "800002"), WANTED]}
    result, state = perform(PARTS, answers)
    assert (result.outcome, result.sent, len(state.client.writes)) == (Outcome.DONE, 1, 2)


def test_after_a_part_whose_fate_is_unknown_nothing_more_is_sent() -> None:
    answers = {GET: [LIVE, LIVE, LIVE], PATCH: [refused(400, "800002"), lost()]}
    result, state = perform(PARTS, answers)
    assert (result.outcome, result.sent) == (Outcome.UNKNOWN, 1)
    assert len(state.client.writes) == 2


@pytest.mark.parametrize("status", [403, 404, 409])
def test_only_a_400_is_taken_apart(status: int) -> None:
    with pytest.raises(ApiError):
        perform(PARTS, {GET: LIVE, PATCH: refused(status, "800027")})


def test_without_parts_a_400_stands() -> None:
    with pytest.raises(ApiError):
        perform(STEP, {GET: LIVE, PATCH: refused(400, "800002")})


def test_a_conflict_is_stale_where_an_etag_was_sent() -> None:
    live = {**LIVE, "attributes": {"etag": "1"}}
    result, _ = perform(STEP, {GET: live, PATCH: refused(409, "409")})
    assert result.outcome is Outcome.STALE
    with pytest.raises(ApiError):
        perform(STEP, {GET: LIVE, PATCH: refused(409, "409")})


def test_a_part_is_not_written_over_what_somebody_changed_after_the_refusal() -> None:
    step = replace(PARTS, expect=(Is("size", 3), Is("profile.city", "Sopot")))
    moved = {**RESIZED, "profile": {"city": "Hel"}}
    answers = {GET: [LIVE, LIVE, moved], PATCH: [refused(400, "800002"), RESIZED]}
    result, state = perform(step, answers)
    assert (result.outcome, result.sent) == (Outcome.STALE, 1)
    assert result.detail == "profile.city: expected Sopot, now Hel"
    assert len(state.client.writes) == 2


FEW = replace(STEP, whole=False, sets=(Is("size", 5),))


@pytest.mark.parametrize(
    "answer, remark",
    [
        (
            {"size": 5, "name": "new"},
            "name was changed by somebody else at the same time, from old",
        ),
        ({"size": 5, "name": None}, "to none, and stays"),
        ({"size": 5, "name": "OLD", "attributes": {"etag": "2"}, "more": 1}, ""),
        ({"size": 5}, ""),
    ],
)
def test_what_an_answer_shows_of_another_writer_is_said(answer: Any, remark: str) -> None:
    """Only what was not sent, and that both know."""
    live = {"size": 3, "name": "old", "attributes": {"etag": "1"}, "gone": 1}
    result, _ = perform(FEW, {GET: live, PATCH: answer})
    assert result.outcome is Outcome.DONE
    assert [remark in each for each in result.warnings] == [True] * bool(remark)


def test_a_whole_body_says_nothing_of_others() -> None:
    """What it changes by itself, and what others wrote, look the same there."""
    result, _ = perform(STEP, {GET: {**LIVE, "name": "old"}, PATCH: {**WANTED, "name": "new"}})
    assert (result.outcome, result.warnings) == (Outcome.DONE, ())
