"""`pcsync pin`: writes down which live things the declared ones are. Reads only."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import click

from pcsync.cli.options import connection_options, observed, paths_argument
from pcsync.errors import Exit, SettingsError

if TYPE_CHECKING:
    from pcsync.cli.settings import Settings
    from pcsync.cli.telemetry import Watch
    from pcsync.model import Address, Place, Plan, Resource
    from pcsync.plan.draft import Draft

EPILOG = """\b
Examples:
  pcsync pin
  pcsync pin customers/contoso.yaml --inline
  pcsync pin --prune
"""


@click.command("pin", epilog=EPILOG, short_help="Write down the ids of what is declared.")
@paths_argument
@click.option("--inline", is_flag=True, help="Write the ids into the manifests as well.")
@click.option("--prune", is_flag=True, help="Take out what is neither declared nor alive.")
@connection_options
@observed
def command(
    paths: tuple[str, ...],
    inline: bool,
    prune: bool,
    cloud: str | None,
    emulator_url: str | None,
    watch: Watch,
) -> int:
    """Write the ids of everything that is declared and live to pcsync.lock.yaml.

    With them a thing is found by its id, whatever its name becomes. Partner Center is only read.
    """
    from pcsync.cli.known import given_of
    from pcsync.cli.lockfile import save
    from pcsync.cli.settings import load_settings
    from pcsync.cli.stages import no_one, plan_of
    from pcsync.manifests import Lock

    given = given_of(preflight=False)
    settings = load_settings(cloud=cloud, emulator_url=emulator_url)
    if settings.rehearsal:
        what = "the lock file is of another cloud than this one"
        raise SettingsError(what, "run pin without --cloud and PCSYNC_CLOUD")
    drafts: list[Draft] = []
    plan = plan_of(paths, settings, watch, drafts.extend if inline else no_one, given)
    lock = given.lock or Lock(settings.tenant.lower())
    ids = pinned_ids(lock.ids, plan)
    unread: Sequence[str] = tuple(f"{address}: not read" for address in plan.unknown)
    if prune:
        ids, more = _pruned(ids, settings, watch)
        unread = (*unread, *more)
    roots = {address.root for address in lock.ids.keys() - ids if len(address.path) == 1}
    applied = {name: commits for name, commits in lock.applied.items() if name not in roots}
    if (ids, applied) != (lock.ids, lock.applied):
        save(replace(lock, ids=ids, applied=applied), settings.directory)
    _tell(lock.ids, ids, unread)
    if inline:
        _write_inline(drafts, paths, settings)
    return Exit.FAILED if unread else Exit.FINE


def pinned_ids(known: Mapping[Address, str], plan: Plan) -> dict[Address, str]:
    """The ids of a lock file with those that a plan found, under the names that things have."""
    from pcsync.model import Address, Verb

    deleted = {action.address for action in plan.actions if action.verb is Verb.DELETE}
    found = {**known, **{Address.parse(name): id_ for name, id_ in plan.adopted.items()}}
    former = set(plan.forgotten) - deleted
    return {address: id_ for address, id_ in found.items() if address not in former}


def _pruned(
    ids: Mapping[Address, str], settings: Settings, watch: Watch
) -> tuple[dict[Address, str], list[str]]:
    """The ids without those of what no manifest of the project declares and is not alive."""
    from pcsync.cli.alive import gone
    from pcsync.cli.connect import connect
    from pcsync.cli.stages import read_manifests

    declared = {each.address for each in read_manifests((), settings).resources}
    with connect(settings, writable=False, on_request=watch) as connection:
        over, unread = gone(ids.keys() - declared, ids, connection)
    return {address: id_ for address, id_ in ids.items() if address not in over}, unread


def _tell(
    before: Mapping[Address, str], after: Mapping[Address, str], unread: Iterable[str]
) -> None:
    from pcsync.manifests import LOCK

    for address in sorted(after):
        if before.get(address) != after[address]:
            click.echo(f"+ {address}: {after[address]}")
    for address in sorted(before.keys() - after):
        click.echo(f"- {address}: {before[address]}")
    for line in unread:
        click.echo(f"? {line}", err=True)
    changed = sum(before.get(address) != id_ for address, id_ in after.items())
    click.echo(f"{LOCK}: {len(after)} ids, {changed} new, {len(before.keys() - after)} out")


def _write_inline(drafts: Iterable[Draft], paths: Sequence[str], settings: Settings) -> None:
    """Writes ids into the manifests. Raises SettingsError where that would change more."""
    from pcsync.cli.stages import read_manifests

    found = {place: (want, id_) for want, place, id_ in _found(drafts)}
    before = read_manifests(paths, settings).resources
    texts, left = _texts({place: id_ for place, (_, id_) in found.items()}, settings)
    old = {path: path.read_bytes() for path in texts}
    wrong: list[str] = []
    try:
        for path, text in texts.items():
            path.write_bytes(text)
        ids = {want.address: id_ for place, (want, id_) in found.items() if place not in left}
        wrong = list(_differing(before, read_manifests(paths, settings).resources, ids))
    except BaseException:
        wrong = ["they can't be read with their ids"]
        raise
    finally:
        if wrong:
            for path, text in old.items():
                path.write_bytes(text)
    if wrong:
        what = f"an id in the manifests would change more than its own thing: {', '.join(wrong)}"
        raise SettingsError(f"{what}; they are as they were", "pin without --inline")
    for place in sorted(left):
        click.echo(f"{place}: {found[place][0].address} is inherited: its id is in the lock file")
    click.echo(f"{len(texts)} files, {len(found) - len(left)} ids written")


def _found(drafts: Iterable[Draft]) -> Iterator[tuple[Resource, Place, str]]:
    """What is declared, live, and without an id of its own in its manifest."""
    from pcsync.kinds import load_kinds
    from pcsync.plan.recorded import has_ids

    by_id = {name for name, kind in load_kinds().items() if has_ids(kind.schema)}
    for draft in drafts:
        for address, want in sorted(draft.view.wants.items()):
            inline = "id" in want.remote and not want.remote.get("recorded")
            known = draft.view.ids.get(address) if address in draft.view.matched else None
            if address.kind in by_id and known and want.place and not inline:
                yield want, want.place, known


def _texts(ids: Mapping[Place, str], settings: Settings) -> tuple[dict[Path, bytes], set[Place]]:
    """The new contents of the files, and the places where no id could go."""
    from pcsync.manifests import with_ids

    by_file: dict[str, dict[Place, str]] = {}
    for place, id_ in ids.items():
        by_file.setdefault(place.file, {})[place] = id_
    texts: dict[Path, bytes] = {}
    left: set[Place] = set()
    for file, mine in by_file.items():
        path = settings.directory / file
        if not path.is_file():
            left |= mine.keys()
            continue
        raw = path.read_bytes()
        mark = b"\xef\xbb\xbf" if raw.startswith(b"\xef\xbb\xbf") else b""
        text, missing = with_ids(raw.decode("utf-8-sig"), mine)
        left |= set(missing)
        if len(missing) < len(mine):
            texts[path] = mark + text.encode("utf-8")
    return texts, left


def _differing(
    before: Iterable[Resource], after: Iterable[Resource], ids: Mapping[Address, str]
) -> Iterator[str]:
    """What is not as it was but for its own id."""
    old = {each.address: each for each in before}
    new = {each.address: each for each in after}
    for address in sorted(old.keys() | new.keys()):
        one, other = old.get(address), new.get(address)
        if one is None or other is None:
            yield str(address)
            continue
        remote = {**one.remote, "id": ids[address]} if address in ids else one.remote
        same = (one.spec, dict(remote), one.words) == (other.spec, dict(other.remote), other.words)
        if not same:
            yield str(address)
