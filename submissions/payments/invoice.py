"""Paying by invoice: the earner prints it, the money comes by any way, an admin books it with its reference."""

from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from submissions.models import Fee
from submissions.payments.base import PaymentAdapter
from tenants.models import Tenant


class InvoiceAdapter(PaymentAdapter):
    """Needs no account anywhere, and works on the first day."""

    name = _("Invoice")

    def pay_address(self, fee: Fee, tenant: Tenant) -> str:
        """The invoice, to print or to pass on."""
        return reverse("fee_invoice", args=[tenant.slug, fee.work_id])

    def refund(self, fee: Fee) -> str:
        """Money that came by hand goes back by hand; the admin says how."""
        return ""
