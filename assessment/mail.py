"""The messages of this app: one function each."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import (
    Appeal,
    AppealOutcome,
    AppealOutcomeLine,
    Calibration,
    Case,
    Decision,
    DecisionLine,
    Finding,
    Reaction,
    Review,
    Settling,
)
from assessment.results import result_of, shows_required
from assessment.settlings import lessons_of
from lib.ids import uuid7
from tenants.mail import absolute, post
from tenants.models import Membership, Role, Tenant, User

MOST_LISTED = 50  # codes in one mail


def not_yet(decision: Decision, *, tenant: Tenant) -> None:
    """Almost there: how many lines need more, and where to read what."""
    submission = decision.submission
    lines = list(DecisionLine.objects.filter(decision=decision).select_related("line").order_by("line__position"))
    result = result_of(decision, lines)
    post(
        "review_not_yet",
        to=submission.earner.email,
        user=submission.earner,
        tenant=tenant,
        subject=_("Almost there: %(title)s") % {"title": submission.edition.title},
        dedupe_key=f"review-not-yet:{decision.id}",
        context={
            "tenant_name": tenant.name,
            "heading": _("Almost there"),
            "title": submission.edition.title,
            "needed": result.sentence or result.heading,
            "lines": [line for line in lines if not line.met],
            "shows_required": shows_required(decision, lines),
            "button_url": absolute(reverse("feedback", args=[tenant.slug, submission.work_id, submission.number])),
            "button_label": _("Read your feedback"),
            "reason": _("You get this email because you sent in this work."),
        },
    )


def to_settle(settling: Settling, *, tenant: Tenant) -> None:
    """Two readers differ: to everyone who may settle it, or to the admins when there is nobody."""
    read = Review.objects.filter(submission=settling.submission_id, assessor__isnull=False).values("assessor")
    members = Membership.objects.filter(tenant=tenant, active=True, user__is_active=True).select_related("user")
    strangers = members.exclude(user__in=read).exclude(user=settling.earner_id)
    seniors = list(strangers.filter(roles__contains=[Role.SENIOR]))
    for membership in seniors or members.filter(roles__contains=[Role.ADMIN]):
        post(
            "review_to_settle",
            to=membership.user.email,
            user=membership.user,
            tenant=tenant,
            subject=_("To settle: %(title)s") % {"title": settling.edition.title},
            dedupe_key=f"review-to-settle:{settling.id}:{membership.user_id}",
            context={
                "tenant_name": tenant.name,
                "heading": _("Two readers differ"),
                "title": settling.edition.title,
                "code": settling.submission.code,
                "nobody": not seniors,
                "button_url": absolute(reverse("settlings" if seniors else "people", args=[tenant.slug])),
                "button_label": _("See what is to settle") if seniors else _("Give someone the role"),
                "reason": _("You get this email because you are a senior assessor.")
                if seniors
                else _("You get this email because you are an admin."),
            },
        )


def settled(decision: Decision, readings: Iterable[Review], *, tenant: Tenant) -> None:
    """To both readers: where they differed, what was settled and why. A note to learn from; nobody is named."""
    for reading in readings:
        post(
            "review_settled",
            to=reading.assessor.email,
            user=reading.assessor,
            tenant=tenant,
            subject=_("Settled: %(code)s") % {"code": decision.submission.code},
            dedupe_key=f"review-settled:{reading.id}",
            context={
                "tenant_name": tenant.name,
                "heading": _("A note on a score you sent"),
                "title": decision.submission.edition.title,
                "code": decision.submission.code,
                "lessons": lessons_of(reading),
                "button_url": absolute(reverse("review", args=[tenant.slug, reading.id])),
                "button_label": _("See it beside your score"),
                "reason": _("You get this email because you read this submission."),
            },
        )


def kept(*reviews: Review, to: User, tenant: Tenant) -> None:
    """A colleague or a lead keeps work for an assessor: codes only, and until when."""
    codes = [review.submission.code for review in reviews]
    until = tenant.local_date(reviews[0].kept_until - timedelta(seconds=1))
    heading = ngettext("%(n)s submission is kept for you", "%(n)s submissions are kept for you", len(codes)) % {
        "n": len(codes)
    }
    post(
        "review_kept",
        to=to.email,
        user=to,
        tenant=tenant,
        subject=heading,
        dedupe_key=f"review-kept:{uuid7()}",
        context={
            "tenant_name": tenant.name,
            "heading": heading,
            "codes": codes,
            "until": until,
            "button_url": absolute(reverse("queue", args=[tenant.slug])),
            "button_label": _("Open the queue"),
            "reason": _("You get this email because you are an assessor of %(tenant)s.") % {"tenant": tenant.name},
        },
    )


def reviews_late(reviews: Sequence[Review], *, step: int, to: User, tenant: Tenant) -> None:
    """Reviews that have used `step` per cent of their time, for an admin. At 100 they are late."""
    shown = sorted(reviews, key=lambda review: (review.due_on, review.submission.code))[:MOST_LISTED]
    count = {"n": len(reviews), "step": step}
    if step >= 100:
        heading = ngettext("%(n)s review is late", "%(n)s reviews are late", len(reviews)) % count
    else:
        heading = (
            ngettext(
                "%(n)s review has used %(step)s%% of its time",
                "%(n)s reviews have used %(step)s%% of their time",
                len(reviews),
            )
            % count
        )
    post(
        "reviews_late",
        to=to.email,
        user=to,
        tenant=tenant,
        subject=heading,
        dedupe_key=f"reviews-late:{uuid7()}",
        context={
            "tenant_name": tenant.name,
            "heading": heading,
            "reviews": shown,
            "more": len(reviews) - len(shown),
            "button_url": absolute(reverse("reviewers", args=[tenant.slug])),
            "button_label": _("See who has room"),
            "reason": _("You get this email because you are an admin of %(tenant)s.") % {"tenant": tenant.name},
        },
    )


def appeal_filed(appeal: Appeal, *, tenant: Tenant) -> None:
    """The receipt of an appeal, with the date to hear by."""
    submission = appeal.submission
    title = submission.edition.title
    post(
        "appeal_filed",
        to=submission.earner.email,
        user=submission.earner,
        tenant=tenant,
        subject=_("Your appeal is in: %(title)s") % {"title": title},
        dedupe_key=f"appeal-filed:{appeal.id}",
        context={
            "tenant_name": tenant.name,
            "heading": _("Your appeal is in"),
            "title": title,
            "due": date_format(appeal.due_on, "l, F j"),
            "button_url": absolute(reverse("appeal", args=[tenant.slug, submission.work_id, submission.number])),
            "button_label": _("See how it stands"),
            "reason": _("You get this email because you appealed a result."),
        },
    )


def appeal_decided(appeal: Appeal, outcome: AppealOutcome, *, tenant: Tenant) -> None:
    """The outcome with its reasons: to the earner, and without names to those who had scored it, to learn from."""
    submission = appeal.submission
    found = AppealOutcomeLine.objects.filter(outcome=outcome).select_related("line", "level")
    lines = list(found.order_by("line__position"))
    facts = {
        "tenant_name": tenant.name,
        "title": submission.edition.title,
        "code": submission.code,
        "lines": lines,
        "note": outcome.reason,
        "changed": appeal.state == Appeal.State.CHANGED,
    }
    post(
        "appeal_decided",
        to=submission.earner.email,
        user=submission.earner,
        tenant=tenant,
        subject=_("The result of your appeal: %(title)s") % facts,
        dedupe_key=f"appeal-decided:{appeal.id}",
        context={
            **facts,
            "heading": _("The result of your appeal"),
            "button_url": absolute(reverse("appeal", args=[tenant.slug, submission.work_id, submission.number])),
            "button_label": _("Read the result"),
            "reason": _("You get this email because you appealed a result."),
        },
    )
    readings = Review.objects.filter(submission=submission, state=Review.State.FINAL, appeal=None)
    for review in readings.select_related("assessor"):
        post(
            "appeal_learning",
            to=review.assessor.email,
            user=review.assessor,
            tenant=tenant,
            subject=_("A second look at %(code)s, to learn from") % facts,
            dedupe_key=f"appeal-learning:{appeal.id}:{review.id}",
            context={
                **facts,
                "heading": _("A second look at %(code)s") % facts,
                "button_url": absolute(reverse("review", args=[tenant.slug, review.id])),
                "button_label": _("Open your score"),
                "reason": _("You get this email because you scored this submission."),
            },
        )


def flag_answered(flag: Reaction, *, tenant: Tenant) -> None:
    """The answer to a flagged comment."""
    submission = flag.decision_line.decision.submission
    post(
        "flag_answered",
        to=flag.earner.email,
        user=flag.earner,
        tenant=tenant,
        subject=_("An answer to the comment you flagged"),
        dedupe_key=f"flag-answered:{flag.id}",
        context={
            "tenant_name": tenant.name,
            "heading": _("An answer to the comment you flagged"),
            "title": submission.edition.title,
            "line": flag.decision_line.line.title,
            "flag": flag,
            "button_url": absolute(reverse("feedback", args=[tenant.slug, submission.work_id, submission.number])),
            "button_label": _("Read your feedback"),
            "reason": _("You get this email because you flagged a comment."),
        },
    )


def calibration_paused(calibration: Calibration, *, tenant: Tenant) -> None:
    """Time to practice again: new claims of one micro-credential wait for a refresher."""
    edition = calibration.edition
    post(
        "calibration_paused",
        to=calibration.assessor.email,
        user=calibration.assessor,
        tenant=tenant,
        subject=_("Time to practice again: %(title)s") % {"title": edition.title},
        dedupe_key=f"calibration-paused:{calibration.id}:{calibration.paused_at:%Y%m%d%H%M%S}",
        context={
            "tenant_name": tenant.name,
            "heading": _("Time to practice again"),
            "title": edition.title,
            "button_url": absolute(reverse("practice", args=[tenant.slug, edition.micro_credential.slug])),
            "button_label": _("Practice on the samples"),
            "reason": _("You get this email because you score for %(tenant)s.") % {"tenant": tenant.name},
        },
    )


def case_needs_panel(case: Case, *, tenant: Tenant) -> None:
    """To the admins: a case waits for a panel. Says nothing of what it is about."""
    admins = Membership.objects.filter(tenant=tenant, active=True, roles__contains=[Role.ADMIN.value])
    for each in admins.exclude(user=case.earner_id).select_related("user"):
        post(
            "case_needs_panel",
            to=each.user.email,
            user=each.user,
            tenant=tenant,
            subject=_("A case waits for a panel"),
            dedupe_key=f"case-needs-panel:{case.id}:{case.round}:{each.user_id}",
            context={
                "tenant_name": tenant.name,
                "heading": _("A case waits for a panel"),
                "code": case.submission.code,
                "again": case.round > 1,
                "button_url": absolute(reverse("case_manage", args=[tenant.slug, case.id])),
                "button_label": _("Name the panel"),
                "reason": _("You get this email because you run things at %(tenant)s.") % {"tenant": tenant.name},
            },
        )


def case_notice(case: Case, *, tenant: Tenant) -> None:
    """The notice to the earner: neutral, since nothing is decided. What it is about stands behind the sign-in."""
    _to_earner(
        "case_notice",
        case,
        tenant,
        subject=_("A question about your work"),
        label=_("Read it and reply"),
        until=date_format(case.reply_until, "l, F j"),
    )


def case_vote(case: Case, people: Iterable[User], *, tenant: Tenant) -> None:
    """To the panel: it is time to vote."""
    for user in people:
        post(
            "case_vote",
            to=user.email,
            user=user,
            tenant=tenant,
            subject=_("Your vote is asked for"),
            dedupe_key=f"case-vote:{case.id}:{case.round}:{user.id}",
            context={
                "tenant_name": tenant.name,
                "heading": _("Your vote is asked for"),
                "code": case.submission.code,
                "button_url": absolute(reverse("case", args=[tenant.slug, case.id])),
                "button_label": _("Open the case"),
                "reason": _("You get this email because you are on the panel of a case."),
            },
        )


def case_told(case: Case, *, tenant: Tenant) -> None:
    """The outcome of the first panel, which can be appealed."""
    _to_earner(
        "case_told",
        case,
        tenant,
        subject=_("The panel has answered the question about your work"),
        label=_("Read the outcome"),
        until=date_format(case.appeal_until, "l, F j"),
    )


def case_closed(case: Case, *, tenant: Tenant) -> None:
    """The case is closed, and what that means."""
    finding = Finding.objects.filter(case=case).order_by("-round").first()
    _to_earner(
        "case_closed",
        case,
        tenant,
        subject=_("The question about your work is closed"),
        label=_("Read the outcome"),
        finding=finding,
    )


def _to_earner(kind: str, case: Case, tenant: Tenant, *, subject: str, label: str, **facts: object) -> None:
    post(
        kind,
        to=case.earner.email,
        user=case.earner,
        tenant=tenant,
        subject=subject,
        dedupe_key=f"{kind}:{case.id}",
        context={
            "tenant_name": tenant.name,
            "heading": subject,
            "title": case.submission.edition.title,
            "button_url": absolute(reverse("case_about", args=[tenant.slug, case.id])),
            "button_label": label,
            "reason": _("You get this email because you sent work to the reviewers of %(tenant)s.")
            % {"tenant": tenant.name},
            **facts,
        },
    )
