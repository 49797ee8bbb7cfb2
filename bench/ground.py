"""What benchmarks stand on: a migrated throwaway database with the people and editions of the demo."""

import os
import subprocess
import sys

import django


def prepare() -> None:
    """Migrate as the owner, set Django up, and tell the demo without its journeys."""
    owner = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=owner, check=True)
    os.environ["LAUREL_DEMO_JOURNEYS"] = "0"
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    from config.demo import story

    story.tell(lambda chapter: None)
