"""The section PEOPLE counts persons, and says "nobody" only where that is known."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime

from pcsync.model import Action, Plan, Seats, Verb
from pcsync.report.people import people

from . import sample

RENEWAL = datetime(2026, 12, 3, tzinfo=UTC)


def licence(who: str, sku: str, verb: Verb = Verb.CREATE) -> Action:
    moves = {sku: -1 if verb is Verb.CREATE else 1}
    return sample.act(f"license/contoso/{who}/{sku}", verb, moves=moves)


def account(who: str, verb: Verb = Verb.CREATE) -> Action:
    return sample.act(f"user/contoso/{who}", verb, people=1 if verb is Verb.CREATE else -1)


def told(*actions: Action, seats: tuple[Seats, ...] = ()) -> str:
    plan: Plan = replace(sample.made(actions), seats=seats)
    return " ".join(line.strip() for line in people(plan, 400))


def test_a_person_with_two_licences_counts_once() -> None:
    assert told(licence("ana", "SPB"), licence("ana", "POWER_BI_PRO")) == (
        "PEOPLE  1 gets a licence. Nobody loses anything."
    )


def test_accounts_and_licences_of_the_same_number_are_one_sentence() -> None:
    assert told(account("ana"), licence("ana", "SPB")).startswith(
        "PEOPLE  1 gets an account and a licence."
    )


def test_who_loses_is_named_once() -> None:
    gone = account("sanna", Verb.DELETE)
    freed = replace(licence("sanna", "SPB", Verb.DELETE), implied_by=gone.id)
    both = [licence("mikko", sku, Verb.DELETE) for sku in ("SPB", "Copilot")]
    assert told(gone, freed, *both) == (
        "PEOPLE  2 lose licences: mikko, sanna. 1 loses the account."
    )


def test_a_swap_is_no_loss() -> None:
    swap = licence("ida", "OLD", Verb.DELETE), licence("ida", "SPB")
    assert told(*swap) == (
        "PEOPLE  1 gets another licence for one that goes. Nobody loses anything."
    )


def test_people_that_the_service_moves_at_a_renewal() -> None:
    owner = sample.address("customer/contoso")
    seats = (
        Seats(owner, "a", "STANDARD", (18, 18), (18, 18), (0, 0), RENEWAL),
        Seats(owner, "b", "SPB", (0, 0), (0, 0), (18, 18), RENEWAL),
    )
    change = sample.act("subscription/contoso/m365", Verb.UPDATE, date=RENEWAL)
    assert told(change, seats=seats) == (
        "PEOPLE  18 move from STANDARD to SPB on 2026-12-03. Nobody loses access."
    )


def test_people_without_a_seat_after_a_renewal() -> None:
    owner = sample.address("customer/contoso")
    seats = (Seats(owner, "a", "EXCHANGE", (8, 8), (8, 8), (0, 8), RENEWAL),)
    end = sample.act(
        "subscription/contoso/mail", Verb.UPDATE, ("endOfTerm", "renew", "cancel"), date=RENEWAL
    )
    assert told(end, seats=seats) == (
        "PEOPLE  8 lose EXCHANGE on 2026-12-03 unless they have another licence by then."
    )


def test_nobody_is_said_only_where_nothing_is_taken() -> None:
    assert told(sample.act("budget/contoso", Verb.UPDATE)) == (
        "PEOPLE  Nobody gains or loses anything."
    )
    assert told(sample.act("subscription/contoso/erp", Verb.SUSPEND)) == ""
    assert told() == ""
