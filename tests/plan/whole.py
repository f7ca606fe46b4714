"""Whole plans as cases: the words of a case of a kind, files by name, and the text a person reads.

After a wanted change, write the texts anew with ``PYTHONPATH=tests python tests/plan/record.py``
and read the difference before you keep it.
"""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, replace
from pathlib import Path
from typing import Any

from harness import Box, documents
from kinds.cases import Case, prepare, read

from pcsync.report import render
from pcsync.report.document import plan_document

HERE = Path(__file__).parent
WIDTH = 80
NUMBER = re.compile(r"\APlan [0-9a-f]{6} ")


@dataclass
class Whole(Case):
    """A case with its plan's text in `texts`. `manifests` are files by name, in place of
    `manifest`, `base_manifests` those of the base."""

    manifest: Any = None
    manifests: Mapping[str, Any] | None = None
    base_manifests: Mapping[str, Any] | None = None


def cases() -> list[Whole]:
    """All whole-plan cases. TypeError for a word that is none."""
    return [case for path in sorted((HERE / "cases").glob("*.yaml")) for case in read(path, Whole)]


def text_file(case: Whole) -> Path:
    """Where the text of its plan stands."""
    slug = re.sub(r"[^a-z0-9]+", "-", case.name.lower()).strip("-")
    return HERE / "texts" / f"{slug}.txt"


def filed(box: Box, case: Whole) -> Whole:
    """The case with its files written."""
    if case.base_manifests is not None:
        case = replace(case, base=_written(box, case.base_manifests, "base"))
    if case.manifests is not None:
        case = replace(case, manifest=_written(box, case.manifests, ""))
    return case


def _written(box: Box, files: Mapping[str, Any], below: str) -> list[Path]:
    paths = [Path(below) / name for name in files]
    for path, manifest in zip(paths, files.values(), strict=True):
        (box.folder / path).parent.mkdir(parents=True, exist_ok=True)
        (box.folder / path).write_text(documents(manifest), "utf-8")
    return paths


def text(box: Box, case: Whole) -> str:
    """What `pcsync plan` prints for it, without the number of the plan."""
    prepare(box, case)
    shown = render(plan_document(box.plan(case.manifest)), "human", WIDTH)
    return NUMBER.sub("Plan 000000 ", shown)
