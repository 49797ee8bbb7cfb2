"""Seal every signing key anew: after KEY_VAULT, KMS_KEY_ID or KEY_ENCRYPTION_KEY was changed."""

from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from badges.issuers import reseal
from badges.models import SigningKey
from badges.vaults import VaultClosed


class Command(BaseCommand):
    """Each key is a transaction of its own, so that it can be stopped and run again."""

    help = __doc__

    def handle(self, *args: Any, **options: Any) -> None:
        done, closed = 0, []
        for key_id in SigningKey.objects.order_by("created_at", "id").values_list("id", flat=True).iterator():
            with transaction.atomic():
                key = SigningKey.objects.select_for_update().get(id=key_id)
                try:
                    reseal(key)
                    done += 1
                except VaultClosed as problem:
                    closed.append(f"{key.public_multibase}: {problem}")
        for line in closed:
            self.stderr.write(line)
        if closed:
            raise CommandError(f"{done} keys are sealed anew, {len(closed)} are as they were.")
        self.stdout.write(f"{done} keys are sealed anew.")
