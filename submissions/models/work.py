"""Work: one earner's journey through one edition. It lives in the tenant of the issuer, whose assessors score it."""

import pgtrigger
from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import ScopedManager, ScopedModel, Tenant, User


class EarnersWork(ScopedManager):
    """Leaves out samples: copies that assessors train with. Nobody is earning anything with those."""

    def get_queryset(self) -> models.QuerySet:
        return super().get_queryset().exclude(state="sample")


class Work(ScopedModel):
    """Bound to one edition for good; a newer edition changes nothing for work that has begun.

    An earner has one work on an edition, and once it passed and its badge runs out, one more that renews that badge,
    and so on: a line of works, of which only the last is not finished (docs/adr/0024).

    `objects` is the work of earners. A sample is found by the submission that is in it, see docs/adr/0016.
    """

    class State(models.TextChoices):
        ACTIVE = "active", _("In progress")
        IN_REVIEW = "in_review", _("With reviewers")
        RETURNED = "returned", _("Needs changes")
        PASSED = "passed", _("Earned")
        WITHDRAWN = "withdrawn", _("Stopped")
        SAMPLE = "sample", _("Sample for assessors")

    MOVES = moves(
        State,
        {
            State.ACTIVE: {State.IN_REVIEW, State.WITHDRAWN},
            State.IN_REVIEW: {State.PASSED, State.RETURNED, State.ACTIVE},
            State.RETURNED: {State.IN_REVIEW, State.WITHDRAWN, State.PASSED},
            State.PASSED: set(),
            State.WITHDRAWN: {State.ACTIVE, State.RETURNED},
            State.SAMPLE: set(),
        },
    )

    objects = EarnersWork()

    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    via = models.ForeignKey(Tenant, models.PROTECT, null=True, related_name="+")  # the partner whose catalog was used
    renews = models.ForeignKey("self", models.PROTECT, null=True, related_name="+")  # the work before, on this edition
    state = models.CharField(max_length=20, choices=State, default=State.ACTIVE)
    goal_date = models.DateField(_("goal date"), null=True, blank=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-changed_at"]
        constraints = [
            models.UniqueConstraint(
                fields=["tenant", "earner", "edition"],
                condition=models.Q(renews=None) & ~models.Q(state="sample"),
                name="one_work_an_edition",
            ),
            models.UniqueConstraint(fields=["renews"], name="a_work_is_renewed_once"),
            models.UniqueConstraint(
                fields=["tenant", "earner", "edition"],
                condition=~models.Q(state__in=["passed", "sample"]),
                name="one_unfinished_work_an_edition",
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "-changed_at"], name="work_by_state")]
        triggers = [
            pgtrigger.Trigger(
                name="a_renewal_follows_work_that_passed",
                operation=pgtrigger.Insert | pgtrigger.UpdateOf("renews_id"),
                when=pgtrigger.Before,
                condition=pgtrigger.Q(new__renews__isnull=False),
                func="""
                    IF NOT EXISTS (
                        SELECT 1 FROM submissions_work w
                        WHERE w.id = NEW.renews_id AND w.state = 'passed'
                            AND w.earner_id = NEW.earner_id AND w.edition_id = NEW.edition_id
                    ) THEN
                        RAISE EXCEPTION 'work % renews work that has not passed', NEW.id
                            USING ERRCODE = 'check_violation';
                    END IF;
                    RETURN NEW;
                """,
            )
        ]

    def __str__(self) -> str:
        return f"{self.earner_id} on {self.edition_id}"


class WorkCard(models.Model):
    """What an earner sees of a work from outside its tenant: a projection, written in the transaction of the fact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    work_id = models.UUIDField(unique=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    earner = models.ForeignKey(User, models.CASCADE, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, related_name="+")
    state = models.CharField(max_length=20, choices=Work.State)
    is_renewal = models.BooleanField(default=False)
    try_number = models.PositiveSmallIntegerField(default=1)
    parts_done = models.PositiveSmallIntegerField(default=0)
    parts = models.PositiveSmallIntegerField(default=0)
    next_step = models.CharField(max_length=70, blank=True)  # "about", "c/<criterion key>", "promise" or "check"
    goal_date = models.DateField(null=True)
    due_on = models.DateField(null=True)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-changed_at"]
        indexes = [models.Index(fields=["earner", "-changed_at"], name="card_by_earner")]

    def __str__(self) -> str:
        return f"{self.earner_id}: {self.state}"
