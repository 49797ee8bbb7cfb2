"""The messages of this app: one function each."""

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib.ids import uuid7
from submissions.fees import money_of
from submissions.models import Artifact, Conversation, DataExport, Fee, Submission
from submissions.talks import whom_to_ask
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
    """The zip that someone asked for can be downloaded, by them and for a week."""
    until = date_format(export.expires_at, "l, F j")
    subject = {
        DataExport.Kind.MINE: _("The copy of your data is ready"),
        DataExport.Kind.BADGES: _("The copy of your badges is ready"),
        DataExport.Kind.ISSUER: _("The badges of %(tenant)s are packed") % {"tenant": export.tenant or ""},
    }[export.kind]
    post(
        "export_ready",
        to=export.person.email,
        user=export.person,
        subject=subject,
        dedupe_key=f"export-ready:{export.id}",
        context={
            "name": export.person.get_full_name(),
            "until": until,
            "heading": subject,
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


def talk_first(draft: Submission, *, tenant: Tenant, quiz: Criterion | None = None) -> None:
    """Tries are used up: to the earner, whom to ask; to those who can be asked, that someone waits."""
    people = whom_to_ask(tenant, draft.earner)
    key = f"{draft.id}:{quiz.key if quiz else ''}:{draft.number}"
    facts = {
        "title": draft.edition.title,
        "quiz": quiz.title if quiz else "",
        "people": people,
        "earner": draft.earner,
        "tenant_name": tenant.name,
    }
    post(
        "talk_first",
        to=draft.earner.email,
        user=draft.earner,
        tenant=tenant,
        subject=_("Talk with a coach about “%(title)s”") % facts,
        dedupe_key=f"talk-first:{key}",
        context={
            **facts,
            "heading": _("Talk with a coach first"),
            "button_label": _("See how it stands"),
            "button_url": absolute(reverse("work", args=[tenant.slug, draft.work_id])),
            "reason": _("You get this because you are working on “%(title)s”.") % facts,
        },
    )
    for each in people:
        post(
            "talk_waits",
            to=each.email,
            user=each,
            tenant=tenant,
            subject=_("%(earner)s waits for a talk about “%(title)s”") % facts,
            dedupe_key=f"talk-waits:{key}:{each.id}",
            context={
                **facts,
                "heading": _("Someone waits for a talk"),
                "button_label": _("Record the talk"),
                "button_url": absolute(reverse("conversations", args=[tenant.slug])),
                "reason": _("You get this because you coach or run things at %(tenant_name)s.") % facts,
            },
        )


def conversation_recorded(talk: Conversation, *, tenant: Tenant) -> None:
    """The talk is on record, and one more try is open."""
    title = talk.submission.edition.title
    post(
        "conversation_recorded",
        to=talk.earner.email,
        user=talk.earner,
        tenant=tenant,
        subject=_("You can go on with “%(title)s”") % {"title": title},
        dedupe_key=f"conversation-recorded:{talk.id}",
        context={
            "talk": talk,
            "title": title,
            "day": date_format(talk.held_on, "l, F j"),
            "heading": _("You can go on"),
            "tenant_name": tenant.name,
            "button_label": _("Go on with your work"),
            "button_url": absolute(reverse("work", args=[tenant.slug, talk.submission.work_id])),
            "reason": _("You get this because you are working on “%(title)s”.") % {"title": title},
        },
    )


def invoice(fee: Fee, *, tenant: Tenant) -> None:
    """The invoice that an earner asked for."""
    facts = {"title": fee.edition.title, "number": fee.invoice_number, "money": str(money_of(fee))}
    post(
        "fee_invoice",
        to=fee.earner.email,
        user=fee.earner,
        tenant=tenant,
        subject=_("Invoice %(number)s for “%(title)s”") % facts,
        dedupe_key=f"fee-invoice:{fee.id}:{fee.invoice_number}",
        context={
            **facts,
            "pay_by": date_format(fee.pay_by, "l, F j"),
            "heading": _("Your invoice"),
            "tenant_name": tenant.name,
            "button_label": _("Open the invoice"),
            "button_url": absolute(reverse("fee_invoice", args=[tenant.slug, fee.work_id])),
            "reason": _("You get this because you asked for an invoice from %(tenant)s.") % {"tenant": tenant.name},
        },
    )


def fee_settled(fee: Fee, *, tenant: Tenant) -> None:
    """The fee is paid or waived, so the work can be sent."""
    post(
        "fee_settled",
        to=fee.earner.email,
        user=fee.earner,
        tenant=tenant,
        subject=_("The fee for “%(title)s” is settled") % {"title": fee.edition.title},
        dedupe_key=f"fee-settled:{fee.id}:{fee.changed_at:%Y%m%dT%H%M%S%f}",
        context={
            "title": fee.edition.title,
            "how": fee.get_state_display(),
            "heading": _("The fee is settled"),
            "tenant_name": tenant.name,
            "button_label": _("Go on with your work"),
            "button_url": absolute(reverse("work", args=[tenant.slug, fee.work_id])),
            "reason": _("You get this because you are working on “%(title)s”.") % {"title": fee.edition.title},
        },
    )
