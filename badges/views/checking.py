"""The page that checks any badge. It holds no transaction, since other servers may take their time."""

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _

from badges.checking import check_given
from badges.forms import CheckForm
from badges.home import is_ours
from badges.openbadges.said import said
from badges.throttles import may_check
from lib.errors import Invalid


@transaction.non_atomic_requests
def verify(request: HttpRequest) -> HttpResponse:
    """Check a badge by file, photo, text or address, and show every step. A link may carry an address of ours.

    An address elsewhere in a link is only filled in: a link must not make us fetch something.
    """
    if request.method != "POST" and not is_ours(request.GET.get("address", "")):
        return render(request, "badges/verify.html", {"form": CheckForm(initial=request.GET.dict())})
    form = CheckForm(request.POST, request.FILES) if request.method == "POST" else CheckForm(request.GET)
    if not form.is_valid():
        return render(request, "badges/verify.html", {"form": form}, status=422)
    if not may_check(request):
        form.add_error(None, _("You have checked many badges in a short time. Wait a minute, then try again."))
        return render(request, "badges/verify.html", {"form": form}, status=429)
    try:
        checked = check_given(form.given(), request.user)
    except Invalid as refusal:
        form.add_error(refusal.field, refusal.message)
        return render(request, "badges/verify.html", {"form": form}, status=422)
    told = {"report": checked.report, "said": said(checked.report)}
    return render(request, "badges/verify.html", {"form": form, **told})
