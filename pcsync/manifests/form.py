"""A form: one schema made ready to read trees with, and to check what was read.

Owns the order of the two: what the reader refused is not refused a second time by the schema. Must
not import yaml or jsonschema.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any

from pcsync.manifests.check import Fault, checker
from pcsync.manifests.explain import explain
from pcsync.manifests.nodes import Node
from pcsync.manifests.reading import Reading, read
from pcsync.manifests.scalars import Complaint
from pcsync.manifests.shape import Shape, shape_of
from pcsync.manifests.words import quoted
from pcsync.model import Place

ABOUT_CHILDREN = frozenset({"additionalProperties", "required", "oneOf"})


@dataclass(frozen=True, slots=True)
class Form:
    """A schema, its shape for reading and its checker."""

    schema: Mapping[str, Any]
    shape: Shape
    faults: Callable[[Any], list[Fault]]

    def read(self, node: Node, file: str, place: Place) -> Reading:
        """The values of a tree with all its problems. Never raises."""
        reading = read(node, self.shape, file, place)
        refused = frozenset(reading.faulty)
        said: set[str] = set()
        for fault in self.faults(reading.value):
            if fault.name not in refused and fault.name not in said:
                _tell(reading, fault, said)
        return reading


def form_of(schema: Mapping[str, Any]) -> Form:
    """The form of a schema. Slow: made once per kind and run."""
    return Form(schema, shape_of(schema), checker(schema))


def _tell(reading: Reading, fault: Fault, said: set[str]) -> None:
    """Puts a fault into words; of one value's own faults only the first is told."""
    if fault.keyword not in ABOUT_CHILDREN:
        said.add(fault.name)
    written = reading.outside.get(fault.name)
    for told in explain(fault):
        complaint = told.complaint
        if written is not None:
            # What a variable holds is not shown: it may have been meant for something else.
            what = f"what {quoted(written)} stands for can't be used here"
            complaint = Complaint(what, complaint.advice)
        reading.problem(told.name, complaint)
