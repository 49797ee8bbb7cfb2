"""The comment bank: keeping a comment, changing it, sharing it, and counting how often it helped."""

from django.db import transaction
from django.db.models import F
from django.utils.translation import gettext as _

from assessment.actions.scoring import clean_text
from assessment.bank import comments_for, fits
from assessment.models import Review, SavedComment, Score
from assessment.models.comment import MOST_CHARACTERS
from credentials.models import MicroCredential
from lib.errors import Invalid, RuleBroken
from tenants.audit import record
from tenants.roles import Member, require

MOST_KEPT = 500  # by one person


def keep_comment(
    *,
    by: Member,
    text: str,
    share: str = SavedComment.Share.MINE,
    micro_credential: MicroCredential | None = None,
    line_key: str = "",
    level_position: int | None = None,
) -> SavedComment:
    """Keep a comment for next time. The same one twice is one.

    Raises Invalid (400) for an empty or too long text, NotAllowed (403) for speaking for the issuer without the role,
    RuleBroken (409) when one has MOST_KEPT.
    """
    require(by, "comment.keep")
    _require_may_share(by, share)
    text = _clean(text)
    with transaction.atomic():
        mine = SavedComment.objects.filter(owner=by.user)
        where = {"micro_credential": micro_credential, "line_key": line_key, "level_position": level_position}
        if there := mine.filter(text=text, **where).first():
            return there
        if mine.count() >= MOST_KEPT:
            message = _("You have kept %(n)s comments, the most there can be. Remove one first.")
            raise RuleBroken(message % {"n": MOST_KEPT}, code="enough")
        # Another tab may keep the same words at this very moment.
        kept, is_new = mine.get_or_create(text=text, **where, defaults={"owner": by.user, "share": share})
        if is_new:
            record(by, "comment.kept", kept, share=share)
    return kept


def change_comment(*, by: Member, comment: SavedComment, text: str, share: str) -> SavedComment:
    """Other words, or other readers. Raises what `keep_comment` raises, RuleBroken (409) for words one has already."""
    require(by, "comment.change", comment)
    if share != comment.share:
        _require_may_share(by, share)
    text = _clean(text)
    with transaction.atomic():
        held = SavedComment.objects.select_for_update(of=("self",)).get(id=comment.id)
        twin = SavedComment.objects.filter(
            owner=held.owner_id,
            micro_credential=held.micro_credential_id,
            line_key=held.line_key,
            level_position=held.level_position,
            text=text,
        )
        if twin.exclude(id=held.id).exists():
            raise RuleBroken(_("You have kept these very words already."), code="kept-already")
        held.text, held.share = text, share
        held.save(update_fields=["text", "share"])
        record(by, "comment.changed", held, share=share)
    return held


def remove_comment(*, by: Member, comment: SavedComment) -> None:
    """Drop a kept comment. What was sent with it stays as it is."""
    require(by, "comment.change", comment)
    with transaction.atomic():
        record(by, "comment.dropped", comment)
        comment.delete()


def count_uses(*, review: Review) -> None:
    """Count the kept comments that a reading used. Called once, in the transaction that decides."""
    scores = list(Score.objects.filter(review=review).exclude(comment="").select_related("line"))
    used = [
        kept.id
        for kept in (comments_for(review) if scores else ())
        if any(fits(kept, score.line.key) and kept.text in score.comment for score in scores)
    ]
    SavedComment.objects.filter(id__in=used).update(uses=F("uses") + 1)


def _require_may_share(by: Member, share: str) -> None:
    if share not in SavedComment.Share.values:
        raise Invalid(_("Choose who sees this comment."), field="share")
    if share == SavedComment.Share.ISSUER:
        require(by, "comment.publish")


def _clean(text: str) -> str:
    text = clean_text(text, "text", MOST_CHARACTERS)
    if not text:
        raise Invalid(_("Write the comment first."), field="text")
    return text
