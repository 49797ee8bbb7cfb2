"""Saying, piece by piece, how the students in the evidence are protected."""

from collections.abc import Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions import cards
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Artifact, Students, Submission
from submissions.promises import CURRENT
from tenants import audit
from tenants.roles import Member

MOST_RECORD = 80  # characters of a record number
_NOTHING = {"students": "", "record_number": "", "attested_version": "", "attested_at": None}


@dataclass(frozen=True)
class Said:
    """What an earner says of one piece: a value of Students, and the record number of the releases."""

    students: str
    record_number: str = ""


def checked(said: Said) -> Said:
    """`said` as it is stored: the number on one line, and only where releases are on file.

    Raises Invalid (400) naming the field, "students" or "record_number".
    """
    record = " ".join(said.record_number.replace("\x00", "").split())
    if said.students not in Students.values:
        raise Invalid(_("Choose how students are protected."), field="students")
    if said.students != Students.RELEASED:
        return Said(said.students)
    if not record:
        raise Invalid(_("Write the record number of the signed releases."), field="record_number")
    if len(record) > MOST_RECORD:
        message = _("This record number is too long. Use at most %(n)s characters.") % {"n": MOST_RECORD}
        raise Invalid(message, field="record_number")
    return Said(said.students, record)


@transaction.atomic
def attest(*, by: Member, artifact: Artifact, students: str, record_number: str = "") -> Artifact:
    """Store how students are protected in one piece, in today's wording. The same a second time changes nothing.

    Raises Invalid (400) naming the field, and RuleBroken (409) for a piece that is not ready.
    """
    said = checked(Said(students, record_number))
    draft = lock_draft(by, artifact.submission)
    fresh = Artifact.objects.select_for_update(of=("self",)).select_related("criterion", "file").get(pk=artifact.pk)
    if fresh.state != Artifact.State.READY:
        message = _("“%(name)s” is not ready, so nothing can be said of it yet. Reload the page to see how it stands.")
        raise RuleBroken(message % {"name": fresh}, code="not-ready")
    require_open(draft, fresh.criterion)
    if _write(by, fresh, said):
        cards.touch(draft.work, draft)
    return fresh


@transaction.atomic
def attest_all(*, by: Member, submission: Submission, said: Mapping[UUID, Said]) -> int:
    """`attest` for many pieces, by their ids, all or none; returns how many changed.

    Pieces that are not ready, or not of this try, are passed over: they were removed while somebody chose.
    Raises Invalid (400) naming the field.
    """
    wanted = {piece: checked(each) for piece, each in said.items()}
    draft = lock_draft(by, submission)
    pieces = (
        Artifact.objects.select_for_update(of=("self",))
        .select_related("criterion")
        .filter(submission=draft, state=Artifact.State.READY, id__in=wanted)
        .order_by("id")
    )
    found = [piece for piece in pieces if not _is_said(piece, wanted[piece.id])]
    for criterion in {piece.criterion_id: piece.criterion for piece in found}.values():
        require_open(draft, criterion)
    changed = sum(_write(by, piece, wanted[piece.id]) for piece in found)
    if changed:
        cards.touch(draft.work, draft)
    return changed


def unsay(artifact: Artifact) -> list[str]:
    """Clear what was said of a piece, unsaved; returns the fields to save. A piece that comes back is asked anew."""
    for name, value in _NOTHING.items():
        setattr(artifact, name, value)
    return list(_NOTHING)


def _is_said(artifact: Artifact, said: Said) -> bool:
    return (artifact.students, artifact.record_number) == (said.students, said.record_number)


def _write(by: Member, artifact: Artifact, said: Said) -> bool:
    """Whether this was news."""
    if _is_said(artifact, said):
        return False
    artifact.students, artifact.record_number = said.students, said.record_number
    artifact.attested_version, artifact.attested_at = CURRENT, clock.now()
    artifact.save(update_fields=list(_NOTHING))
    audit.record(by, "artifact.attested", artifact, version=CURRENT, students=said.students)
    return True
