"""The messages of this app: one function each."""

from collections.abc import Iterable, Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Calibration, Decision, DecisionLine, Review, Settling
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
