"""The nouns that every stage speaks: addresses, resources, views, actions, steps, plans.

Owns closed lists and plain frozen values. Must not import anything else of pcsync, do I/O, read a
clock or log.
"""

from pcsync.model.actions import (
    Action,
    Before,
    Change,
)
from pcsync.model.declared import (
    Document,
    Owns,
    Resource,
)
from pcsync.model.lists import (
    Can,
    Measure,
    Outcome,
    Severity,
    State,
    Verb,
    When,
)
from pcsync.model.names import (
    NOTHING,
    Address,
    Finding,
    Place,
)
from pcsync.model.plans import (
    ActionResult,
    Applied,
    Plan,
    StepResult,
    Totals,
)
from pcsync.model.steps import (
    All,
    AtLeast,
    Await,
    Call,
    Check,
    Condition,
    Edit,
    Empty,
    Every,
    Is,
    Keep,
    Not,
    Settle,
    Some,
    Step,
)
from pcsync.model.views import (
    Asked,
    Level,
    Pair,
    ProjectRules,
    Read,
    ReadState,
    View,
)

__all__ = [
    "NOTHING",
    "Action",
    "ActionResult",
    "Address",
    "All",
    "Applied",
    "Asked",
    "AtLeast",
    "Await",
    "Before",
    "Call",
    "Can",
    "Change",
    "Check",
    "Condition",
    "Document",
    "Edit",
    "Empty",
    "Every",
    "Finding",
    "Is",
    "Keep",
    "Level",
    "Measure",
    "Not",
    "Outcome",
    "Owns",
    "Pair",
    "Place",
    "Plan",
    "ProjectRules",
    "Read",
    "ReadState",
    "Resource",
    "Settle",
    "Severity",
    "Some",
    "State",
    "Step",
    "StepResult",
    "Totals",
    "Verb",
    "View",
    "When",
]
