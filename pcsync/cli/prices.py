"""`pcsync prices`: whether the price sheets say what is declared costs. Writes nothing."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from typing import TYPE_CHECKING, Any

import click

from pcsync.cli.options import connection_options, format_option, observed, paths_argument
from pcsync.errors import Exit, PcsyncError, SettingsError

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.model import Costing, Figure, Sheet, View
    from pcsync.plan.draft import Draft

FORMAT = 1
EPILOG = """\b
Examples:
  pcsync prices check
  pcsync prices check customers/contoso.yaml
  pcsync prices check --format json
"""


@dataclass(frozen=True, slots=True)
class Priced:
    """The declared things of one customer, and what is known of their prices."""

    customer: str
    market: str
    rows: tuple[Costing, ...]


@click.group("prices", epilog=EPILOG)
def command() -> None:
    """Look at price sheets: the files that `prices` in pcsync.yaml names."""


@command.command("check")
@paths_argument
@format_option
@connection_options
@observed
def check(
    paths: tuple[str, ...],
    form: str,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Say which declared subscriptions have a price today and at their renewal, and from which
    sheet. Exits with 1 where a sheet can't be read. Partner Center is only read."""
    from pcsync.cli.known import given_of
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import plan_of

    settings = load_settings(cloud=cloud, emulator_url=emulator_url)
    if not settings.prices:
        raise SettingsError(
            "there are no price sheets", "say where they are: `prices: {files: [...]}`"
        )
    drafts: list[Draft] = []
    plan_of(paths, settings, watch, drafts.extend, given_of(preflight=False))
    views = [draft.view for draft in drafts if draft.view.owner]
    now, found = _priced(views, settings, watch)
    sheets = next((view.prices.sheets for view in views if view.prices), ())
    if form == "json":
        click.echo(json.dumps(_document(now, sheets, found), indent=2, sort_keys=True))
    else:
        for line in _lines(now, sheets, found, settings.rules.billing_currency or ""):
            click.echo(line)
    return Exit.FINE


def _priced(
    views: Sequence[View], settings: Settings, watch: Watch
) -> tuple[datetime, list[Priced]]:
    """By customer; the country of one whose manifest does not say it is read."""
    from pcsync.cli.connect import connect
    from pcsync.kinds import Priced as Kind
    from pcsync.kinds import load_kinds

    kinds = [kind for kind in load_kinds().values() if isinstance(kind, Kind)]
    found = []
    with connect(settings, writable=False, on_request=watch) as connection:
        for view in views:
            known = _with_country(view, connection.client)
            rows = tuple(row for kind in kinds for row in kind.costings(known))
            if rows and view.owner:
                found.append(Priced(view.owner.root, _country(known), rows))
        now = connection.clock.now()
    return now, found


def _country(view: View) -> str:
    """The country that the manifest or the service says; empty where neither does."""
    owner = view.owner
    sides = (view.haves.get(owner), view.wants.get(owner)) if owner else ()
    said = (side.remote.get("country") for side in sides if side)
    return next((str(country) for country in said if country), "")


def _with_country(view: View, client: Any) -> View:
    """The view with the country of its customer, read where nobody said it."""
    owner = view.owner
    have = view.haves.get(owner) if owner else None
    if owner is None or have is None or _country(view) or owner not in view.ids:
        return view
    try:
        profile = client.send("GET", f"/v1/customers/{view.ids[owner]}/profiles/billing").body
    except PcsyncError:
        return view
    country = ((profile or {}).get("defaultAddress") or {}).get("country")
    known = replace(have, remote={**have.remote, "country": country})
    return replace(view, haves={**view.haves, owner: known})


# --- what is shown ------------------------------------------------------------------------------


def age(sheet: Sheet, now: datetime) -> str:
    """How a sheet stands to today: ``this month``, ``preview``, ``2 months old``."""
    if not sheet.month:
        later = sheet.latest is not None and sheet.latest > now
        return "no month in its path" + (", with prices to come" if later else "")
    year, month = map(int, sheet.month.split("-"))
    months = (now.year - year) * 12 + now.month - month
    if months <= 0:
        return "preview" if months else "this month"
    return f"{months} month{'s' if months > 1 else ''} old"


def _lines(
    now: datetime, sheets: Sequence[Sheet], found: Sequence[Priced], currency: str
) -> Iterator[str]:
    yield f"{len(sheets)} price sheet{'' if len(sheets) == 1 else 's'}"
    for sheet in sheets:
        yield f"  {sheet.name}   {age(sheet, now)}"
    for each in found:
        yield ""
        yield f"{each.customer}   {each.market or 'country unknown'}, {currency or 'no currency'}"
        for row in each.rows:
            yield f"  {row.address.path[-1]}"
            yield f"    today       {_told(row.today, row.cycle)}"
            if row.renews and row.then:
                yield f"    {row.renews:%Y-%m-%d}  {_told(row.then, row.then_cycle)}"
    yield ""
    yield _sum(found)


def _told(figure: Figure, cycle: str) -> str:
    if figure.amount is None:
        return f"unknown: {figure.source}"
    return f"{figure.amount:,.2f} a seat, billed {cycle}; {figure.source}"


def _sum(found: Sequence[Priced]) -> str:
    rows = [row for each in found for row in each.rows]
    today = sum(row.today.amount is not None for row in rows)
    renewing = [row.then for row in rows if row.then]
    then = sum(figure.amount is not None for figure in renewing)
    return (
        f"{today} of {len(rows)} have a price today, "
        f"{then} of {len(renewing)} that renew have one then"
    )


def _document(now: datetime, sheets: Sequence[Sheet], found: Sequence[Priced]) -> Mapping[str, Any]:
    """The same as data: amounts are texts, exact to the cent."""
    return {
        "command": "prices check",
        "format": FORMAT,
        "sheets": [
            {"name": sheet.name, "month": sheet.month or None, "age": age(sheet, now)}
            for sheet in sheets
        ],
        "customers": [
            {
                "customer": each.customer,
                "market": each.market or None,
                "subscriptions": [_row(row) for row in each.rows],
            }
            for each in found
        ],
    }


def _row(row: Costing) -> Mapping[str, Any]:
    then = {
        "renews": f"{row.renews:%Y-%m-%d}" if row.renews else None,
        "then": _figure(row.then, row.then_cycle) if row.then else None,
    }
    return {"address": str(row.address), "today": _figure(row.today, row.cycle), **then}


def _figure(figure: Figure, cycle: str) -> Mapping[str, Any]:
    amount = None if figure.amount is None else str(figure.amount)
    return {"amount": amount, "billingCycle": cycle, "source": figure.source}
