"""`manage.py found lakeside "Lakeside Schools" ann@lakeside.example`: a tenant with its first admin."""

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.urls import reverse

from lib.errors import LaurelError
from tenants.actions.founding import found_tenant
from tenants.mail import absolute
from tenants.models import Tenant, User


class Command(BaseCommand):
    help = "Make a tenant and its first admin, who sets a password through “Forgot your password?”."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name in addresses, such as lakeside")
        parser.add_argument("name", help="the name people know")
        parser.add_argument("email", help="e-mail address of the first admin")
        parser.add_argument("--kind", choices=Tenant.Kind.values, default=Tenant.Kind.DISTRICT)
        parser.add_argument("--time-zone", default="America/New_York")

    def handle(self, *args: Any, **options: Any) -> None:
        email = options["email"].lower()
        admin = User.objects.filter(email=email).first() or User.objects.create_user(email)
        try:
            tenant = found_tenant(
                slug=options["slug"],
                name=options["name"],
                admin=admin,
                kind=options["kind"],
                time_zone=options["time_zone"],
            )
        except LaurelError as refusal:
            raise CommandError(refusal.message) from refusal
        self.stdout.write(f"{tenant.name} is at {absolute(reverse('tenant_home', args=[tenant.slug]))}")
        self.stdout.write(f"{email} sets a password at {absolute(reverse('account_reset_password'))}")
