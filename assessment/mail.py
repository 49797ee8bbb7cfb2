"""The messages of this app: one function each."""

from collections.abc import Sequence
from datetime import timedelta

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Decision, DecisionLine, Review
from lib.ids import uuid7
from tenants.mail import absolute, post
from tenants.models import Tenant, User

MOST_LISTED = 50  # codes in one mail


def not_yet(decision: Decision, *, tenant: Tenant) -> None:
    """Almost there: how many lines need more, and where to read what."""
    submission = decision.submission
    lines = list(DecisionLine.objects.filter(decision=decision).select_related("line").order_by("line__position"))
    more = [line for line in lines if not line.met]
    needed = ngettext("%(n)s of %(all)s lines needs more.", "%(n)s of %(all)s lines need more.", len(more)) % {
        "n": len(more),
        "all": len(lines),
    }
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
            "needed": needed,
            "lines": more,
            "button_url": absolute(reverse("feedback", args=[tenant.slug, submission.work_id, submission.number])),
            "button_label": _("Read your feedback"),
            "reason": _("You get this email because you sent in this work."),
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
