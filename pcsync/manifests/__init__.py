"""The first stage: YAML files to desired resources, each with its place; settings; JSON schemas.

Owns the language of manifest-reference.md as far as it is the same for all kinds. May import the
nouns, the errors and the contract of kinds; never requests, click or another stage.
"""

from pcsync.manifests.load import Manifests, load

__all__ = ["Manifests", "load"]
