"""Directory roles that a user can hold, with the ids of Microsoft Entra's role templates.

Imports nothing of pcsync outside the emulator.
"""

from __future__ import annotations

ROLES = {
    "62e90394-69f5-4237-9190-012177145e10": "Global Administrator",
    "f2ef992c-3afb-46b9-b7cf-a126ee74c451": "Global Reader",
    "729827e3-9c14-49f7-bb1b-9608f156bbb8": "Helpdesk Administrator",
    "fe930be7-5e62-47db-91af-98c3a49a38b1": "User Account Administrator",
    "f023fd81-a637-4b56-95fd-791ac0226033": "Service Support Administrator",
    "4d6ac14f-3453-41d0-bef9-a3e0c569773a": "License Administrator",
    "b0f54661-2d74-4c50-afa3-1ec803f12efe": "Billing Administrator",
    "29232cdf-9323-42fd-ade2-1d097af3e4de": "Exchange Administrator",
    "f28a1f50-f6e7-4571-818b-6a12f2af6b6c": "SharePoint Administrator",
    "194ae4cb-b126-40b2-bd5b-6091b380977d": "Security Administrator",
}
"""Role names by id."""


def role_id(word: str) -> str:
    """The id of a role given by id or name; an unknown name stands for itself."""
    names = {name.lower(): role for role, name in ROLES.items()}
    return word.lower() if word.lower() in ROLES else names.get(word.lower(), word)


def role_name(role: str) -> str:
    """The name of a role."""
    return ROLES.get(role, role)
