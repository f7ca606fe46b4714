"""Trees of documents to declared things, each document once all that it takes from is there.

Owns the order: what stands alone at once, then what extends blueprints, then the people who have a
persona of a customer. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field

from pcsync.errors import Problem
from pcsync.manifests.blueprints import EMPTY, Blueprints, extended, held
from pcsync.manifests.declared import Declared, Declaring
from pcsync.manifests.grammar import EXTENDS, Grammar
from pcsync.manifests.merge import Merging, put, without
from pcsync.manifests.nodes import Items, Node, Pairs, filed, text_at
from pcsync.manifests.omitted import left_out
from pcsync.manifests.people import PERSONA, People, Personas, personas_of
from pcsync.manifests.spec import API_VERSION, BLUEPRINT
from pcsync.model import Address


@dataclass(slots=True)
class Inheriting:
    """What the documents of a run declare. `keep` names a document whose merged tree is kept."""

    known: Mapping[str, Grammar]
    problems: list[Problem]
    keep: str | None = None
    kept: Node | None = None
    declared: list[Declared] = field(default_factory=list)
    extending: list[tuple[Pairs, str, Grammar]] = field(default_factory=list)
    people: list[tuple[Pairs, str, Grammar]] = field(default_factory=list)
    personas: dict[str, Personas] = field(default_factory=dict)
    omitted: set[Address] = field(default_factory=set)
    blueprints: Blueprints = field(init=False)

    def __post_init__(self) -> None:
        """Problems of blueprints go where all others go."""
        self.blueprints = Blueprints(self.problems)

    def take(self, node: Node, file: str) -> None:
        """One document, now or once others are known."""
        grammar = self.grammar(node)
        spec = held(node, "spec")
        if grammar is None or not isinstance(node, Pairs) or not isinstance(spec, Pairs):
            self.plain(node, file)
        elif not grammar.has(EXTENDS):
            self.people.append((node, file, grammar))
        elif isinstance(held(spec, EXTENDS), Items):
            self.extending.append((node, file, grammar))
        else:
            self.whole(node, file, grammar)

    def grammar(self, node: Node) -> Grammar | None:
        """The grammar of a document that may take something from others."""
        title = text_at(node, "kind") or ""
        grammar = self.known.get(title)
        if grammar is None or title == BLUEPRINT or text_at(node, "apiVersion") != API_VERSION:
            return None
        return grammar if grammar.has(EXTENDS) or grammar.has(PERSONA) else None

    def plain(self, node: Node, file: str) -> None:
        """Reads a document as it is; a blueprint is checked and kept for others."""
        found = Declaring(self.known, file, self.problems).document(node)
        if text_at(node, "kind") == BLUEPRINT and isinstance(node, Pairs):
            self.blueprints.add(node, file)
        elif found is not None:
            self.declared.append(found)

    def finish(self, *, complete: bool) -> list[Declared]:
        """Everything declared, once the last file was read."""
        self.blueprints.complete = complete
        self.blueprints.check()
        for node, file, grammar in self.extending:
            self.extend(node, file, grammar)
        for node, file, grammar in self.people:
            self.person(node, file, grammar)
        return self.declared

    def extend(self, node: Pairs, file: str, grammar: Grammar) -> None:
        """A document upon its blueprints; with problems of these it is not looked into."""
        spec = filed(held(node, "spec") or EMPTY, file)
        below = self.blueprints.below(spec, grammar) if isinstance(spec, Pairs) else None
        if below is None or not isinstance(spec, Pairs):
            self.declared.append(Declaring(self.known, file, self.problems).unresolved(node))
        else:
            merging = Merging(grammar, file, self.problems)
            whole = extended(node, below, merging)
            self.leave_out(whole, spec, grammar)
            self.whole(whole, file, grammar)

    def leave_out(self, whole: Pairs, own: Pairs, grammar: Grammar) -> None:
        """Keeps the addresses of what is inherited by no word."""
        name = text_at(held(whole, "metadata"), "name")
        spec = held(whole, "spec")
        if name is not None and isinstance(spec, Pairs):
            layers = self.blueprints.layers_of(own)
            self.omitted |= set(left_out(name, layers, spec, self.known, grammar))

    def whole(self, node: Pairs, file: str, grammar: Grammar) -> None:
        """A document with everything it takes from others, and what it says of its people."""
        spec = held(node, "spec")
        name = text_at(held(node, "metadata"), "name")
        if isinstance(spec, Pairs):
            personas = personas_of(grammar, spec, file)
            if name is not None:
                self.personas.setdefault(name, personas)
            node = put(node, "spec", People(file, self.problems, personas).nested(grammar, spec))
        if name is not None and name == self.keep:
            spec = held(node, "spec")
            bare = without(spec, EXTENDS) if isinstance(spec, Pairs) else EMPTY
            self.kept = filed(put(node, "spec", bare), file)
        self.plain(node, file)

    def person(self, node: Pairs, file: str, grammar: Grammar) -> None:
        """A person who is a document of its own; personas are those of the customer."""
        spec = held(node, "spec")
        if isinstance(spec, Pairs):
            customer = text_at(spec, grammar.owner or "") or ""
            people = People(file, self.problems, self.personas.get(customer))
            node = put(node, "spec", people.one(spec))
        self.plain(node, file)
