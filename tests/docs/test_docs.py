"""What the documents say is what the program does."""

from __future__ import annotations

import re
import subprocess
from pathlib import Path

import pytest

from pcsync.cli.main import COMMANDS
from pcsync.errors import Exit
from tests.command import pcsync
from tests.docs.reference import page

ROOT = Path(__file__).resolve().parents[2]
PAGES = sorted(
    p for p in [*ROOT.glob("*.md"), *ROOT.glob("docs/**/*.md"), *ROOT.glob("examples/**/*.md")]
)
LINK = re.compile(r"\]\((?!https?:|mailto:|#)([^)#\s]+)")


def help_of(*words: str) -> str:
    done = pcsync(*words, "--help", folder=ROOT)
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.mark.parametrize("command", sorted(COMMANDS))
def test_every_command_has_help_with_examples_and_stands_in_the_readme(command: str) -> None:
    words = [command, "serve"] if command == "emulator" else [command]
    shown = help_of(*words)
    assert re.search(r"^\s*Examples?:", shown, re.M)
    assert f"pcsync {' '.join(words)}" in (ROOT / "README.md").read_text("utf-8")


@pytest.mark.parametrize("page_", PAGES, ids=lambda path: str(path.relative_to(ROOT)))
def test_links_lead_somewhere(page_: Path) -> None:
    for target in LINK.findall(page_.read_text("utf-8")):
        assert (page_.parent / target).exists(), target


def test_the_manifest_page_is_what_the_schemas_say() -> None:
    written = (ROOT / "docs" / "manifests.md").read_text("utf-8")
    assert written == page(), "python -m tests.docs.reference > docs/manifests.md"


def test_exit_codes_stand_in_readme_and_help() -> None:
    table = set(re.findall(r"^\| (\d+) \|", (ROOT / "README.md").read_text("utf-8"), re.M))
    assert table == {str(code.value) for code in Exit}
    shown = help_of()
    assert all(re.search(rf"\b{code.value}\b", shown) for code in Exit)


def test_nothing_in_the_project_names_a_place_of_one_machine() -> None:
    tracked = subprocess.run(
        ["git", "ls-files"], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout.splitlines()
    place = re.compile(r"(?<![\w.])/(?:home|root|Users|work)/[\w.-]+")
    for name in tracked:
        path = ROOT / name
        if path.suffix in {".py", ".md", ".yaml", ".toml", ".json"} and path.exists():
            assert not place.search(path.read_text("utf-8")), name
