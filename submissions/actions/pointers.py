"""Pointers: the earner says what to look for, and where."""

from django.db import transaction
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from submissions import cards
from submissions.actions.drafts import lock_draft, require_open
from submissions.models import Artifact, Pointer, Rendering, Submission
from submissions.places import Place, require_within
from submissions.viewing import extent_of
from tenants import audit
from tenants.roles import Member

MOST_CHARACTERS = 500  # of a note
MOST_POINTERS = 50  # at one piece


@transaction.atomic
def add_pointer(*, by: Member, artifact: Artifact, place: Place, note: str) -> Pointer:
    """Point to a place in a piece of one's own draft. The same place with the same words twice is one pointer.

    Raises Invalid (400) for a place that is not in the piece or a note that is empty or too long, RuleBroken (409)
    once the try is sent or the part is met, or when there are MOST_POINTERS.
    """
    draft = _lock(by, artifact)
    note = _checked(artifact, place, note)
    there = list(Pointer.objects.filter(artifact=artifact))
    for each in there:
        if (each.place, each.note) == (place, note):
            return each
    if len(there) >= MOST_POINTERS:
        raise RuleBroken(
            _("You have pointed to %(n)s places, the most one piece can have. Remove one first.") % {"n": len(there)},
            code="enough",
        )
    pointer = Pointer(artifact=artifact, note=note, created_at=clock.now())
    pointer.place = place
    pointer.save()
    return _done(by, draft, pointer, "pointer.added")


@transaction.atomic
def change_pointer(*, by: Member, pointer: Pointer, place: Place, note: str) -> Pointer:
    """Point elsewhere, or say it in other words. Raises what `add_pointer` raises."""
    draft = _lock(by, pointer.artifact)
    note = _checked(pointer.artifact, place, note)
    pointer.note, pointer.place = note, place
    pointer.save(update_fields=["note", "seconds", "page", "x", "y", "w", "h"])
    return _done(by, draft, pointer, "pointer.changed")


@transaction.atomic
def remove_pointer(*, by: Member, pointer: Pointer) -> None:
    """Take a pointer out of the draft. Raises RuleBroken (409) once the try is sent or the part is met."""
    draft = _lock(by, pointer.artifact)
    _done(by, draft, pointer, "pointer.removed")
    pointer.delete()


def _lock(by: Member, artifact: Artifact) -> Submission:
    draft = lock_draft(by, artifact.submission)
    require_open(draft, artifact.criterion)
    if artifact.state != Artifact.State.READY:
        raise RuleBroken(_("This is not ready yet. Point to places in it once it is checked."), code="not-ready")
    return draft


def _checked(artifact: Artifact, place: Place, note: str) -> str:
    note = " ".join(note.replace("\x00", "").split())
    if not note:
        raise Invalid(_("Say what the reviewer should look for."), field="note")
    if len(note) > MOST_CHARACTERS:
        message = _("Cut this to %(limit)s characters. It has %(n)s.")
        raise Invalid(message % {"limit": MOST_CHARACTERS, "n": len(note)}, field="note")
    rendering = Rendering.objects.filter(file=artifact.file_id).defer("texts").first() if artifact.file_id else None
    require_within(place, extent_of(artifact, rendering))
    return note


def _done(by: Member, draft: Submission, pointer: Pointer, verb: str) -> Pointer:
    cards.touch(draft.work, draft)
    audit.record(by, verb, pointer, artifact=str(pointer.artifact_id))
    return pointer
