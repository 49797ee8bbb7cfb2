"""The messages of this app: one function each."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from lib.ids import uuid7
from submissions.models import Artifact, DataExport, Submission
from tenants.mail import absolute, post
from tenants.models import Tenant


def work_sent(submission: Submission, *, tenant: Tenant) -> None:
    """The receipt: what was sent, when, and the date to hear by."""
    due = date_format(submission.due_on, "l, F j")
    post(
        "work_sent",
        to=submission.earner.email,
        user=submission.earner,
        tenant=tenant,
        subject=_("Sent: %(title)s. You should hear by %(due)s") % {"title": submission.edition.title, "due": due},
        dedupe_key=f"work-sent:{submission.id}:{submission.submitted_at:%Y%m%dT%H%M%S%f}",
        context={
            "submission": submission,
            "due": due,
            "sent_on": submission.submitted_at.astimezone(tenant.zone),
            "heading": _("Sent"),
            "tenant_name": tenant.name,
            "button_label": _("See how it stands"),
            "button_url": absolute(reverse("work", args=[tenant.slug, submission.work_id])),
            "reason": _("You get this because you sent work to the reviewers of %(tenant)s.") % {"tenant": tenant.name},
        },
    )


def sent_back(submission: Submission, *, tenant: Tenant) -> None:
    """Something is missing or cannot be read: what, and that no try was used up."""
    post(
        "work_sent_back",
        to=submission.earner.email,
        user=submission.earner,
        tenant=tenant,
        subject=_("Something is missing in “%(title)s”") % {"title": submission.edition.title},
        dedupe_key=f"work-sent-back:{uuid7()}",
        context={
            "submission": submission,
            "missing": submission.sent_back,
            "heading": _("Something is missing"),
            "tenant_name": tenant.name,
            "button_label": _("Add what is missing"),
            "button_url": absolute(reverse("work", args=[tenant.slug, submission.work_id])),
            "reason": _("You get this because you sent work to the reviewers of %(tenant)s.") % {"tenant": tenant.name},
        },
    )


def export_ready(export: DataExport) -> None:
    """The copy that someone asked for can be downloaded, by them and for a week."""
    until = date_format(export.expires_at, "l, F j")
    post(
        "export_ready",
        to=export.person.email,
        user=export.person,
        subject=_("The copy of your data is ready"),
        dedupe_key=f"export-ready:{export.id}",
        context={
            "name": export.person.get_full_name(),
            "until": until,
            "heading": _("The copy of your data is ready"),
            "button_label": _("Go to your data"),
            "button_url": absolute(reverse("own_data")),
            "reason": _("You get this because someone who is signed in as you asked for a copy of your data."),
        },
    )


def link_closed(artifact: Artifact, *, tenant: Tenant) -> None:
    """A link that was handed in cannot be opened by the reviewers who have it now."""
    submission = artifact.submission
    post(
        "link_closed",
        to=submission.earner.email,
        user=submission.earner,
        tenant=tenant,
        subject=_("Reviewers cannot open a link in “%(title)s”") % {"title": submission.edition.title},
        dedupe_key=f"link-closed:{artifact.id}:{artifact.link_checked_at:%Y%m%d}",
        context={
            "artifact": artifact,
            "submission": submission,
            "heading": _("Reviewers cannot open a link"),
            "tenant_name": tenant.name,
            "button_label": _("See what you sent"),
            "button_url": absolute(reverse("work", args=[tenant.slug, submission.work_id])),
            "reason": _("You get this because you sent work to the reviewers of %(tenant)s.") % {"tenant": tenant.name},
        },
    )
