"""Subscription: seats of a product, bought for a term."""

from pcsync.kinds.subscription.kind import SubscriptionKind

KIND = SubscriptionKind()

__all__ = ["KIND"]
