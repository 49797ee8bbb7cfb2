"""Samples: what assessors train with. Copies of work whose earner allowed it, or texts that an author wrote.

A sample looks like a submission to whoever scores it, and is none to everything else: see docs/adr/0016. Called by
assessment inside its own transaction; it has checked who may do this.
"""

from collections.abc import Collection, Mapping
from datetime import date
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from credentials.models import Criterion, Edition, Prompt
from lib import clock
from lib.errors import Invalid
from lib.transitions import move
from submissions.actions.outcomes import copy_entry, copy_piece, copy_pointers
from submissions.actions.works import open_lines, unused_code
from submissions.models import (
    AiUse,
    Artifact,
    LogEntry,
    QuizTry,
    Response,
    StoredFile,
    Students,
    Submission,
    Work,
)
from submissions.wake import wake
from tenants.models import User

MOST_CHARACTERS = 50_000  # of one text


@transaction.atomic
def blank_sample(*, edition: Edition, owner: User, due_on: date | None = None) -> Submission:
    """A sample with nothing in it yet, every line of the guide open. `owner`: whose work it is; they never score it.

    `due_on` is what the queue shows, today unless said otherwise.
    """
    now = clock.now()
    work = Work.objects.create(edition=edition, earner=owner, state=Work.State.SAMPLE)
    sample = Submission.objects.create(
        work=work,
        earner=owner,
        edition=edition,
        code=unused_code(),
        state=Submission.State.SAMPLE,
        about_read_at=now,
        submitted_at=now,
        taken_in_at=now,
        due_on=due_on or now.date(),
    )
    open_lines(sample)
    return sample


@transaction.atomic
def copy_as_sample(*, source: Submission, edition: Edition | None = None, due_on: date | None = None) -> Submission:
    """A sample with everything that is in `source`, a try or another sample, under neutral names.

    Files are named, not copied. `edition`: another one of the same micro-credential, for which what was asked for
    under the same key is taken along; by default that of the source.
    """
    edition = edition or source.edition
    sample = blank_sample(edition=edition, owner=source.earner, due_on=due_on)
    sample.used_ai = source.used_ai
    sample.save(update_fields=["used_ai"])
    criteria = _counterparts(source.edition_id, edition.id)
    _copy_words(source, sample, criteria)
    ready = Artifact.objects.filter(submission=source, state=Artifact.State.READY, erased_at=None)
    ready = ready.exclude(file__state=StoredFile.State.GONE)
    copies = {old.id: copy_piece(old, sample) for old in ready if old.criterion_id in criteria}
    for copy in copies.values():
        copy.criterion_id = criteria[copy.criterion_id]
        copy.name = ""
        if copy.students == Students.RELEASED:
            copy.record_number = _("on file")
    Artifact.objects.bulk_create(copies.values())
    copy_pointers(copies)
    return sample


def _counterparts(old: UUID, new: UUID) -> dict[UUID, UUID]:
    """Criterion id of one edition → that of another with the same key."""
    there = dict(Criterion.objects.filter(edition=new).values_list("key", "id"))
    known = Criterion.objects.filter(edition=old).values_list("id", "key")
    return {criterion_id: there[key] for criterion_id, key in known if key in there}


def _copy_words(source: Submission, sample: Submission, criteria: Mapping[UUID, UUID]) -> None:
    asked = {(each.criterion_id, each.key): each.id for each in Prompt.objects.filter(edition=sample.edition_id)}
    answers = Response.objects.filter(submission=source).select_related("prompt")
    Response.objects.bulk_create(
        Response(submission=sample, prompt_id=asked[place], text=old.text)
        for old in answers
        if (place := (criteria.get(old.prompt.criterion_id), old.prompt.key)) in asked
    )
    entries = [copy_entry(old, sample) for old in LogEntry.objects.filter(submission=source)]
    tries = list(QuizTry.objects.filter(submission=source).exclude(state=QuizTry.State.OPEN))
    facts = ("number", "state", "drawn", "answers", "score", "started_at", "saved_at", "finished_at", "criterion_id")
    quizzes = [QuizTry(submission=sample, **{name: getattr(old, name) for name in facts}) for old in tries]
    for each in [*entries, *quizzes]:
        each.criterion_id = criteria.get(each.criterion_id)
    LogEntry.objects.bulk_create(each for each in entries if each.criterion_id)
    QuizTry.objects.bulk_create(each for each in quizzes if each.criterion_id)
    AiUse.objects.bulk_create(
        AiUse(
            submission=sample,
            tool=old.tool,
            criterion_id=criteria.get(old.criterion_id),
            what_changed=old.what_changed,
            position=old.position,
        )
        for old in AiUse.objects.filter(submission=source)
    )


@transaction.atomic
def write_sample(*, sample: Submission, texts: Mapping[UUID, str]) -> None:
    """Put what a sample says under each question. `texts`: by the id of the question; an empty one takes it out.

    Raises Invalid (400) for a question of another edition and a text that is too long.
    """
    known = {each.id for each in Prompt.objects.filter(edition=sample.edition_id)}
    for prompt_id, typed in texts.items():
        if prompt_id not in known:
            raise Invalid(_("This question is not part of the edition."), field="texts")
        text = _clean(typed)
        Response.objects.update_or_create(
            submission=sample, prompt_id=prompt_id, defaults={"text": text, "saved_at": clock.now()}
        )


@transaction.atomic
def add_to_sample(*, sample: Submission, criterion: Criterion, text: str = "", url: str = "") -> Artifact:
    """Add a text or a link as evidence. Raises Invalid (400) when a part is no evidence or of another edition."""
    if criterion.edition_id != sample.edition_id or criterion.part != Criterion.Kind.ARTIFACT:
        raise Invalid(_("Choose a part that takes evidence."), field="criterion")
    facts = {"submission": sample, "criterion": criterion, "earner_id": sample.earner_id}
    position = Artifact.objects.filter(submission=sample, criterion=criterion).count()
    facts |= {"state": Artifact.State.READY, "position": position}
    if text:
        return Artifact.objects.create(kind=Artifact.Kind.TEXT, text=_clean(text), **facts)
    added = Artifact.objects.create(kind=Artifact.Kind.LINK, url=url, link_state=Artifact.LinkState.UNCHECKED, **facts)
    wake("check_link", added)
    return added


@transaction.atomic
def leave_out(*, sample: Submission, artifacts: Collection[UUID] | None = None) -> None:
    """Take pieces out of a sample: those given, or (None) all. What nothing else needs is deleted in due time."""
    there = Artifact.objects.select_for_update(of=("self",)).filter(submission=sample, state=Artifact.State.READY)
    for artifact in there if artifacts is None else there.filter(id__in=artifacts):
        move(artifact, Artifact.State.REMOVED)
        artifact.removed_at = clock.now()
        artifact.save(update_fields=["state", "removed_at"])


@transaction.atomic
def empty_sample(*, sample: Submission) -> None:
    """Take everything out of a sample that is no longer used."""
    leave_out(sample=sample)
    Response.objects.filter(submission=sample).exclude(text="").update(text="")
    AiUse.objects.filter(submission=sample).delete()
    LogEntry.objects.filter(submission=sample).delete()


def _clean(text: str) -> str:
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > MOST_CHARACTERS:
        message = _("Cut this to %(limit)s characters. It has %(n)s.")
        raise Invalid(message % {"limit": MOST_CHARACTERS, "n": len(text)}, field="text")
    return text
