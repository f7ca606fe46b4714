"""The partner of a world file: kind of account, resellers, codes, people without MFA.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime

from pcsync.emulator.ids import Ids
from pcsync.emulator.section import Section
from pcsync.emulator.world import (
    DEFAULT_NAME,
    DEFAULT_TENANT,
    Partner,
    PortalUser,
    Reseller,
    ValidationCode,
)

PARTNER_WORDS = (
    "tenantId",
    "name",
    "sandbox",
    "registrar",
    "resellers",
    "validationCodes",
    "withoutMfa",
)
RESELLER_WORDS = ("id", "name", "mpnId", "location", "agreement")
CODE_WORDS = ("validationId", "organizationName", "maxCreates", "remainingCreates")
PORTAL_WORDS = ("id", "userPrincipalName", "seen")


def partner(row: Section, ids: Ids, now: datetime) -> Partner:
    """The partner as the file has it; without words it is a production account with no reseller."""
    return Partner(
        tenant_id=(row.text("tenantId") or DEFAULT_TENANT).lower(),
        name=row.text("name") or DEFAULT_NAME,
        sandbox=row.flag("sandbox", False),
        registrar=row.flag("registrar", False),
        resellers=tuple(_reseller(part, ids) for part in row.each("resellers", RESELLER_WORDS)),
        codes=tuple(_code(part) for part in row.each("validationCodes", CODE_WORDS)),
        without_mfa=tuple(
            _portal_user(part, ids, now) for part in row.each("withoutMfa", PORTAL_WORDS)
        ),
    )


def _reseller(row: Section, ids: Ids) -> Reseller:
    name = row.need("name")
    return Reseller(
        id=(row.text("id") or ids.guid("reseller", name)).lower(),
        name=name,
        mpn_id=row.text("mpnId") or "",
        location=row.text("location") or "US",
        agreement=row.flag("agreement", True),
    )


def _code(row: Section) -> ValidationCode:
    most = row.whole("maxCreates", 0) if row.has("maxCreates") else None
    left = row.whole("remainingCreates", most or 0) if row.has("remainingCreates") else most
    return ValidationCode(row.whole("validationId", 0), row.need("organizationName"), most, left)


def _portal_user(row: Section, ids: Ids, now: datetime) -> PortalUser:
    upn = row.need("userPrincipalName")
    known = row.text("id") or ids.guid("partner user", upn)
    return PortalUser(known.lower(), upn, row.moment("seen") or now)
