"""The state of a world as JSON, for tests to look at.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

from datetime import datetime
from typing import Any

from pcsync.emulator import qualifying, skus, times
from pcsync.emulator.account import Account
from pcsync.emulator.contracts import Subscription
from pcsync.emulator.customer import Customer, User
from pcsync.emulator.roles import role_name
from pcsync.emulator.seats import pools
from pcsync.emulator.wire import shown
from pcsync.emulator.world import World


def dump(world: World) -> dict[str, Any]:
    """Everything a test may want to assert, customers in their order."""
    return {
        "now": times.show(world.clock.now()),
        "partner": {"tenantId": world.partner.tenant_id, "name": world.partner.name},
        "customers": [_customer(world, customer) for customer in world.customers.values()],
    }


def _customer(world: World, customer: Customer) -> dict[str, Any]:
    now = world.clock.now()
    return {
        "id": customer.id,
        "domain": customer.domain,
        "companyName": customer.company_name,
        "country": customer.country,
        "agreement": customer.agreed(now),
        "delegation": customer.delegation,
        "azure": customer.azure,
        "budget": customer.budget,
        "spend": customer.spent(now),
        "currency": customer.currency,
        "billingProfile": customer.profile,
        "account": _account(customer.account, now),
        "orders": len(customer.orders),
        "carts": len(customer.carts),
        "users": [_user(user) for user in customer.users.values() if not user.purged(now)],
        "subscriptions": [_subscription(s) for s in customer.subscriptions.values()],
        "seats": {
            units.sku.part_number: {"total": units.total, "consumed": units.consumed}
            for units in pools(customer).values()
        },
    }


def _account(account: Account, now: datetime) -> dict[str, Any]:
    return shown(
        relationship=account.relationship,
        associatedPartnerId=account.reseller,
        qualifications=[qualifying.show(row, now) for row in account.qualifications],
        selfServe=[word for word, _ in account.policy.permissions] if account.policy else None,
        agreements=len(account.agreements),
        entitlements=len(account.entitlements),
        transfers={row.id: row.state(now) for row in account.transfers.values()},
        upgrades=[row.id for row in account.upgrades],
        consents=sorted(account.consents),
    )


def _user(user: User) -> dict[str, Any]:
    return shown(
        id=user.id,
        userPrincipalName=user.upn,
        displayName=user.display_name,
        firstName=user.first_name,
        lastName=user.last_name,
        usageLocation=user.usage_location,
        phoneNumber=user.phone_number,
        state="active" if user.active else "inactive",
        roles=[role_name(role) for role in user.roles],
        licenses={
            skus.directory_skus()[sku].part_number: sorted(
                skus.directory_skus()[sku].plans[plan] for plan in excluded
            )
            for sku, excluded in user.licenses.items()
        },
        inherited=[skus.directory_skus()[sku].part_number for sku in user.inherited],
    )


def _subscription(subscription: Subscription) -> dict[str, Any]:
    return shown(
        id=subscription.id,
        product=subscription.product,
        friendlyName=subscription.friendly_name,
        quantity=subscription.quantity,
        liveQuantity=subscription.live_quantity,
        termDuration=subscription.term or None,
        billingCycle=subscription.cycle,
        status=subscription.status,
        phase=subscription.phase,
        autoRenewEnabled=subscription.auto_renew,
        commitmentEndDate=times.show(subscription.last_day),
        partnerId=subscription.partner_id,
        scheduledActions=subscription.actions,
        scheduledNextTermInstructions=subscription.next_term,
        nextChargeInstructions=subscription.next_charge,
        suspensionReasons=subscription.suspension_reasons,
        orderId=subscription.order_id,
    )
