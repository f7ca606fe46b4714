"""What the lines of a subscription mean today.

Owns the words whose meaning depends on the day or on what is live: an `atRenewal` whose term is
over, a trial that has become paid or says nothing of what follows, lines that came back, an
extension that is not to be had. Pure.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import replace
from typing import Any

from pcsync.kinds.subscription import ending
from pcsync.kinds.subscription.model import AT_RENEWAL
from pcsync.model import Finding, Resource, Severity, View

OF_A_TERM = (*AT_RENEWAL, "quantity")


def meant(want: Resource, have: Resource, view: View) -> tuple[Resource, list[Finding]]:
    """The wish to compare with what is live, and what has to be said of it."""
    spec, said = dict(want.spec), list[Finding]()
    if (then := spec.get("trial", {}).get("then")) and not have.remote["trial"]:
        said.append(_trial_over(want))
        spec |= then if isinstance(then, Mapping) else _live(have, OF_A_TERM)
    if _over(spec, have):
        said.append(_done(want))
        spec |= _live(have, [name for name in OF_A_TERM if name in spec["atRenewal"]])
    elif _elsewhere(spec, have):
        said.append(_other_term(want, have))
    if told := ending.not_extendable(want, have, view):
        said.append(told)
        del spec["endOfTerm"]
    elif ending.returned(want, have, view):
        spec["endOfTerm"] = "renew"
    return replace(want, spec=spec), said


def at_renewal(want: Resource, have: Resource) -> Mapping[str, Any]:
    """What the next term has besides, where the lines are about the term that runs now."""
    lines: Mapping[str, Any] = want.spec.get("atRenewal", {})
    if not lines or not have.remote["ends"]:
        return {}
    first, last = _range(lines)
    return lines if first <= f"{have.remote['ends']:%Y-%m-%d}" <= last else {}


def _range(lines: Mapping[str, Any]) -> tuple[str, str]:
    """`of`: the last day of a term, or a range of days."""
    first, _, last = str(lines["of"]).partition("..")
    return first, last or first


def _over(spec: Mapping[str, Any], have: Resource) -> bool:
    """Whether the term that the lines are about has ended: never sent for another (rule WI11)."""
    lines = spec.get("atRenewal")
    return lines is not None and _range(lines)[1] < _day(have)


def _elsewhere(spec: Mapping[str, Any], have: Resource) -> bool:
    lines = spec.get("atRenewal")
    return lines is not None and _range(lines)[0] > _day(have)


def _day(have: Resource) -> str:
    """The last day of the term that runs now."""
    return f"{have.remote['ends']:%Y-%m-%d}"


def _live(have: Resource, names: Iterable[str]) -> dict[str, Any]:
    """The live values as the wish: nothing of these is compared."""
    return {name: have.spec[name] for name in names}


def _done(want: Resource) -> Finding:
    what = f"`atRenewal` is about a term that is over ({want.spec['atRenewal']['of']})"
    advice = "take its values into the lines above where they hold on, and remove these lines"
    return _say(want, "at-renewal-done", what, advice, "atRenewal")


def _other_term(want: Resource, have: Resource) -> Finding:
    what = (
        f"`atRenewal` is about the term that ends {want.spec['atRenewal']['of']}; this one ends "
        f"{_day(have)}"
    )
    return _say(want, "at-renewal-later", what, "correct `of`, or leave it for then", "atRenewal")


def _trial_over(want: Resource) -> Finding:
    what = "is no trial any more"
    advice = "declare what it has become, and remove `trial`"
    return _say(want, "trial-over", what, advice, "trial")


def unsaid(want: Resource, sku: Mapping[str, object]) -> Iterable[Finding]:
    """What the catalogue calls a trial, and no line says what follows it."""
    if sku.get("isTrial") and "trial" not in want.spec:
        yield undecided(want)


def undecided(want: Resource) -> Finding:
    """Nobody said what follows: by itself it is 25 seats for a year."""
    return Finding(
        Severity.ERROR,
        "trial-without-then",
        "is a trial, and no line says what follows it: by itself it is paid for a year",
        "say `trial: {then: cancel}`, or the product, term, cycle and quantity that follow",
        want.address,
        want.at("trial"),
    )


def _say(want: Resource, code: str, what: str, advice: str, field: str) -> Finding:
    return Finding(Severity.WARNING, code, what, advice, want.address, want.at(field))
