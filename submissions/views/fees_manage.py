"""Fees for admins: the list and its download, one fee, vouchers, and who pays nothing."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.downloads import csv_response
from lib.methods import get_and_post
from lib.pages import page_of_rows
from submissions import fees as queries
from submissions.actions import paying, vouchers
from submissions.fee_forms import GroupForm, StepForm, VoucherForm
from tenants.audit import record
from tenants.doors import needs
from tenants.views.shared import done


@needs("fee.manage")
@require_safe
def fees(request: HttpRequest, slug: str) -> HttpResponse:
    """Fees that are open, and those that are settled."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.TABS else "open"
    words = request.GET.get("q", "").strip()[:100]
    page = page_of_rows(queries.fees(tab, words), request, counted=True)
    context = {"page": page, "rows": [(fee, queries.money_of(fee)) for fee in page.rows], "tab": tab, "q": words}
    return render(request, "submissions/fees.html", context)


@needs("fee.manage")
@require_safe
def fees_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """Every fee, for the books. Who took it is on record, since it names people."""
    rows = [queries.CSV_COLUMNS, *queries.csv_rows(request.tenant)]
    record(request.member, "fees.exported", request.tenant, rows=len(rows) - 1)
    return csv_response(f"{slug}-fees-{request.tenant.local_date():%Y-%m-%d}.csv", rows)


@needs("fee.manage")
@get_and_post
def fee(request: HttpRequest, slug: str, fee: UUID) -> HttpResponse:
    """One fee and all that happened to it; POST notes what happened now."""
    found = queries.fee_by_id(fee)
    form = StepForm(request.POST or None, state=found.state)
    if request.method == "POST" and done(form, lambda: _take_step(request, found, **form.cleaned_data)):
        messages.success(request, _("Noted."))
        return redirect("fee", slug, fee)
    context = {
        "fee": found,
        "money": queries.money_of(found),
        "payments": list(queries.payments_of(found)),
        "form": form,
        "is_own": found.earner_id == request.user.id,
    }
    return render(request, "submissions/fee_manage.html", context, status=422 if form.is_bound else 200)


def _take_step(request: HttpRequest, found: Any, *, step: str, reference: str) -> None:
    if step == "paid":
        paying.book_payment(by=request.member, fee=found, reference=reference)
    elif step == "refund":
        paying.refund(by=request.member, fee=found, reference=reference)
    elif step == "waive":
        paying.waive(by=request.member, fee=found, reason=reference)
    else:
        paying.cancel(by=request.member, fee=found, reason=reference)


@needs("fee.manage")
@get_and_post
def fee_vouchers(request: HttpRequest, slug: str) -> HttpResponse:
    """Vouchers; POST makes one, and its code is shown this once."""
    form = VoucherForm(request.POST or None)
    made: list[tuple[Any, str]] = []
    if request.method == "POST" and done(
        form, lambda: made.append(vouchers.make_voucher(by=request.member, **form.cleaned_data))
    ):
        voucher, code = made[0]
        return render(request, "submissions/voucher_made.html", {"voucher": voucher, "code": code})
    page = page_of_rows(queries.vouchers(), request)
    context = {"form": form, "page": page, "today": request.tenant.local_date()}
    return render(request, "submissions/vouchers.html", context, status=422 if form.is_bound else 200)


@needs("fee.manage")
@require_POST
def voucher_withdraw(request: HttpRequest, slug: str, voucher: UUID) -> HttpResponse:
    """Nobody can use it from now on."""
    vouchers.withdraw_voucher(by=request.member, voucher=get_object_or_404(queries.vouchers(), id=voucher))
    messages.success(request, _("Withdrawn. What was settled with it stays settled."))
    return redirect("fee_vouchers", slug)


@needs("fee.manage")
@get_and_post
def fee_rules(request: HttpRequest, slug: str) -> HttpResponse:
    """Whose people pay nothing; POST adds a group."""
    form = GroupForm(request.POST or None, groups=queries.groups_to_free(request.tenant))
    if request.method == "POST" and done(
        form, lambda: vouchers.make_free(by=request.member, group=form.cleaned_data["group"])
    ):
        messages.success(request, _("Saved. They pay nothing from now on."))
        return redirect("fee_rules", slug)
    context = {"form": form, "rules": list(queries.free_groups())}
    return render(request, "submissions/fee_rules.html", context, status=422 if form.is_bound else 200)


@needs("fee.manage")
@require_POST
def fee_rule_end(request: HttpRequest, slug: str, rule: UUID) -> HttpResponse:
    """They pay again."""
    vouchers.end_free(by=request.member, rule=get_object_or_404(queries.free_groups(), id=rule))
    messages.success(request, _("Ended. What was settled stays settled."))
    return redirect("fee_rules", slug)
