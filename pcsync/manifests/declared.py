"""Trees to declared things: one document of its own with everything nested in it.

Owns the envelope (apiVersion, kind, metadata, spec) and the unfolding of nested kinds. Nothing is
built here: a declared thing is as the schema wants it, or `sound` is false. Must not import yaml or
jsonschema.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.errors import Problem
from pcsync.manifests import merge
from pcsync.manifests.grammar import LATER_KINDS, SETTINGS_KIND, Grammar, Inside
from pcsync.manifests.nodes import Items, Node, Pairs, Scalar, place, text_at
from pcsync.manifests.reading import EMPTY_ITEM, Reading, is_nothing
from pcsync.manifests.spec import API_VERSION
from pcsync.manifests.words import nearest, quoted
from pcsync.model import NOTHING, Place

NOTHING_INHERITED = (
    "`omit`: nothing is inherited here that could be left out",
    "remove it, or extend the blueprint that has it",
)
EXCLUSIVE = "exclusive"


@dataclass(frozen=True, slots=True)
class Declared:
    """One thing as written. `owner` is the name of its owner where it is a document of its own;
    `owned` the collections held as a whole: name of the kind, place of the key, and the word of
    `exclusive` where it says so. Of one that is not `whole` nobody knows what else is in it."""

    grammar: Grammar
    place: Place
    name: str | None = None
    owner: str | None = None
    spec: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    places: Mapping[str, Place] = field(default_factory=lambda: NOTHING)
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    text: str | None = None
    children: tuple[Declared, ...] = ()
    owned: tuple[tuple[str, Place, str], ...] = ()
    sound: bool = True
    whole: bool = True


@dataclass(frozen=True, slots=True)
class Declaring:
    """What it takes to read one file: the grammars by title, and where problems go."""

    grammars: Mapping[str, Grammar]
    file: str
    problems: list[Problem]

    def document(self, node: Node) -> Declared | None:
        """The thing a document declares; None where it can't be told what it is."""
        grammar = self.grammar(node)
        if grammar is None or not isinstance(node, Pairs):
            return None
        start = place(self.file, node)
        if text_at(node, "apiVersion") != API_VERSION:
            return self.of_other_version(node, grammar, start)
        envelope = grammar.envelope.read(node, self.file, start)
        self.problems.extend(envelope.problems)
        metadata = envelope.value.get("metadata")
        metadata = metadata if isinstance(metadata, dict) else {}
        spec = envelope.nested.get("spec")
        if not isinstance(spec, Pairs):
            return Declared(grammar, start, name=_text(metadata.get("name")), sound=False)
        reading = grammar.spec.read(spec, self.file, envelope.at("spec"))
        self.problems.extend(reading.problems)
        omitted = merge.omits(spec)
        if omitted:
            self.note(spec, *NOTHING_INHERITED)
        sound = not (envelope.problems or omitted)
        return self.thing(grammar, reading, start, metadata, sound=sound)

    def unresolved(self, node: Pairs) -> Declared:
        """A document that starts from something with problems: only its name is known."""
        grammar, metadata = self.grammars[text_at(node, "kind") or ""], node.get("metadata")
        name = text_at(metadata.value, "name") if metadata else None
        start = place(self.file, node)
        return Declared(grammar, start, name=name, sound=False, whole=False)

    def of_other_version(self, node: Pairs, grammar: Grammar, start: Place) -> Declared:
        """A document that isn't written in this language: only what it would be is known."""
        self.version(node)
        metadata, spec = node.get("metadata"), node.get("spec")
        name = text_at(metadata.value, "name") if metadata else None
        owner = text_at(spec.value, grammar.owner) if spec and grammar.owner else None
        return Declared(grammar, start, name=name, owner=owner, sound=False)

    def grammar(self, node: Node) -> Grammar | None:
        """The grammar of a document by its kind; where there is none, problems are noted."""
        if not isinstance(node, Pairs):
            self.note(node, "not a manifest", "begin with `apiVersion: pcsync/v1` and `kind:`")
            return None
        title = text_at(node, "kind")
        if title is not None and title in self.grammars:
            return self.grammars[title]
        if text_at(node, "apiVersion") != API_VERSION:
            self.version(node)
        self.kind(node, title)
        return None

    def version(self, node: Pairs) -> None:
        """Notes that the document is not written for this version of the language."""
        entry, version = node.get("apiVersion"), text_at(node, "apiVersion")
        advice = f"write `apiVersion: {API_VERSION}`"
        if entry is None or not version:
            self.note(entry.value if entry else node, "`apiVersion` is missing", advice)
        else:
            self.note(entry.value, f"`apiVersion`: {quoted(version)} is not known", advice)

    def kind(self, node: Pairs, title: str | None) -> None:
        """Notes that there is no such kind, or not yet."""
        entry = node.get("kind")
        at = entry.value if entry else node
        if not title:
            known = nearest("", list(self.grammars))
            self.note(at, "`kind` is missing", f"say what it declares; {known}")
        elif title in LATER_KINDS:
            self.note(at, f"`kind`: {quoted(title)} is not supported yet", "remove the document")
        elif title == SETTINGS_KIND:
            advice = "move it to `pcsync.yaml` in the working directory"
            self.note(at, f"`kind`: {quoted(title)} holds settings and is no manifest", advice)
        else:
            advice = nearest(title, list(self.grammars))
            self.note(at, f"`kind`: {quoted(title)} is not a kind", advice)

    def thing(
        self,
        grammar: Grammar,
        reading: Reading,
        start: Place,
        metadata: Mapping[str, Any],
        *,
        sound: bool = True,
    ) -> Declared:
        """A declared thing out of what was read of it, with everything nested in it."""
        spec = reading.value if isinstance(reading.value, dict) else {}
        for name in reading.nested:
            spec.pop(name, None)
        reading.places[""] = start
        return Declared(
            grammar,
            start,
            name=_text(metadata.get("name")) or _text(spec.pop("name", None)),
            owner=_text(spec.pop(grammar.owner, None)) if grammar.owner else None,
            spec=spec,
            places=reading.places,
            labels=metadata.get("labels", NOTHING),
            annotations=metadata.get("annotations", NOTHING),
            children=tuple(self.children(grammar, reading)),
            owned=tuple(self.owned(grammar, reading)),
            sound=sound and not reading.problems,
        )

    def children(self, grammar: Grammar, reading: Reading) -> Iterator[Declared]:
        """The things nested in a thing, in the order they were written."""
        for name, node in reading.nested.items():
            inside = grammar.inside.get(name)
            if inside is None:
                continue
            if isinstance(node, Items) and inside.many:
                for item in node.items:
                    yield self.nested(inside, item, place(self.file, item))
            elif isinstance(node, Pairs) and not inside.many:
                yield self.nested(inside, node, reading.at(name))

    def nested(self, inside: Inside, node: Node, start: Place) -> Declared:
        """One nested thing, written as a mapping or, where that is allowed, as plain text."""
        grammar = self.grammars[inside.title]
        if isinstance(node, Scalar) and is_nothing(node):
            self.note(node, *EMPTY_ITEM)
            return Declared(grammar, start, sound=False)
        if isinstance(node, Scalar) and inside.text is not None:
            reading = inside.text.read(node, self.file, start)
            self.problems.extend(reading.problems)
            return Declared(grammar, start, text=node.text, sound=not reading.problems)
        if merge.omits(node):
            return self.left_out(inside, node, Declared(grammar, start, sound=False))
        reading = inside.form.read(node, self.file, start)
        self.problems.extend(reading.problems)
        return self.thing(grammar, reading, start, NOTHING)

    def left_out(self, inside: Inside, node: Node, empty: Declared) -> Declared:
        """An item that is not to be inherited: a blueprint may say so, nobody else is left to."""
        if inside.partial:
            merge.alone(node, self.note)
        else:
            self.note(node, *NOTHING_INHERITED)
        return empty

    def owned(self, grammar: Grammar, reading: Reading) -> Iterator[tuple[str, Place, str]]:
        """The collections that stand there and are the whole truth, or are said to be."""
        value = reading.value if isinstance(reading.value, dict) else {}
        words = value.get(EXCLUSIVE, ())
        for name, inside in grammar.inside.items():
            kind = self.grammars[inside.title].kind.name
            if inside.owns and isinstance(reading.nested.get(name), Items):
                yield kind, reading.at(name), ""
            elif name in words:
                yield kind, reading.at(EXCLUSIVE), name

    def note(self, node: Node, what: str, advice: str) -> None:
        """Notes a problem at a node."""
        self.problems.append(Problem(place(self.file, node), what, advice))


def _text(value: object) -> str | None:
    """A text, or None where something else was written and a problem says so."""
    return value if isinstance(value, str) else None
