"""Customer: a tenant under the partner, and its billing profile."""

from pcsync.kinds.customer.kind import CustomerKind

KIND = CustomerKind()

__all__ = ["KIND"]
