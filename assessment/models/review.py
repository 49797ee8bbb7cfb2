"""Review: one assessor's blind reading of a submission. Its rows are the queue."""

from datetime import datetime, timedelta

import pgtrigger
from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition, RubricLevel, RubricLine
from lib import clock
from lib.transitions import moves
from submissions.models import Submission
from tenants.models import ScopedModel, User

# How long a claim lasts without a save. Long enough to watch a lesson video, short enough that an assessor who went
# home holds nothing up; every save starts it anew.
LEASE = timedelta(minutes=30)


ORDER = ("rank", "due_on", "id")  # of the queue
OPEN = models.Q(state__in=["waiting", "claimed"])


class Review(ScopedModel):
    """One reading of one slot of a submission.

    A claim is a lease with a fencing token: only the holder of the newest token may write. When a lease ran out and
    someone else takes over, this row is kept as EXPIRED with its draft, and a new row takes the slot.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being scored")
        FINAL = "final", _("Scored")
        EXPIRED = "expired", _("Taken over")
        RELEASED = "released", _("Given back")

    MOVES = moves(
        State,
        {
            State.WAITING: {State.CLAIMED},
            State.CLAIMED: {State.FINAL, State.EXPIRED, State.RELEASED},
            State.FINAL: {State.CLAIMED},  # taken back within UNDO_SECONDS
            State.EXPIRED: set(),
            State.RELEASED: set(),
        },
    )

    class Reason(models.TextChoices):
        """Why there is a second reading. Readers are never told: it says something about the first one."""

        PLAN = "plan", _("The plan asks for two")
        BORDERLINE = "borderline", _("A required line was just below the pass level")
        NEWCOMER = "newcomer", _("The first reader is new")
        SHARE = "share", _("Drawn by chance")
        APPEAL = "appeal", _("Appeal")

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")  # whose reading this can never be
    slot = models.PositiveSmallIntegerField(default=1)
    reason = models.CharField(max_length=12, choices=Reason, blank=True)  # empty for the first slot
    appeal = models.ForeignKey("assessment.Appeal", models.PROTECT, null=True, related_name="+")  # null: none
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    assessor = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    sample = models.BooleanField(default=False)  # of a sample: nobody waits for it. The trigger below knows.
    practice = models.BooleanField(default=False)  # of a sample, to learn; in nobody's queue and nobody's figures
    due_on = models.DateField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)
    note = models.TextField(_("overall note to the educator"), blank=True, max_length=4000)
    left_at = models.DateTimeField(null=True)  # when a claim ended without a score
    active_at = models.DateTimeField(null=True)  # the last sign of life of its holder
    active_seconds = models.PositiveIntegerField(default=0)  # of work, long pauses left out

    # What the queue filters by, copied from edition, submission and staff record by the trigger below, so that the
    # claim reads one index and joins nothing. The building is what the roster said when this was put in the queue.
    language = models.CharField(max_length=12, blank=True)
    try_number = models.PositiveSmallIntegerField(default=0)
    building = models.CharField(max_length=120, blank=True)

    rank = models.SmallIntegerField(default=0)  # goes before the due date: a lead moves work up (less) or down (more)
    kept_for = models.ForeignKey(
        User, models.PROTECT, null=True, related_name="+"
    )  # who alone may take it, for a while
    kept_until = models.DateTimeField(null=True)
    escalated = models.PositiveSmallIntegerField(default=0)  # per cent of its time of which leads know; 100: of all
    escalate_on = models.DateField(null=True)  # when leads hear of it next; null: not worked out yet

    class Meta:
        ordering = [*ORDER]
        constraints = [
            models.UniqueConstraint(
                fields=["submission", "slot"],
                condition=models.Q(state__in=["waiting", "claimed", "final"]),
                name="one_live_review_a_slot",
            ),
            models.UniqueConstraint(
                fields=["submission", "assessor"],
                condition=models.Q(state__in=["claimed", "final"]),
                name="one_reading_an_assessor",
            ),
            models.UniqueConstraint(
                fields=["appeal"],
                condition=models.Q(state__in=["waiting", "claimed", "final"]),
                name="one_live_review_an_appeal",
            ),
            models.CheckConstraint(
                name="nobody_reads_their_own",
                condition=models.Q(assessor=None) | ~models.Q(assessor=models.F("earner")),
            ),
            models.CheckConstraint(
                name="claimed_review_has_a_lease",
                condition=models.Q(state="waiting", assessor=None)
                | (
                    ~models.Q(state="waiting")
                    & models.Q(assessor__isnull=False, lease_until__isnull=False, token__gt=0)
                ),
            ),
            models.CheckConstraint(
                name="kept_review_waits_for_someone_else",
                condition=models.Q(kept_for=None, kept_until=None)
                | (models.Q(state="waiting", kept_until__isnull=False) & ~models.Q(kept_for=models.F("earner"))),
            ),
            models.CheckConstraint(
                name="final_review_has_a_time",
                condition=~models.Q(state="final") | models.Q(finished_at__isnull=False),
            ),
            models.CheckConstraint(
                name="only_samples_are_practiced_on",
                condition=models.Q(practice=False) | models.Q(sample=True),
            ),
            models.CheckConstraint(
                name="second_reading_says_why",
                condition=models.Q(slot=1, reason="") | (models.Q(slot__gt=1) & ~models.Q(reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["tenant", *ORDER], condition=OPEN, name="review_queue"),
            models.Index(fields=["tenant", "edition", *ORDER], condition=OPEN, name="queue_by_edition"),
            models.Index(fields=["tenant", "language", *ORDER], condition=OPEN, name="queue_by_language"),
            models.Index(fields=["tenant", "building", *ORDER], condition=OPEN, name="queue_by_building"),
            models.Index(
                fields=["tenant", "kept_for"], condition=models.Q(kept_for__isnull=False), name="review_kept_for"
            ),
            models.Index(
                fields=["tenant", "escalate_on"],
                condition=OPEN & models.Q(escalated__lt=100),
                name="review_to_escalate",
            ),
            models.Index(
                fields=["tenant", "assessor"], condition=models.Q(state="claimed"), name="review_held_by_assessor"
            ),
            models.Index(fields=["tenant", "assessor", "-finished_at"], name="review_by_assessor"),
            models.Index(fields=["tenant", "-finished_at"], condition=models.Q(state="final"), name="review_by_finish"),
        ]
        triggers = [
            pgtrigger.Trigger(
                name="knows_what_the_queue_asks",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    SELECT language INTO NEW.language FROM credentials_edition WHERE id = NEW.edition_id;
                    SELECT number, state = 'sample' INTO NEW.try_number, NEW.sample
                        FROM submissions_submission WHERE id = NEW.submission_id;
                    SELECT coalesce(max(building), '') INTO NEW.building FROM tenants_staffrecord
                        WHERE tenant_id = NEW.tenant_id AND user_id = NEW.earner_id;
                    NEW.language := coalesce(NEW.language, '');
                    NEW.try_number := coalesce(NEW.try_number, 0);
                    NEW.sample := coalesce(NEW.sample, false);
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="final_once_decided",
                operation=pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(old__state="final") & ~pgtrigger.Q(new__state="final"),
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessment_decision d
                        WHERE d.submission_id = OLD.submission_id AND d.decided_at >= OLD.finished_at
                    ) THEN
                        RAISE EXCEPTION 'review % was decided on', OLD.id USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.submission_id} #{self.slot}"

    @property
    def lapsed(self) -> bool:
        """Whether the lease ran out. The holder may still go on, as long as nobody else took over."""
        return self.state == self.State.CLAIMED and self.lease_until < clock.now()

    @property
    def undo_until(self) -> datetime | None:
        """Until when a reading that was sent can be taken back; until then nothing is decided. None once it is over."""
        if self.state != self.State.FINAL or self.practice:
            return None
        until = self.finished_at + undo_time()
        return until if until > clock.now() else None


def undo_time() -> timedelta:
    """How long a reading that was sent can be taken back."""
    return timedelta(seconds=settings.UNDO_SECONDS)


class Score(ScopedModel):
    """The level one reading gives on one open line, and what is said about it."""

    review = models.ForeignKey(Review, models.CASCADE, related_name="scores")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    level = models.ForeignKey(RubricLevel, models.PROTECT, null=True, related_name="+")  # null: only a comment so far
    comment = models.TextField(_("comment to the educator"), blank=True, max_length=4000)
    saved_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["review", "line"], name="one_score_a_line")]
        triggers = [
            pgtrigger.Trigger(
                name="scores_of_a_final_review_stay",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessment_review r WHERE r.state = 'final' AND (
                            (TG_OP <> 'INSERT' AND r.id = OLD.review_id)
                            OR (TG_OP <> 'DELETE' AND r.id = NEW.review_id)
                        )
                    ) THEN
                        RAISE EXCEPTION 'this review is final' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.level_id}"


class Conflict(ScopedModel):
    """An assessor said they know this earner. The claim query leaves such work out from then on."""

    assessor = models.ForeignKey(User, models.CASCADE, related_name="+")
    earner = models.ForeignKey(User, models.CASCADE, related_name="+")
    declared_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["tenant", "assessor", "earner"], name="one_conflict_a_pair")]

    def __str__(self) -> str:
        return f"{self.assessor_id} knows {self.earner_id}"
