"""The first stage: YAML files to desired resources, each with its place; settings; JSON schemas.

Owns the language of manifest-reference.md as far as it is the same for all kinds. May import the
nouns, the errors and the contract of kinds; never requests, click or another stage.
"""

from pcsync.manifests.files import LOCK, SETTINGS
from pcsync.manifests.identity import Reference, SignIn
from pcsync.manifests.inline import with_ids
from pcsync.manifests.loading import Manifests, load, render
from pcsync.manifests.lock import Lock, dump_lock, load_lock, parse_lock
from pcsync.manifests.policies import load_policies
from pcsync.manifests.prices import load_prices, sheet_files
from pcsync.manifests.project import (
    Attestation,
    Network,
    Partner,
    Project,
    SeatCap,
    guarded,
    load_project,
)
from pcsync.manifests.publish import schema_files
from pcsync.manifests.running import AgeFile, Lease, Secrets
from pcsync.manifests.variables import Variables, allowed, of_base
from pcsync.manifests.words import nearest

__all__ = [
    "LOCK",
    "SETTINGS",
    "AgeFile",
    "Attestation",
    "Lease",
    "Lock",
    "Manifests",
    "Network",
    "Partner",
    "Project",
    "Reference",
    "SeatCap",
    "Secrets",
    "SignIn",
    "Variables",
    "allowed",
    "dump_lock",
    "guarded",
    "load",
    "load_lock",
    "load_policies",
    "load_prices",
    "load_project",
    "nearest",
    "of_base",
    "parse_lock",
    "render",
    "schema_files",
    "sheet_files",
    "with_ids",
]
