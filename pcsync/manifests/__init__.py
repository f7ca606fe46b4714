"""The first stage: YAML files to desired resources, each with its place; settings; JSON schemas.

Owns the language of manifest-reference.md as far as it is the same for all kinds. May import the
nouns, the errors and the contract of kinds; never requests, click or another stage.
"""

from pcsync.manifests.loading import Manifests, load, render
from pcsync.manifests.lock import Lock, dump_lock, load_lock, parse_lock
from pcsync.manifests.project import (
    Attestation,
    Network,
    Partner,
    Project,
    Reference,
    SignIn,
    load_project,
)
from pcsync.manifests.publish import schema_files

__all__ = [
    "Attestation",
    "Lock",
    "Manifests",
    "Network",
    "Partner",
    "Project",
    "Reference",
    "SignIn",
    "dump_lock",
    "load",
    "load_lock",
    "load_project",
    "parse_lock",
    "render",
    "schema_files",
]
