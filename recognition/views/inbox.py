"""The recognizer's inbox: badges that fall under a rule, and the answers to them."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST, require_safe

from badges.models import Badge
from badges.outside import steps_of
from badges.page import results_of
from badges.queries import may_see
from badges.standing import state_now
from lib.ids import uuids
from lib.pages import page_of_rows
from recognition.actions import grants as actions
from recognition.forms import AskForm, DeclineForm
from recognition.models import Grant
from recognition.queries import grants as queries
from tenants.doors import needs
from tenants.roles import can


@require_safe
@needs("grant.see")
def inbox(request: HttpRequest, slug: str) -> HttpResponse:
    """What waits for an answer, and what was answered."""
    tab = request.GET.get("tab", "")
    tab = tab if tab in queries.TABS else "waiting"
    words = request.GET.get("q", "").strip()[:100]
    context = {
        "page": page_of_rows(queries.inbox(tab, words), request),
        "tab": tab,
        "q": words,
        "counts": queries.tab_counts(),
        "can_decide": can(request.member, "grant.decide"),
    }
    return render(request, "recognition/inbox.html", context)


@require_safe
@needs("grant.see")
def grant(request: HttpRequest, slug: str, grant: UUID) -> HttpResponse:
    """One badge under one rule, with all that is needed to answer."""
    return _grant_page(request, queries.grant_by_id(grant))


@require_POST
@needs("grant.decide")
def grant_honour(request: HttpRequest, slug: str, grant: UUID) -> HttpResponse:
    """Honor one, and go on to the next that waits."""
    honoured = actions.honour(by=request.member, grant=queries.grant_by_id(grant))
    messages.success(request, _("Honored. We email %(name)s.") % {"name": honoured.earned.recipient_name})
    return _onward(slug, honoured)


@require_POST
@needs("grant.decide")
def grant_ask(request: HttpRequest, slug: str, grant: UUID) -> HttpResponse:
    """Ask the earner something first."""
    found = queries.grant_by_id(grant)
    form = AskForm(request.POST, auto_id="ask_%s")
    if not form.is_valid():
        return _grant_page(request, found, status=422, ask_form=form)
    actions.ask(by=request.member, grant=found, text=form.cleaned_data["text"])
    messages.success(request, _("Your question is sent. It waits under “Asked” until there is an answer."))
    return redirect("grant", slug, grant)


@require_POST
@needs("grant.decide")
def grant_decline(request: HttpRequest, slug: str, grant: UUID) -> HttpResponse:
    """Say that it is not eligible, and why."""
    found = queries.grant_by_id(grant)
    form = DeclineForm(request.POST, auto_id="decline_%s")
    if not form.is_valid():
        return _grant_page(request, found, status=422, decline_form=form)
    declined = actions.decline(by=request.member, grant=found, reason=form.cleaned_data["reason"])
    messages.success(request, _("Sent with your reason. %(name)s keeps the badge.") % {"name": declined.earner})
    return _onward(slug, declined)


@require_POST
@needs("grant.decide")
def honour_chosen(request: HttpRequest, slug: str) -> HttpResponse:
    """Honor all that were ticked, in one go."""
    tally = actions.honour_all(by=request.member, grant_ids=uuids(request.POST.getlist("grant")))
    if not (tally.honoured or tally.own or tally.answered or tally.held):
        messages.warning(request, _("Nothing was chosen. Tick the ones to honor first."))
        return redirect("inbox", slug)
    parts = [ngettext("%(n)s honored.", "%(n)s honored.", tally.honoured) % {"n": tally.honoured}]
    if tally.answered:
        parts.append(
            ngettext("%(n)s was answered already.", "%(n)s were answered already.", tally.answered)
            % {"n": tally.answered}
        )
    if tally.held:
        parts.append(
            ngettext("%(n)s waits: the badge is on hold.", "%(n)s wait: the badges are on hold.", tally.held)
            % {"n": tally.held}
        )
    if tally.own:
        parts.append(
            ngettext("%(n)s is your own: a colleague has to answer it.", "%(n)s are your own.", tally.own)
            % {"n": tally.own}
        )
    say = messages.success if tally.honoured else messages.warning
    say(request, " ".join(parts))
    return redirect("inbox", slug)


def _grant_page(request: HttpRequest, found: Grant, *, status: int = 200, **forms: Any) -> HttpResponse:
    badge = found.badge
    context = {
        "grant": found,
        "conversation": list(found.messages.select_related("author")),
        "thing": found.earned,
        "outside_report": {"steps": steps_of(found.outside) if found.outside else []},
        "proof": state_now(badge.id) if badge else found.outside.state,
        "lines": results_of(badge.edition_id, badge.results) if badge else [],
        "badge_is_visible": badge is not None and may_see(request.user, badge),
        "is_on_hold": found.earned.state == Badge.State.SUSPENDED,  # the same word for badges from elsewhere
        "is_open": found.state in (Grant.State.PENDING, Grant.State.ASKED),
        "is_own": found.earner_id == request.user.id,
        "can_decide": can(request.member, "grant.decide", found),
        "ask_form": AskForm(auto_id="ask_%s"),
        "decline_form": DeclineForm(auto_id="decline_%s"),
        **forms,
    }
    return render(request, "recognition/grant.html", context, status=status)


def _onward(slug: str, done: Grant) -> HttpResponse:
    following = queries.next_waiting(done)
    return redirect("grant", slug, following.id) if following else redirect("inbox", slug)
