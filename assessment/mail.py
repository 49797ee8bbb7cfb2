"""The messages of this app: one function each."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from assessment.models import Calibration, Decision, DecisionLine
from tenants.mail import absolute, post
from tenants.models import Tenant


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
