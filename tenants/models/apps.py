"""Apps from outside, such as wallets, that people let use their badges (OAuth 2.0)."""

from django.contrib.postgres.fields import ArrayField
from django.db import models
from oauth2_provider.models import AbstractApplication


class ConnectedApp(AbstractApplication):
    """An app that registered itself (RFC 7591). What it says of itself is its own word: nobody here checked it.

    `client_secret` is the SHA-256 of the secret (lib.ids.hash_secret). The secret has 256 bits of randomness, so the
    slow hash of the library would only cost time; `hash_client_secret` is off for that reason. `scope` limits what
    the app can ever ask for.
    """

    scope = models.TextField()
    client_uri = models.CharField(max_length=500, blank=True)
    logo_uri = models.CharField(max_length=500, blank=True)  # never shown: it would tell the app who looks
    tos_uri = models.CharField(max_length=500, blank=True)
    policy_uri = models.CharField(max_length=500, blank=True)
    software_id = models.CharField(max_length=200, blank=True)
    software_version = models.CharField(max_length=200, blank=True)
    contacts = ArrayField(models.CharField(max_length=254), default=list)
    used_at = models.DateTimeField(null=True)  # when somebody first let it in; the others are swept

    class Meta:
        indexes = [models.Index(fields=["created"], condition=models.Q(used_at=None), name="app_never_used")]

    def __str__(self) -> str:
        return self.name
