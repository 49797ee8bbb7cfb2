"""What an earner shows beside a badge: pieces of the work that was assessed, each chosen by hand. None by default."""

from collections import defaultdict
from collections.abc import Collection
from uuid import UUID

from django.db import transaction
from django.db.models import QuerySet
from django.utils.translation import gettext as _

from badges.actions import sign_anew
from badges.models import Badge, SharedEvidence
from badges.openbadges.content import Evidence
from lib import clock
from lib.bulk import among
from lib.errors import Invalid, RuleBroken
from submissions import files
from submissions.models import Artifact, StoredFile, Students
from tenants.audit import record
from tenants.mail import absolute
from tenants.roles import Member, require
from tenants.scope import inside


def pieces_of(badge: Badge) -> list[Artifact]:
    """The evidence of the try that earned the badge, as far as it is still there, in page order.

    Read inside the issuer's tenant, where it lies. Whoever calls this has checked that the earner asks.
    """
    if badge.submission_id is None:
        return []
    with inside(badge.tenant), transaction.atomic():
        ready = Artifact.objects.filter(
            submission=badge.submission_id, earner=badge.earner_id, state=Artifact.State.READY, erased_at=None
        )
        found = ready.exclude(file__state=StoredFile.State.GONE).select_related("criterion", "file")
        return list(found.order_by("criterion__position", "criterion__key", "position", "id"))


def why_not(piece: Artifact) -> str:
    """Why this piece cannot be shown to the public, in a sentence; empty if it can."""
    if not piece.is_attested:
        return _("Nothing was promised about the students in it, so it stays private.")
    return ""


def needs_release(piece: Artifact) -> bool:
    """Whether students can be recognized in it, so that the releases on file have to allow the public as well."""
    return piece.students == Students.RELEASED


def show_evidence(*, by: Member, badge: Badge, artifacts: Collection[UUID], releases_allow: bool = False) -> Badge:
    """Show exactly these pieces beside the badge from now on, and have the badge signed anew if that is a change.

    `releases_allow`: the earner says that the releases on file allow everyone to see the students. Raises Invalid
    (400) for a piece that may not be shown, and RuleBroken (409) for a badge that was taken back.
    """
    with transaction.atomic():
        badge = Badge.objects.select_for_update(of=("self",)).select_related("tenant").get(id=badge.id)
        require(by, "badge.share", badge)
        there = {piece.id: piece for piece in pieces_of(badge)}
        if badge.state == Badge.State.REVOKED and artifacts:
            raise RuleBroken(_("This badge was taken back, so it shows no evidence."), code="revoked")
        _refuse_unfit([there.get(each) for each in artifacts], releases_allow)
        shown = set(SharedEvidence.objects.filter(badge=badge).values_list("artifact_id", flat=True))
        if shown == set(artifacts):
            return badge
        SharedEvidence.objects.filter(badge=badge).exclude(artifact_id__in=artifacts).delete()
        new = [piece for piece in there.values() if piece.id in artifacts and piece.id not in shown]
        SharedEvidence.objects.bulk_create(_shared(badge, piece, list(there).index(piece.id)) for piece in new)
        sign_anew(badge)
        record(by, "badge.evidence_shown", badge, pieces=len(set(artifacts)))
    return badge


def _refuse_unfit(pieces: list[Artifact | None], releases_allow: bool) -> None:
    for piece in pieces:
        if piece is None:
            raise Invalid(_("One of these pieces is not there any more. Choose again."), field="evidence")
        if refusal := why_not(piece):
            raise Invalid(f"“{piece.short_name}”: {refusal}", field="evidence")
        if needs_release(piece) and not releases_allow:
            message = _("Students can be recognized in “%(name)s”. Tick that the releases allow everyone to see it.")
            raise Invalid(message % {"name": piece.short_name}, field="releases_allow")


def _shared(badge: Badge, piece: Artifact, position: int) -> SharedEvidence:
    return SharedEvidence(
        badge=badge,
        artifact_id=piece.id,
        file_id=piece.file_id,
        name=(piece.name or piece.link_title or str(piece))[:200],
        description=piece.criterion.title[:300],
        genre=genre_of(piece),
        position=position,
    )


def genre_of(piece: Artifact) -> str:
    """What kind of evidence it is, in a word (Open Badges 3.0, Evidence, genre)."""
    words = {
        "video": _("Video"),
        "audio": _("Audio"),
        "image": _("Picture"),
        "link": _("Web page"),
        "text": _("Text"),
    }
    return words.get(files.kind_of(piece), _("Document"))


def evidence_in(badges: Collection[Badge]) -> dict[UUID, tuple[Evidence, ...]]:
    """The pieces that the documents of badges name (Open Badges 3.0, Evidence), by badge, where any are. One query."""
    of_work = [str(badge.id) for badge in badges if badge.submission_id is not None]  # nothing else can show a piece
    found: dict[UUID, tuple[Evidence, ...]] = defaultdict(tuple)
    shown = SharedEvidence.objects.filter(badge__in=among(of_work, "uuid"), gone_at=None)
    for each in shown if of_work else ():
        address = absolute(f"/b/{each.badge_id}/evidence/{each.id}")
        piece = Evidence(id=address, name=each.name, description=each.description, genre=each.genre)
        found[each.badge_id] = (*found[each.badge_id], piece)
    return found


def shown_beside(badge: Badge) -> QuerySet[SharedEvidence]:
    """What is shown beside a badge and still there."""
    return SharedEvidence.objects.filter(badge=badge, gone_at=None)


def follow_deleted(limit: int = 200) -> int:
    """Have badges signed anew whose evidence was deleted; returns how many pieces that were. Safe at any time."""
    done = 0
    for piece in SharedEvidence.objects.filter(gone_at__isnull=False, followed_at=None).order_by("gone_at")[:limit]:
        with transaction.atomic():
            badge = Badge.objects.select_for_update().get(id=piece.badge_id)
            fresh = SharedEvidence.objects.filter(id=piece.id, followed_at=None)
            if fresh.update(followed_at=clock.now()):
                sign_anew(badge)
                done += 1
    return done
