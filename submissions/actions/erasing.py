"""Erasing someone's evidence in one tenant: asked for, taken back, begun after the days of grace, and ended.

Files, previews, links, texts, answers and captions go. Badges, decisions and what was promised stay.
"""

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions import cards
from submissions.actions import exporting
from submissions.actions.evidence import drop_upload
from submissions.actions.purging import ARRIVAL, mark_gone
from submissions.actions.works import newest_try
from submissions.models import (
    AiUse,
    Artifact,
    Captions,
    CoachNote,
    Erasure,
    LogEntry,
    Pointer,
    Preview,
    QuizTry,
    Response,
    StoredFile,
    Submission,
    Upload,
    Work,
)
from submissions.owndata import obstacles, tenants_of
from tenants import audit
from tenants.models import Tenant, User
from tenants.roles import Member
from tenants.scope import inside

ERASED = "—"  # what a coach wrote about it. The row stays, since who wrote it never scores this person.
ON_ITS_WAY = [Artifact.State.UPLOADING, Artifact.State.CHECKING]


@transaction.atomic
def ask_erasure(*, user: User, typed: str, tenant: Tenant | None = None) -> list[Erasure]:
    """Ask that all evidence of `user` be erased: in `tenant`, or (None) in every tenant where they have work.

    `typed`: their own email address, as a confirmation. Asking twice is asking once. Raises Invalid (400), and
    RuleBroken (409) with every reason why it cannot be, in which case nothing is asked for anywhere.
    """
    if typed.strip().lower() != user.email:
        raise Invalid(_("Type your email address, just as it is written above."), field="typed")
    User.objects.select_for_update(no_key=True).get(id=user.id)  # a double click waits here
    tenants = tenants_of(user)
    if tenant is not None:
        tenants = [each for each in tenants if each.id == tenant.id]
    if not tenants:
        raise Invalid(_("You have no evidence there."), field="where")
    why = []
    for each in tenants:
        with inside(each):
            why += obstacles(user, each)
    if why:
        raise RuleBroken(" ".join([*why, _("Nothing was changed.")]), code="cannot-erase")
    asked = []
    for each in tenants:
        with inside(each):
            asked.append(_ask(user, each))
    return asked


def _ask(user: User, tenant: Tenant) -> Erasure:
    there = Erasure.objects.filter(person=user, state__in=[Erasure.State.WAITING, Erasure.State.RUNNING]).first()
    if there is not None:
        return there
    now = clock.now()
    erasure = Erasure.objects.create(
        person=user, asked_at=now, due_at=now + timedelta(days=settings.ERASURE_GRACE_DAYS)
    )
    audit.record(Member(user, tenant), "erasure.asked", erasure, due_on=tenant.local_date(erasure.due_at).isoformat())
    return erasure


@transaction.atomic
def cancel_erasure(*, user: User, tenant: Tenant, erasure: Erasure) -> Erasure:
    """Change one's mind. Cancelling twice is cancelling once. Raises RuleBroken (409) once it has begun."""
    with inside(tenant):
        fresh = Erasure.objects.select_for_update().get(pk=erasure.pk, person=user)
        if fresh.state in (Erasure.State.RUNNING, Erasure.State.DONE):
            raise RuleBroken(_("This was erased already, so it cannot be brought back."), code="erased")
        if fresh.state == Erasure.State.WAITING:
            move(fresh, Erasure.State.CANCELLED)
            fresh.save(update_fields=["state"])
            audit.record(Member(user, tenant), "erasure.cancelled", fresh)
    return fresh


@transaction.atomic
def begin(*, by: Member, erasure: Erasure) -> bool:
    """Erase in the database: from here on nobody sees any of it. False when it is not due, or has to wait.

    What it waits for is noted on it. The objects in storage are dropped after this (submissions.erasure).
    """
    fresh = Erasure.objects.select_for_update(of=("self",)).select_related("person").get(pk=erasure.pk)
    if fresh.state != Erasure.State.WAITING or fresh.due_at > clock.now():
        return fresh.state == Erasure.State.RUNNING
    person = fresh.person
    works = list(Work.objects.select_for_update().filter(earner=person).order_by("id"))
    why = obstacles(person, by.tenant) or ([_("A file is still being checked.")] if _is_moving(person) else [])
    if why:
        fresh.note = " ".join(why)[:300]
        fresh.save(update_fields=["note"])
        return False
    fresh.certificate = _count(person)
    _erase_files(person)
    _erase_words(person)
    for work in works:
        _set_aside(work)
    exporting.forget_all(person=person)
    move(fresh, Erasure.State.RUNNING)
    fresh.began_at, fresh.note = clock.now(), ""
    fresh.save(update_fields=["state", "began_at", "note", "certificate"])
    audit.record(by, "erasure.begun", fresh, files=len(fresh.certificate["files"]))
    return True


def _is_moving(person: User) -> bool:
    """Whether a request or a worker has one of their files in its hands just now."""
    now = clock.now()
    checking = Artifact.objects.filter(earner=person, state=Artifact.State.CHECKING, created_at__gt=now - ARRIVAL)
    leased = Upload.objects.filter(artifact__earner=person, lease_until__gt=now)
    return checking.exists() or leased.exists()


def _count(person: User) -> dict[str, Any]:
    """What there is, for the certificate: never its content."""
    mine = Artifact.objects.filter(earner=person, erased_at=None)
    files = StoredFile.objects.filter(earner=person).exclude(state=StoredFile.State.GONE).order_by("created_at", "id")
    return {
        "files": [
            {
                "sha256": file.sha256,
                "bytes": file.size,
                "type": file.content_type,
                "received": file.created_at.isoformat(timespec="seconds"),
            }
            for file in files
        ],
        "previews": Preview.objects.filter(file__in=files).count(),
        "captions": Captions.objects.filter(file__in=files).count(),
        "links": mine.filter(kind=Artifact.Kind.LINK).count(),
        "texts": mine.filter(kind=Artifact.Kind.TEXT).count(),
        "log_entries": LogEntry.objects.filter(submission__earner=person).count(),
        "ai_uses": AiUse.objects.filter(submission__earner=person).count(),
        "pointers": Pointer.objects.filter(artifact__earner=person).count(),
        "coach_notes": CoachNote.objects.filter(submission__earner=person).exclude(text=ERASED).count(),
        "quizzes": QuizTry.objects.filter(submission__earner=person).exclude(answers={}).count(),
        "answers": Response.objects.filter(submission__earner=person).exclude(text="").count(),
        "unfinished_uploads": Upload.objects.filter(artifact__earner=person, state=Upload.State.OPEN).count(),
        "drafts": Submission.objects.filter(earner=person, state=Submission.State.DRAFT).count(),
    }


def _erase_files(person: User) -> None:
    left = Artifact.objects.select_for_update(of=("self",)).filter(earner=person).exclude(state=Artifact.State.REMOVED)
    for artifact in left.select_related("submission"):
        if artifact.state in ON_ITS_WAY:
            drop_upload(artifact)
        if artifact.submission.state == Submission.State.DRAFT:
            move(artifact, Artifact.State.REMOVED)
            artifact.removed_at = clock.now()
            artifact.save(update_fields=["state", "removed_at"])
    kept = StoredFile.objects.select_for_update().filter(earner=person).exclude(state=StoredFile.State.GONE)
    for file in kept:
        mark_gone(file)


def _erase_words(person: User) -> None:
    """`rev` goes up, so that a page that is still open somewhere does not save the old words again."""
    Response.objects.filter(submission__earner=person).exclude(text="").update(text="", rev=F("rev") + 1)
    AiUse.objects.filter(submission__earner=person).delete()
    LogEntry.objects.filter(submission__earner=person).delete()
    QuizTry.objects.filter(submission__earner=person).update(answers={})
    CoachNote.objects.filter(submission__earner=person).update(text=ERASED)
    Pointer.objects.filter(artifact__earner=person).delete()
    Artifact.objects.filter(earner=person, erased_at=None).update(
        name="", url="", text="", link_title="", link_reason="", erased_at=clock.now()
    )


def _set_aside(work: Work) -> None:
    """Stop work that has not been sent. It can be taken up again, with nothing in it."""
    if work.state in (Work.State.ACTIVE, Work.State.RETURNED):
        move(work, Work.State.WITHDRAWN)
        work.goal_date = None
    if work.state != Work.State.PASSED:
        cards.touch(work, newest_try(work))


@transaction.atomic
def end(*, by: Member, erasure: Erasure, looked_under: int) -> Erasure:
    """Storage was listed and has nothing left: the certificate is complete. `looked_under`: how many folders."""
    fresh = Erasure.objects.select_for_update().get(pk=erasure.pk)
    if fresh.state == Erasure.State.RUNNING:
        move(fresh, Erasure.State.DONE)
        fresh.done_at = clock.now()
        listed = {"folders": looked_under, "left": 0, "at": fresh.done_at.isoformat(timespec="seconds")}
        fresh.certificate = fresh.certificate | {"storage_listed": listed}
        fresh.save(update_fields=["state", "done_at", "certificate"])
        audit.record(by, "erasure.done", fresh, files=len(fresh.certificate["files"]))
    return fresh
