"""Integrity case: a question about whether work is the earner's own, answered by a panel that votes in secret."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.transitions import moves
from submissions.models import Hold, Submission, Work
from tenants.models import ScopedModel, User

APPEND_ONLY = pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)


class Case(ScopedModel):
    """One question about one work. Until it is closed nothing is decided on that work, and no badge is taken back."""

    class State(models.TextChoices):
        OPENED = "opened", _("Waits for a panel")
        NOTICED = "noticed", _("Waits for the educator’s reply")
        VOTING = "voting", _("The panel votes")
        TOLD = "told", _("Outcome told; can be appealed")
        APPEALED = "appealed", _("Waits for a new panel")
        VOTING_AGAIN = "again", _("The new panel votes")
        CLOSED = "closed", _("Closed")

    MOVES = moves(
        State,
        {
            State.OPENED: {State.NOTICED},
            State.NOTICED: {State.VOTING},
            State.VOTING: {State.TOLD, State.CLOSED},
            State.TOLD: {State.APPEALED, State.CLOSED},
            State.APPEALED: {State.VOTING_AGAIN},
            State.VOTING_AGAIN: {State.CLOSED},
            State.CLOSED: set(),
        },
    )

    work = models.ForeignKey(Work, models.PROTECT, related_name="+")
    submission = models.ForeignKey(Submission, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    hold = models.ForeignKey(Hold, models.PROTECT, null=True, related_name="+")  # null: another hold was on it
    opener = models.ForeignKey(User, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.OPENED)
    concern = models.TextField(max_length=3000)
    opened_at = models.DateTimeField(default=clock.now)
    noticed_at = models.DateTimeField(null=True)
    reply_until = models.DateField(null=True)
    reply = models.TextField(max_length=6000, blank=True)
    replied_at = models.DateTimeField(null=True)
    appeal_until = models.DateField(null=True)
    appeal = models.TextField(max_length=6000, blank=True)
    appealed_at = models.DateTimeField(null=True)
    closed_at = models.DateTimeField(null=True)
    upheld = models.BooleanField(null=True)  # what the newest vote says

    class Meta:
        ordering = ["-opened_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["work"], condition=~models.Q(state="closed"), name="one_open_case_a_work"),
            models.CheckConstraint(
                name="nobody_opens_a_case_on_their_own", condition=~models.Q(opener=models.F("earner"))
            ),
            models.CheckConstraint(name="case_says_what_was_noticed", condition=~models.Q(concern="")),
            models.CheckConstraint(
                name="notice_has_a_deadline",
                condition=models.Q(state="opened", noticed_at=None, reply_until=None)
                | models.Q(noticed_at__isnull=False, reply_until__isnull=False),
            ),
            models.CheckConstraint(
                name="closed_case_has_an_outcome",
                condition=(~models.Q(state="closed") & models.Q(closed_at=None))
                | models.Q(state="closed", closed_at__isnull=False, upheld__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "-opened_at"], name="case_by_state")]

    def __str__(self) -> str:
        return f"{self.submission_id}: {self.state}"

    @property
    def round(self) -> int:
        """Which panel it is with: 1, or 2 after an appeal."""
        return 2 if self.appealed_at else 1


class Seat(ScopedModel):
    """Someone's place on the panel of a case. Nobody sits twice, so an appeal has new people."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="seats")
    round = models.PositiveSmallIntegerField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    named_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["round", "named_at", "id"]
        constraints = [models.UniqueConstraint(fields=["case", "user"], name="nobody_sits_twice_on_a_case")]
        triggers = [
            APPEND_ONLY,
            pgtrigger.Trigger(
                name="no_one_with_a_part_in_it_sits",
                operation=pgtrigger.Insert,
                when=pgtrigger.Before,
                func="""
                    IF EXISTS (
                        SELECT 1 FROM assessment_case c
                        WHERE c.id = NEW.case_id AND NEW.user_id IN (c.earner_id, c.opener_id)
                    ) OR EXISTS (
                        SELECT 1 FROM assessment_case c
                        JOIN submissions_submission s ON s.work_id = c.work_id
                        JOIN assessment_review r ON r.submission_id = s.id
                        WHERE c.id = NEW.case_id AND r.assessor_id = NEW.user_id
                    ) OR EXISTS (
                        SELECT 1 FROM assessment_case c
                        JOIN assessment_conflict k ON k.earner_id = c.earner_id AND k.tenant_id = c.tenant_id
                        WHERE c.id = NEW.case_id AND k.assessor_id = NEW.user_id
                    ) THEN
                        RAISE EXCEPTION 'user % has a part in case %', NEW.user_id, NEW.case_id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            ),
        ]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round}: {self.user_id}"


class Vote(ScopedModel):
    """One seat, one vote, for good. Nobody reads it before all of the round have voted."""

    seat = models.OneToOneField(Seat, models.PROTECT, related_name="vote")
    upheld = models.BooleanField()
    reason = models.TextField(max_length=3000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [models.CheckConstraint(name="a_vote_says_why", condition=~models.Q(reason=""))]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.seat_id}"


class Finding(ScopedModel):
    """What a panel found, with its reasons, and how it voted. Names of members are not in it."""

    case = models.ForeignKey(Case, models.PROTECT, related_name="findings")
    round = models.PositiveSmallIntegerField()
    upheld = models.BooleanField()
    votes_for = models.PositiveSmallIntegerField()
    votes_against = models.PositiveSmallIntegerField()
    reason = models.TextField()
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["round"]
        constraints = [models.UniqueConstraint(fields=["case", "round"], name="one_finding_a_round")]
        triggers = [APPEND_ONLY]

    def __str__(self) -> str:
        return f"{self.case_id} {self.round}: {self.upheld}"
