"""`manage.py rotate_key lakeside`: a new signing key for a tenant, or a key withdrawn that somebody else may know."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from badges.actions.keys import rotate, withdraw
from badges.models import SigningKey
from lib.errors import LaurelError
from tenants.models import Tenant
from tenants.roles import system
from tenants.scope import inside


class Command(BaseCommand):
    help = "Make a new signing key for a tenant; the old one still verifies. --withdraw: it does not any more."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name of the tenant in addresses, such as lakeside")
        parser.add_argument("--algorithm", choices=SigningKey.Algorithm.values, default=SigningKey.Algorithm.EDDSA)
        parser.add_argument(
            "--withdraw", metavar="KEY", help="the public key (z6Mk…) of which someone else may know the private half"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        tenant = Tenant.objects.filter(slug=options["slug"]).first()
        if tenant is None:
            raise CommandError(f"There is no tenant “{options['slug']}”.")
        with inside(tenant):
            try:
                self.stdout.write(self._do(tenant, options))
            except LaurelError as refusal:
                raise CommandError(refusal.message) from refusal

    def _do(self, tenant: Tenant, options: dict[str, Any]) -> str:
        by = system(tenant)
        if not options["withdraw"]:
            return f"{rotate(by=by, algorithm=options['algorithm']).public_multibase} signs from now on."
        key = SigningKey.objects.filter(issuer__tenant=tenant, public_multibase=options["withdraw"]).first()
        if key is None:
            raise CommandError(f"{tenant.name} has no key {options['withdraw']}.")
        withdrawn = withdraw(by=by, key=key)
        return f"It is withdrawn. {withdrawn.to_sign_anew} badges are signed anew by the workers."
