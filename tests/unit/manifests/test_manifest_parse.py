"""What YAML may do, and what it may not: keys, aliases, tags, depth, syntax."""

from __future__ import annotations

from pathlib import Path

import pytest

from pcsync.manifests.nodes import Items, Node, Pairs, Scalar
from pcsync.manifests.parse import DEEPEST, MOST_ALIASED, parse


def plain(node: Node | None) -> object:
    """A tree as dicts, lists and texts."""
    match node:
        case Scalar():
            return node.text
        case Items():
            return [plain(item) for item in node.items]
        case Pairs():
            return {entry.key.text: plain(entry.value) for entry in node.entries}
        case None:
            return None


def problems(text: str) -> list[str]:
    return [str(problem) for problem in parse(text, "a.yaml").problems]


def test_texts_keep_their_places() -> None:
    (document,) = parse("a:\n  - x\n  - {b: 'y'}\n", "a.yaml").documents
    assert document == Pairs(
        [
            (
                Scalar("a", True, 1, 1),
                Items(
                    [
                        Scalar("x", True, 2, 5),
                        Pairs([(Scalar("b", True, 3, 6), Scalar("y", False, 3, 9))], 3, 5),
                    ],
                    2,
                    3,
                ),
            )
        ],
        1,
        1,
    )


def test_several_documents_and_empty_ones() -> None:
    parsed = parse("a: 1\n---\n# nothing\n---\n[b]\n", "a.yaml")
    assert [plain(each) for each in parsed.documents] == [{"a": "1"}, None, ["b"]]
    assert parsed.whole


def test_a_key_twice_names_both_places() -> None:
    assert problems("a: 1\nb: 2\na: 3\n") == [
        "a.yaml:3:1: `a` stands here twice, first at a.yaml:1:1; keep one of the two"
    ]
    (document,) = parse("a: 1\na: 3\n", "a.yaml").documents
    assert plain(document) == {"a": "1"}


def test_keys_are_texts() -> None:
    (problem,) = problems("? [a, b]\n: c\nd: e\n")
    assert problem.startswith("a.yaml:1:3: a key that is a list or mapping;")


def test_aliases_and_merge_keys_within_a_document() -> None:
    parsed = parse("a: &x {k: 1, m: 2}\nb: *x\nc: {<<: *x, k: 3}\nd: {<<: [*x, {n: 4}]}\n", "a")
    assert plain(parsed.documents[0]) == {
        "a": {"k": "1", "m": "2"},
        "b": {"k": "1", "m": "2"},
        "c": {"k": "3", "m": "2"},
        "d": {"k": "1", "m": "2", "n": "4"},
    }
    assert parsed.problems == ()


@pytest.mark.parametrize(
    "text,line",
    [
        ("a: *nowhere\n", "a.yaml:1:4: no finished anchor `&nowhere` above;"),
        ("a: &x [*x]\n", "a.yaml:1:8: no finished anchor `&x` above;"),
        ("a: &x 1\n---\nb: *x\n", "a.yaml:3:4: no finished anchor `&x` above;"),
        ("a: {<<: text}\n", "a.yaml:1:9: `<<` takes mappings only;"),
    ],
)
def test_aliases_that_lead_nowhere(text: str, line: str) -> None:
    (problem,) = problems(text)
    assert problem.startswith(line)


def test_an_alias_bomb_is_refused_before_it_is_built() -> None:
    lines = ["a0: &a0 [x, x, x, x, x, x, x, x, x, x]"]
    for level in range(1, 30):
        aliases = ", ".join([f"*a{level - 1}"] * 10)
        lines.append(f"a{level}: &a{level} [{aliases}]")
    (problem,) = problems("\n".join(lines))
    assert f"more than {MOST_ALIASED:,} values" in problem


@pytest.mark.parametrize("deep", ["[" * 100_000, "- " * 100_000, "{a: " * 5_000, "? " * 50_000])
def test_deep_nesting_is_refused(deep: str) -> None:
    problem = problems(deep)[-1]
    assert f"deeper than {DEEPEST} levels" in problem


def test_nesting_within_the_bound_is_fine() -> None:
    assert problems("[" * DEEPEST + "]" * DEEPEST) == []


@pytest.mark.parametrize(
    "tag", ["!!python/object/apply:os.system [echo]", "!!str 5", "!Ref x", "! x", "!!binary eA=="]
)
def test_tags_are_refused(tag: str) -> None:
    (problem,) = problems(f"a: {tag}\n")
    assert problem.startswith("a.yaml:1:4: the tag `!")
    assert problem.endswith("remove it")


@pytest.mark.parametrize(
    "text,place",
    [
        ("a: b: c\n", "a.yaml:1:5"),
        ("a:\n\t- b\n", "a.yaml:2:1"),
        ("a: 'x\n", "a.yaml:2:1"),
        ("a: [x\nb: c\n", "a.yaml:2:2"),
        ("ok: 1\nbell: \x07\n", "a.yaml:2:7"),
    ],
)
def test_a_syntax_error_is_a_problem_with_its_line(text: str, place: str) -> None:
    parsed = parse(text, "a.yaml")
    assert str(parsed.problems[0].place) == place
    assert not parsed.whole


def test_documents_before_a_syntax_error_are_kept() -> None:
    parsed = parse("a: 1\n---\nb: c: d\n", "a.yaml")
    assert plain(parsed.documents[0]) == {"a": "1"}
    assert len(parsed.problems) == 1


def test_without_libyaml_it_is_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    import yaml

    from pcsync.manifests import parse as door

    text = Path(__file__).with_name("sample.yaml").read_text("utf-8")
    fast = parse(text, "a.yaml")
    monkeypatch.setattr(door, "LOADER", yaml.SafeLoader)
    assert parse(text, "a.yaml") == fast
