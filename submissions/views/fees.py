"""The earner's side of a fee: what is due, a voucher, an invoice to print."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.methods import get_and_post
from submissions import queries
from submissions.actions.paying import invoice, redeem
from submissions.fee_forms import CodeForm
from submissions.fees import fee_for, fee_of, is_free_for, money_of, payments_of
from submissions.payments import adapter
from tenants.doors import members_only
from tenants.views.shared import done


@members_only
@get_and_post
@never_cache
def work_fee(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """What the work costs and how that stands; POST uses a voucher."""
    submission = queries.work_of(request.member, work)
    money = fee_of(submission.edition)
    if money is None:
        raise Http404
    form = CodeForm(request.POST or None)
    if request.method == "POST" and done(
        form, lambda: redeem(by=request.member, work=submission.work, code=form.cleaned_data["code"])
    ):
        messages.success(request, _("Your voucher counts. Nothing is left to pay."))
        return redirect("work", slug, work)
    fee = fee_for(submission.work)
    context = {
        "submission": submission,
        "fee": fee,
        "money": money_of(fee) if fee else money,
        "is_free": not (fee and fee.is_settled) and is_free_for(submission.work, request.tenant),
        "pay_url": adapter().pay_address(fee, request.tenant) if fee and fee.state == "invoiced" else "",
        "form": form,
    }
    return render(request, "submissions/fee.html", context, status=422 if form.is_bound else 200)


@members_only
@require_POST
def fee_ask(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """Ask for the invoice."""
    submission = queries.work_of(request.member, work)
    fee = invoice(by=request.member, work=submission.work)
    if fee.is_settled:
        return redirect("work_fee", slug, work)
    return redirect(adapter().pay_address(fee, request.tenant))


@members_only
@require_safe
@never_cache
def fee_invoice(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """The invoice, made to be printed."""
    submission = queries.work_of(request.member, work)
    fee = fee_for(submission.work)
    if fee is None or fee.invoice_number is None:
        raise Http404
    context = {"submission": submission, "fee": fee, "money": money_of(fee), "payments": list(payments_of(fee))}
    return render(request, "submissions/fee_invoice.html", context)
