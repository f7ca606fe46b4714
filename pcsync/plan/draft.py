"""From the actions of one view to the ones that stay: errors taken out, order rules collected.

Owns what an error takes with it and the review across resources. Pure; names no kind.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace

from pcsync.kinds import Kind
from pcsync.model import Action, Address, Before, Finding, Severity, Verb, View
from pcsync.plan.acknowledge import acknowledged
from pcsync.plan.asking import refused_at, unknown
from pcsync.plan.look import Look
from pcsync.plan.protect import refused


@dataclass(frozen=True, slots=True)
class Draft:
    """What will happen to one customer: reviewed actions, what comes before what, findings."""

    view: View
    actions: Mapping[str, Action]
    before: tuple[Before, ...]
    findings: tuple[Finding, ...]
    unknown: tuple[Address, ...]


def draft(kinds: Mapping[str, Kind], look: Look) -> Draft:
    """The draft of a look that has nothing left to read."""
    said = [*_declared(look), *look.findings, *refused(look.view, look.actions)]
    findings = list(acknowledged(look.view, said))
    actions, dropped = _without_errors(look.view, look.actions, findings)
    findings += dropped
    while True:
        view = replace(look.view, actions={action.id: action for action in actions})
        before, reviewed = _review(kinds, view)
        new = list(acknowledged(view, reviewed))
        kept, dropped = _without_errors(view, actions, new)
        findings += [*new, *dropped]
        if len(kept) == len(actions):
            break
        actions = kept
    lost = tuple(sorted(unknown(look.view)))
    return Draft(view, view.actions, before, _once(findings), lost)


def _review(kinds: Mapping[str, Kind], view: View) -> tuple[tuple[Before, ...], list[Finding]]:
    before: set[Before] = set()
    findings: list[Finding] = []
    for kind in kinds.values():
        for result in kind.review(view):
            if isinstance(result, Before):
                before.add(result)
            else:
                findings.append(result)
    ordered = sorted(before, key=lambda b: (b.first, b.then, b.wait.id if b.wait else ""))
    return tuple(ordered), findings


def _without_errors(
    view: View, actions: Sequence[Action], findings: Iterable[Finding]
) -> tuple[list[Action], list[Finding]]:
    """The actions without those of faulty resources, and of what needs one that will not be."""
    wrong = {f.address for f in findings if f.severity is Severity.ERROR and f.address}
    lost = {address for address in wrong if address not in view.haves}
    ended = {f"{address}:{Verb.DELETE}" for address in wrong}
    dropped: list[Finding] = []
    kept: list[Action] = []
    for action in sorted(actions, key=lambda action: action.id):
        if action.address in wrong or action.implied_by in ended:
            continue
        missing = sorted(_needed(view, action) & lost) if lost else []
        if missing and action.verb is not Verb.DELETE:
            dropped.append(_skipped(action, missing[0]))
        else:
            kept.append(action)
    return kept, dropped


def _needed(view: View, action: Action) -> set[Address]:
    """All that an action's resource needs or belongs to, however far up."""
    found: set[Address] = set()
    ahead = [action.address]
    while ahead:
        want = view.wants.get(ahead.pop())
        if want is None:
            continue
        more = {*want.needs, *([want.owner] if want.owner else [])} - found
        found |= more
        ahead.extend(more)
    return found


def _skipped(action: Action, missing: Address) -> Finding:
    return Finding(
        Severity.INFO,
        "skipped",
        f"is not planned, because {missing} can't be",
        f"see the error of {missing}",
        action.address,
        action.place,
    )


def _declared(look: Look) -> Iterable[Finding]:
    """A read that failed, in words, once per read that shows something declared."""
    if not (lost := unknown(look.view)):
        return
    for path, asked in look.view.reads.items():
        shown = sorted(set(asked.read.shows) & lost)
        if asked.reason and shown:
            places = [look.view.wants[a].place for a in shown if a in look.view.wants]
            gate = refused_at(asked)
            then = gate.do if gate else "run the command again"
            yield Finding(
                Severity.WARNING,
                "not-read",
                f"{asked.read.method} {path}: {asked.reason}: {len(shown)} resource(s) unknown",
                f"nothing is planned or assumed for them; {then}",
                asked.read.owner or look.view.owner,
                next(iter(places), None),
            )


def _once(findings: Iterable[Finding]) -> tuple[Finding, ...]:
    def key(finding: Finding) -> tuple[str, str, str, str]:
        place = str(finding.place or "")
        return (finding.severity, finding.code, str(finding.address or ""), finding.what + place)

    return tuple(sorted(set(findings), key=key))
