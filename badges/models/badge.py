"""Badge: the issued Open Badges 3.0 AchievementCredential. Public by nature, so not a scoped row."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from badges.models.issuer import Issuer, SigningKey, StatusList
from credentials.models import Edition, Stack
from lib import clock
from lib.ids import uuid7
from lib.transitions import moves
from tenants.models import Tenant, User


class Badge(models.Model):
    """Awarded in the transaction of the decision, then minted by a worker, exactly once.

    What the document is made of is written down before a worker composes it (id, time, salt, status index, results),
    so minting twice gives the same bytes. It is signed anew, as the next `revision`, when what it carries changes:
    evidence that the earner shows, endorsements, or a key that can no longer be trusted.
    """

    class State(models.TextChoices):
        AWARDED = "awarded", _("Being made")
        ISSUED = "issued", _("In good standing")
        SUSPENDED = "suspended", _("On hold")
        REVOKED = "revoked", _("Taken back")

    MOVES = moves(
        State,
        {
            State.AWARDED: {State.ISSUED},
            State.ISSUED: {State.SUSPENDED, State.REVOKED},
            State.SUSPENDED: {State.ISSUED, State.REVOKED},
            State.REVOKED: set(),
        },
    )

    class Visibility(models.TextChoices):
        PUBLIC = "public", _("Anyone with the link, and search engines")
        UNLISTED = "unlisted", _("Anyone with the link")
        PRIVATE = "private", _("Only me")

    class Reason(models.TextChoices):
        ERROR = "error", _("Awarded by mistake")
        INTEGRITY = "integrity", _("The evidence was not the earner’s own")
        WITHDRAWN = "withdrawn", _("The earner asked for it")
        REPLACED = "replaced", _("A corrected badge takes its place")
        PART = "part", _("A badge that it was built on was taken back")
        OTHER = "other", _("Another reason")

    class Succession(models.TextChoices):
        RENEWAL = "renewal", _("Renews a badge that runs out")
        CORRECTION = "correction", _("Corrects a badge with a mistake in it")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.ForeignKey(Tenant, models.PROTECT, related_name="badges", db_index=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="badges", db_index=False)
    earner = models.ForeignKey(User, models.PROTECT, related_name="badges", db_index=False)
    edition = models.ForeignKey(Edition, models.PROTECT, null=True, related_name="+")
    stack = models.ForeignKey(Stack, models.PROTECT, null=True, related_name="+", db_index=False)
    submission_id = models.UUIDField(null=True)  # in the issuer's tenant; private, so no join from here
    state = models.CharField(max_length=10, choices=State, default=State.AWARDED)
    visibility = models.CharField(max_length=10, choices=Visibility, default=Visibility.UNLISTED)
    show_name = models.BooleanField(_("show my name"), default=True)
    recipient_name = models.CharField(max_length=120)
    recipient_salt = models.CharField(max_length=32)
    recipient_hash = models.CharField(max_length=80)  # sha256$ + hex of identity + salt (OB 3.0 IdentityObject)
    results = models.JSONField(default=list)  # [{"line": id, "level": id}], the level reached on each rubric line
    awarded_at = models.DateTimeField(default=clock.now)
    expires_at = models.DateTimeField(null=True)
    reminded_at = models.DateTimeField(null=True)  # when its earner was told that it will run out
    run_out_at = models.DateTimeField(null=True)  # when it was announced that it has
    status_list = models.ForeignKey(StatusList, models.PROTECT, related_name="badges", db_index=False)
    status_index = models.PositiveIntegerField()
    key = models.ForeignKey(SigningKey, models.PROTECT, null=True, related_name="+", db_index=False)
    document = models.BinaryField(null=True)  # the signed JSON, served as it is
    document_sha256 = models.CharField(max_length=64, blank=True)
    minted_at = models.DateTimeField(null=True)
    revision = models.PositiveIntegerField(default=1)  # of the document; counts up whenever it is to be signed anew
    replaces = models.ForeignKey("self", models.PROTECT, null=True, related_name="replaced_by", db_index=False)
    succession = models.CharField(max_length=10, choices=Succession, blank=True)
    superseded_at = models.DateTimeField(null=True)  # when a badge took its place
    suspended_at = models.DateTimeField(null=True)
    suspended_note = models.CharField(_("why it is on hold"), max_length=500, blank=True)
    suspended_for_part = models.BooleanField(default=False)  # a stack: on hold since a badge in it is
    revoked_at = models.DateTimeField(null=True)
    revoked_reason = models.CharField(max_length=12, choices=Reason, blank=True)
    revoked_note = models.CharField(_("what happened"), max_length=500, blank=True)

    # Each index is written with every badge, and once more when a badge is signed later. So there is none that another
    # one covers, none over rows that have nothing in that column, and none by issuer, which is found by its tenant.
    class Meta:
        ordering = ["-awarded_at", "-id"]
        constraints = [
            models.CheckConstraint(
                name="badge_of_one_thing",
                condition=models.Q(edition=None, stack__isnull=False) | models.Q(edition__isnull=False, stack=None),
            ),
            models.UniqueConstraint(
                fields=["earner", "edition"],
                condition=~models.Q(state="revoked") & models.Q(superseded_at=None, edition__isnull=False),
                name="one_badge_an_edition",
            ),
            models.UniqueConstraint(
                fields=["earner", "stack"],
                condition=~models.Q(state="revoked") & models.Q(superseded_at=None, stack__isnull=False),
                name="one_badge_a_stack",
            ),
            models.UniqueConstraint(
                fields=["submission_id"],
                condition=models.Q(superseded_at=None, submission_id__isnull=False),
                name="one_badge_a_submission",
            ),
            models.UniqueConstraint(
                fields=["replaces"], condition=models.Q(replaces__isnull=False), name="a_badge_has_one_successor"
            ),
            models.CheckConstraint(
                name="successor_says_why",
                condition=models.Q(replaces=None, succession="")
                | (models.Q(replaces__isnull=False) & ~models.Q(succession="")),
            ),
            models.CheckConstraint(
                name="suspended_badge_says_since_when",
                condition=(models.Q(state="suspended", suspended_at__isnull=False) & ~models.Q(suspended_note=""))
                | (
                    ~models.Q(state="suspended")
                    & models.Q(suspended_at=None, suspended_note="", suspended_for_part=False)
                ),
            ),
            models.UniqueConstraint(fields=["status_list", "status_index"], name="one_badge_a_status_index"),
            models.CheckConstraint(
                name="issued_badge_is_signed",
                condition=models.Q(state="awarded", document=None)
                | (
                    ~models.Q(state="awarded")
                    & models.Q(document__isnull=False, key__isnull=False, minted_at__isnull=False)
                    & ~models.Q(document_sha256="")
                ),
            ),
            models.CheckConstraint(
                name="revoked_badge_says_why",
                condition=(models.Q(state="revoked", revoked_at__isnull=False) & ~models.Q(revoked_reason=""))
                | (~models.Q(state="revoked") & models.Q(revoked_at=None, revoked_reason="")),
            ),
        ]
        indexes = [
            models.Index(fields=["earner", "-awarded_at"], name="badge_by_earner"),
            models.Index(fields=["tenant", "-awarded_at"], name="badge_by_tenant"),
            models.Index(fields=["stack"], condition=models.Q(stack__isnull=False), name="badge_by_stack"),
            models.Index(
                fields=["status_list", "status_index"],
                condition=models.Q(state__in=["revoked", "suspended"]),
                name="badge_not_in_force",
            ),
            models.Index(fields=["key", "id"], name="badge_by_key"),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, run_out_at=None),
                name="badge_to_run_out",
            ),
            models.Index(
                fields=["expires_at"],
                condition=models.Q(expires_at__isnull=False, run_out_at=None, reminded_at=None),
                name="badge_to_remind",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.edition or self.stack} for {self.recipient_name}"

    @property
    def has_run_out(self) -> bool:
        """Whether its last day has passed."""
        return self.expires_at is not None and self.expires_at <= clock.now()

    @property
    def can_be_succeeded(self) -> bool:
        """Whether another badge can take its place: it is in good standing, and none has."""
        return self.state == self.State.ISSUED and self.superseded_at is None

    @property
    def can_be_renewed(self) -> bool:
        """Whether an admin can renew it. A stack is renewed with the badges in it."""
        return self.can_be_succeeded and self.expires_at is not None and self.stack_id is None

    @property
    def title(self) -> str:
        """The title of what was earned."""
        return (self.edition or self.stack).title


OF_THE_SYSTEM = {Badge.Reason.REPLACED, Badge.Reason.PART}  # reasons that are facts, not somebody's choice
