"""Personal access tokens for the API, and the memory that makes creating calls safe to repeat."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.utils.translation import gettext_lazy as _

from lib import clock
from lib.ids import uuid7
from tenants.models.people import User


class Scope(models.TextChoices):
    """What a token may do. A token never does more than its person may."""

    READ = "read", _("Read what I can read")
    WORK = "work", _("Start, edit and submit my work")
    REVIEW = "review", _("Claim, score and decide reviews")
    RECOGNIZE = "recognize", _("Answer the recognizer inbox")
    AUTHOR = "author", _("Import and edit editions")


class AccessToken(models.Model):
    """A bearer token of one person, stored as its hash, limited to scopes, revocable at any time."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="access_tokens")
    name = models.CharField(_("what it is for"), max_length=80)
    secret_hash = models.CharField(max_length=64, unique=True, editable=False)
    scopes = ArrayField(models.CharField(max_length=20, choices=Scope))
    created_at = models.DateTimeField(default=clock.now, editable=False)
    expires_at = models.DateTimeField()
    last_used_at = models.DateTimeField(null=True)
    revoked_at = models.DateTimeField(null=True)

    class Meta:
        ordering = ["-created_at"]
        constraints = [
            models.CheckConstraint(
                name="token_scopes_are_known",
                condition=models.Q(scopes__contained_by=list(Scope.values)) & models.Q(scopes__len__gt=0),
            )
        ]

    def __str__(self) -> str:
        return self.name


class IdempotentCall(models.Model):
    """The answer to a creating API call that carried an Idempotency-Key, kept for a day to be given again."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    user = models.ForeignKey(User, models.CASCADE, related_name="+")
    key = models.CharField(max_length=255)
    fingerprint = models.CharField(max_length=80)  # of method, path and body: the key must mean one thing
    status = models.PositiveSmallIntegerField(null=True)
    body = models.JSONField(null=True)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["user", "key"], name="one_answer_a_key")]
        indexes = [models.Index(fields=["created_at"], name="idempotent_by_age")]

    def __str__(self) -> str:
        return self.key
