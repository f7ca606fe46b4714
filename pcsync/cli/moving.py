"""Whether the commit that was last fully applied to a customer may move on after an apply.

Owns this question (domain rule RM4): what left git is in every later plan until it is done, so the
commit stays where it is while something is open, and where nobody looked at what left git since.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.base import AUTO, BaseProblems, Table, commit_table
from pcsync.cli.git import Git, repository
from pcsync.model import Outcome, Plan, Severity, State, Verb, When

if TYPE_CHECKING:
    from pcsync.model import Applied

DECISION = "decision-needed"
NOT_FOUND = "base-not-found"


def commits_after(
    known: Mapping[str, tuple[str, ...]], applied: Applied, directory: Path
) -> dict[str, tuple[str, ...]]:
    """The commit of each customer after an apply, by its name: that of the plan where it was
    applied in full. A customer that was released has none."""
    plan, found = applied.plan, dict(known)
    if plan.commit is None:
        return found
    history = _History(plan, repository(directory), directory)
    released = {action.address.root for action in plan.actions if action.verb is Verb.RELEASE}
    renamed = {each.root for each in plan.forgotten if len(each.path) == 1}
    for name in sorted({*plan.customers, *released} - _unfinished(applied)):
        before = known.get(name, ())
        # Who was renamed had a commit under the old name, which has to have been looked at.
        if history.may_pass(name, before) if before else renamed <= plan.bases.keys():
            if name in released:
                found.pop(name, None)
            else:
                found[name] = (plan.commit,)
    gone = renamed if renamed <= plan.bases.keys() else set()
    return {name: commits for name, commits in found.items() if name not in gone}


def _unfinished(applied: Applied) -> set[str]:
    """The customers of which something failed, was refused, skipped or blocked, is unknown or
    waits."""
    plan = applied.plan
    outcomes = {result.action: result.outcome for result in applied.actions}
    found = {address.root for address in plan.unknown}
    for action in plan.actions:
        stored = action.when is When.PENDING
        if not stored and outcomes.get(action.id) is not Outcome.DONE:
            found.add(action.address.root)
    everyone = {*plan.customers, *(action.address.root for action in plan.actions)}
    for finding in plan.findings:
        if finding.severity is Severity.ERROR or finding.code == DECISION:
            found |= {finding.address.root} if finding.address else everyone
    return found


@dataclass(slots=True)
class _History:
    """What git says of the way from the commits that are known to the one of the plan."""

    plan: Plan
    git: Git | None
    directory: Path
    tables: dict[str, Table | None] = field(default_factory=dict)

    def may_pass(self, customer: str, before: tuple[str, ...]) -> bool:
        """Whether nothing that left git since then is forgotten by moving on."""
        if before == (self.plan.commit,):
            return True
        joined = self.git.join(before) if self.git else None
        if joined is None:
            return self._lost(customer)
        if self.plan.bases.get(customer) == joined:
            return True
        return not self._left(customer, joined)

    def _lost(self, customer: str) -> bool:
        """Whether the commit is gone for good, and the plan has said so."""
        told = any(
            finding.code == NOT_FOUND and finding.address and finding.address.root == customer
            for finding in self.plan.findings
        )
        auto = (self.plan.base or "").startswith(AUTO)
        return told and auto and self.git is not None and not self.git.shallow()

    def _left(self, customer: str, joined: str) -> bool:
        """Whether something left git since, or nobody can tell."""
        assert self.plan.commit is not None
        old, new = self._table(joined), self._table(self.plan.commit)
        if old is None or new is None:
            return True
        there = new.customers.get(customer, {})
        declared = old.customers.get(customer, {})
        return any(
            address not in there and each.state is State.PRESENT
            for address, each in declared.items()
        )

    def _table(self, commit: str) -> Table | None:
        if commit not in self.tables:
            self.tables[commit] = self._read(commit)
        return self.tables[commit]

    def _read(self, commit: str) -> Table | None:
        """What a commit declares; None where it is not there, or can't be read."""
        if self.git is None or self.git.commit(commit) is None:
            return None
        try:
            return commit_table(self.git, commit, self.directory)
        except BaseProblems:
            return None
