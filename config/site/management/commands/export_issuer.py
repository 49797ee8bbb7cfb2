"""`manage.py export_issuer lakeside /srv/badges`: what a tenant has issued, as files for a plain file server."""

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.db import transaction

from badges.archive import write_site
from badges.models import Issuer


class Command(BaseCommand):
    help = "Write the badges of a tenant and all that verifies them into a folder, at the paths of their addresses."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("slug", help="short name of the tenant, such as lakeside")
        parser.add_argument("folder", type=Path, help="folder to write into; files that are there are replaced")

    def handle(self, *args: Any, **options: Any) -> None:
        issuer = Issuer.objects.select_related("tenant").filter(tenant__slug=options["slug"]).first()
        if issuer is None:
            raise CommandError(f"{options['slug']} has issued nothing, or there is no such tenant.")
        folder: Path = options["folder"]

        def put(path: str, data: bytes) -> None:
            target = folder / path
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_bytes(data)

        with transaction.atomic():
            tally = write_site(issuer, put)
        self.stdout.write(f"{tally.badges} badges, {tally.achievements} achievements, {tally.lists} status lists")
