"""What was done and what was mailed: two lists for admins."""

from urllib.parse import urlencode
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Q
from django.forms import UUIDField
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib.pages import SIZE, page_of_rows
from tenants import queries
from tenants.actions.mail import resend_mail
from tenants.deeds import SENTENCES, Deed
from tenants.doors import needs
from tenants.models import OutgoingMail


@needs("audit.see")
@require_safe
def audit(request: HttpRequest, slug: str) -> HttpResponse:
    """Who did what, newest first. Pages go by cursor, so they stay put while rows are added."""
    words, verb = request.GET.get("q", "")[:100], request.GET.get("verb", "")
    entries = queries.audit_entries(
        words=words, verb=verb if verb in SENTENCES else "", object_id=_uuid(request, "object")
    )
    before = _uuid(request, "before")
    if before:
        last = get_object_or_404(queries.audit_entries(), id=before)
        entries = entries.filter(Q(at__lt=last.at) | Q(at=last.at, id__lt=last.id))
    rows = list(entries[: SIZE + 1])
    more = rows[SIZE:]
    rows = rows[:SIZE]
    older = "?" + urlencode({**request.GET.dict(), "before": rows[-1].id}) if more else ""
    context = {
        "deeds": [Deed(entry) for entry in rows],
        "words": words,
        "verb": verb,
        "verbs": sorted((str(sentence), verb) for verb, sentence in SENTENCES.items()),
        "object_id": request.GET.get("object", ""),
        "older_url": older,
        "filtered": bool(words or verb or request.GET.get("object") or before),
    }
    return render(request, "tenants/audit.html", context)


def _uuid(request: HttpRequest, name: str) -> str:
    try:
        return str(UUIDField(required=False).clean(request.GET.get(name, "")) or "")
    except ValidationError as problem:
        raise Http404 from problem


@needs("tenant.manage")
@require_safe
def mail_log(request: HttpRequest, slug: str) -> HttpResponse:
    """Mail of this tenant and what became of it. Bodies are not shown: they may hold links that let someone in."""
    state = request.GET.get("state", "")
    state = state if state in OutgoingMail.State.values else ""
    page = page_of_rows(queries.mail(request.tenant, state=state), request, counted=True)
    context = {"state": state, "states": OutgoingMail.State.choices, "page": page}
    return render(request, "tenants/mail_log.html", context)


@needs("tenant.manage")
@require_POST
def mail_resend(request: HttpRequest, slug: str, mail: UUID) -> HttpResponse:
    """Try again to send what was given up."""
    found = resend_mail(by=request.member, mail=get_object_or_404(queries.mail(request.tenant), id=mail))
    messages.success(request, _("We try again to send it to %(to)s.") % {"to": found.to})
    return redirect("mail_log", slug)
