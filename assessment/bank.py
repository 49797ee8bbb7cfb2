"""Kept comments: which of them somebody sees, and which fit a line of a reading."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db.models import Q, QuerySet
from django.http import Http404

from assessment.models import Mark, Review, SavedComment
from credentials.models import Edition, RubricLevel, RubricLine
from tenants.models import Tenant, User
from tenants.roles import Member

SHOWN = 200  # of one reading's bank
PLACE = "{minute}"  # in a kept comment: the time or page one looks at, filled in when it is used


def visible_to(user: User) -> QuerySet[SavedComment]:
    """One's own, and those of the team and the issuer, most used first."""
    shared = Q(share__in=[SavedComment.Share.TEAM, SavedComment.Share.ISSUER])
    return SavedComment.objects.filter(Q(owner=user) | shared)


def comment_of(by: Member, comment_id: UUID) -> SavedComment:
    """One kept comment that `by` sees. Raises Http404 otherwise."""
    found = visible_to(by.user).filter(id=comment_id).first()
    if found is None:
        raise Http404
    return found


def comments_for(review: Review) -> list[SavedComment]:
    """The bank of whoever reads this: what fits its micro-credential, most used first."""
    fitting = Q(micro_credential=None) | Q(micro_credential=review.edition.micro_credential_id)
    return list(visible_to(review.assessor).filter(fitting)[:SHOWN])


def fits(kept: SavedComment, line_key: str) -> bool:
    """Whether it was kept for this line, or for any."""
    return kept.line_key in ("", line_key)


def with_place(text: str, review: Review, line: RubricLine) -> str:
    """A kept comment with PLACE filled in: where one has last marked something for this line."""
    if PLACE not in text:
        return text
    mark = Mark.objects.filter(review=review, line=line).exclude(seconds=None, page=None).last()
    return text.replace(PLACE, mark.place.words if mark else "…")


@dataclass(frozen=True)
class Offer:
    """A kept comment beside a line. `level` is the name of the level it was kept for, "" for any."""

    kept: SavedComment
    level: str


def offers(bank: Iterable[SavedComment], line: RubricLine, chosen: RubricLevel | None) -> list[Offer]:
    """What the bank has for a line: first what was kept for the level that is chosen, each group most used first."""
    levels = {level.position: level for level in line.levels.all()}
    found = [each for each in bank if fits(each, line.key)]
    here = chosen.position if chosen else None
    found.sort(key=lambda each: (each.level_position is None or each.level_position != here, each.line_key == ""))
    return [Offer(each, levels[each.level_position].name if each.level_position in levels else "") for each in found]


def editions_to_score(tenant: Tenant) -> QuerySet[Edition]:
    """The editions that comments can be kept for: what the tenant publishes."""
    mine = Edition.objects.filter(micro_credential__tenant=tenant, state=Edition.State.PUBLISHED)
    return mine.select_related("micro_credential").only("title", "micro_credential__slug").order_by("title", "id")


def edition_to_score(tenant: Tenant, slug: str) -> Edition | None:
    """The one of them with this slug; None for any other text."""
    return editions_to_score(tenant).filter(micro_credential__slug=slug).first() if slug else None


@dataclass(frozen=True)
class Place:
    """A kept comment in the list of all, with the words of the line and level it was kept for."""

    kept: SavedComment
    title: str  # of the micro-credential, "" for any
    line: str
    level: str


def places(comments: Iterable[SavedComment]) -> list[Place]:
    """Kept comments with what they are for, in the words of the newest edition."""
    comments = list(comments)
    about = {each.micro_credential_id for each in comments} - {None}
    newest: dict[UUID, Edition] = {}
    for edition in (
        Edition.objects.filter(micro_credential__in=about)
        .order_by("number")
        .only("title", "number", "micro_credential_id")
    ):
        newest[edition.micro_credential_id] = edition
    lines = {
        (line.edition_id, line.key): line
        for line in RubricLine.objects.filter(edition__in=newest.values()).prefetch_related("levels")
    }
    return [_place(each, newest.get(each.micro_credential_id), lines) for each in comments]


def _place(kept: SavedComment, edition: Edition | None, lines: dict) -> Place:
    if edition is None:
        return Place(kept, "", "", "")
    line = lines.get((edition.id, kept.line_key))
    names = {level.position: level.name for level in line.levels.all()} if line else {}
    return Place(kept, edition.title, line.title if line else "", names.get(kept.level_position, ""))
