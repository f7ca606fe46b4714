"""LicenseAssignment: a seat's SKU held by a person."""

from pcsync.kinds.license.kind import LicenseKind

KIND = LicenseKind()

__all__ = ["KIND"]
