"""Building a world from a file or from the body of a seed request (the same words).

Owns the top level: clock, partner, apps, settings. Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from datetime import timedelta
from decimal import Decimal
from pathlib import Path
from typing import Any

import yaml

from pcsync.emulator.clock import Clock
from pcsync.emulator.ids import Ids
from pcsync.emulator.section import Section, WorldError
from pcsync.emulator.seed_customers import CUSTOMER_WORDS, add_customer
from pcsync.emulator.settings import CONTRACTS, NONE, Settings
from pcsync.emulator.world import (
    DEFAULT_NAME,
    DEFAULT_NOW,
    DEFAULT_TENANT,
    App,
    Partner,
    SignedInUser,
    World,
    default_apps,
)

__all__ = ["WorldError", "build", "load_world"]

WORLD_WORDS = ("now", "seed", "partner", "apps", "settings", "customers")
SPANS = {
    "provisioning": "provisioning",
    "ordersLag": "orders_lag",
    "renewalTime": "renewal_time",
    "usageLag": "usage_lag",
    "auditLag": "audit_lag",
    "tokenLifetime": "token_lifetime",
}
SETTING_WORDS = (
    *SPANS,
    "agreements",
    "pageSize",
    "contract",
    "clockSpeed",
    "linkPrefix",
    "restoreKeepsLicenses",
    "priceChanges",
)
APP_WORDS = ("id", "secret", "appOnly", "users")
APP_USER_WORDS = ("refreshToken", "userPrincipalName", "mfa", "roles", "revoked")


class _Loader(yaml.CSafeLoader):
    """YAML without its surprises: NO is a text, 01067 is a text, dates stay texts."""


_Loader.yaml_implicit_resolvers = {}
for _tag, _form, _first in (
    ("null", r"^(?:~|null|Null|NULL|)$", ["~", "n", "N", ""]),
    ("bool", r"^(?:true|True|false|False)$", list("tTfF")),
    ("int", r"^[-+]?(?:0|[1-9][0-9]*)$", list("-+0123456789")),
    ("float", r"^[-+]?[0-9]+\.[0-9]+$", list("-+0123456789")),
):
    _Loader.add_implicit_resolver(f"tag:yaml.org,2002:{_tag}", re.compile(_form), _first)


def load_world(source: Path | str | Mapping[str, Any] | None = None) -> World:
    """A world from a YAML or JSON file, from its members, or empty. WorldError if it is not one."""
    if source is None or isinstance(source, Mapping):
        return build(source or {})
    try:
        members = _read(Path(source))
    except (OSError, yaml.YAMLError, ValueError) as wrong:
        raise WorldError(f"{source}: {wrong}") from wrong
    return build(members or {})


def _read(path: Path) -> Any:
    text = path.read_text("utf-8")
    if path.suffix == ".json":
        return json.loads(text, parse_float=Decimal)
    return yaml.load(text, Loader=_Loader)


def build(members: Mapping[str, Any]) -> World:
    """A world from its members. WorldError names the place of the first problem."""
    top = Section(members, "world", WORLD_WORDS)
    settings = _settings(top.inside("settings", SETTING_WORDS))
    partner = top.inside("partner", ("tenantId", "name"))
    world = World(
        clock=Clock(top.moment("now") or DEFAULT_NOW, settings.clock_speed),
        ids=Ids(top.whole("seed", 1)),
        partner=Partner(
            (partner.text("tenantId") or DEFAULT_TENANT).lower(),
            partner.text("name") or DEFAULT_NAME,
        ),
        settings=settings,
        source=members,
    )
    apps = [_app(row) for row in top.each("apps", APP_WORDS)]
    world.apps = {app.id.lower(): app for app in apps} or default_apps(world.partner.name)
    for row in top.each("customers", CUSTOMER_WORDS):
        add_customer(world, row)
    return world


def _app(row: Section) -> App:
    users = tuple(_user(user) for user in row.each("users", APP_USER_WORDS))
    secret = row.text("secret") or "emulator"
    return App(row.need("id"), secret, row.flag("appOnly", True), users)


def _user(row: Section) -> SignedInUser:
    return SignedInUser(
        refresh_token=row.need("refreshToken"),
        upn=row.need("userPrincipalName"),
        mfa=row.flag("mfa", True),
        roles=tuple(row.texts("roles")) or ("AdminAgents",),
        revoked=row.flag("revoked", False),
    )


def _settings(row: Section) -> Settings:
    defaults = Settings()
    spans = {field: row.span(word, getattr(defaults, field)) for word, field in SPANS.items()}
    prices = row.raw("priceChanges", {})
    if not isinstance(prices, Mapping):
        row.fail("priceChanges", "must map product:sku to an amount")
    return Settings(
        **spans,
        agreement_after=_agreements(row),
        page_size=max(1, row.whole("pageSize", 500)),
        contract=row.word("contract", CONTRACTS[0], CONTRACTS),
        clock_speed=float(row.money("clockSpeed") or 0),
        link_prefix=row.word("linkPrefix", "", ("", "/v1")),
        restore_keeps_licenses=row.flag("restoreKeepsLicenses", False),
        price_changes={k.upper(): row.exact("priceChanges", v) for k, v in prices.items()},
    )


def _agreements(row: Section) -> timedelta | None:
    value = row.raw("agreements", "immediate")
    if value == "immediate":
        return NONE
    if value == "never":
        return None
    if not isinstance(value, Mapping):
        row.fail("agreements", "must be immediate, never, or {after: PT10M}")
    return row.inside("agreements", ("after",)).span("after", NONE)
