"""Refresh tokens: rotated, expired, revoked, as in conventions.md 2."""

from __future__ import annotations

import pytest

from .signing import (
    KIM,
    LEE,
    USER_SCOPE,
    authorized,
    client,
    error,
    query,
    redeemed,
    refreshed,
    seeded,
    works,
)
from .wire import Wire

# refresh tokens


def test_msal_rotates_refresh_tokens(pc: Wire) -> None:
    seeded(pc)
    app = client(pc, "emulator")
    first = app.acquire_token_by_refresh_token("kim", [USER_SCOPE])
    second = app.acquire_token_by_refresh_token(first["refresh_token"], [USER_SCOPE])
    assert len({"kim", first["refresh_token"], second["refresh_token"]}) == 3
    assert works(pc, second)
    assert second["id_token_claims"]["preferred_username"] == KIM["userPrincipalName"]


def test_a_renewed_token_outlives_a_reset_and_a_forged_one_is_refused(pc: Wire) -> None:
    seeded(pc)
    token = refreshed(pc, "kim").json()["refresh_token"]
    seeded(pc)
    assert refreshed(pc, token).status_code == 200
    for wrong in ("kim.1-1.0", token[:-1] + ("0" if token[-1] != "0" else "1"), "nobody", "kim.."):
        assert error(refreshed(pc, wrong)) == (400, "invalid_grant", 70000)


def test_refresh_tokens_expire_unless_renewed(pc: Wire) -> None:
    seeded(pc, {"refreshLifetime": "P90D"})
    pc.advance("P60D")
    token = refreshed(pc, "kim").json()["refresh_token"]
    pc.advance("P60D")
    assert error(refreshed(pc, "kim")) == (400, "invalid_grant", 700082)
    assert refreshed(pc, token).status_code == 200
    pc.advance("P30D")
    assert error(refreshed(pc, token)) == (400, "invalid_grant", 700082)


def test_one_refresh_token_can_end_at_a_date(pc: Wire) -> None:
    ends = {**KIM, "refreshExpires": "2026-12-01T00:00:00Z"}
    seeded(pc, users=[ends, LEE])
    token = refreshed(pc, "kim").json()["refresh_token"]
    pc.advance("P10D")
    assert error(refreshed(pc, "kim")) == (400, "invalid_grant", 700082)
    assert refreshed(pc, token).status_code == 200
    assert refreshed(pc, "lee").status_code == 200


def test_refresh_tokens_without_reuse_or_rotation(pc: Wire) -> None:
    seeded(pc, {"refreshReuse": False})
    token = refreshed(pc, "kim").json()["refresh_token"]
    assert error(refreshed(pc, "kim")) == (400, "invalid_grant", 70000)
    assert refreshed(pc, token).status_code == 200
    seeded(pc, {"refreshRotates": False})
    assert refreshed(pc, "kim").json()["refresh_token"] == "kim"


def test_consents_can_be_revoked_and_given_anew(pc: Wire) -> None:
    seeded(pc)
    token = refreshed(pc, "kim").json()["refresh_token"]
    named = {"userPrincipalName": KIM["userPrincipalName"]}
    assert pc.control("POST", "signin/revoke", named).status_code == 204
    assert pc.control("GET", "signin").json()["revoked"] == [KIM["userPrincipalName"]]
    for old in ("kim", token):
        assert error(refreshed(pc, old)) == (400, "invalid_grant", 50173)
    assert refreshed(pc, "lee").status_code == 200
    code = query(authorized(pc))["code"]
    renewed = redeemed(pc, code).json()["refresh_token"]
    assert refreshed(pc, renewed).status_code == 200


@pytest.mark.parametrize("body", [{}, {"userPrincipalName": "nobody"}, {"user": "kim"}])
def test_only_known_users_can_be_revoked(pc: Wire, body: dict[str, str]) -> None:
    seeded(pc)
    assert pc.control("POST", "signin/revoke", body).status_code == 400
