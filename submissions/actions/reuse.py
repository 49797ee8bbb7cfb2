"""Evidence that is there already: bring back what was removed from a draft, or use a piece of earlier work again."""

from django.db import transaction
from django.utils.translation import gettext as _

from credentials.models import Criterion
from lib.errors import RuleBroken
from lib.transitions import move
from submissions import cards
from submissions.actions.drafts import lock_draft, require_open
from submissions.actions.evidence import SHOWN, place, require_room
from submissions.models import Artifact, StoredFile, Submission
from submissions.wake import wake
from tenants import audit
from tenants.roles import Member, require


@transaction.atomic
def restore_artifact(*, by: Member, artifact: Artifact) -> Artifact:
    """Bring removed evidence back into its part. Bringing back what is there changes nothing (`already_there`).

    How students are protected in it is asked anew. Raises RuleBroken (409) when the part is full, when the file was
    deleted since, and for an upload that was never finished.
    """
    require(by, "work.edit", artifact)
    draft = lock_draft(by, artifact.submission)
    fresh = Artifact.objects.select_for_update(of=("self",)).select_related("criterion").get(pk=artifact.pk)
    require_open(draft, fresh.criterion)
    if fresh.state == Artifact.State.READY:
        fresh.already_there = True
        return fresh
    _require_kept(fresh)
    here = Artifact.objects.filter(SHOWN, submission=draft, criterion=fresh.criterion)
    same = here.filter(kind=fresh.kind, **_content(fresh)).exclude(state=Artifact.State.REFUSED).first()
    if same is not None:
        same.already_there = True
        return same
    require_room(fresh.criterion, fresh.kind, here.count())
    move(fresh, Artifact.State.READY)
    fresh.removed_at = None
    fresh.save(update_fields=["state", "removed_at"])
    _open_link(fresh)
    cards.touch(draft.work, draft)
    audit.record(by, "artifact.restored", fresh, kind=fresh.kind, sha256=fresh.sha256)
    return fresh


@transaction.atomic
def reuse_artifact(*, by: Member, submission: Submission, criterion: Criterion, artifact: Artifact) -> Artifact:
    """Put `artifact`, a piece of one's own earlier work, into a part of a draft as well.

    The new piece names the same stored file, link or text, and nothing is said yet of the students in it. Content that
    the part has already is not added again (`already_there`). Raises NotAllowed (403) for someone else's, and
    RuleBroken (409) for a file that was deleted, a kind the part does not take, and a part that is full.
    """
    require(by, "work.edit", artifact)
    _require_kept(artifact)
    facts = {"name": artifact.name, "url": artifact.url, "text": artifact.text, "file_id": artifact.file_id}
    if artifact.kind == Artifact.Kind.LINK:
        facts |= {"link_state": Artifact.LinkState.UNCHECKED, "link_title": artifact.link_title}
    state = Artifact.State.READY
    made = place(by, submission, criterion, artifact.kind, same=_content(artifact), state=state, **facts)
    if made.already_there:
        return made
    _open_link(made)
    cards.touch(made.submission.work, made.submission)
    audit.record(by, "artifact.reused", made, kind=made.kind, sha256=made.sha256, of=str(artifact.id))
    return made


def _require_kept(artifact: Artifact) -> None:
    """Raise RuleBroken (409) unless the content is still there. Locks the file, so that it is not deleted meanwhile."""
    if artifact.kind != Artifact.Kind.FILE:
        return
    file = StoredFile.objects.select_for_update().filter(id=artifact.file_id).first()
    if file is None:
        raise RuleBroken(_("This upload was not finished, so it cannot be brought back. Choose the file again."))
    if file.state != StoredFile.State.KEPT:
        raise RuleBroken(
            _("This file was deleted, as the rules on keeping evidence say. Choose the file again from your device."),
            code="gone",
        )


def _content(artifact: Artifact) -> dict[str, str]:
    """What tells the same content in another row."""
    of = {
        Artifact.Kind.FILE: ("file__sha256", artifact.sha256),
        Artifact.Kind.LINK: ("url", artifact.url),
        Artifact.Kind.TEXT: ("text", artifact.text),
    }
    return dict([of[Artifact.Kind(artifact.kind)]])


def _open_link(artifact: Artifact) -> None:
    """Have a link opened again: much may have changed since."""
    if artifact.kind == Artifact.Kind.LINK:
        Artifact.objects.filter(id=artifact.id).update(link_state=Artifact.LinkState.UNCHECKED)
        wake("check_link", artifact)
