"""Handing in: reading the guide, promising, sending, and taking back what nobody has looked at yet."""

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions import cards, mail
from submissions.actions import ai_uses as ai
from submissions.actions.drafts import lock, lock_draft
from submissions.actions.links import refresh_links
from submissions.actions.paying import require_settled
from submissions.models import Promise, Submission, Work
from submissions.outline import Part, outline_of
from submissions.promises import CURRENT, wording
from submissions.talks import tries_are_used_up
from tenants import audit
from tenants.roles import Member, require


class NotReady(RuleBroken):
    """The try lacks something. `missing` says what, part by part."""

    def __init__(self, missing: list[tuple[Part, str]]) -> None:
        super().__init__(
            ngettext(
                "This is not sent yet: %(n)s thing is missing.",
                "This is not sent yet: %(n)s things are missing.",
                len(missing),
            )
            % {"n": len(missing)},
            code="not-ready",
            missing=[{"part": part.key, "title": part.title, "problem": problem} for part, problem in missing],
        )
        self.missing = missing


@transaction.atomic
def read_about(*, by: Member, submission: Submission) -> Submission:
    """Note that the earner has read what they will show and how it is scored."""
    draft = lock_draft(by, submission)
    if draft.about_read_at is None:
        draft.about_read_at = clock.now()
        draft.save(update_fields=["about_read_at"])
        cards.touch(draft.work, draft)
        audit.record(by, "work.about_read", draft)
    return draft


def missing_ticks(*, own_work: bool, protected: bool) -> dict[str, str]:
    """What keeps a promise from being one: a sentence for each box that is not ticked."""
    sentences = {
        "own_work": "" if own_work else _("Tick this to go on. Reviewers only score your own work."),
        "protected": "" if protected else _("Tick this to go on. Protect your students first if you need to."),
    }
    return {field: sentence for field, sentence in sentences.items() if sentence}


@transaction.atomic
def promise(
    *,
    by: Member,
    submission: Submission,
    own_work: bool,
    protected: bool,
    used_ai: bool | None,
    ai_uses: Sequence[ai.Use] = (),
    training: bool = False,
) -> Submission:
    """Store what the earner promised, with today's wording, and the note on AI tools, in place of what was there.

    `protected`: every student, in the words and in each piece; how, piece by piece, is for actions.attesting.
    `used_ai` None: not answered. Raises Invalid (400) naming the field.
    """
    for field, sentence in missing_ticks(own_work=own_work, protected=protected).items():
        raise Invalid(sentence, field=field)
    draft = lock_draft(by, submission)
    given = [Promise.Kind.OWN_WORK, Promise.Kind.STUDENTS, *([Promise.Kind.TRAINING] if training else [])]
    Promise.objects.filter(submission=draft).exclude(kind__in=given).delete()
    for kind in given:
        Promise.objects.update_or_create(
            submission=draft,
            kind=kind,
            defaults={"version": CURRENT, "wording": wording(kind), "given_at": clock.now()},
        )
    ai.write(draft, used_ai, ai_uses)
    cards.touch(draft.work, draft)
    audit.record(by, "work.promised", draft, version=CURRENT, training=training, ai_uses=len(ai_uses))
    return draft


@transaction.atomic
def submit(*, by: Member, submission: Submission) -> Submission:
    """Send the try to the reviewers. Sending it twice is sending it once.

    Raises NotReady (409) with everything that is missing, and RuleBroken (409) when the tries are used up, an appeal
    is open, or the fee is not settled. The database holds these three as well.
    """
    require(by, "work.submit", submission)
    if lock(submission).state == Submission.State.SUBMITTED:
        return lock(submission)
    draft = lock_draft(by, submission, "work.submit")
    if tries_are_used_up(draft):
        raise RuleBroken(
            ngettext(
                "You have used your %(n)s try. Talk with your coach first. Your work stays here.",
                "You have used your %(n)s tries. Talk with your coach first. Your work stays here.",
                draft.number - 1,
            )
            % {"n": draft.number - 1},
            code="tries-used-up",
        )
    if draft.appeal_open:
        raise RuleBroken(
            _("Your appeal is open, so this waits: its result may change what is left. Take it back to send now."),
            code="appeal-open",
        )
    require_settled(by=by, work=draft.work)
    outline = outline_of(draft)
    if outline.problems:
        raise NotReady(outline.problems)
    work = draft.work
    move(draft, Submission.State.SUBMITTED)
    move(work, Work.State.IN_REVIEW)
    draft.submitted_at, draft.queued_at, draft.sent_back = clock.now(), None, ""
    draft.due_on = by.tenant.due_date(draft.edition.due_business_days)
    draft.save(update_fields=["state", "submitted_at", "due_on", "queued_at", "sent_back"])
    cards.touch(work, draft)
    audit.record(by, "submission.sent", draft, number=draft.number, due_on=draft.due_on.isoformat())
    refresh_links(draft, older_than=timedelta(0))
    mail.work_sent(draft, tenant=by.tenant)
    return draft


REOPENED = ["state", "submitted_at", "due_on"]  # what `reopen` sets


def reopen(sent: Submission) -> None:
    """Make a sent try that nobody has scored a draft again. The caller has locked it and saves REOPENED."""
    move(sent, Submission.State.DRAFT)
    move(sent.work, Work.State.ACTIVE if sent.number == 1 else Work.State.RETURNED)
    sent.submitted_at = sent.due_on = None


@transaction.atomic
def take_back(*, by: Member, submission: Submission) -> Submission:
    """Make a sent try a draft again, as long as the reviewers' queue has not taken it in. Raises RuleBroken (409)."""
    require(by, "work.edit", submission)
    sent = lock(submission)
    if sent.taken_in_at is not None:
        raise RuleBroken(_("The reviewers have this now, so it can no longer be taken back."), code="taken-in")
    reopen(sent)
    sent.save(update_fields=REOPENED)
    cards.touch(sent.work, sent)
    audit.record(by, "submission.taken_back", sent)
    return sent
