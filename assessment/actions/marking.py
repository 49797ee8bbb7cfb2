"""Marks: the holder of a claim points to the place in the evidence that a comment is about."""

from django.db import transaction
from django.utils.translation import gettext as _

from assessment.actions.scoring import clean_text, hold
from assessment.models import Mark, Review
from assessment.queries import open_lines
from credentials.models import RubricLine
from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions.models import Artifact, Rendering
from submissions.places import Place, require_within
from submissions.viewing import extent_of
from tenants.audit import record
from tenants.roles import Member

MOST_CHARACTERS = 500  # of a note
MOST_MARKS = 200  # in one reading


def add_mark(
    *,
    by: Member,
    review: Review,
    token: int,
    artifact: Artifact,
    place: Place,
    line: RubricLine | None = None,
    note: str = "",
) -> Mark:
    """Mark a place for a line, or for the whole reading. The same mark twice is one.

    Raises what `hold` raises, Invalid (400) for a line that is not open, a piece of something else, a place that is
    not in it or a note that is too long, and RuleBroken (409) when there are MOST_MARKS.
    """
    note = clean_text(" ".join(note.replace("\x00", "").split()), "note", MOST_CHARACTERS)
    with transaction.atomic():
        held = hold(by=by, review=review, token=token)
        if line is not None and line.id not in {each.id for each in open_lines(held.submission_id)}:
            raise Invalid(_("“%(line)s” is not open in this submission.") % {"line": line.title}, field="line")
        if artifact.submission_id != held.submission_id or artifact.state != Artifact.State.READY:
            raise Invalid(_("Choose a piece of this submission."), field="piece")
        rendering = Rendering.objects.filter(file=artifact.file_id).defer("texts").first() if artifact.file_id else None
        require_within(place, extent_of(artifact, rendering))
        there = list(Mark.objects.filter(review=held))
        for each in there:
            if (each.artifact_id, each.line_id, each.place, each.note) == (
                artifact.id,
                line.id if line else None,
                place,
                note,
            ):
                return each
        if len(there) >= MOST_MARKS:
            raise RuleBroken(
                _("You have marked %(n)s places, the most one reading can have. Remove one first.") % {"n": len(there)},
                code="enough",
            )
        mark = Mark(
            tenant_id=held.tenant_id, review=held, line=line, artifact=artifact, note=note, created_at=clock.now()
        )
        mark.place = place
        mark.save()
        record(by, "mark.added", held, artifact=str(artifact.id))
    return mark


def remove_mark(*, by: Member, review: Review, token: int, mark: Mark) -> None:
    """Take a mark out of a reading. Raises what `hold` raises."""
    with transaction.atomic():
        held = hold(by=by, review=review, token=token)
        if mark.review_id == held.id:
            record(by, "mark.removed", held, artifact=str(mark.artifact_id))
            mark.delete()
