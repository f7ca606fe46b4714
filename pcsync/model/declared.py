"""What users write: documents, the resources they declare, collections held as a whole.

Must not import anything of pcsync outside the nouns.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from pcsync.model.lists import State
from pcsync.model.names import NOTHING, Address, Place


@dataclass(frozen=True, slots=True)
class Document:
    """One declared thing as a kind receives it: checked by its schema, scalars already typed.

    `text` is set instead of `spec` where a list item was written as plain text (``[m365]``).
    `owner` is the customer it belongs to, `parent` the resource it is nested in, if any.
    `seats` names, for this customer, what holds seats: name -> (address, pool or None if unknown).
    `places` gives the place of a field by its dotted name; `""` is the document itself.
    """

    kind: str
    name: str | None
    spec: Mapping[str, Any]
    place: Place
    places: Mapping[str, Place] = field(default_factory=lambda: NOTHING)
    owner: Address | None = None
    parent: Address | None = None
    text: str | None = None
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    seats: Mapping[str, tuple[Address, str | None]] = field(default_factory=lambda: NOTHING)

    def at(self, name: str = "") -> Place:
        """The place of a field, or of its nearest parent that was written."""
        while name and name not in self.places:
            name = name.rpartition(".")[0]
        return self.places.get(name, self.place)


@dataclass(frozen=True, slots=True)
class Resource:
    """One thing, desired or live; `spec` is always in manifest words, nested fields dotted.

    `remote` holds what only the service knows (ids, observed values), `holds` what it gives to (+)
    or takes from (-) each seat pool. Live resources that no manifest names have an address whose
    last part is ``#id``. `words` are those of the manifest alone, never sent and never compared:
    `onMissing`, `onRemove`, `protected`, `acknowledge`, `renamedFrom` and those of its kind.
    `labels` are those of its document, which choose the customers of a run.
    """

    address: Address
    spec: Mapping[str, Any]
    owner: Address | None = None
    state: State = State.PRESENT
    needs: frozenset[Address] = frozenset()
    remote: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    holds: Mapping[str, int] = field(default_factory=lambda: NOTHING)
    place: Place | None = None
    places: Mapping[str, Place] = field(default_factory=lambda: NOTHING)
    annotations: Mapping[str, str] = field(default_factory=lambda: NOTHING)
    words: Mapping[str, Any] = field(default_factory=lambda: NOTHING)
    labels: Mapping[str, str] = field(default_factory=lambda: NOTHING)

    def at(self, name: str = "") -> Place | None:
        """The place of a field in its manifest, or of the resource."""
        return self.places.get(name, self.place)


@dataclass(frozen=True, slots=True)
class Owns:
    """A collection the manifests hold as a whole: live members of `kind` below `owner` that are
    not declared are taken away, as far as their pools are managed by the customer's manifests.

    `word` is the one of `exclusive` that says so, empty where the list itself does.
    """

    owner: Address
    kind: str
    place: Place | None = None
    word: str = ""
