"""Assessors as workers: what they can take on, when they are away, and what a period came to."""

import pgtrigger
from django.contrib.postgres.constraints import ExclusionConstraint
from django.contrib.postgres.fields import ArrayField, DateRangeField, RangeBoundary, RangeOperators
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from tenants.models import ScopedModel, User


class Days(models.Func):
    """The days from one date to another, both of them included."""

    function = "daterange"
    output_field = DateRangeField()


_DAYS = Days("starts_on", "ends_on", RangeBoundary(inclusive_lower=True, inclusive_upper=True))


class AssessorProfile(ScopedModel):
    """How much one assessor takes on, for whom, and for what pay. Without one there are no limits and no pay."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    at_once = models.PositiveSmallIntegerField(_("reviews at once"), null=True, blank=True)  # null: no limit
    per_week = models.PositiveSmallIntegerField(_("reviews a week"), null=True, blank=True)  # null: no limit
    buildings = ArrayField(models.CharField(max_length=120), default=list, blank=True)
    languages = ArrayField(models.CharField(max_length=12), default=list, blank=True)
    cents_per_review = models.PositiveIntegerField(default=0)
    cents_per_period = models.PositiveIntegerField(default=0)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "user"], name="one_assessor_profile"),
            models.CheckConstraint(
                name="assessor_limits_are_positive",
                condition=(models.Q(at_once=None) | models.Q(at_once__gt=0))
                & (models.Q(per_week=None) | models.Q(per_week__gt=0)),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} as an assessor"


class Absence(ScopedModel):
    """Days on which an assessor takes nothing from the queue."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    starts_on = models.DateField(_("first day away"))
    ends_on = models.DateField(_("last day away"))

    class Meta:
        ordering = ["starts_on"]
        constraints = [
            models.CheckConstraint(
                name="absence_ends_after_it_starts", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            ExclusionConstraint(
                name="absences_do_not_overlap",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]

    def __str__(self) -> str:
        return f"{self.user_id} is away {self.starts_on} to {self.ends_on}"


class StatementLine(ScopedModel):
    """What one assessor did in one period and what that comes to, as posted. Rows are only ever added."""

    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    starts_on = models.DateField()
    ends_on = models.DateField()
    reviews = models.PositiveIntegerField()
    minutes = models.PositiveIntegerField()
    cents_per_review = models.PositiveIntegerField()
    cents_per_period = models.PositiveIntegerField()
    cents = models.PositiveBigIntegerField()
    posted_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    posted_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        ordering = ["-starts_on", "user"]
        constraints = [
            models.CheckConstraint(
                name="statement_ends_after_it_starts", condition=models.Q(ends_on__gte=models.F("starts_on"))
            ),
            models.CheckConstraint(
                name="statement_adds_up",
                condition=models.Q(
                    cents=models.F("reviews") * models.F("cents_per_review") + models.F("cents_per_period")
                ),
            ),
            ExclusionConstraint(
                name="nobody_is_paid_twice_for_a_day",
                expressions=[
                    ("tenant", RangeOperators.EQUAL),
                    ("user", RangeOperators.EQUAL),
                    (_DAYS, RangeOperators.OVERLAPS),
                ],
            ),
        ]
        triggers = [pgtrigger.Protect(name="append_only", operation=pgtrigger.Update | pgtrigger.Delete)]

    def __str__(self) -> str:
        return f"{self.user_id} {self.starts_on} to {self.ends_on}: {self.cents} cents"
