"""Scoring: what the holder of a claim writes into it while reading."""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from assessment.models import LEASE, Review, Score
from assessment.queries import open_lines
from credentials.models import RubricLevel, RubricLine
from lib import clock
from lib.errors import Invalid, RuleBroken
from tenants.audit import record
from tenants.roles import Member, require

MOST_CHARACTERS = 4000  # of a comment, and of the note
SITTING = timedelta(minutes=15)  # autosave writes every few seconds; the audit keeps one row a sitting


class TakenOver(RuleBroken):
    """The lease ran out and someone else has the slot now, or a lead gave it away: this claim writes no more."""

    def __init__(self, *, moved: bool = False) -> None:
        super().__init__(
            _(
                "A lead gave this to someone else. Your draft is kept here: "
                "you can still read and copy it, but it no longer counts."
            )
            if moved
            else _(
                "Your 30 minutes ran out and someone else took this over. Your draft is kept here: "
                "you can still read and copy it, but it no longer counts."
            ),
            code="lease-lost",
        )


class TakenBack(TakenOver):
    """The reading was sent and taken back since, so what an older page says no longer counts."""

    def __init__(self) -> None:
        RuleBroken.__init__(
            self,
            _("You took this score back on another page. Reload this one to go on. What you typed here is not saved."),
            code="stale-token",
        )


class AlreadySent(RuleBroken):
    """The reading is final."""

    def __init__(self) -> None:
        super().__init__(_("You have sent this score. It can no longer be changed."), code="already-sent")


@dataclass(frozen=True)
class Given:
    """What a reading says about one line. None leaves as it is what was saved before."""

    line: RubricLine
    level: RubricLevel | None = None
    comment: str | None = None


def hold(*, by: Member, review: Review, token: int) -> Review:
    """The row of a live claim, locked. Call it inside a transaction.

    Raises NotAllowed (403) for anyone but the holder, TakenOver (409) for a token that is no longer the newest,
    AlreadySent (409) for a final reading, and RuleBroken (409) for one that was given back.
    """
    held = Review.objects.select_for_update(of=("self",)).select_related("submission").get(id=review.id)
    require(by, "review.score", held)
    if held.state == Review.State.CLAIMED and held.token > token:  # no one else: a take-over has a row of its own
        raise TakenBack
    if held.state == Review.State.EXPIRED or held.token != token:
        raise TakenOver(moved=held.left_at is not None and held.left_at < held.lease_until)
    if held.state == Review.State.FINAL:
        raise AlreadySent
    if held.state == Review.State.RELEASED:
        raise RuleBroken(_("You gave this back. Take it from the queue again to score it."), code="given-back")
    return held


def renew(*, by: Member, review: Review, token: int) -> datetime:
    """Start the lease anew and return when it ends. A lapsed one is renewed too, unless someone took over."""
    with transaction.atomic():
        return _renew(hold(by=by, review=review, token=token))


def save_score(
    *,
    by: Member,
    review: Review,
    token: int,
    line: RubricLine,
    level: RubricLevel | None = None,
    comment: str | None = None,
) -> Review:
    """`save_scores` for one line."""
    return save_scores(by=by, review=review, token=token, given=[Given(line, level, comment)])


def save_scores(
    *, by: Member, review: Review, token: int, given: Iterable[Given] = (), note: str | None = None
) -> Review:
    """Save levels, comments and the note of a claim as they stand, and renew its lease. All or nothing.

    Raises what `hold` raises, and Invalid (400) for a line that is not open, a level of another line, or a text that
    is too long.
    """
    given = list(given)
    with transaction.atomic():
        held = hold(by=by, review=review, token=token)
        lines = {line.id for line in open_lines(held.submission_id)}
        for item in given:
            _check(item, lines)
        if note is not None:
            held.note = clean_text(note, "note")
        _write(by, held, given)
        _renew(held)
    return held


def _renew(held: Review) -> datetime:
    now = clock.now()
    pause = timedelta(minutes=settings.ASSESSOR_IDLE_MINUTES)
    held.active_seconds += int(min(now - (held.active_at or held.claimed_at), pause).total_seconds())
    held.active_at, held.lease_until = now, now + LEASE
    held.save(update_fields=["lease_until", "note", "active_at", "active_seconds"])
    return held.lease_until


def _check(item: Given, lines: set) -> None:
    if item.line.id not in lines:
        raise Invalid(_("“%(line)s” is not open in this submission.") % {"line": item.line.title}, field="line")
    if item.level is not None and item.level.line_id != item.line.id:
        raise Invalid(_("Choose a level of “%(line)s”.") % {"line": item.line.title}, field="level")


def _write(by: Member, held: Review, given: list[Given]) -> None:
    saved = {score.line_id: score for score in Score.objects.filter(review=held)}
    now = clock.now()
    sat_down = all(now - score.saved_at > SITTING for score in saved.values())
    changed = []
    for item in given:
        old = saved.get(item.line.id) or Score(tenant_id=held.tenant_id, review=held, line=item.line)
        level_id = item.level.id if item.level else old.level_id
        comment = old.comment if item.comment is None else clean_text(item.comment, "comment")
        if (level_id, comment) != (old.level_id, old.comment):
            old.level_id, old.comment, old.saved_at = level_id, comment, now
            changed.append(old)
    if not changed:
        return
    if sat_down:
        record(by, "review.saved", held)
    Score.objects.bulk_create(
        changed,
        update_conflicts=True,
        unique_fields=["review", "line"],
        update_fields=["level", "comment", "saved_at"],
    )


def clean_text(text: str, field: str, most: int = MOST_CHARACTERS) -> str:
    """What people typed, without what no page can show. Raises Invalid (400) for more than `most` characters."""
    text = text.replace("\r\n", "\n").replace("\x00", "").strip()
    if len(text) > most:
        message = _("Cut this to %(limit)s characters. It has %(n)s.") % {"limit": most, "n": len(text)}
        raise Invalid(message, field=field)
    return text
