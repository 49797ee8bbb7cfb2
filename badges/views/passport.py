"""The passport of the person who is signed in: how it is arranged, its files, and the links by which it is shown."""

from collections.abc import Iterable
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from badges import passporting
from badges.completing import with_progress
from badges.links import address_of
from badges.models import PassportLink
from badges.passport import Entry, choices, entries_of, filtered, newest_of, totals
from badges.passport_files import Showing, clr_parts, csv_of
from badges.passport_forms import LinkForm
from badges.renewing import offers_of
from badges.terms import is_due
from badges.views.files import clr_answer, pdf_answer, who
from credentials.models import Stack
from lib.errors import Invalid
from lib.pages import page_of_rows
from lib.words import as_uuid
from tenants.doors import members_only

SIZE = 60  # entries on a page


def given_filters(request: HttpRequest) -> dict[str, str]:
    """What the page is filtered by, "" for all."""
    return {name: request.GET.get(name, "")[:100] for name in ("issuer", "year")}


@members_only
def passport(request: HttpRequest, slug: str) -> HttpResponse:
    """All of the person's badges, from every issuer, and how far they are with the stacks of this tenant."""
    entries, cut = newest_of(request.user)
    given = given_filters(request)
    found = filtered(entries, **given)
    everything, each_year = totals(entries)
    held = {entry.badge.stack_id for entry in entries if entry.badge and entry.badge.stack_id and entry.state == "good"}
    offered = Stack.objects.filter(tenant=request.tenant, state=Stack.State.PUBLISHED).exclude(id__in=held)
    page = page_of_rows(found, request, size=SIZE)
    offers = offers_of(entry.badge for entry in page.rows if entry.badge and is_due(entry.badge))
    context = {
        "page": page,
        "rows": [(entry, offers.get(entry.id)) for entry in page.rows],
        "count": len(entries) + (cut.left_out if cut else 0),
        "cut": cut,
        "total": everything,
        "years": each_year,
        "given": given,
        "is_filtered": any(given.values()),
        "choices": choices(entries),
        "parts": clr_parts(entry for entry in found if not entry.is_hidden),
        "stacks": with_progress(offered, request.user).filter(have__gt=0).order_by("title")[:20],
    }
    return render(request, "badges/passport.html", context)


@require_POST
@members_only
def arrange(request: HttpRequest, slug: str) -> HttpResponse:
    """Move or hide one entry, or go back to newest first; then show the page that the person was on."""
    how, entry = request.POST.get("do", ""), as_uuid(request.POST.get("entry", ""))
    if how == "newest":
        passporting.newest_first(by=request.member)
    elif entry is None:
        raise Invalid(_("This badge is not in your passport."), field="entry")
    else:
        passporting.arrange(by=request.member, entry=entry, how=how)
    answer = redirect("passport", slug)
    query = request.POST.get("query", "")[:300]
    if query and query.isascii() and query.isprintable():
        answer["Location"] += f"?{query}"
    if entry is not None:
        answer["Location"] += f"#e-{entry}"
    return answer


@members_only
def passport_csv(request: HttpRequest, slug: str) -> HttpResponse:
    """All of it as a table, for the renewal of a license; filtered as the page is, without what its owner hides."""
    return csv_of(_to_show(request, entries_of(request.user, whole=True)))


@members_only
def passport_pdf(request: HttpRequest, slug: str) -> HttpResponse:
    """The passport on paper, filtered as the page is."""
    return pdf_answer(_showing(request))


@members_only
def passport_clr(request: HttpRequest, slug: str) -> HttpResponse:
    """The passport as a signed record (CLR 2.0), `?part=` of it, without what its owner hides."""
    return clr_answer(_showing(request), request)


def _showing(request: HttpRequest) -> Showing:
    person = request.user
    entries, cut = newest_of(person)
    shown = _to_show(request, entries)
    return Showing(shown, request.tenant, person.get_full_name(), who(person, named=True), cut=cut)


def _to_show(request: HttpRequest, entries: Iterable[Entry]) -> list[Entry]:
    return [entry for entry in filtered(entries, **given_filters(request)) if not entry.is_hidden]


@members_only
def links(request: HttpRequest, slug: str) -> HttpResponse:
    """The links that were made to this passport, newest first, each with its address while it is open."""
    page = page_of_rows(PassportLink.objects.filter(earner=request.user).select_related("tenant"), request)
    rows = [(link, address_of(link) if link.is_open else "") for link in page.rows]
    return render(request, "badges/passport_links.html", {"page": page, "rows": rows})


@members_only
def link_new(request: HttpRequest, slug: str) -> HttpResponse:
    """Make a link for someone."""
    form = LinkForm(entries_of(request.user), request.POST or None)
    if request.method == "POST" and form.is_valid():
        try:
            passporting.make_link(by=request.member, **form.facts())
        except Invalid as refusal:
            form.add_error(refusal.field, refusal.message)
        else:
            messages.success(request, _("The link is made. Copy it and send it."))
            return redirect("passport_links", slug)
    status = 422 if form.is_bound else 200
    return render(request, "badges/passport_link_new.html", {"form": form}, status=status)


@require_POST
@members_only
def link_end(request: HttpRequest, slug: str, link: UUID) -> HttpResponse:
    """Switch a link off."""
    found = get_object_or_404(PassportLink, id=link, earner=request.user)
    passporting.end_link(by=request.member, link=found)
    messages.success(request, _("The link is switched off. Whoever opens it is told so."))
    return redirect("passport_links", slug)
