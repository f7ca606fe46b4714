"""Customers of a world file: profile, people, seats. Subscriptions are in seed_subscriptions.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from typing import Any

from pcsync.emulator import countries, skus
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.roles import role_id
from pcsync.emulator.section import Section, WorldError
from pcsync.emulator.seed_account import ACCOUNT_WORDS, add_account
from pcsync.emulator.seed_subscriptions import SUBSCRIPTION_WORDS, add_subscription
from pcsync.emulator.world import World

CUSTOMER_WORDS = (
    "id",
    "domain",
    "companyName",
    "country",
    "billingProfile",
    "customDomains",
    "organizationRegistrationNumber",
    "agreement",
    "directSigned",
    "delegation",
    "validationStatus",
    "azure",
    "budget",
    "currency",
    "spend",
    "users",
    "subscriptions",
    "seats",
    *ACCOUNT_WORDS,
)
USER_WORDS = (
    "id",
    "userPrincipalName",
    "displayName",
    "firstName",
    "lastName",
    "usageLocation",
    "phoneNumber",
    "immutableId",
    "lastDirectorySyncTime",
    "deleted",
    "deletedAt",
    "roles",
    "licenses",
    "inherited",
)
PROFILE_WORDS = (
    "firstName",
    "lastName",
    "email",
    "culture",
    "language",
    "companyName",
    "defaultAddress",
)
STATUSES = ("Allowed", "UnderReview", "NotAllowed", "Unknown", "Not Ready", "none")


def add_customer(world: World, row: Section) -> None:
    """Take one customer of the file into the world."""
    customer = _customer(world, row)
    try:
        world.add(customer)
    except ValueError as wrong:
        raise WorldError(f"{row.where}: {wrong}") from wrong
    add_account(world, customer, row)
    _azure(world, customer, row)
    for seats in row.each("seats", ("sku", "total")):
        sku = _sku(seats, "sku", seats.need("sku"))
        customer.other_seats[sku.id] = seats.whole("total", 0)
    for user in row.each("users", USER_WORDS):
        _add_user(world, customer, user)
    for subscription in row.each("subscriptions", SUBSCRIPTION_WORDS):
        add_subscription(world, customer, subscription)
    if not row.has("azure") and any(s.azure for s in customer.subscriptions.values()):
        customer.azure = True


def _customer(world: World, row: Section) -> Customer:
    domain = row.need("domain")
    name = row.text("companyName") or domain.partition(".")[0].title()
    country = (row.text("country") or "US").upper()
    now = world.clock.now()
    status = row.word("validationStatus", "Allowed", STATUSES)
    return Customer(
        id=(row.text("id") or world.ids.guid("customer", domain)).lower(),
        number=world.number(),
        domain=domain,
        company_name=name,
        country=country,
        currency=row.text("currency") or countries.currency(country),
        profile=_profile(row, domain, name, country),
        profile_id=world.ids.guid("profile", domain),
        commerce_id=world.ids.guid("commerce", domain),
        created_at=now,
        custom_domains=row.texts("customDomains"),
        registration_number=row.text("organizationRegistrationNumber"),
        agreement_at=now if row.flag("agreement", True) else None,
        direct_signed=row.flag("directSigned", True),
        delegation=row.flag("delegation", True),
        validation_status=None if status == "none" else status,
    )


def _profile(row: Section, domain: str, name: str, country: str) -> dict[str, Any]:
    known = countries.countries().get(country, {})
    culture = known.get("cultures", ["en-US"])[0]
    defaults: dict[str, Any] = {
        "firstName": "Kim",
        "lastName": "Akers",
        "email": f"kim.akers@{domain}",
        "culture": culture,
        "language": culture[:2],
        "companyName": name,
    }
    given = row.inside("billingProfile", PROFILE_WORDS)
    profile = {word: given.raw(word, defaults.get(word)) for word in PROFILE_WORDS}
    address: dict[str, Any] = {
        "country": country,
        "city": "Springfield",
        "addressLine1": "1 Main Street",
        "postalCode": "10115",
        "firstName": "Kim",
        "lastName": "Akers",
        "phoneNumber": "5550100",
    }
    sent = given.raw("defaultAddress")
    if sent is not None and not isinstance(sent, Mapping):
        given.fail("defaultAddress", "must be an object")
    given_address = {name: str(value) for name, value in (sent or {}).items()}
    profile["defaultAddress"] = {"country": country, **given_address} if sent else address
    return profile


def _azure(world: World, customer: Customer, row: Section) -> None:
    now = world.clock.now()
    budget = row.money("budget")
    usage = customer.account.usage
    customer.azure = row.flag("azure", budget is not None or bool(usage))
    if budget is not None:
        customer.budgets.append((now - world.settings.usage_lag, budget))
    used = sum((part.cost for part in usage), Decimal(0))
    customer.spend = row.money("spend") or used
    if usage and customer.spend != used:
        row.fail("spend", f"is {customer.spend}, but usage adds up to {used}")
    customer.spend_month = (now.year, now.month)


def _add_user(world: World, customer: Customer, row: Section) -> None:
    upn = row.need("userPrincipalName")
    removed = row.moment("deletedAt")
    if removed is None and row.flag("deleted", False):
        removed = world.clock.now()
    user = User(
        id=(row.text("id") or world.ids.guid("user", f"{customer.id} {upn}")).lower(),
        number=world.number(),
        upn=upn,
        display_name=row.text("displayName") or upn.partition("@")[0],
        first_name=row.text("firstName"),
        last_name=row.text("lastName"),
        usage_location=row.text("usageLocation"),
        phone_number=row.text("phoneNumber"),
        immutable_id=row.text("immutableId"),
        last_directory_sync=row.moment("lastDirectorySyncTime"),
        roles=[role_id(word) for word in row.texts("roles")],
        licenses=_holdings(row, "licenses"),
        inherited=_holdings(row, "inherited"),
    )
    if user.id in customer.users:
        row.fail("id", f"user id {user.id} is used twice")
    if removed is not None:
        user.delete(removed, f"{world.ids.hexes('mangled', 32, user.id)}@{customer.domain}")
    customer.users[user.id] = user


def _holdings(row: Section, name: str) -> dict[str, frozenset[str]]:
    held: dict[str, frozenset[str]] = {}
    for entry in row.listed(name):
        word = entry if isinstance(entry, str) else None
        shape = {"sku": word} if word else entry
        part = Section(shape, f"{row.where}.{name}", ("sku", "excludedPlans"))
        sku = _sku(part, "sku", part.need("sku"))
        held[sku.id] = _plans(part, sku)
    return held


def _plans(row: Section, sku: skus.DirectorySku) -> frozenset[str]:
    words = row.texts("excludedPlans")
    ids = {name.upper(): plan for plan, name in sku.plans.items()} if words else {}
    chosen = set()
    for word in words:
        plan = word.lower() if word.lower() in sku.plans else ids.get(word.upper())
        if plan is None:
            row.fail("excludedPlans", f"{sku.part_number} has no service plan {word}")
        chosen.add(plan)
    return frozenset(chosen)


def _sku(row: Section, name: str, word: str) -> skus.DirectorySku:
    found = skus.find(word)
    if found is None:
        row.fail(name, f"no licence SKU has the id or part number {word}")
    return found
