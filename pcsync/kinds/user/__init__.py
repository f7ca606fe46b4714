"""User: a person's account in a customer tenant."""

from pcsync.kinds.user.kind import UserKind

KIND = UserKind()

__all__ = ["KIND"]
