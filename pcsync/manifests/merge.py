"""Two trees of one specification to one: the table of manifest-reference section 10.

What is written later wins; every value keeps the place where it was written. Pure. Must not import
yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

from pcsync.errors import Problem
from pcsync.manifests.grammar import Grammar, Inside
from pcsync.manifests.nodes import Entry, Items, Node, Pairs, Scalar, place, text_at
from pcsync.manifests.shape import Shape
from pcsync.manifests.words import nearest, quoted

OMIT = "omit"
BESIDE_OMIT = frozenset({OMIT, "name"})
FLAT = frozenset({"personas", "seatPools", "licensePolicy", "userDefaults"})

Note = Callable[[Node, str, str], None]


def value(earlier: Node, later: Node, shape: Shape | None) -> Node:
    """Mappings key by key, all else replaced. A mapping of exactly one word is one value."""
    if not (isinstance(earlier, Pairs) and isinstance(later, Pairs)):
        return later
    return later if shape and shape.raw.get("maxProperties") == 1 else pairs(earlier, later, shape)


def pairs(earlier: Pairs, later: Pairs, shape: Shape | None, *, deep: bool = True) -> Pairs:
    """Key by key, the later ones first; where it is not `deep` their values are replaced."""
    before = {entry.key.text: entry for entry in earlier.entries}
    entries: list[Entry] = []
    for entry in later.entries:
        old = before.pop(entry.key.text, None)
        inner = shape.fields.get(entry.key.text) if shape else None
        merged = value(old.value, entry.value, inner) if old and deep else entry.value
        entries.append(Entry(entry.key, merged))
    return later._replace(entries=[*entries, *before.values()])


def omits(node: Node) -> bool:
    """Whether an item says that it is not inherited."""
    return text_at(node, OMIT) == "true"


def alone(node: Node, note: Note) -> None:
    """Notes what stands beside `omit`, where nothing has a meaning."""
    for entry in node.entries if isinstance(node, Pairs) else ():
        if entry.key.text not in BESIDE_OMIT:
            what = f"{quoted(entry.key.text)}: nothing but `name` stands beside `omit`"
            note(entry.key, what, "remove it, or remove `omit`")


@dataclass(frozen=True, slots=True)
class Merging:
    """One layer upon those below it. Problems are noted in `problems`, if there is such a list: a
    blueprint may leave out what only some of its customers inherit."""

    grammar: Grammar
    file: str
    problems: list[Problem] | None

    def spec(self, earlier: Pairs, later: Pairs) -> Pairs:
        """The specification of both layers."""
        before: dict[str, Entry] = {entry.key.text: entry for entry in earlier.entries}
        entries: list[Entry] = []
        for entry in later.entries:
            old = before.pop(entry.key.text, None)
            merged = self.field(entry, old.value if old else None)
            if merged is not None:
                entries.append(Entry(entry.key, merged))
        return later._replace(entries=[*entries, *before.values()])

    def field(self, entry: Entry, old: Node | None) -> Node | None:
        """The value of one key; None where it is left out."""
        name, new = entry.key.text, entry.value
        inside = self.grammar.inside.get(name)
        if inside is not None and inside.many and isinstance(new, Items):
            return self.named(old if isinstance(old, Items) else None, new, inside)
        if inside is not None and omits(new):
            self.left_out(new, name, {name: 0} if old else {})
            return None
        if name in FLAT and isinstance(old, Pairs) and isinstance(new, Pairs):
            return pairs(old, new, None, deep=False)
        shape = inside.form.shape if inside else self.grammar.spec.shape.fields.get(name)
        return new if old is None else value(old, new, shape)

    def named(self, old: Items | None, new: Items, inside: Inside) -> Items:
        """Things by their name, new ones at the end. The same name twice in one list stays so: that
        is a mistake, and is told as one."""
        found: list[Node | None] = list(old.items) if old else []
        known = {name: at for at, each in enumerate(found) if (name := text_at(each, "name"))}
        open_ = dict(known)
        for item in new.items:
            name = text_at(item, "name")
            at = open_.pop(name, None) if name else None
            if omits(item):
                self.left_out(item, name or "", known)
                if at is not None:
                    found[at] = None
            elif at is None:
                found.append(item)
            else:
                below = found[at]
                found[at] = value(below, item, inside.form.shape) if below else item
        return new._replace(items=[each for each in found if each is not None])

    def left_out(self, item: Node, name: str, known: Mapping[str, int]) -> None:
        """Notes an `omit` that has nothing to leave out, or something beside it."""
        if self.problems is None:
            return
        alone(item, self.note)
        if name not in known:
            entry = item.get("name") if isinstance(item, Pairs) else None
            what = f"{quoted(name)} is not inherited: there is nothing to leave out"
            advice = nearest(name, list(known)) if known else "remove it"
            self.note(entry.value if entry else item, what, advice)

    def note(self, node: Node, what: str, advice: str) -> None:
        """Notes a problem at a node."""
        if self.problems is not None:
            self.problems.append(Problem(place(self.file, node), what, advice))


def without(node: Pairs, *names: str) -> Pairs:
    """A mapping without some of its keys."""
    return node._replace(entries=[each for each in node.entries if each.key.text not in names])


def put(node: Pairs, name: str, held: Node) -> Pairs:
    """A mapping with another value at a key that it has, or with a new key at the end."""
    new = Entry(Scalar(name, True, held.line, held.column, held.file), held)
    if node.get(name) is None:
        return node._replace(entries=[*node.entries, new])
    entries = [Entry(e.key, held) if e.key.text == name else e for e in node.entries]
    return node._replace(entries=entries)
