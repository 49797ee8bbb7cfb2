"""Anchors: made from work whose earner allowed it or written, scored line by line with reasons, published, retired."""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Exists, Max, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from assessment.calibration import rubric_hash
from assessment.models import Anchor, AnchorLine, AnchorReading, Calibration, DecisionLine, Review
from credentials.models import Criterion, Edition, RubricLevel, RubricLine
from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.transitions import move
from submissions.actions.samples import (
    add_to_sample,
    blank_sample,
    copy_as_sample,
    empty_sample,
    leave_out,
    write_sample,
)
from submissions.models import Erasure, Promise, Submission
from tenants.audit import record
from tenants.roles import Member, require

MOST_CHARACTERS = 4000  # of a reason


class LinesMissing(Invalid):
    """An anchor that cannot be published yet. `titles` of the lines that lack a level or a reason."""

    def __init__(self, titles: list[str]) -> None:
        names = ", ".join(f"“{title}”" for title in titles)
        message = _("Every line needs a level and the reason for it. Still missing: %(lines)s.") % {"lines": names}
        super().__init__(message, field="lines", code="lines-missing")
        self.titles = titles


@dataclass(frozen=True)
class Stands:
    """The level that stands for a line of an anchor, and why. Either may be missing so far."""

    line: RubricLine
    level: RubricLevel | None
    rationale: str


@transaction.atomic
def make_anchor(*, by: Member, code: str, use: str = Anchor.Use.PRACTICE) -> Anchor:
    """An anchor from the submission with this code, with a copy of its evidence and the levels that were decided.

    Raises Invalid (400) for a code nobody has, and RuleBroken (409) when it has not been decided, when its earner did
    not allow training with it, or had their evidence erased.
    """
    require(by, "anchor.manage")
    source = Submission.objects.select_related("edition", "earner").filter(code=code.strip().upper()).first()
    if source is None:
        raise Invalid(_("No submission here has this code. Check it and try again."), field="code")
    if source.state not in (Submission.State.PASSED, Submission.State.NOT_YET):
        raise RuleBroken(_("This submission has no result yet. Choose one that was decided."), code="not-decided")
    if not Promise.objects.filter(submission=source, kind=Promise.Kind.TRAINING).exists():
        raise RuleBroken(
            _("The educator did not allow reviewers to train with this work. Choose another one, or write a sample."),
            code="not-allowed",
        )
    coming = Q(state__in=[Erasure.State.WAITING, Erasure.State.RUNNING])
    gone = Q(state=Erasure.State.DONE, began_at__gt=source.submitted_at)
    if Erasure.objects.filter(coming | gone, person=source.earner_id).exists():
        raise RuleBroken(_("The educator had this work erased, or asked for it. Choose another one."), code="erased")
    anchor = _create(by, source.edition, use, copy_as_sample(source=source), source)
    decided = {each.line_id: each for each in DecisionLine.objects.filter(decision__submission=source)}
    AnchorLine.objects.bulk_create(
        AnchorLine(anchor=anchor, line_id=line_id, level_id=each.level_id, rationale=each.comment)
        for line_id, each in decided.items()
    )
    return anchor


@transaction.atomic
def write_anchor(*, by: Member, edition: Edition, use: str = Anchor.Use.PRACTICE) -> Anchor:
    """An anchor that `by` writes. Raises RuleBroken (409) when the edition is still being written, or is another's."""
    require(by, "anchor.manage")
    if edition.micro_credential.tenant_id != by.tenant.id or edition.state in ("draft", "vetting"):
        raise RuleBroken(_("Samples are made for published micro-credentials of your own."), code="not-published")
    return _create(by, edition, use, blank_sample(edition=edition, owner=by.user), None)


def _create(by: Member, edition: Edition, use: str, sample: Submission, source: Submission | None) -> Anchor:
    Edition.objects.select_for_update(no_key=True).get(id=edition.id)  # numbers are given one after the other
    last = Anchor.objects.filter(edition=edition).aggregate(last=Max("number"))["last"] or 0
    anchor = Anchor.objects.create(
        edition=edition, number=last + 1, use=use, submission=sample, source=source, made_by=by.user
    )
    record(by, "anchor.made", anchor, edition=str(edition.id), source=str(source.id) if source else "")
    return anchor


@transaction.atomic
def save_anchor(
    *,
    by: Member,
    anchor: Anchor,
    use: str,
    stands: Iterable[Stands],
    texts: Mapping[UUID, str],
    added: Iterable[tuple[Criterion, str, str]] = (),
    without: Collection[UUID] = (),
    names_checked: bool = False,
) -> Anchor:
    """Save a draft as it stands. `texts`: answers by the id of the question. `without`: pieces to leave out.

    `added`: parts that take evidence, each with a text or a link to add to it, or both.

    Raises RuleBroken (409) once it is published, and Invalid (400) for a line or level of something else.
    """
    draft = _draft(by, anchor)
    for each in stands:
        if each.line.edition_id != draft.edition_id:
            raise Invalid(_("“%(line)s” is a line of something else.") % {"line": each.line.title}, field="line")
        if each.level is not None and each.level.line_id != each.line.id:
            raise Invalid(_("Choose a level of “%(line)s”.") % {"line": each.line.title}, field="level")
        rationale = each.rationale.replace("\r\n", "\n").replace("\x00", "").strip()
        if len(rationale) > MOST_CHARACTERS:
            facts = {"limit": MOST_CHARACTERS, "n": len(rationale)}
            raise Invalid(_("Cut this to %(limit)s characters. It has %(n)s.") % facts, field="rationale")
        AnchorLine.objects.update_or_create(
            anchor=draft, line=each.line, defaults={"level": each.level, "rationale": rationale}
        )
    write_sample(sample=draft.submission, texts=texts)
    for part, text, url in added:
        for piece in ({"text": text}, {"url": url}):
            if any(piece.values()):
                add_to_sample(sample=draft.submission, criterion=part, **piece)
    if without:
        leave_out(sample=draft.submission, artifacts=without)
    draft.use, draft.names_checked = use, names_checked
    draft.save(update_fields=["use", "names_checked"])
    record(by, "anchor.saved", draft)
    return draft


@transaction.atomic
def publish_anchor(*, by: Member, anchor: Anchor) -> Anchor:
    """Put an anchor into use; it is frozen from here on.

    Raises LinesMissing (400) naming the lines without a level or a reason, and Invalid (400) until somebody has said
    that no names are left in it.
    """
    draft = _draft(by, anchor)
    whole = {
        line.line_id for line in AnchorLine.objects.filter(anchor=draft, level__isnull=False).exclude(rationale="")
    }
    lines = RubricLine.objects.filter(edition=draft.edition_id)
    if missing := [line.title for line in lines if line.id not in whole]:
        raise LinesMissing(missing)
    if not draft.names_checked:
        message = _("Read every piece first, and tick that it names neither the educator nor a student.")
        raise Invalid(message, field="names_checked", code="names-not-checked")
    move(draft, Anchor.State.PUBLISHED)
    draft.published_at = clock.now()
    draft.save(update_fields=["state", "published_at"])
    record(by, "anchor.published", draft, edition=str(draft.edition_id), use=draft.use)
    return draft


@transaction.atomic
def retire_anchor(*, by: Member, anchor: Anchor, why: str) -> Anchor:
    """Take an anchor out of use, with all copies that were given out. Results it led to stand.

    Whoever is scoring a copy is told that it was taken away. Retiring twice is retiring once.
    """
    require(by, "anchor.manage")
    why = " ".join(why.replace("\x00", "").split())[:300]
    if not why:
        raise Invalid(_("Say why it is retired."), field="why")
    fresh = Anchor.objects.select_for_update(of=("self",)).select_related("submission").get(pk=anchor.pk)
    if fresh.state == Anchor.State.RETIRED:
        return fresh
    move(fresh, Anchor.State.RETIRED)
    fresh.retired_at, fresh.retired_why = clock.now(), why
    fresh.save(update_fields=["state", "retired_at", "retired_why"])
    empty_sample(sample=fresh.submission)
    for reading in (
        AnchorReading.objects.select_for_update(of=("self",)).filter(anchor=fresh).select_related("submission")
    ):
        empty_sample(sample=reading.submission)
        if reading.compared_at is None:
            _take_away(reading)
    record(by, "anchor.retired", fresh, edition=str(fresh.edition_id))
    return fresh


def _take_away(reading: AnchorReading) -> None:
    open_ones = Review.objects.select_for_update().filter(submission=reading.submission_id)
    for held in open_ones.filter(state=Review.State.CLAIMED):
        move(held, Review.State.EXPIRED)
        held.save(update_fields=["state"])
    reading.dropped_at = clock.now()
    reading.save(update_fields=["dropped_at"])


def _draft(by: Member, anchor: Anchor) -> Anchor:
    require(by, "anchor.manage")
    fresh = Anchor.objects.select_for_update(of=("self",)).select_related("submission").get(pk=anchor.pk)
    if fresh.state != Anchor.State.DRAFT:
        raise RuleBroken(
            _("This sample is in use, so it can no longer be changed. Retire it and make another one."), code="frozen"
        )
    return fresh


# --- What the sweep does -------------------------------------------------------------------------------------------


def left_by_their_earners() -> QuerySet[Anchor]:
    """Anchors whose earner withdrew: they had their evidence erased since, or took their permission back."""
    erased = Erasure.objects.filter(
        person=OuterRef("submission__earner"),
        state__in=[Erasure.State.RUNNING, Erasure.State.DONE],
        began_at__gt=OuterRef("made_at"),
    )
    allowed = Promise.objects.filter(submission=OuterRef("source"), kind=Promise.Kind.TRAINING)
    withdrawn = Q(source__isnull=False) & ~Exists(allowed)
    return Anchor.objects.exclude(state=Anchor.State.RETIRED).filter(Q(Exists(erased)) | withdrawn)


def retire_left(*, by: Member) -> int:
    """Retire what earners took back. Returns how many."""
    with transaction.atomic():
        found = list(left_by_their_earners())
    for anchor in found:
        retire_anchor(by=by, anchor=anchor, why=_("The person whose work it is took it back."))
    return len(found)


def bring_to_new_editions(*, by: Member) -> int:
    """Anchors and calibrations go on with a newer edition that has the same scoring guide. Returns how many editions.

    Only when the newer one has no anchors of its own. Safe to repeat.
    """
    used = Anchor.objects.filter(state=Anchor.State.PUBLISHED)
    older = used.filter(edition__micro_credential=OuterRef("micro_credential"), edition__number__lt=OuterRef("number"))
    waiting = Edition.objects.filter(
        Exists(older),
        ~Exists(Anchor.objects.filter(edition=OuterRef("pk"))),
        state=Edition.State.PUBLISHED,
        micro_credential__tenant=by.tenant,
    )
    with transaction.atomic():
        found = list(waiting.defer("search"))
    return sum(_bring(by, edition) for edition in found)


@transaction.atomic
def _bring(by: Member, new: Edition) -> bool:
    used = Anchor.objects.filter(
        state=Anchor.State.PUBLISHED,
        edition__micro_credential=new.micro_credential_id,
        edition__number__lt=new.number,
    )
    newest = used.order_by("-edition__number").select_related("edition").first()
    if newest is None or rubric_hash(newest.edition) != rubric_hash(new):
        return False
    old = newest.edition
    lines = {line.key: line for line in RubricLine.objects.filter(edition=new).prefetch_related("levels")}
    for anchor in used.filter(edition=old).select_related("submission", "source"):
        sample = copy_as_sample(source=anchor.submission, edition=new)
        made = _create(by, new, anchor.use, sample, anchor.source)
        for stands in AnchorLine.objects.filter(anchor=anchor).select_related("line", "level"):
            line = lines[stands.line.key]
            level = next(each for each in line.levels.all() if each.position == stands.level.position)
            AnchorLine.objects.create(anchor=made, line=line, level=level, rationale=stands.rationale)
        made.names_checked = True
        made.save(update_fields=["names_checked"])
        publish_anchor(by=by, anchor=made)
    facts = ("assessor_id", "rubric_hash", "passed_at", "expires_at", "percent", "worst", "paused_at", "paused_why")
    Calibration.objects.bulk_create(
        (
            Calibration(edition=new, **{name: getattr(each, name) for name in facts})
            for each in Calibration.objects.filter(edition=old)
        ),
        ignore_conflicts=True,
    )
    return True
