"""Strategies that make plans: every member of every noun, values as a manifest or API has them."""

from __future__ import annotations

from dataclasses import replace
from datetime import UTC, datetime
from typing import Any

from hypothesis import strategies as st

from pcsync.model import (
    Action,
    Address,
    All,
    AtLeast,
    AtMost,
    Await,
    Bill,
    Call,
    Change,
    Check,
    Due,
    Edit,
    Edited,
    Empty,
    Every,
    Fate,
    Figure,
    Finding,
    Hint,
    Is,
    Keep,
    Kept,
    Money,
    Month,
    Not,
    Place,
    Plan,
    Rate,
    Rates,
    Saving,
    Settle,
    Severity,
    Some,
    Sum,
    Totals,
    Usage,
    Used,
    Verb,
    Way,
    When,
)
from pcsync.plan.codec import digest

texts = st.text(max_size=6)
names = st.text("abcöß#._-", min_size=1, max_size=5)
counts = st.dictionaries(names, st.integers(-9, 9), max_size=2)
decimals = st.decimals(allow_nan=False, allow_infinity=False, min_value=-(10**9), max_value=10**9)
scalars = st.none() | st.booleans() | st.integers() | decimals | texts
values = st.recursive(
    scalars,
    lambda inner: st.lists(inner, max_size=2) | st.dictionaries(texts, inner, max_size=2),
    max_leaves=4,
)
free = st.dictionaries(texts, values, max_size=2)
times = st.datetimes(
    datetime(2000, 1, 1), datetime(2100, 1, 1), timezones=st.just(UTC), allow_imaginary=False
)
addresses = st.builds(Address, names, st.lists(names, min_size=1, max_size=3).map(tuple))
places = st.builds(Place, texts, st.integers(1, 99), st.integers(1, 99))


def some(inner: st.SearchStrategy[Any]) -> st.SearchStrategy[tuple[Any, ...]]:
    return st.lists(inner, max_size=2).map(tuple)


plain_is = st.builds(Is, path=texts, value=values, fold=st.booleans(), prefix=st.booleans())
conditions = st.recursive(
    plain_is
    | st.builds(AtLeast, path=texts, value=st.integers())
    | st.builds(AtMost, path=texts, value=decimals)
    | st.builds(Empty, path=texts),
    lambda inner: (
        st.builds(Some, path=texts, where=inner)
        | st.builds(Every, path=texts, where=inner)
        | st.builds(All, each=some(inner))
        | st.builds(Not, cond=inner)
    ),
    max_leaves=3,
)
keeps = st.builds(
    Keep, name=texts, path=texts, among=texts, where=st.none() | conditions, secret=st.booleans()
)
checks = st.builds(Check, that=conditions, says=texts, fails=some(texts), stops=st.booleans())
settles = st.builds(Settle, path=texts, done=conditions, keep=some(keeps))
common = {"id": texts, "covers": some(texts), "path": texts, "after": some(texts)}
methods = st.sampled_from(["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD"])
steps = (
    st.builds(
        Call, **common, method=methods, body=values, user=st.booleans(), keep=some(keeps),
        checks=some(checks), settle=st.none() | settles, remarks=texts,
    )
    | st.builds(
        Edit, **common, method=methods, whole=st.booleans(), sets=some(plain_is),
        expect=some(plain_is), extra=free, user=st.booleans(),
    )
    | st.builds(
        Await, **common, until=conditions, fails=st.none() | conditions, keep=some(keeps),
        every=st.floats(0.5, 900), deadline=st.floats(0, 9e5), says=texts, user=st.booleans(),
    )
)  # fmt: skip
figures = st.builds(Figure, st.none() | decimals, texts, texts, st.booleans())
rates = st.none() | st.builds(Rate, st.integers(0, 99), figures, texts)
moneys = st.builds(
    Money, currency=texts, market=texts, now=figures, before=rates, after=rates,
    begins=st.none() | times, owed=st.none() | figures, committed=st.none() | figures,
    until=st.none() | times, back_until=st.none() | times,
    upfront=some(st.builds(Due, times, st.none() | decimals)),
    hints=some(st.builds(Hint, texts, decimals)), notes=some(texts),
)  # fmt: skip
sums = st.builds(Sum, decimals, st.integers(0, 9), st.integers(0, 9))
bills = st.builds(
    Bill, currency=texts, now=sums,
    rates=some(st.builds(Rates, texts, sums, sums, st.none() | times)), owed=st.none() | sums,
    committed=st.none() | sums, until=st.none() | times, back_until=st.none() | times,
    upfront=some(st.builds(Month, texts, sums)),
    savings=some(st.builds(Saving, texts, some(texts), decimals)), assumed=st.booleans(),
    unknown=some(texts), sheets=some(texts), markets=some(texts),
)  # fmt: skip
actions = st.builds(
    Action, address=addresses, verb=st.sampled_from(Verb), owner=st.none() | addresses,
    changes=some(st.builds(Change, texts, values, values)), when=st.sampled_from(When),
    date=st.none() | times, not_after=st.none() | times, why=texts, seen=free, moves=counts,
    counts=counts, effects=some(texts), notes=some(texts), needs=st.frozensets(texts, max_size=3),
    ends=st.frozensets(addresses, max_size=3), implied_by=st.none() | texts,
    place=st.none() | places, money=st.none() | moneys,
)  # fmt: skip
findings = st.builds(
    Finding, st.sampled_from(Severity), texts, texts, texts, st.none() | addresses,
    st.none() | places, some(st.builds(Way, texts, texts, does=texts)), st.none() | times,
)  # fmt: skip
kept = st.builds(Kept, addresses, texts, some(texts))
used = st.builds(
    Usage, addresses, decimals, times, texts, st.none() | decimals, st.none() | decimals
)
edited = st.builds(
    Edited, places, texts, texts, values, values,
    st.dictionaries(texts, st.sampled_from([fate.value for fate in Fate]), max_size=2),
)  # fmt: skip
limits = st.builds(
    Used, texts, st.none() | decimals, st.none() | decimals, known=st.none() | decimals,
    month=texts,
)  # fmt: skip
totals = st.builds(
    Totals,
    counts,
    counts,
    counts,
    st.integers(0, 9),
    st.integers(0, 9),
    st.integers(0, 9),
    st.none() | bills,
    st.integers(0, 9),
)
unsealed = st.builds(
    Plan, format=st.just(1), id=st.just(""), time=times, cloud=texts, partner_tenant=texts,
    manifests=texts, base=st.none() | texts, lifted=counts,
    ids=st.dictionaries(texts, texts, max_size=2), wants=st.dictionaries(texts, free, max_size=2),
    actions=some(actions), steps=some(steps), findings=some(findings), totals=totals,
    customers=some(texts), unknown=some(addresses), kept=some(kept), usage=some(used),
    edited=some(edited), unread=st.dictionaries(texts, texts, max_size=2), limits=some(limits),
)  # fmt: skip
plans = unsealed.map(lambda plan: replace(plan, id=digest(plan)))
