"""`manage.py demo`: fill an empty database with the demo. Does nothing when it is there."""

from typing import Any

from django.core.management.base import BaseCommand

from config.demo import story


class Command(BaseCommand):
    help = "Load the demo, once. Its accounts have a public password: never load it where real people work."

    def handle(self, *args: Any, **options: Any) -> None:
        if story.is_told():
            self.stdout.write("The demo is loaded already.")
            return
        self.stdout.write("Loading the demo:")
        story.tell(lambda chapter: self.stdout.write(f"  {chapter}"))
        self.stdout.write("The demo is loaded.")
