"""What Laurel asks of a way to pay. The setting PAYMENT_ADAPTER names the class that an installation uses."""

from abc import ABC, abstractmethod
from functools import lru_cache

from django.conf import settings
from django.utils.module_loading import import_string

from submissions.models import Fee
from tenants.models import Tenant


class PaymentAdapter(ABC):
    """One way to pay. It never decides that a fee is paid: `actions.paying.book_payment` does, once money arrived."""

    name: str  # what people call it

    @abstractmethod
    def pay_address(self, fee: Fee, tenant: Tenant) -> str:
        """Where the earner goes to pay an invoiced fee: a path of ours, or a whole address elsewhere."""

    @abstractmethod
    def refund(self, fee: Fee) -> str:
        """Send the money of a paid fee back and return the reference, or "" where a person does that by hand.

        Raises LaurelError when the money cannot be sent back; the fee then stays paid.
        """


@lru_cache(maxsize=1)
def _adapter(path: str) -> PaymentAdapter:
    named = import_string(path)
    if not (isinstance(named, type) and issubclass(named, PaymentAdapter)):
        raise TypeError(f"PAYMENT_ADAPTER names {path}, which is no PaymentAdapter")
    return named()


def adapter() -> PaymentAdapter:
    """The way to pay in this installation. Raises ImportError or TypeError when the setting is wrong."""
    return _adapter(settings.PAYMENT_ADAPTER)
