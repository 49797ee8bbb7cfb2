"""How long evidence is kept: a tenant's own rules, what is exempt from them, and what each night deleted."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from submissions.models.work import Work
from tenants.models import ScopedModel, User


class RetentionRule(ScopedModel):
    """How many days a tenant keeps one class. There is a row only where that differs from the defaults of Laurel."""

    class Kind(models.TextChoices):
        FILM = "film", _("Films and sound")
        EVIDENCE = "evidence", _("Other files")
        REMOVED = "removed", _("Removed and replaced files")
        DRAFTS = "drafts", _("Files of drafts")
        AUDIT = "audit", _("The record of who did what")

    LEAST, MOST = 30, 36_500  # days

    kind = models.CharField(max_length=10, choices=Kind)
    days = models.PositiveIntegerField()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["tenant", "kind"], name="one_rule_a_kind"),
            models.CheckConstraint(
                name="rule_is_of_a_kind",
                condition=models.Q(kind__in=["film", "evidence", "removed", "drafts", "audit"]),
            ),
            models.CheckConstraint(name="rule_keeps_for_a_while", condition=models.Q(days__gte=30, days__lte=36_500)),
        ]

    def __str__(self) -> str:
        return f"{self.kind}: {self.days}"


class Hold(ScopedModel):
    """Evidence that nothing may delete while this stands: of one work, or of a person in this tenant."""

    work = models.ForeignKey(Work, models.PROTECT, null=True, related_name="+")
    person = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    reason = models.CharField(_("reason"), max_length=300)
    set_by = models.ForeignKey(User, models.PROTECT, related_name="+")
    set_at = models.DateTimeField(default=clock.now)
    lifted_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    lifted_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-set_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="hold_on_one_thing",
                condition=models.Q(work=None, person__isnull=False) | models.Q(work__isnull=False, person=None),
            ),
            models.CheckConstraint(name="hold_says_why", condition=~models.Q(reason="")),
            models.CheckConstraint(
                name="lifted_hold_says_who",
                condition=models.Q(lifted_at=None, lifted_by=None)
                | models.Q(lifted_at__isnull=False, lifted_by__isnull=False),
            ),
            models.UniqueConstraint(fields=["work"], condition=models.Q(lifted_at=None), name="one_hold_a_work"),
            models.UniqueConstraint(
                fields=["tenant", "person"], condition=models.Q(lifted_at=None), name="one_hold_a_person"
            ),
        ]

    def __str__(self) -> str:
        return self.reason


class PurgeReport(ScopedModel):
    """What one night deleted in one tenant. Counted in the transactions that delete, so a killed purge goes on here."""

    night = models.DateField()
    began_at = models.DateTimeField(default=clock.now)
    ended_at = models.DateTimeField(null=True)
    deleted = models.JSONField(default=dict)  # kind → {"count": …, "bytes": …}, bytes of the originals
    held = models.PositiveIntegerField(default=0)  # files that were due and are under a hold
    waiting = models.PositiveIntegerField(default=0)  # files whose objects the store did not delete that night

    class Meta:
        ordering = ["-night"]
        constraints = [models.UniqueConstraint(fields=["tenant", "night"], name="one_purge_a_night")]

    def __str__(self) -> str:
        return f"{self.night}"

    @property
    def lines(self) -> list[tuple[str, int, int]]:
        """What was deleted, for people: the name of a kind, how many, and how many bytes."""
        found = [(kind, self.deleted.get(kind.value)) for kind in RetentionRule.Kind]
        return [(str(kind.label), each["count"], each["bytes"]) for kind, each in found if each]
