"""Ways to pay a fee, each behind the same small interface."""

from submissions.payments.base import PaymentAdapter, adapter

__all__ = ["PaymentAdapter", "adapter"]
