"""Nothing that stands in a file gives a traceback: random bytes, and manifests cut and mixed."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from functools import cache
from io import BytesIO, TextIOWrapper

from hypothesis import given, settings
from hypothesis import strategies as st

from pcsync.errors import ManifestProblems, Problem
from pcsync.kinds import Kind, load_kinds
from pcsync.manifests import load

MANIFEST = """\
apiVersion: pcsync/v1
kind: Customer
metadata: {name: contoso, labels: {wave: "2"}}
spec:
  domain: contoso.onmicrosoft.com
  budget: {amount: 6500.00, currency: EUR}
  licenses: [{user: bob, sku: SPB, disabledPlans: []}]
  subscriptions:
    - name: m365
      product: CFQ7TTC0LCHC:0002
      termDuration: P1Y
      billingCycle: monthly
      quantity: 18
  users:
    - userPrincipalName: bob@contoso.example
      password: {generate: true}
    - {userPrincipalName: ana@contoso.example, licenses: [m365, {sku: SPB}]}
---
apiVersion: pcsync/v1
kind: User
spec: {customer: contoso, userPrincipalName: eve@contoso.example, state: absent}
"""
PIECES = [
    "null", "~", "[]", "{}", "*x", "&x ", "<<: ", "- ", "? ", ": ", "!!str ", "---\n", "\n", "  ",
    "'", '"', "|", "{", "}", "[", "]", ",", "#", "true", "-1", "1e3", "0x1", "\u2028", "é", "\t",
    "${env:A}", "m365", "users:", "licenses:", "name:", "state: absent", "x" * 300,
]  # fmt: skip


@cache
def kinds() -> Mapping[str, Kind]:
    return load_kinds()


def survives(data: bytes) -> None:
    """Loads what stands on standard input: problems have places and are one line each."""
    found: Sequence[Problem] = ()
    try:
        load(["-"], kinds(), TextIOWrapper(BytesIO(data), encoding="utf-8"))
    except ManifestProblems as error:
        found = error.problems
    for problem in found:
        assert problem.place.file == "<stdin>"
        assert min(problem.place.line, problem.place.column) >= 1
        assert len(f"{problem.what}; {problem.advice}".splitlines()) == 1


@settings(max_examples=60, deadline=None)
@given(st.binary(max_size=200))
def test_random_bytes(data: bytes) -> None:
    survives(data)


@settings(max_examples=60, deadline=None)
@given(st.text(max_size=200))
def test_random_text(text: str) -> None:
    survives(text.encode("utf-8", "surrogatepass"))


@settings(max_examples=150, deadline=None)
@given(
    st.lists(
        st.tuples(
            st.integers(0, len(MANIFEST)), st.integers(0, 12), st.sampled_from(["", *PIECES])
        ),
        min_size=1,
        max_size=4,
    )
)
def test_mutated_manifests(edits: list[tuple[int, int, str]]) -> None:
    text = MANIFEST
    for start, length, piece in edits:
        text = text[:start] + piece + text[start + length :]
    survives(text.encode("utf-8"))


@settings(max_examples=100, deadline=None)
@given(st.data())
def test_lines_mixed(data: st.DataObject) -> None:
    lines = data.draw(st.permutations(MANIFEST.splitlines()))
    survives("\n".join(lines[: data.draw(st.integers(1, len(lines)))]).encode())


values = st.recursive(
    st.sampled_from(["null", "''", "5", "-1", "text", "true", "2026-01-01", "~", "1.5", "a@b.c"]),
    lambda inner: (
        st.lists(inner, max_size=3).map(lambda items: f"[{', '.join(items)}]")
        | st.dictionaries(
            st.sampled_from(["name", "env", "sku", "user", "a"]), inner, max_size=3
        ).map(lambda pairs: "{" + ", ".join(f"{key}: {each}" for key, each in pairs.items()) + "}")
    ),
    max_leaves=6,
)


@settings(max_examples=150, deadline=None)
@given(st.sampled_from(sorted({*MANIFEST.replace("{", " ").split()})), values)
def test_any_value_anywhere(word: str, value: str) -> None:
    replaced = MANIFEST.replace(word, f"{word} {value}" if word.endswith(":") else value, 1)
    survives(replaced.encode())
