"""Notes of a vetter about an edition, and the author's answers."""

from django.db import transaction
from django.utils.translation import gettext as _

from credentials.models import Edition, VettingNote
from credentials.sections import SECTIONS
from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from tenants import audit
from tenants.roles import Member, require

MOST_CHARACTERS = 2000


@transaction.atomic
def add_note(
    *, by: Member, edition: Edition, section: str, text: str, kind: str = VettingNote.Kind.SUGGEST
) -> VettingNote:
    """A remark about one section, in this round. The author sees it when the edition comes back.

    The very same remark again (a double click) is the one that is there.
    """
    edition = _vetting(by, edition)
    text = text.replace("\r\n", "\n").strip()
    if section not in SECTIONS:
        raise Invalid(_("Choose the section that this is about."), field="section")
    if kind not in VettingNote.Kind.values:
        raise Invalid(_("Choose one of the kinds."), field="kind")
    if not text or len(text) > MOST_CHARACTERS or "\x00" in text:
        raise Invalid(_("Write a note of at most %(n)s characters.") % {"n": MOST_CHARACTERS}, field="text")
    same = {"edition": edition, "round": edition.round, "section": section, "kind": kind, "text": text, "by": by.user}
    note, made = VettingNote.objects.get_or_create(**same)
    if made:
        audit.record(by, "edition.noted", edition, note=str(note.id), section=section, kind=kind)
    return note


@transaction.atomic
def remove_note(*, by: Member, note: VettingNote) -> None:
    """Take back a note of one's own, before the author sees it."""
    edition = _vetting(by, note.edition)
    if note.by_id != by.user.id or note.round != edition.round:
        raise NotAllowed(_("You can only take back your own notes of this round."), code="not-yours")
    audit.record(by, "edition.note_removed", edition, note=str(note.id))
    note.delete()


@transaction.atomic
def answer_note(*, by: Member, note: VettingNote, text: str) -> VettingNote:
    """The author says what was changed, or why not."""
    edition = Edition.objects.select_for_update(of=("self",)).get(id=note.edition_id)
    require(by, "edition.write", edition)
    if edition.state != Edition.State.DRAFT:
        raise RuleBroken(_("You can answer while the draft is on your desk."), code="wrong-state")
    text = text.replace("\r\n", "\n").strip()
    if not text or len(text) > MOST_CHARACTERS or "\x00" in text:
        raise Invalid(_("Write an answer of at most %(n)s characters.") % {"n": MOST_CHARACTERS}, field="reply")
    note.reply, note.replied_at = text, clock.now()
    note.save(update_fields=["reply", "replied_at"])
    audit.record(by, "edition.note_answered", edition, note=str(note.id))
    return note


def _vetting(by: Member, edition: Edition) -> Edition:
    edition = Edition.objects.select_for_update(of=("self",)).select_related("micro_credential").get(id=edition.id)
    if edition.micro_credential.tenant_id != by.tenant.id:
        raise NotAllowed(_("This belongs to another organization."), code="other-tenant")
    require(by, "edition.vet", edition)
    if edition.state != Edition.State.VETTING:
        raise RuleBroken(_("This is not with a vetter now."), code="wrong-state")
    return edition
