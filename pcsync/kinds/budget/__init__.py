"""Budget: the Azure spending budget of a customer."""

from pcsync.kinds.budget.kind import BudgetKind

KIND = BudgetKind()

__all__ = ["KIND"]
