"""Which policies hold for a plan, and what they refuse.

Owns where policies come from: the base, where a change is compared with one, like all that guards
it; else the working directory. Nobody loosens a rule in the change that it is for.
"""

from __future__ import annotations

import os
import tempfile
from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from pcsync.errors import ManifestProblems, Problem, Refused, UsageError

if TYPE_CHECKING:
    from pcsync.manifests import Manifests
    from pcsync.model import Finding, Place, Plan, Policy


def policies_of(base: str | None, directory: Path) -> tuple[Policy, ...]:
    """The policies that hold for what is compared with `base`, as a plan calls it.

    Raises ManifestProblems with all that is wrong in them, UsageError for a base that is gone.
    """
    from pcsync.cli.base import OF_PLAN

    if base and (named := OF_PLAN.search(base)):
        return _of_commit(named[1], directory)
    if base and Path(base).is_dir():
        return _below(Path(base), Path(base).parent, there=True)
    return _below(directory, directory)


def own(directory: Path, paths: Sequence[str] = ()) -> tuple[Policy, ...]:
    """The policies of the working directory, or at these paths. Raises ManifestProblems."""
    return _read([Path(path) for path in paths], directory) if paths else _below(directory)


def places(directory: Path) -> tuple[Path, ...]:
    """Where the project has its policies: as its settings say, else the folder `policies`."""
    from pcsync.manifests import load_project

    if (found := load_project(directory).policies) is not None:
        return found
    default = directory / "policies"
    return (default,) if default.is_dir() else ()


def misplaced(manifests: Manifests, directory: Path) -> None:
    """Raises ManifestProblems for policies among the manifests that no plan would be held to."""
    if not manifests.policies:
        return
    known = [path.resolve() for path in places(directory)]

    def reached(file: Path | None) -> bool:
        return file is not None and any(file.resolve().is_relative_to(path) for path in known)

    if left := [place for file, place in manifests.policies if not reached(file)]:
        raise ManifestProblems([_outside(place) for place in left])


def _outside(place: Place) -> Problem:
    what = "a policy stands here, where nothing reads it"
    return Problem(place, what, "move it to `policies/`, or name its place: `policies: [PATH]`")


def judged(plan: Plan, policies: Sequence[Policy]) -> Plan:
    """The plan with what the policies say of it."""
    if not policies:
        return plan
    from pcsync.plan import policies as rules

    return rules.judged(plan, _findings(plan, policies))


def refusal(plan: Plan, policies: Sequence[Policy]) -> Refused | None:
    """Why the policies of today let nothing of a plan be written, if they do."""
    if not policies:
        return None
    from pcsync.plan.policies import refusing

    if not (found := refusing(_findings(plan, policies))):
        return None
    what = "; ".join(finding.what for finding in found)
    advice = "; ".join(dict.fromkeys(finding.advice for finding in found))
    return Refused(f"a policy says no: {what}: nothing was written", advice)


def _findings(plan: Plan, policies: Sequence[Policy]) -> list[Finding]:
    from pcsync.plan.policies import judge
    from pcsync.report.document import plan_document

    return judge(policies, plan_document(plan))


def _of_commit(commit: str, directory: Path) -> tuple[Policy, ...]:
    """Those of a commit, read in a private folder whose name is the commit's."""
    from pcsync.cli.base import SHORT, unpacked_settings
    from pcsync.cli.git import needed

    git = needed(directory)
    if git.commit(commit) is None:
        what = f"the plan was compared with {commit[:SHORT]}, which is not in this repository"
        raise UsageError(what, "fetch it, or plan again")
    with tempfile.TemporaryDirectory(prefix="pcsync-base-") as place:
        root = Path(place) / commit[:SHORT]
        folder = unpacked_settings(git, commit, root)
        wanted = [os.path.relpath(path, root) for path in _named(folder)]
        inside = [Path(path).as_posix() for path in wanted if not path.startswith("..")]
        git.unpack(commit, inside, root)
        return _below(folder, Path(place), there=True)


def _named(folder: Path) -> tuple[Path, ...]:
    """Where policies would be, whether or not they are there."""
    return places(folder) or (folder / "policies",)


def _below(folder: Path, root: Path | None = None, *, there: bool = False) -> tuple[Policy, ...]:
    """Those of a folder; `there`: a place that the folder lacks had none yet."""
    found = [path for path in places(folder) if not there or path.exists()]
    return _read(found, root or folder)


def _read(paths: Sequence[Path], root: Path) -> tuple[Policy, ...]:
    if not paths:
        return ()
    from pcsync.manifests import load_policies
    from pcsync.plan.policies import wrong_path

    return load_policies(paths, wrong_path, root)
