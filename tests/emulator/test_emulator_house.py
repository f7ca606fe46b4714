"""The house rules of the emulator: it stands alone, and its files stay small."""

from __future__ import annotations

import ast
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

import pcsync.emulator

ROOT = Path(pcsync.emulator.__file__).parent
FILES = sorted(ROOT.rglob("*.py"))
MOST_LINES, MOST_IN_FUNCTION = 300, 40
GIVEN = {"cryptography", "starlette", "uvicorn", "yaml", "jwt", "pcsync"}


def imported(tree: ast.Module) -> Iterator[str]:
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            yield from (alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom) and node.module:
            yield node.module


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.relative_to(ROOT).as_posix())
def test_file(path: Path) -> None:
    """DESIGN.md 2 and 9: nothing else of pcsync, given packages only, documented, short."""
    text = path.read_text("utf-8")
    tree = ast.parse(text)
    for name in imported(tree):
        top = name.partition(".")[0]
        assert top in GIVEN or top in sys.stdlib_module_names, name
        assert top != "pcsync" or name.startswith("pcsync.emulator"), name
    assert ast.get_docstring(tree)
    assert text.count("\n") <= MOST_LINES
    for node in ast.walk(tree):
        if isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef):
            assert (node.end_lineno or 0) - node.lineno < MOST_IN_FUNCTION, node.name
        if isinstance(node, ast.FunctionDef | ast.ClassDef) and not node.name.startswith("_"):
            nested = any(node in ast.walk(f) and node is not f for f in functions(tree))
            assert nested or ast.get_docstring(node), node.name


def functions(tree: ast.Module) -> list[ast.FunctionDef]:
    return [node for node in ast.walk(tree) if isinstance(node, ast.FunctionDef)]
