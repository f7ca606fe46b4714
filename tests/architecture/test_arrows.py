"""DESIGN section 2 as a test: which module may import which, and what only one place may use."""

from __future__ import annotations

import ast
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGE = ROOT / "pcsync"
NOUNS = {"model", "errors", "values"}
MAY_IMPORT: dict[str, set[str]] = {
    "__init__": set(),
    "__main__": {"cli"},
    "model": set(),
    "values": set(),
    "errors": {"model"},
    "kinds": {"model", "values"},
    "manifests": {*NOUNS, "kinds"},
    "durable": set(),
    "client": {"", "model", "errors", "durable"},
    "live": {*NOUNS},
    "plan": {*NOUNS, "kinds"},
    "apply": {*NOUNS, "durable"},
    "report": {*NOUNS, "plan"},
    "emulator": set(),
    "cli": {
        "",
        *NOUNS,
        "durable",
        "kinds",
        "manifests",
        "client",
        "live",
        "plan",
        "apply",
        "report",
        "emulator",
    },
}
# Libraries that one folder alone may use.
ONLY = {
    "requests": {"client"},
    "msal": {"client"},
    "yaml": {"manifests", "emulator"},
    "jsonschema": {"manifests", "plan"},
    "jsonschema_rs": {"plan"},
    "cattrs": {"plan"},
    "click": {"cli", "report"},
    "rich": {"cli"},
    "starlette": {"emulator"},
    "uvicorn": {"emulator"},
    "icalendar": {"report"},
    "jsonpath": {"plan"},
}
# Pure stages never touch the clock, the disk, the network or a log.
PURE = ("kinds", "plan", "model", "values", "report")
IMPURE = {
    "os",
    "socket",
    "time",
    "logging",
    "random",
    "requests",
    "subprocess",
    "threading",
    "urllib.request",
}
KIND_NAMES = {path.name for path in (PACKAGE / "kinds").iterdir() if (path / "kind.py").exists()}


def modules() -> list[Path]:
    return sorted(PACKAGE.rglob("*.py"))


def folder(path: Path) -> str:
    parts = path.relative_to(PACKAGE).parts
    return parts[0].removesuffix(".py")


def imports(path: Path) -> Iterator[str]:
    for node in ast.walk(ast.parse(path.read_text("utf-8"))):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module
            yield from (f"{node.module}.{alias.name}" for alias in node.names)


def stages(path: Path) -> set[str]:
    """The parts of pcsync that a module imports: `` for the package itself."""
    found = set()
    for name in imports(path):
        if name == "pcsync.__version__":
            found.add("")
        elif name.startswith("pcsync."):
            found.add(name.split(".")[1])
    return found - {folder(path)}


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_go_one_way(path: Path) -> None:
    assert stages(path) <= MAY_IMPORT[folder(path)]


@pytest.mark.parametrize("path", modules(), ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_have_one_door(path: Path) -> None:
    used = {name.split(".")[0] for name in imports(path)}
    wrong = {lib for lib in used & ONLY.keys() if folder(path) not in ONLY[lib]}
    assert not wrong


@pytest.mark.parametrize(
    "path",
    [path for path in modules() if folder(path) in PURE],
    ids=lambda path: str(path.relative_to(PACKAGE)),
)
def test_pure_stages_stay_pure(path: Path) -> None:
    used = set(imports(path))
    assert not used & IMPURE
    clocks = {
        node.func.attr
        for node in ast.walk(ast.parse(path.read_text("utf-8")))
        if isinstance(node, ast.Call) and isinstance(node.func, ast.Attribute)
    }
    assert not clocks & {"now", "today", "utcnow"}, "time comes in as an argument"


def test_a_kind_knows_no_sibling() -> None:
    for name in KIND_NAMES:
        for path in (PACKAGE / "kinds" / name).rglob("*.py"):
            others = {f"pcsync.kinds.{other}" for other in KIND_NAMES - {name}}
            found = {used for used in imports(path) if any(used.startswith(o) for o in others)}
            assert not found, path


def test_a_stage_names_no_kind() -> None:
    """Outside kinds, the CLI's demo and the emulator, no kind's name stands in code as a text."""
    for path in modules():
        if folder(path) in {"kinds", "emulator", "cli"}:
            continue
        texts = {
            node.value
            for node in ast.walk(ast.parse(path.read_text("utf-8")))
            if isinstance(node, ast.Constant) and isinstance(node.value, str)
        }
        # `customer` is the unit of everything; `user` is also a kind of token.
        assert not texts & (KIND_NAMES - {"customer", "user"}), path


def test_the_emulator_stands_alone() -> None:
    for path in (PACKAGE / "emulator").rglob("*.py"):
        assert stages(path) <= {"emulator"}, path
