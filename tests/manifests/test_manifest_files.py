"""Which files are read, and what happens to those that can't be."""

from __future__ import annotations

import os
import tracemalloc
from io import BytesIO, TextIOWrapper
from typing import Any

import pytest

from pcsync.errors import ManifestProblems
from pcsync.manifests import load

CUSTOMER = "apiVersion: pcsync/v1\nkind: Customer\nmetadata: {name: NAME}\nspec: {}\n"


def customer(name: str) -> str:
    return CUSTOMER.replace("NAME", name)


def names(manifests: Any) -> list[str]:
    return [each.address.path[0] for each in manifests.resources]


def test_folders_are_walked_and_others_passed_over(estate: Any) -> None:
    estate.write(
        {
            "a.yaml": customer("a"),
            "deep/er/b.yml": customer("b"),
            "c.json": customer("no"),
            ".hidden.yaml": customer("no"),
            ".github/workflow.yaml": customer("no"),
            "schemas/s.yaml": customer("no"),
            "pcsync.yaml": customer("no"),
            "pcsync.lock.yaml": customer("no"),
            "deep/pcsync.yaml": customer("no"),
        }
    )
    manifests = estate.load()
    assert names(manifests) == ["a", "b"]
    assert manifests.files == 2


def test_several_documents_in_a_file(estate: Any) -> None:
    estate.write({"a.yaml": "---\n" + customer("a") + "---\n# none\n---\n" + customer("b")})
    assert names(estate.load()) == ["a", "b"]


def test_a_file_named_twice_is_read_once(estate: Any) -> None:
    estate.write({"x/a.yaml": customer("a")})
    assert estate.load("x", "x/a.yaml", ".").files == 1


def test_standard_input(estate: Any) -> None:
    assert names(estate.load("-", stdin=customer("a"))) == ["a"]
    assert estate.problems("-", stdin="kind: Customer\n")[0].startswith("<stdin>:1:1: ")


def test_standard_input_that_is_no_text(kinds: Any) -> None:
    stream = TextIOWrapper(BytesIO(b"\xff\xfe"), encoding="utf-8")
    with pytest.raises(ManifestProblems) as caught:
        load(["-"], kinds, stream)
    assert caught.value.lines()[0].startswith("<stdin>:1:1: not UTF-8")


def test_standard_input_that_is_not_there(estate: Any) -> None:
    (problem,) = estate.problems("-")
    assert problem.startswith("<stdin>:1:1: can't be read")


def test_an_empty_generator_is_not_an_empty_estate(estate: Any) -> None:
    (problem,) = estate.problems("-", stdin="")
    assert problem.startswith("<stdin>:1:1: no document stands in it")


def test_files_of_others_are_passed_over_in_folders_only(estate: Any) -> None:
    estate.write(
        {
            "a.yaml": customer("a"),
            "chart.yaml": "name: chart\nversion: !semver 1\n",
            "list.yaml": "- 1\n- 2\n",
            "empty.yaml": "# nothing\n",
        }
    )
    assert names(estate.load()) == ["a"]
    (problem, *_) = estate.problems("list.yaml")
    assert problem.startswith("list.yaml:1:1: not a manifest")


def test_a_document_of_ours_without_its_version_is_a_problem(estate: Any) -> None:
    estate.write({"a.yaml": "kind: Customer\nmetadata: {name: a}\nspec: {}\n"})
    (problem,) = estate.problems()
    assert problem == "a.yaml:1:1: `apiVersion` is missing; write `apiVersion: pcsync/v1`"


@pytest.mark.parametrize(
    "data,said",
    [
        (b"\x89PNG\x00\x01", "binary, not text"),
        (b"name: M\xfcller\n", "not UTF-8: a wrong byte at position 8"),
        ("\ufeff".encode("utf-16"), "not UTF-8: a wrong byte at position 1"),
    ],
)
def test_what_is_no_text(estate: Any, data: bytes, said: str) -> None:
    estate.write({"a.yaml": data, "b.yaml": "kind: Nothing\napiVersion: pcsync/v1\n"})
    lines = estate.problems()
    assert lines[0] == f"a.yaml:1:1: {said}; save it as UTF-8 text"
    assert lines[1].startswith("b.yaml:1:7: ")


def test_a_byte_order_mark_is_no_part_of_the_text(estate: Any) -> None:
    estate.write({"a.yaml": b"\xef\xbb\xbf" + customer("a").encode()})
    assert names(estate.load()) == ["a"]


def test_a_large_file_is_refused_without_being_read(estate: Any) -> None:
    with (estate.folder / "a.yaml").open("wb") as file:
        file.truncate(100_000_000)
    tracemalloc.start()
    (problem,) = estate.problems()
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert problem == "a.yaml:1:1: larger than 10 MB; split it into several files"
    assert peak < 40_000_000


def test_a_path_that_is_not_there(estate: Any) -> None:
    (problem,) = estate.problems("nowhere.yaml")
    assert problem.startswith("nowhere.yaml:1:1: can't be read: no such file")


def test_a_pipe_found_in_a_folder_does_not_block(estate: Any) -> None:
    os.mkfifo(estate.folder / "pipe.yaml")
    estate.write({"a.yaml": customer("a")})
    assert names(estate.load()) == ["a"]


def test_links_that_lead_nowhere_and_round(estate: Any) -> None:
    (estate.folder / "a.yaml").symlink_to("gone.yaml")
    (estate.folder / "b.yaml").symlink_to("b.yaml")
    lines = estate.problems()
    assert lines[0].startswith("a.yaml:1:1: can't be read: no such file")
    assert lines[1].startswith("b.yaml:1:1: can't be read: too many levels")
    assert "too many levels" in estate.problems("b.yaml")[0]


def test_names_of_files_stay_on_one_line(estate: Any) -> None:
    estate.write({"a\nb.yaml": "kind: [\n"})
    assert estate.problems()[0].startswith("a\\nb.yaml:2:1: ")


def test_a_folder_that_can_not_be_looked_into(estate: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    estate.write({"closed/a.yaml": customer("a"), "b.yaml": customer("b")})
    scandir = os.scandir

    def closed(path: Any) -> Any:
        if str(path).endswith("closed"):
            raise PermissionError(13, "Permission denied", str(path))
        return scandir(path)

    monkeypatch.setattr(os, "scandir", closed)
    (problem,) = estate.problems()
    assert problem.startswith("closed:1:1: can't be read: permission denied")


def test_a_broken_file_does_not_hide_the_others(estate: Any) -> None:
    estate.write(
        {
            "a.yaml": "kind: [\n",
            "b.yaml": customer("b").replace("{}", "{domian: b.onmicrosoft.com}"),
        }
    )
    lines = estate.problems()
    assert lines[0].startswith("a.yaml:2:1: not readable as YAML")
    assert lines[1] == "b.yaml:4:8: `domian`: unknown field; did you mean `domain`?"
