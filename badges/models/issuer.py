"""Issuer: the face of a tenant in its badges; its keys, its status lists, and the pictures."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from credentials.models import Edition, Stack
from lib import clock
from lib.ids import uuid7
from tenants.models import Tenant


class Issuer(models.Model):
    """A tenant as issuer. Its did:web is made from this id, so renaming the tenant breaks no badge."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    tenant = models.OneToOneField(Tenant, models.PROTECT, related_name="issuer")
    created_at = models.DateTimeField(default=clock.now, editable=False)

    def __str__(self) -> str:
        return str(self.tenant)


class SigningKey(models.Model):
    """A key of an issuer: Ed25519 for proofs inside badges, P-256 and RSA for badges as tokens (VC-JWT).

    The private half is stored sealed; `vault` says by what.
    """

    class Algorithm(models.TextChoices):
        EDDSA = "EdDSA", _("Ed25519, for proofs inside badges")
        ES256 = "ES256", _("P-256, for badges as tokens")
        RS256 = "RS256", _("RSA, for badges as tokens")

    class Vault(models.TextChoices):
        LOCAL = "local", _("Encrypted with KEY_ENCRYPTION_KEY")
        KMS = "kms", _("Encrypted by a key management service")

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="keys")
    algorithm = models.CharField(max_length=8, choices=Algorithm, default=Algorithm.EDDSA)
    public_multibase = models.CharField(max_length=500, unique=True)  # an RSA key is long
    vault = models.CharField(max_length=8, choices=Vault, default=Vault.LOCAL)
    private_encrypted = models.BinaryField()
    created_at = models.DateTimeField(default=clock.now, editable=False)
    retired_at = models.DateTimeField(null=True)  # signs nothing more; still verifies what it signed
    compromised_at = models.DateTimeField(null=True)  # someone else may sign with it: nothing of it counts any more
    # Once compromised, every badge of it is signed anew, chunk by chunk in the order of their ids.
    to_sign_anew = models.PositiveIntegerField(default=0)  # how many badges it had signed
    asked_up_to = models.UUIDField(null=True)  # the last badge for which that was asked
    asked_all_at = models.DateTimeField(null=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(
                fields=["issuer", "algorithm"],
                condition=models.Q(retired_at=None),
                name="one_active_key_an_algorithm",
            ),
            models.CheckConstraint(
                name="compromised_key_is_retired",
                condition=models.Q(compromised_at=None) | models.Q(retired_at__isnull=False),
            ),
        ]

    def __str__(self) -> str:
        return self.public_multibase


class StatusList(models.Model):
    """A BitstringStatusList of an issuer (W3C Bitstring Status List 1.0). Its bits are read from the badges."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    issuer = models.ForeignKey(Issuer, models.PROTECT, related_name="status_lists")
    number = models.PositiveIntegerField()
    size = models.PositiveIntegerField(default=131_072)
    version = models.PositiveBigIntegerField(default=1)  # counts up whenever a bit changes
    changed_at = models.DateTimeField(default=clock.now)
    created_at = models.DateTimeField(default=clock.now, editable=False)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["issuer", "number"], name="one_list_a_number"),
            models.CheckConstraint(name="status_list_is_large", condition=models.Q(size__gte=131_072)),
        ]

    def __str__(self) -> str:
        return f"{self.issuer_id}/{self.number}"


class Artwork(models.Model):
    """The picture of an edition or a stack, drawn once and kept here so badges need no file storage."""

    id = models.UUIDField(primary_key=True, default=uuid7, editable=False)
    edition = models.OneToOneField(Edition, models.CASCADE, null=True, related_name="+")
    stack = models.OneToOneField(Stack, models.CASCADE, null=True, related_name="+")
    svg = models.TextField()
    png = models.BinaryField()
    card = models.BinaryField(null=True)  # 1200 by 630, for links to it elsewhere; drawn when first asked for
    drawn_at = models.DateTimeField(default=clock.now)

    class Meta:
        constraints = [
            models.CheckConstraint(
                name="artwork_of_one_thing",
                condition=models.Q(edition=None, stack__isnull=False) | models.Q(edition__isnull=False, stack=None),
            )
        ]

    def __str__(self) -> str:
        return str(self.edition_id or self.stack_id)
