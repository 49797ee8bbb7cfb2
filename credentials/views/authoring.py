"""An author's lists, and the ways to start a draft."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from credentials.actions import editions
from credentials.exchange import read_json
from credentials.forms import ImportForm, NewForm
from credentials.models import Edition
from credentials.queries import drafts
from lib.errors import Invalid, RuleBroken
from lib.methods import get_and_post
from tenants.doors import members_only, needs
from tenants.roles import can, require


@require_safe
@needs("edition.write")
def author_home(request: HttpRequest, slug: str) -> HttpResponse:
    """My drafts, and what to do next with each."""
    return render(request, "credentials/author_home.html", {"drafts": drafts.open_drafts(request.tenant, request.user)})


@require_safe
@members_only
def author_published(request: HttpRequest, slug: str) -> HttpResponse:
    """What this tenant has published: to renew, copy or export (authors), or to retire (admins)."""
    if not can(request.member, "edition.retire"):
        require(request.member, "edition.see_drafts")
    context = {
        "editions": list(drafts.published_editions(request.tenant)),
        "can_write": can(request.member, "edition.write"),
        "can_retire": can(request.member, "edition.retire"),
    }
    return render(request, "credentials/author_published.html", context)


@get_and_post
@needs("edition.write")
def author_new(request: HttpRequest, slug: str) -> HttpResponse:
    """A title and where to start."""
    form = NewForm(request.POST or None, tenant=request.tenant, initial={"start": request.GET.get("copy")})
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        start = {"by": request.member, "title": chosen["title"], "id": chosen["id"]}
        try:
            if chosen["start"] is None:
                edition = editions.start_edition(**start)
            else:
                edition = editions.copy_edition(**start, edition=chosen["start"])
            return redirect("edition_editor", slug, edition.id)
        except (Invalid, RuleBroken) as refusal:
            form.add_error("title", refusal.message)
    return render(request, "credentials/author_new.html", {"form": form}, status=422 if form.errors else 200)


@get_and_post
@needs("edition.write")
def author_import(request: HttpRequest, slug: str) -> HttpResponse:
    """A whole edition from JSON. Every problem is listed with its place, and the text stays in the box."""
    form = ImportForm(request.POST or None, request.FILES or None, tenant=request.tenant)
    problems: dict[str, str] = {}
    if request.method == "POST" and form.is_valid():
        chosen = form.cleaned_data
        try:
            data = read_json(chosen["json"])
            edition = editions.import_edition(
                by=request.member, data=data, micro_credential=chosen["of"], id=chosen["id"]
            )
            messages.success(request, _("Imported. Read it through, then send it to a vetter."))
            return redirect("edition_editor", slug, edition.id)
        except Invalid as refusal:
            problems = refusal.facts.get("errors") or {"": refusal.message}
        except RuleBroken as refusal:
            form.add_error("of", refusal.message)
    failed = problems or form.errors
    if failed and form.read_from_file:  # a file cannot be put back into its field, so show what was in it
        form.data = {**form.data.dict(), "text": form.read_from_file}
    context = {"form": form, "problems": problems}
    return render(request, "credentials/author_import.html", context, status=422 if failed else 200)


@get_and_post
@needs("edition.write")
def edition_again(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """Start the next edition of something published."""
    found = drafts.edition_here(request.tenant, edition)
    if request.method == "POST":
        made = editions.new_edition(by=request.member, micro_credential=found.micro_credential)
        messages.success(request, _("This is edition %(n)s, with the text of the newest one.") % {"n": made.number})
        return redirect("edition_editor", slug, made.id)
    return render(request, "credentials/author_again.html", {"edition": found})


@get_and_post
@needs("edition.retire")
def edition_retire(request: HttpRequest, slug: str, edition: UUID) -> HttpResponse:
    """Take an edition out of the catalog, after one more look."""
    found = drafts.edition_here(request.tenant, edition)
    if request.method == "POST":
        editions.retire(by=request.member, edition=found)
        messages.success(request, _("“%(title)s” is retired.") % {"title": found.title})
        return redirect("author_published", slug)
    context = {"edition": found, "retirable": found.state == Edition.State.PUBLISHED}
    return render(request, "credentials/author_retire.html", context)
