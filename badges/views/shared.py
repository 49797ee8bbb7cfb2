"""What someone sees who was given a link to a passport: no sign-in, no traces, and a plain word when it has ended."""

from collections.abc import Callable
from functools import wraps

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_safe

from badges.links import all_entries_for, entries_for, link_at
from badges.models import PassportLink
from badges.openbadges.content import normal_email
from badges.passport import totals
from badges.passport_files import Showing, clr_parts, csv_of
from badges.passport_forms import EmailForm
from badges.views.files import clr_answer, pdf_answer, who
from lib.pages import page_of_rows

SIZE = 60
Shown = Callable[[HttpRequest, PassportLink], HttpResponse]


def by_link(view: Shown) -> Callable[..., HttpResponse]:
    """Find the link: 404 where there is none, 410 with a sentence where it has ended. Nothing is stored."""

    @wraps(view)
    def guarded(request: HttpRequest, token: str) -> HttpResponse:
        link = link_at(token)
        if link is None:
            raise Http404
        if link.is_open:
            with timezone.override(link.tenant.zone):  # the page is in no tenant, but its dates are those of one
                response = view(request, link)
        else:
            response = render(request, "badges/passport_gone.html", {"link": link}, status=410)
        response["X-Robots-Tag"] = "noindex, nofollow"
        response["Cache-Control"] = "private, no-store"
        # The address is a secret, so no other site hears it. With “no-referrer” browsers send no origin with the form.
        response["Referrer-Policy"] = "same-origin"
        return response

    return guarded


@by_link
def shared_passport(request: HttpRequest, link: PassportLink) -> HttpResponse:
    """The passport of a person for one audience; and whether an e-mail address is theirs, where they allow to ask."""
    entries, cut = entries_for(link)
    form = EmailForm(request.POST or None) if link.check_email else None
    asked = form is not None and request.method == "POST"
    fits = None
    if asked and form.is_valid():
        fits = normal_email(form.cleaned_data["email"]) == normal_email(link.earner.email)
    everything, each_year = totals(entries)
    context = {
        "link": link,
        "token": request.resolver_match.kwargs["token"],
        "name": link.earner.get_full_name() if link.show_name else "",
        "page": page_of_rows(entries, request, size=SIZE),
        "count": len(entries),
        "total": everything,
        "years": each_year,
        "form": form,
        "fits": fits,
        "parts": clr_parts(entries),
        "cut": cut,
    }
    return render(request, "badges/passport_shared.html", context, status=422 if asked and fits is None else 200)


@require_safe
@by_link
def shared_pdf(request: HttpRequest, link: PassportLink) -> HttpResponse:
    """The same entries on paper."""
    return pdf_answer(_showing(link))


@require_safe
@by_link
def shared_clr(request: HttpRequest, link: PassportLink) -> HttpResponse:
    """The same entries as a signed record (CLR 2.0)."""
    return clr_answer(_showing(link), request)


def _showing(link: PassportLink) -> Showing:
    name = link.earner.get_full_name() if link.show_name else ""
    recipient = who(link.earner, named=link.show_name, hashed=link.check_email)
    entries, cut = entries_for(link)
    return Showing(entries, link.tenant, name, recipient, audience=link.label, cut=cut)


@require_safe
@by_link
def shared_csv(request: HttpRequest, link: PassportLink) -> HttpResponse:
    """The same entries as a table, with those that are too old for the page."""
    return csv_of(all_entries_for(link))
