"""What is known besides the manifests: the lock file, the base, flags, labels, earlier runs.

Owns how these become what a plan is made with. Must not read Partner Center.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.settings import Settings
from pcsync.errors import UsageError

if TYPE_CHECKING:
    from datetime import datetime

    from pcsync.cli.base import Base
    from pcsync.manifests import Lock, Manifests, Project
    from pcsync.model import Address, Finding, Resource


@dataclass(frozen=True, slots=True)
class Known:
    """What is known besides the manifests: the lock file, what the base declared by customer and
    at which commit, the flags of this run, and the commit that is planned.

    `base` is what plans call the base. What stands `elsewhere` has not left git, though it is not
    among what is planned; `paths` are those that were given. `lifted_by` gave the flags, `labels`
    are those of the wave, and so many customers are `left_out` of it. With `calendar` the ends of
    terms are asked for. Who is `reowned` holds other collections as a whole than in the base;
    `taken` is what earlier runs took away, and when.
    """

    lock: Lock | None = None
    bases: Mapping[str, Mapping[Address, Resource]] = field(default_factory=dict)
    commits: Mapping[str, str] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    commit: str | None = None
    base: str | None = None
    elsewhere: frozenset[Address] = frozenset()
    paths: tuple[str, ...] = ()
    lifted_by: str = ""
    labels: Mapping[str, str] = field(default_factory=dict)
    left_out: int = 0
    calendar: bool = False
    reowned: frozenset[Address] = frozenset()
    taken: Mapping[Address, datetime] = field(default_factory=dict)


@dataclass(frozen=True, slots=True)
class Given:
    """What a command is given besides paths: the lock file, the base, what `--allow` names, what is
    known of earlier runs and was taken away by them, the labels that customers have to have, and
    whether the ends of terms are asked for; the addresses whose secrets are `kept`, if known."""

    lock: Lock | None = None
    base: Base | None = None
    allowed: Mapping[str, tuple[str, ...]] = field(default_factory=dict)
    findings: tuple[Finding, ...] = ()
    labels: Mapping[str, str] = field(default_factory=dict)
    calendar: bool = False
    taken: Mapping[Address, datetime] = field(default_factory=dict)
    kept: frozenset[str] | None = None

    @property
    def project(self) -> Project | None:
        """The settings that guard the change."""
        return self.base.project if self.base else None


NOTHING_KNOWN = Known()
NOTHING_GIVEN = Given()


def given_of(
    base: str | None = None,
    allow: Sequence[str] = (),
    label: Sequence[str] = (),
    *,
    drift: bool = False,
    preflight: bool = True,
) -> Given:
    """What is given in the working directory; with `drift` what a change in git does not touch is
    brought in line, too; without `preflight` nothing is asked only to foretell a refusal. Raises
    UsageError, ManifestProblems."""
    from pcsync.cli.allow import allowed
    from pcsync.cli.base import find_base
    from pcsync.cli.waves import labels_of
    from pcsync.kinds.preflight import WITHOUT
    from pcsync.manifests import load_lock
    from pcsync.plan.untouched import FLAG

    if drift and not base:
        advice = "leave it out: without a base all that differs is brought in line"
        raise UsageError("--correct-drift needs --base", advice)
    flags, labels = allowed(allow), labels_of(label)
    flags = {**flags, FLAG: ()} if drift else flags
    flags = flags if preflight else {**flags, WITHOUT: ()}
    lock = load_lock(Path())
    return Given(lock, find_base(base, Path(), lock) if base else None, flags, labels=labels)


def said_of(given: Given) -> tuple[Finding, ...]:
    """What a plan has to say of how it was made."""
    from pcsync.kinds.preflight import WITHOUT
    from pcsync.model import Finding, Severity

    if WITHOUT not in given.allowed:
        return ()
    what = "made with --no-preflight: what the service would refuse is not looked for"
    advice = "leave it out to see that here; else it shows when the plan is applied"
    return (Finding(Severity.WARNING, WITHOUT, what, advice),)


def known_of(
    given: Given,
    manifests: Manifests,
    paths: Sequence[str],
    settings: Settings,
    outside: frozenset[str] = frozenset(),
) -> Known:
    """What is known of what these paths declare; of the customers `outside` of the wave nothing.
    Raises ManifestProblems where the lock file contradicts the manifests or the settings."""
    from pcsync.cli.base import elsewhere, first_time
    from pcsync.cli.lockfile import agreed, commit_of
    from pcsync.cli.waves import gone_in_wave
    from pcsync.plan.untouched import reowned

    lock = agreed(given.lock, manifests, settings)
    commit = commit_of(paths, settings)
    if (base := given.base) is None:
        return Known(lock, allowed=given.allowed, commit=commit)
    names = {each.address.root for each in manifests.resources}
    before = gone_in_wave(base, outside, names, given.labels)
    found = {name: base.of(name) for name in sorted(names | before)}
    bases = {name: declared for name, declared in found.items() if declared is not None}
    commits = {name: base.commits[name] for name in bases if name in base.commits}
    said = {each.address.root for each in base.findings if each.address}
    mine = [f for f in base.findings if not (f.address and f.address.root in outside)]
    findings = (*mine, *first_time(names - bases.keys() - said - _renamed(manifests)))
    return Known(
        lock,
        bases,
        commits,
        findings,
        given.allowed,
        commit,
        base.label,
        elsewhere(base, manifests, paths, settings),
        reowned=reowned(manifests.owns, base.owns(), bases),
    )


def _renamed(manifests: Manifests) -> set[str]:
    """The customers that had another name: their commit stands under that one."""
    own = (each for each in manifests.resources if each.owner is None)
    return {each.address.root for each in own if each.words.get("renamedFrom")}
