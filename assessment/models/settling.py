"""Settling: a senior assessor has the last word on the lines where two readings differ."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition, RubricLevel, RubricLine
from lib import clock
from lib.transitions import moves
from submissions.models import Submission
from tenants.models import ScopedModel, User


class Settling(ScopedModel):
    """The lines of one submission that have to be settled. A claim is a lease with a token, as for a Review.

    When a lease ran out and someone else takes over, this row is kept as EXPIRED with its draft.
    """

    class State(models.TextChoices):
        WAITING = "waiting", _("Waiting")
        CLAIMED = "claimed", _("Being settled")
        FINAL = "final", _("Settled")
        EXPIRED = "expired", _("Taken over")
        RELEASED = "released", _("Given back")

    MOVES = moves(
        State,
        {
            State.WAITING: {State.CLAIMED},
            State.CLAIMED: {State.FINAL, State.EXPIRED, State.RELEASED},
            State.FINAL: set(),
            State.EXPIRED: set(),
            State.RELEASED: set(),
        },
    )

    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")  # who can never settle this
    state = models.CharField(max_length=12, choices=State, default=State.WAITING)
    settler = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    token = models.PositiveIntegerField(default=0)
    lease_until = models.DateTimeField(null=True)
    due_on = models.DateField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    claimed_at = models.DateTimeField(null=True)
    finished_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["due_on", "id"]
        constraints = [
            models.UniqueConstraint(
                fields=["submission"],
                condition=models.Q(state__in=["waiting", "claimed", "final"]),
                name="one_live_settling_a_submission",
            ),
            models.CheckConstraint(
                name="nobody_settles_their_own",
                condition=models.Q(settler=None) | ~models.Q(settler=models.F("earner")),
            ),
            models.CheckConstraint(
                name="claimed_settling_has_a_lease",
                condition=models.Q(state="waiting", settler=None)
                | (
                    ~models.Q(state="waiting") & models.Q(settler__isnull=False, lease_until__isnull=False, token__gt=0)
                ),
            ),
            models.CheckConstraint(
                name="final_settling_has_a_time",
                condition=~models.Q(state="final") | models.Q(finished_at__isnull=False),
            ),
        ]
        indexes = [
            models.Index(
                fields=["tenant", "due_on", "id"],
                condition=models.Q(state__in=["waiting", "claimed"]),
                name="settling_queue",
            )
        ]
        triggers = [
            pgtrigger.Trigger(
                name="settler_has_not_read_it",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                func="""
                    IF NEW.settler_id IS NOT NULL AND EXISTS (
                        SELECT 1 FROM assessment_review r
                        WHERE r.submission_id = NEW.submission_id AND r.assessor_id = NEW.settler_id
                    ) THEN
                        RAISE EXCEPTION 'who read submission % cannot settle it', NEW.submission_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
            pgtrigger.Trigger(
                name="settled_with_level_and_reason",
                operation=pgtrigger.Insert | pgtrigger.Update,
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__state="final"),
                func="""
                    IF NOT EXISTS (SELECT 1 FROM assessment_settledline l WHERE l.settling_id = NEW.id) OR EXISTS (
                        SELECT 1 FROM assessment_settledline l
                        WHERE l.settling_id = NEW.id AND (l.level_id IS NULL OR btrim(l.reason) = '')
                    ) THEN
                        RAISE EXCEPTION 'settling % lacks a level or a reason', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"settling of {self.submission_id}"

    @property
    def lapsed(self) -> bool:
        """Whether the lease ran out. The holder may still go on, as long as nobody else took over."""
        return self.state == self.State.CLAIMED and self.lease_until < clock.now()


class SettledLine(ScopedModel):
    """One line on which the readings differ. There is a row for each from the start; a final one never changes."""

    settling = models.ForeignKey(Settling, models.CASCADE, related_name="words")
    line = models.ForeignKey(RubricLine, models.PROTECT, related_name="+")
    level = models.ForeignKey(RubricLevel, models.PROTECT, null=True, related_name="+")  # null: not settled yet
    reason = models.TextField(_("why"), blank=True, max_length=4000)

    class Meta:
        ordering = ["line__position"]
        constraints = [models.UniqueConstraint(fields=["settling", "line"], name="one_word_a_line")]
        triggers = [
            pgtrigger.Trigger(
                name="settled_for_good",
                operation=pgtrigger.Insert | pgtrigger.Update | pgtrigger.Delete,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessment_settling s WHERE s.state = 'final' AND (
                            (TG_OP <> 'INSERT' AND s.id = OLD.settling_id)
                            OR (TG_OP <> 'DELETE' AND s.id = NEW.settling_id)
                        )
                    ) THEN
                        RAISE EXCEPTION 'this is settled' USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN COALESCE(NEW, OLD);
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.line_id}: {self.level_id}"
