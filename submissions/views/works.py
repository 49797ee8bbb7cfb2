"""My work, the task list of one work, and the way into it from the catalog."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from credentials.models import Edition
from credentials.queries import edition_parts, listed_editions, scoring_guides
from lib.errors import LaurelError
from lib.methods import get_and_post
from submissions import queries, talks
from submissions.actions import handing_in, works
from submissions.fees import fee_for, fee_of, is_free_for
from submissions.forms import GoalForm
from submissions.models import Submission, Work, WorkCard
from submissions.outline import Part, outline_of
from submissions.renewals import renewal_of
from tenants.doors import members_only
from tenants.roles import can, require
from tenants.scope import inside

_GROUPS = [
    (Work.State.RETURNED, gettext_lazy("Needs changes")),
    (Work.State.ACTIVE, gettext_lazy("In progress")),
    (Work.State.IN_REVIEW, gettext_lazy("With reviewers")),
    (Work.State.PASSED, gettext_lazy("Earned")),
    (Work.State.WITHDRAWN, gettext_lazy("Stopped")),
]


@members_only
@require_safe
@never_cache
def my_work(request: HttpRequest, slug: str) -> HttpResponse:
    """Everything the person has begun, in whatever tenant, the most urgent thing on top."""
    cards = list(queries.cards_of(request.user))
    context = {
        "groups": _grouped(cards),
        "hero": queries.next_card(cards),
        "can_earn": can(request.member, "work.start"),
    }
    return render(request, "submissions/my_work.html", context)


def _grouped(cards: Iterable[WorkCard]) -> list[tuple[str, str, list[WorkCard]]]:
    """(state, heading, cards) for each state that has any, the ones that need something first."""
    groups = [(str(state), str(label), [card for card in cards if card.state == state]) for state, label in _GROUPS]
    return [group for group in groups if group[2]]


@members_only
@require_safe
@never_cache
def work(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """The task list."""
    return _task_list(request, queries.work_of(request.member, work))


def _task_list(request: HttpRequest, submission: Submission, form: GoalForm | None = None) -> HttpResponse:
    outline = outline_of(submission)
    context = {
        "submission": submission,
        "work": submission.work,
        "outline": outline,
        "ready": [part for part in outline.parts if part.key == "about" or _is(part, "overview")],
        "evidence": [part for part in outline.parts if part.criterion and not _is(part, "overview")],
        "promise": outline.parts[-1],
        "earlier": queries.tries_of(submission.work),
        "talks": list(talks.conversations_of(submission.work)),
        **blocked(request, submission),
        "goal_form": form or GoalForm(initial={"goal_date": submission.work.goal_date}),
        **_after(request, submission),
    }
    return render(request, "submissions/work.html", context, status=422 if form else 200)


def _after(request: HttpRequest, submission: Submission) -> dict[str, Any]:
    """What comes after work that passed: `newer`, the work that renews it, or else how it can be renewed now."""
    if submission.state != Submission.State.PASSED:
        return {}
    newer = queries.work_after(submission.work)
    if newer is not None:
        return {"newer": newer}
    offered = listed_editions(request.tenant).filter(micro_credential=submission.edition.micro_credential_id)
    renewal = renewal_of(request.user, submission.edition_id)
    return {"renewal": renewal if renewal and renewal.is_open and offered.exists() else None}


def blocked(request: HttpRequest, submission: Submission) -> dict[str, Any]:
    """What keeps a draft from being sent besides its parts: a talk and whom to ask for it, a fee, an open appeal.

    `blocked` says whether anything does.
    """
    if submission.state != Submission.State.DRAFT:
        return {}
    used_up = talks.tries_are_used_up(submission)
    money = fee_of(submission.edition)
    fee = fee_for(submission.work) if money else None
    to_pay = money if money and not (fee and fee.is_settled) else None
    return {
        "used_up": used_up,
        "to_ask": talks.whom_to_ask(request.tenant, submission.earner) if used_up else [],
        "money": money,
        "to_pay": to_pay if to_pay and not is_free_for(submission.work, request.tenant) else None,
        "blocked": used_up or submission.appeal_open,
    }


def _is(part: Part, *kinds: str) -> bool:
    return part.criterion is not None and part.criterion.part in kinds


@members_only
@get_and_post
@never_cache
def work_about(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """What will be shown and how it is scored; the button notes that it was read."""
    submission = queries.work_of(request.member, work)
    if request.method == "POST":
        submission = handing_in.read_about(by=request.member, submission=submission)
        return redirect(next_address(request, submission))
    edition = edition_parts(submission.edition)
    context = {"submission": submission, "edition": edition, "guides": scoring_guides(edition)}
    return render(request, "submissions/about.html", context)


def next_address(request: HttpRequest, submission: Submission, after: str = "") -> str:
    """Where the next open part is; with `after`, the task list, when that part is the one just saved."""
    outline = outline_of(submission)
    step = outline.next_step
    names = {"about": "work_about", "promise": "work_promise", "check": "work_check"}
    base = [request.tenant.slug, submission.work_id]
    if step == after:
        return reverse("work", args=base)
    if step in names:
        return reverse(names[step], args=base)
    return reverse("work_criterion", args=[*base, step.removeprefix("c/")])


@members_only
@require_POST
def work_goal(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """Set or clear the goal date."""
    submission = queries.work_of(request.member, work)
    form = GoalForm(request.POST)
    if form.is_valid():
        try:
            works.set_goal(by=request.member, work=submission.work, goal_date=form.cleaned_data["goal_date"])
        except LaurelError as problem:
            form.add_error("goal_date", problem.message)
    if form.errors:
        return _task_list(request, submission, form)
    messages.success(request, _("Your goal date is saved."))
    return redirect("work", slug, work)


@members_only
@require_POST
def work_stop(request: HttpRequest, slug: str, work: UUID) -> HttpResponse:
    """Stop this work; nothing is deleted."""
    works.withdraw_work(by=request.member, work=queries.work_of(request.member, work).work)
    messages.success(request, _("You stopped this work. Everything in it is kept. You can take it up again any time."))
    return redirect("my_work", slug)


@members_only
@get_and_post
def work_start(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """Start, go on, or with `renew` begin once more. Evidence lives with the issuer, so a partner's earner joins it."""
    if request.method != "POST":  # back from signing in
        return redirect("micro_credential", slug, mc)
    require(request.member, "work.start")
    edition = _listed(request, mc)
    card = queries.card_for(request.user, edition.micro_credential_id)
    if card is not None and card.state not in (Work.State.WITHDRAWN, Work.State.PASSED):
        return redirect("work", card.tenant.slug, card.work_id)
    issuer = edition.tenant
    by = request.member
    if issuer.id != request.tenant.id:
        by = works.join_as_earner(by=request.member, issuer=issuer)
    with inside(issuer):
        begun = works.start_work(by=by, edition=edition, via=request.tenant, renew="renew" in request.POST)
    return redirect("work", issuer.slug, begun.id)


@members_only
@require_safe
@never_cache
def work_button(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """Start, continue, see the badge or renew it: the part of the micro-credential page that is about the reader."""
    edition = _listed(request, mc)
    card = queries.card_for(request.user, edition.micro_credential_id)
    context = {"card": card, "edition": edition, "can_start": can(request.member, "work.start")}
    if card is not None and card.state == Work.State.PASSED:
        context["renewal"] = renewal_of(request.user, card.edition_id)
    return render(request, "submissions/_button.html", context)


def _listed(request: HttpRequest, mc: str) -> Edition:
    edition = listed_editions(request.tenant).filter(micro_credential__slug=mc).first()
    if edition is None:
        raise Http404
    return edition
