"""`apply --wait-for-orders`: planning again until orders of the last minutes are no longer hidden.

Owns this wait. Planning anew is what makes it safe: by then the order is in the lists.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

import click

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.model import Plan

HIDDEN = "order-recent"
EVERY, MOST = 60.0, 16 * 60.0


def until_orders_show(make: Callable[[], Plan], settings: Settings) -> Plan:
    """Plans, and plans again every minute of the service's time while an order may be hiding; not
    longer than orders take to show (commerce.md 3.3)."""
    from pcsync.cli.connect import opened

    plan, waited = make(), 0.0
    while waited < MOST and any(finding.code == HIDDEN for finding in plan.findings):
        click.echo("waiting: an order of the last 15 minutes is in no list yet", err=True)
        with opened(settings) as desk:
            desk.clock.sleep(EVERY)
        waited += EVERY
        plan = make()
    return plan
