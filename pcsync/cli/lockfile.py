"""`pcsync.lock.yaml` around a run: it has to agree with the manifests, and apply moves it on.

Owns which lines an apply writes and which go (manifest-reference.md 12.1).
"""

from __future__ import annotations

from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.cli.base import covers
from pcsync.cli.git import repository
from pcsync.cli.moving import commits_after
from pcsync.durable import replace_file
from pcsync.errors import ManifestProblems, Problem, SettingsError
from pcsync.manifests import LOCK, SETTINGS, Lock, dump_lock, load_lock
from pcsync.model import Action, Address, Applied, Outcome, Verb

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.manifests import Manifests

LICENSE = "license"


def agreed(lock: Lock | None, manifests: Manifests, settings: Settings) -> Lock | None:
    """The lock file, as far as it holds for this cloud: in a rehearsal without its ids.

    Raises ManifestProblems where it is another partner's, or an id in a manifest is another one.
    """
    if lock is None:
        return None
    if lock.partner != settings.tenant.lower():
        what = f"the lock file is of partner {lock.partner}, and the settings say {settings.tenant}"
        advice = "restore the file of this partner, or correct `partner.tenantId` in pcsync.yaml"
        raise ManifestProblems([Problem(lock.places["partner"], what, advice)])
    if problems := list(_two_ids(lock, manifests)):
        raise ManifestProblems(problems)
    return replace(lock, ids={}) if settings.rehearsal else lock


def _two_ids(lock: Lock, manifests: Manifests) -> Iterator[Problem]:
    for each in manifests.resources:
        mine, known = each.remote.get("id"), lock.ids.get(each.address)
        place = each.at("id") if "id" in each.places else each.at("tenantId")
        if mine and known and str(mine).lower() != known and place:
            where = lock.places[str(each.address)]
            what = f"`{each.address}` has the id {mine} here, and {known} at {where}"
            yield Problem(place, what, "keep the id that is live, and take the other line out")


def commit_of(paths: Sequence[str], settings: Settings) -> str | None:
    """The commit that last changed what is declared; None where the work tree differs from it, not
    all that the project declares is read, or there is no repository.

    The lock file itself does not count: to commit it is no change.
    """
    git = repository(settings.directory) if covers(paths, settings) else None
    if git is None:
        return None
    return git.last([*settings.paths, settings.directory / SETTINGS], besides=LOCK)


def record(applied: Applied, settings: Settings) -> bool:
    """Writes what an apply found out; whether there was anything to write.

    Raises ManifestProblems for a file that can't be read, SettingsError where none can be written.
    """
    if settings.rehearsal:
        return False
    before = load_lock(settings.directory)
    lock = before or Lock(settings.tenant.lower())
    commits = commits_after(lock.applied, applied, settings.directory)
    after = replace(lock, applied=commits, ids=ids_after(lock.ids, applied))
    if before == after or (before is None and not (after.ids or after.applied)):
        return False
    save(after, settings.directory)
    return True


def save(lock: Lock, directory: Path) -> None:
    """Writes the file, with the rights that it had. Raises SettingsError."""
    path = directory / LOCK
    try:
        mode = path.stat().st_mode & 0o777 if path.exists() else 0o644
        replace_file(path, dump_lock(lock), mode)
    except OSError as error:
        raise SettingsError(
            f"{path} can't be written: {error.strerror}",
            "make the folder writable, and run `pcsync pin`: it writes the ids that are live",
        ) from error


def ids_after(known: Mapping[Address, str], applied: Applied) -> dict[Address, str]:
    """The ids after an apply: new ones, and the lines of what it ended or renamed gone."""
    plan = applied.plan
    outcomes = {result.action: result.outcome for result in applied.actions}
    done = {a.id: a for a in plan.actions if outcomes.get(a.id) is Outcome.DONE}
    ids = {**known, **{Address.parse(name): id_ for name, id_ in plan.adopted.items()}}
    ids |= dict(_created(applied, done.values()))
    deleted = {action.address for action in plan.actions if action.verb is Verb.DELETE}
    ended = {action.address for action in done.values() if action.verb is Verb.DELETE}
    for address in plan.forgotten:
        if address in ended or address not in deleted:
            ids.pop(address, None)
    return ids


def _created(applied: Applied, done: Collection[Action]) -> Iterator[tuple[Address, str]]:
    """The ids of what was made; of a licence that pcsync assigned, its SKU's.

    What was made counts also where a later step of the same action failed (rule ID14).
    """
    made = {a.address: a for a in applied.plan.actions if a.verb in {Verb.CREATE, Verb.RESTORE}}
    for address in made:
        if address.kind != LICENSE and (known := applied.ids.get(str(address))):
            yield address, known
    for action in done:
        if action.address in made and action.address.kind == LICENSE and len(action.moves) == 1:
            yield action.address, next(iter(action.moves))
