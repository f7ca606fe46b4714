"""Building a world from a file or from the body of a seed request (the same words).

Owns the top level: clock and settings. Imports nothing of pcsync outside the emulator.
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

from pcsync.emulator import seed_apps, seed_catalogue, seed_partner, stock
from pcsync.emulator.clock import Clock
from pcsync.emulator.ids import Ids
from pcsync.emulator.section import Section, WorldError
from pcsync.emulator.seed_callers import CALLER_WORDS, caller_settings
from pcsync.emulator.seed_customers import CUSTOMER_WORDS, add_customer
from pcsync.emulator.seed_partner import PARTNER_WORDS
from pcsync.emulator.settings import (
    CONTRACTS,
    EXCLUSIVE_PLANS,
    NONE,
    PriceRow,
    Purchases,
    Settings,
)
from pcsync.emulator.world import (
    DEFAULT_NOW,
    World,
)

__all__ = ["WorldError", "build", "load_world"]

WORLD_WORDS = ("now", "seed", "partner", "apps", "settings", "catalog", "customers")
SPANS = {
    "provisioning": "provisioning",
    "ordersLag": "orders_lag",
    "renewalTime": "renewal_time",
    "usageLag": "usage_lag",
    "auditLag": "audit_lag",
    "tokenLifetime": "token_lifetime",
    "qualificationReview": "qualification_review",
    "upgradeTime": "upgrade_time",
    "registration": "registration",
    "poReview": "po_review",
    "slowPatch": "slow_patch",
    "transitionTime": "transition_time",
    "migrationTime": "migration_time",
    "updateLock": "update_lock",
}
SETTING_WORDS = (
    *SPANS,
    *CALLER_WORDS,
    "agreements",
    "purchases",
    "pageSize",
    "contract",
    "clockSpeed",
    "linkPrefix",
    "restoreKeepsLicenses",
    "exclusivePlans",
    "requiredPlans",
    "priceChanges",
    "prices",
    "oneChangePerPatch",
)
PRICE_WORDS = (
    "product",
    "unitPrice",
    "termDuration",
    "billingCycle",
    "market",
    "currency",
    "segment",
    "from",
    "until",
)


PURCHASE_WORDS = ("refused", "credit", "risk", "repeat")


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
    now, ids = top.moment("now") or DEFAULT_NOW, Ids(top.whole("seed", 1))
    world = World(
        clock=Clock(now, settings.clock_speed),
        ids=ids,
        partner=seed_partner.partner(top.inside("partner", PARTNER_WORDS), ids, now),
        settings=settings,
        begun=now,
        source=members,
    )
    world.apps = seed_apps.apps(top, world)
    words = seed_catalogue.CATALOGUE_WORDS
    world.catalogue = seed_catalogue.catalogue(top.inside("catalog", words), world.clock)
    with stock.extended(world.catalogue.stock()):
        for row in top.each("customers", CUSTOMER_WORDS):
            add_customer(world, row)
    return world


def _settings(row: Section) -> Settings:
    defaults = Settings()
    spans: dict[str, Any] = {
        field: row.span(word, getattr(defaults, field)) for word, field in SPANS.items()
    }
    prices = _mapping(row, "priceChanges")
    return Settings(
        **spans,
        **caller_settings(row),
        agreement_after=_agreements(row),
        purchases=_purchases(row.inside("purchases", PURCHASE_WORDS)),
        page_size=max(1, row.whole("pageSize", 500)),
        contract=row.word("contract", CONTRACTS[0], CONTRACTS),
        clock_speed=float(row.money("clockSpeed") or 0),
        link_prefix=row.word("linkPrefix", "", ("", "/v1")),
        restore_keeps_licenses=row.flag("restoreKeepsLicenses", False),
        exclusive_plans=_exclusive(row),
        required_plans={k: str(v) for k, v in _mapping(row, "requiredPlans").items()},
        one_change_per_patch=row.flag("oneChangePerPatch", False),
        price_rows=[_price(part) for part in row.each("prices", PRICE_WORDS)],
        price_changes={k.upper(): row.exact("priceChanges", v) for k, v in prices.items()},
    )


def _price(row: Section) -> PriceRow:
    return PriceRow(
        product=row.need("product").upper(),
        unit_price=row.exact("unitPrice", row.need("unitPrice")),
        term=row.text("termDuration") or "",
        cycle=row.text("billingCycle") or "",
        market=row.text("market") or "",
        currency=row.text("currency") or "",
        segment=row.text("segment") or "commercial",
        starts=row.moment("from"),
        ends=row.moment("until"),
    )


def _purchases(row: Section) -> Purchases:
    return Purchases(
        refused=[word.upper() for word in row.texts("refused")],
        credit=row.word("credit", "good", ("good", "limit", "blocked")),
        risk=row.flag("risk", False),
        repeat=row.word("repeat", "result", ("result", "error")),
    )


def _mapping(row: Section, name: str) -> Mapping[str, Any]:
    value = row.raw(name, {})
    if not isinstance(value, Mapping):
        row.fail(name, "must be an object")
    return value


def _exclusive(row: Section) -> list[tuple[str, str]]:
    """Pairs of service plans; those of the directory where the file has none."""
    pairs = row.listed("exclusivePlans") if row.has("exclusivePlans") else EXCLUSIVE_PLANS
    for pair in pairs:
        if not isinstance(pair, list | tuple) or len(pair) != 2:
            row.fail("exclusivePlans", "must be a list of pairs")
    return [(str(first), str(second)) for first, second in pairs]


def _agreements(row: Section) -> timedelta | None:
    value = row.raw("agreements", "immediate")
    if value == "immediate":
        return NONE
    if value == "never":
        return None
    if not isinstance(value, Mapping):
        row.fail("agreements", "must be immediate, never, or {after: PT10M}")
    return row.inside("agreements", ("after",)).span("after", NONE)
