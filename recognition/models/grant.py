"""Grant: one consequence of one badge under one policy, waiting in the recognizer's inbox or answered."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models import Badge, OutsideBadge
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from recognition.models.policy import Policy
from tenants.models import ScopedModel, Tenant, User

FOR_ONE_BADGE = models.Q(badge=None, outside__isnull=False) | models.Q(badge__isnull=False, outside=None)


class YearUse(ScopedModel):
    """What one earner has used of one policy in one year. The caps are copied here, so the database holds them."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    year_starts = models.DateField()
    count = models.PositiveSmallIntegerField(default=0)
    cents = models.PositiveIntegerField(default=0)
    ceu_hundredths = models.PositiveIntegerField(default=0)
    max_count = models.PositiveSmallIntegerField(null=True)
    max_cents = models.PositiveIntegerField(null=True)
    max_ceu_hundredths = models.PositiveIntegerField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["policy", "earner", "year_starts"], name="one_use_a_year"),
            models.CheckConstraint(
                name="use_is_within_the_caps",
                condition=(models.Q(max_count=None) | models.Q(count__lte=models.F("max_count")))
                & (models.Q(max_cents=None) | models.Q(cents__lte=models.F("max_cents")))
                & (models.Q(max_ceu_hundredths=None) | models.Q(ceu_hundredths__lte=models.F("max_ceu_hundredths"))),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.earner_id} {self.year_starts}: {self.count}"


class Grant(ScopedModel):
    """What one badge gives one earner under one policy, with the rule and the cap as they were applied."""

    class State(models.TextChoices):
        PENDING = "pending", _("Waiting")
        ASKED = "asked", _("Question asked")
        HONOURED = "honoured", _("Honored")
        DECLINED = "declined", _("Not eligible")
        CANCELLED = "cancelled", _("Cancelled: the badge was taken back")

    MOVES = moves(
        State,
        {
            State.PENDING: {State.ASKED, State.HONOURED, State.DECLINED, State.CANCELLED},
            State.ASKED: {State.PENDING, State.HONOURED, State.DECLINED, State.CANCELLED},
            State.HONOURED: {State.CANCELLED},
            State.DECLINED: set(),
            State.CANCELLED: set(),
        },
    )

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="+")
    badge = models.ForeignKey(Badge, models.PROTECT, null=True, related_name="+")
    outside = models.ForeignKey(OutsideBadge, models.PROTECT, null=True, related_name="+")
    earner = models.ForeignKey(User, models.PROTECT, related_name="+")
    use = models.ForeignKey(YearUse, models.PROTECT, related_name="+")
    state = models.CharField(max_length=10, choices=State, default=State.PENDING)
    cents = models.PositiveIntegerField(default=0)
    ceu_hundredths = models.PositiveIntegerField(default=0)
    capped = models.BooleanField(default=False)  # the year's limit made it smaller than the policy says
    created_at = models.DateTimeField(default=clock.now)
    decided_by = models.ForeignKey(User, models.PROTECT, null=True, related_name="+")
    decided_at = models.DateTimeField(null=True)
    reason = models.TextField(_("reason"), blank=True, max_length=1000)

    class Meta:
        ordering = ["-created_at", "-id"]
        constraints = [
            models.UniqueConstraint(fields=["policy", "badge"], name="one_grant_a_badge"),
            models.UniqueConstraint(fields=["policy", "outside"], name="one_grant_an_outside_badge"),
            models.CheckConstraint(name="grant_for_one_badge", condition=FOR_ONE_BADGE),
            models.CheckConstraint(
                name="declined_grant_says_why", condition=~models.Q(state="declined") | ~models.Q(reason="")
            ),
            models.CheckConstraint(
                name="decided_grant_has_a_date",
                condition=models.Q(state__in=["pending", "asked"]) | models.Q(decided_at__isnull=False),
            ),
        ]
        indexes = [models.Index(fields=["tenant", "state", "-created_at"], name="grant_inbox")]

    def __str__(self) -> str:
        return f"{self.badge_id or self.outside_id} under {self.policy_id}"

    @property
    def earned(self) -> Badge | OutsideBadge:
        """The badge, ours or one from elsewhere, that this is for."""
        return self.badge or self.outside


class GrantMessage(ScopedModel):
    """A question of the recognizer or the earner's answer."""

    grant = models.ForeignKey(Grant, models.CASCADE, related_name="messages")
    author = models.ForeignKey(User, models.PROTECT, related_name="+")
    text = models.TextField(_("message"), max_length=2000)
    at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["at", "id"]

    def __str__(self) -> str:
        return self.text[:60]


class RewardCard(models.Model):
    """What an earner sees of a grant from anywhere: a projection, written in the transaction of the fact."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    grant_id = models.UUIDField(unique=True)
    tenant = models.ForeignKey(Tenant, models.CASCADE, related_name="+")
    earner = models.ForeignKey(User, models.CASCADE, related_name="+")
    badge = models.ForeignKey(Badge, models.CASCADE, null=True, related_name="+")
    outside = models.ForeignKey(OutsideBadge, models.CASCADE, null=True, related_name="+")
    policy = models.ForeignKey(Policy, models.CASCADE, related_name="+")
    state = models.CharField(max_length=10, choices=Grant.State)
    cents = models.PositiveIntegerField(default=0)
    ceu_hundredths = models.PositiveIntegerField(default=0)
    changed_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["-changed_at"]
        constraints = [models.CheckConstraint(name="reward_for_one_badge", condition=FOR_ONE_BADGE)]
        indexes = [models.Index(fields=["earner", "-changed_at"], name="reward_by_earner")]

    def __str__(self) -> str:
        return f"{self.earner_id}: {self.state}"

    @property
    def earned(self) -> Badge | OutsideBadge:
        """The badge, ours or one from elsewhere, that this is for."""
        return self.badge or self.outside
