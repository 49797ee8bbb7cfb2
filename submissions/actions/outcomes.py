"""What the reviewers decide. Called by assessment inside its own transaction; it has checked who decides."""

from collections.abc import Collection, Mapping
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import RuleBroken
from lib.ids import uuid7
from lib.transitions import move
from submissions import cards, mail
from submissions.actions import ai_uses
from submissions.actions.drafts import lock
from submissions.actions.handing_in import REOPENED, reopen
from submissions.actions.works import new_try
from submissions.models import Artifact, LogEntry, Pointer, Response, Submission, SubmissionLine, Work
from submissions.talks import tries_are_used_up
from tenants import audit
from tenants.roles import Member


@transaction.atomic
def take_in(*, by: Member, submission: Submission) -> Submission:
    """Note that the review queue has this try, which can now not be taken back. Harmless when it has."""
    sent = lock(submission)
    _require_sent(sent)
    if sent.taken_in_at is None:
        sent.taken_in_at = clock.now()
        sent.save(update_fields=["taken_in_at"])
        audit.record(by, "submission.taken_in", sent)
    return sent


def follow_in_queue(submissions: Collection[Submission]) -> None:
    """Note that the queue has made place for these tries, or has let go of those that were taken back.

    The caller has locked them, and makes or drops its own rows in the same transaction.
    """
    now = clock.now()
    for state, moment in ((Submission.State.SUBMITTED, now), (Submission.State.DRAFT, None)):
        ids = [each.id for each in submissions if each.state == state]
        if ids:
            Submission.objects.filter(id__in=ids).update(queued_at=moment)


@transaction.atomic
def send_back(*, by: Member, submission: Submission, missing: str) -> Submission:
    """Make a sent try a draft again, since evidence is missing or cannot be read. It stays the same try.

    `missing` is what the earner reads. Raises RuleBroken (409) when it is not with the reviewers any more.
    """
    sent = lock(submission)
    _require_sent(sent)
    reopen(sent)
    sent.queued_at = sent.taken_in_at = None
    sent.sent_back = missing
    sent.save(update_fields=[*REOPENED, "queued_at", "taken_in_at", "sent_back"])
    cards.touch(sent.work, sent)
    audit.record(by, "submission.sent_back", sent, number=sent.number)
    mail.sent_back(sent, tenant=by.tenant)
    return sent


@transaction.atomic
def mark_passed(*, by: Member, submission: Submission) -> Submission:
    """The work is earned."""
    sent = lock(submission)
    _require_sent(sent)
    _decide(sent, Submission.State.PASSED)
    move(sent.work, Work.State.PASSED)
    cards.touch(sent.work, sent)
    audit.record(by, "submission.passed", sent, number=sent.number)
    return sent


@transaction.atomic
def return_for_changes(*, by: Member, submission: Submission, met: Mapping[UUID, UUID]) -> Submission:
    """Not yet: make the next try, a draft with all answers, logs and evidence, in which only the other lines are open.

    `met`: RubricLine id → RubricLevel id of every line that is met, now or carried from before.
    """
    sent = lock(submission)
    _require_sent(sent)
    _decide(sent, Submission.State.NOT_YET)
    work = sent.work
    move(work, Work.State.RETURNED)
    draft = new_try(work, number=sent.number + 1)
    draft.about_read_at = sent.about_read_at
    ai_uses.carry(sent, draft)
    draft.save(update_fields=["about_read_at", "used_ai"])
    carried = {line.line_id: line.carried_level_id for line in SubmissionLine.objects.filter(submission=sent)}
    for line in SubmissionLine.objects.filter(submission=draft):
        line.carried_level_id = met.get(line.line_id) or carried.get(line.line_id)
        line.save(update_fields=["carried_level"])
    Response.objects.bulk_create(
        Response(submission=draft, prompt_id=old.prompt_id, text=old.text, saved_at=old.saved_at)
        for old in Response.objects.filter(submission=sent)
    )
    LogEntry.objects.bulk_create(copy_entry(old, draft) for old in LogEntry.objects.filter(submission=sent))
    copies = {old.id: copy_piece(old, draft) for old in Artifact.objects.filter(submission=sent, state="ready")}
    for old_id, copy in copies.items():
        copy.carried_from_id = old_id
    Artifact.objects.bulk_create(copies.values())
    copy_pointers(copies)
    cards.touch(work, draft)
    audit.record(by, "submission.returned", sent, number=sent.number, met=len(met), next=str(draft.id))
    if tries_are_used_up(draft):
        mail.talk_first(draft, tenant=by.tenant)
    return draft


@transaction.atomic
def carry_more(*, by: Member, draft: Submission, met: Mapping[UUID, UUID]) -> Submission:
    """An appeal found lines met: the draft after the decision has them met as well. `met` as in return_for_changes."""
    fresh = lock(draft)
    for line in SubmissionLine.objects.filter(submission=fresh, line__in=met, carried_level=None):
        line.carried_level_id = met[line.line_id]
        line.save(update_fields=["carried_level"])
    cards.touch(fresh.work, fresh)
    audit.record(by, "submission.lines_carried", fresh, number=fresh.number, met=len(met))
    return fresh


@transaction.atomic
def pass_unsent(*, by: Member, draft: Submission) -> Submission:
    """An appeal found enough met, so the draft after the decision passes as it stands, without being sent."""
    fresh = lock(draft)
    fresh.submitted_at = fresh.taken_in_at = clock.now()
    fresh.due_on = by.tenant.local_date()
    fresh.save(update_fields=["submitted_at", "taken_in_at", "due_on"])
    _decide(fresh, Submission.State.PASSED)
    move(fresh.work, Work.State.PASSED)
    cards.touch(fresh.work, fresh)
    audit.record(by, "submission.passed", fresh, number=fresh.number, unsent=True)
    return fresh


@transaction.atomic
def wait_for_appeal(*, by: Member, draft: Submission, waits: bool) -> Submission:
    """Keep the draft from being sent while an appeal is open, or let it go on. Raises RuleBroken (409) once sent."""
    fresh = lock(draft)
    if waits and fresh.state != Submission.State.DRAFT:
        raise RuleBroken(_("You have sent the next try, so the one before it can no longer be appealed."), code="sent")
    fresh.appeal_open = waits
    fresh.save(update_fields=["appeal_open"])
    return fresh


def copy_piece(old: Artifact, other: Submission) -> Artifact:
    """The same stored file, link or text, seen from another try, with what was promised of it. Not saved yet."""
    same = ("criterion_id", "earner_id", "kind", "state", "position", "name", "url", "text", "file_id")
    link = ("link_state", "link_reason", "link_title", "link_checked_at")
    students = ("students", "record_number", "attested_version", "attested_at")
    facts = {name: getattr(old, name) for name in same + link + students}
    return Artifact(submission=other, **facts)


def copy_entry(old: LogEntry, other: Submission) -> LogEntry:
    """The same entry of a log in another try. Not saved yet."""
    same = ("criterion_id", "on", "minutes", "what", "created_at")
    return LogEntry(submission=other, **{name: getattr(old, name) for name in same})


def copy_pointers(copies: Mapping[UUID, Artifact]) -> None:
    """What the earner pointed to, at the copies of the same pieces. `copies`: by the id of the piece they are of."""
    pointers = list(Pointer.objects.filter(artifact__in=copies))
    for pointer in pointers:
        pointer.id, pointer.artifact_id = uuid7(), copies[pointer.artifact_id].id
    Pointer.objects.bulk_create(pointers)


def _require_sent(submission: Submission) -> None:
    if submission.state != Submission.State.SUBMITTED:
        raise RuleBroken(_("This is not with the reviewers."), code="not-sent")


def _decide(submission: Submission, state: str) -> None:
    move(submission, state)
    submission.decided_at = clock.now()
    submission.save(update_fields=["state", "decided_at"])
