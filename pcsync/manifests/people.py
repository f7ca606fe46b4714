"""What a customer says of its people at once: `userDefaults` below each user's own fields, and the
licences of a user's `persona`.

Works on trees, so that every value keeps its place. Pure. Must not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from pcsync.errors import Problem
from pcsync.manifests import merge
from pcsync.manifests.grammar import Grammar
from pcsync.manifests.nodes import Items, Node, Outside, Pairs, Scalar, filed, place
from pcsync.manifests.reading import is_nothing
from pcsync.manifests.words import nearest, quoted

USERS, DEFAULTS, PERSONAS = "users", "userDefaults", "personas"
PERSONA, LICENSES, UPN, DOMAIN = "persona", "licenses", "userPrincipalName", "domain"
PLUS = "+"

Personas = Mapping[str, Items | None]


def sound_fields(grammar: Grammar, name: str, node: Node | None, file: str) -> Pairs | None:
    """A mapping of defaults without what has problems: these are told once, where they stand."""
    if not isinstance(node, Pairs):
        return None
    form = grammar.parts[name]
    faulty = {each.partition(".")[0] for each in form.read(node, file, place(file, node)).faulty}
    return merge.without(node, *faulty)


def personas_of(grammar: Grammar, spec: Pairs, file: str) -> Personas:
    """The personas of a customer; None for one with problems."""
    entry = spec.get(PERSONAS)
    if entry is None or not isinstance(entry.value, Pairs):
        return {}
    found: dict[str, Items | None] = {each.key.text: None for each in entry.value.entries}
    sound = sound_fields(grammar, PERSONAS, entry.value, file)
    for each in sound.entries if sound else ():
        if isinstance(each.value, Items):
            own = filed(each.value, file)
            found[each.key.text] = own if isinstance(own, Items) else None
    return found


@dataclass(frozen=True, slots=True)
class People:
    """The people of one document. `personas` is None where nobody knows them."""

    file: str
    problems: list[Problem]
    personas: Personas | None

    def nested(self, grammar: Grammar, spec: Pairs) -> Pairs:
        """A customer's specification with everything said in each of its users."""
        users = spec.get(USERS)
        if users is None or not isinstance(users.value, Items):
            return spec
        entry = spec.get(DEFAULTS)
        defaults = sound_fields(grammar, DEFAULTS, entry.value if entry else None, self.file)
        shape = grammar.inside[USERS].form.shape
        items: list[Node] = []
        for user in users.value.items:
            if isinstance(user, Pairs) and defaults is not None:
                below = merge.without(defaults, DOMAIN)
                domain = defaults.get(DOMAIN)
                user = _completed(user, domain.value if domain else None)
                user = merge.pairs(below, user, shape)
            items.append(self.one(user) if isinstance(user, Pairs) else user)
        return merge.put(spec, USERS, users.value._replace(items=items))

    def one(self, user: Pairs) -> Pairs:
        """A user with the licences of the persona."""
        persona, own = user.get(PERSONA), user.get(LICENSES)
        word = persona.value if persona else None
        named = isinstance(word, Scalar) and not is_nothing(word)
        listed = own.value if own and isinstance(own.value, Items) else None
        given = self.licenses(word) if named and isinstance(word, Scalar) else None
        if listed is None:
            if given is None or own is not None or word is None:
                return user
            whole = Items(given.items, word.line, word.column, word.file)
            return merge.put(user, LICENSES, whole)
        added = [_added(item) for item in listed.items]
        if not any(added):
            return user
        self.check(listed, named=named)
        both = zip(added, listed.items, strict=True)
        plain = [new or item for new, item in both if named or new is None]
        inherited = given.items if given else []
        return merge.put(user, LICENSES, listed._replace(items=[*inherited, *plain]))

    def licenses(self, word: Scalar) -> Items | None:
        """The licences of a persona; a name that is none is a problem."""
        if self.personas is None:
            return None
        if word.text not in self.personas:
            known = list(self.personas)
            advice = nearest(word.text, known) if known else "add it to the customer's `personas`"
            self.note(word, f"`persona`: {quoted(word.text)} is not a persona here", advice)
            return None
        return self.personas[word.text]

    def check(self, listed: Items, *, named: bool) -> None:
        """Notes a `+` without a persona, and lists in which only some entries have one."""
        for item in listed.items:
            if named and _added(item) is None and not _empty(item):
                what = "an entry without `+` beside entries with it"
                self.note(item, what, "write `+` before every entry, or before none")
            elif not named and _added(item) is not None:
                what = "`+` adds to the licences of a persona, and there is none"
                self.note(item, what, "remove the `+`, or say which `persona` it is")

    def note(self, node: Node, what: str, advice: str) -> None:
        """Notes a problem at a node."""
        self.problems.append(Problem(place(self.file, node), what, advice))


def _empty(node: Node) -> bool:
    return isinstance(node, Scalar) and is_nothing(node)


def _completed(user: Pairs, domain: Node | None) -> Pairs:
    """A user whose sign-in name has the domain, where it was written without one."""
    entry = user.get(UPN)
    if entry is None or not isinstance(domain, Scalar) or not isinstance(entry.value, Scalar):
        return user
    local = entry.value
    if "@" in _meant(local) or is_nothing(local) or not local.text:
        return user
    whole = local._replace(
        text=f"{local.text}@{domain.text}",
        plain=local.plain and domain.plain,
        outside=_outside(local, domain),
    )
    return merge.put(user, UPN, whole)


def _meant(node: Scalar) -> str:
    """The text that is read."""
    return node.outside.text or "" if node.outside else node.text


def _outside(local: Scalar, domain: Scalar) -> Outside | None:
    """What both stand for; what is wrong with one is wrong with the whole."""
    found = [each.outside for each in (local, domain) if each.outside]
    wrong = next((each for each in found if each.text is None), None)
    return wrong or (Outside(f"{_meant(local)}@{_meant(domain)}") if found else None)


def _added(item: Node) -> Node | None:
    """An entry without its `+`; None where it has none."""
    if isinstance(item, Scalar):
        found = item.text.startswith(PLUS) and not item.text.startswith(PLUS * 2)
        return item._replace(text=item.text[1:], plain=False) if found and item.text[1:] else None
    for entry in item.entries if isinstance(item, Pairs) else ():
        inner = _added(entry.value) if isinstance(entry.value, Scalar) else None
        if inner is not None and isinstance(item, Pairs):
            return merge.put(item, entry.key.text, inner)
    return None
