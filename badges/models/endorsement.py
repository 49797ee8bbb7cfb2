"""What others say for a badge: endorsements. Public by nature, so not a scoped row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models.badge import Badge
from badges.models.issuer import Issuer, SigningKey
from credentials.models import Edition, Stack
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import Tenant, User


class Endorsement(models.Model):
    """A signed EndorsementCredential (Open Badges 3.0) of a tenant, about an edition, a stack or one badge.

    It is carried by the badges it is about. Those that are signed already are signed anew in chunks: `spread_after` is
    the last one that was done, and `spread_at` when all were.
    """

    class State(models.TextChoices):
        GIVEN = "given", _("Given")
        WITHDRAWN = "withdrawn", _("Withdrawn")

    MOVES = moves(State, {State.GIVEN: {State.WITHDRAWN}, State.WITHDRAWN: set()})

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="endorsements")
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="+")
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="endorsements")
    stack = models.ForeignKey(Stack, models.PROTECT, null=True, related_name="endorsements")
    badge = models.ForeignKey(Badge, models.PROTECT, null=True, related_name="endorsements")
    state = models.CharField(max_length=10, choices=State, default=State.GIVEN)
    comment = models.TextField(_("what you vouch for"), max_length=1000)
    by = models.ForeignKey(User, models.PROTECT, related_name="+")
    at = models.DateTimeField(default=clock.now)
    withdrawn_at = models.DateTimeField(null=True)
    key = models.ForeignKey(SigningKey, models.PROTECT, related_name="+")
    document = models.BinaryField()  # the signed JSON, served and embedded as it is
    document_sha256 = models.CharField(max_length=64)
    spread_after = models.UUIDField(null=True)
    spread_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["at", "id"]
        constraints = [
            models.CheckConstraint(
                name="endorsement_of_one_thing",
                condition=models.Q(edition__isnull=False, stack=None, badge=None)
                | models.Q(edition=None, stack__isnull=False, badge=None)
                | models.Q(edition=None, stack=None, badge__isnull=False),
            ),
            models.CheckConstraint(
                name="withdrawn_endorsement_says_when",
                condition=models.Q(state="given", withdrawn_at=None)
                | models.Q(state="withdrawn", withdrawn_at__isnull=False),
            ),
            *(
                models.UniqueConstraint(
                    fields=["tenant", what], condition=models.Q(state="given"), name=f"one_endorsement_a_{what}"
                )
                for what in ("edition", "stack", "badge")
            ),
        ]
        indexes = [
            models.Index(fields=["at"], condition=models.Q(spread_at=None), name="endorsement_to_spread"),
            models.Index(fields=["tenant", "-at"], name="endorsement_by_tenant"),
        ]

    def __str__(self) -> str:
        return f"{self.tenant_id} for {self.edition_id or self.stack_id or self.badge_id}"

    @property
    def thing(self) -> Edition | Stack | Badge:
        """What it is about."""
        return self.edition or self.stack or self.badge
