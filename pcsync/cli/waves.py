"""`--label KEY=VALUE`: only the customers that have these labels, a wave (domain rule RO3).

Owns who is in a wave. What is left out is neither read nor missed: it has not left git.
"""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING

from pcsync.errors import UsageError
from pcsync.model import NOTHING

if TYPE_CHECKING:
    from pcsync.cli.base import Base
    from pcsync.manifests import Manifests
    from pcsync.model import Address


def labels_of(words: Sequence[str]) -> Mapping[str, str]:
    """The labels of `--label`, which all have to match. Raises UsageError for what is none."""
    found: dict[str, str] = {}
    for word in words:
        name, given, value = word.partition("=")
        if not name or not given:
            raise UsageError(f"--label {word} is no label", "write --label KEY=VALUE")
        if found.setdefault(name, value) != value:
            what = f"--label {name} has two values, and nobody has both"
            raise UsageError(what, "plan one wave after the other")
    return found or NOTHING


def text(labels: Mapping[str, str]) -> str:
    """``wave=1, region=north``."""
    return ", ".join(f"{name}={value}" for name, value in sorted(labels.items()))


def in_wave(manifests: Manifests, labels: Mapping[str, str]) -> Manifests:
    """What is declared of the customers that have all of these labels. Raises UsageError where
    nobody has them."""
    if not labels:
        return manifests
    names = {
        each.address.root
        for each in manifests.resources
        if each.owner is None and _has(each.labels, labels)
    }
    if not names:
        raise UsageError(
            f"no customer has the labels {text(labels)}",
            "see `metadata.labels` of the customers: all that are given have to match",
        )

    def mine(address: Address | None) -> bool:
        return address is None or address.root in names

    return replace(
        manifests,
        resources=tuple(each for each in manifests.resources if mine(each.address)),
        owns=tuple(each for each in manifests.owns if mine(each.owner)),
        findings=tuple(each for each in manifests.findings if mine(each.address)),
        omitted=frozenset(filter(mine, manifests.omitted)),
    )


def outside(whole: Manifests, part: Manifests) -> frozenset[str]:
    """The names, also former ones, of the customers that are left out of a wave."""
    inside = _named(part)
    return frozenset(_named(whole) - inside)


def gone_in_wave(
    base: Base, outside: Collection[str], inside: Collection[str], labels: Mapping[str, str]
) -> set[str]:
    """The customers of the base that a wave is compared with: those that left git are in it by the
    labels that they had."""
    found = set()
    for name in base.customers() - set(outside):
        own = [each for each in (base.of(name) or {}).values() if each.owner is None]
        if name in inside or not labels or any(_has(each.labels, labels) for each in own):
            found.add(name)
    return found


def _named(manifests: Manifests) -> set[str]:
    own = [each for each in manifests.resources if each.owner is None]
    former = {str(name) for each in own for name in each.words.get("renamedFrom", ())}
    return {each.address.root for each in own} | former


def _has(labels: Mapping[str, str], wanted: Mapping[str, str]) -> bool:
    return all(labels.get(name) == value for name, value in wanted.items())
