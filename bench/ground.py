"""What benchmarks stand on: a migrated throwaway database with the people and editions of the demo."""

import os
import subprocess
import sys

import django
import environ
import psycopg2


def prepare() -> None:
    """Migrate as the owner, set Django up, and tell the demo without its journeys."""
    owner = os.environ | {"DATABASE_URL": os.environ["DATABASE_OWNER_URL"]}
    subprocess.run([sys.executable, "manage.py", "migrate", "--verbosity=0"], env=owner, check=True)
    os.environ["LAUREL_DEMO_JOURNEYS"] = "0"
    os.environ["LOG_LEVEL"] = "ERROR"
    django.setup()
    from config.demo import story

    story.tell(lambda chapter: None)


def as_owner(statement: str) -> None:
    """Run a statement as the owner of the tables, outside of any transaction."""
    place = environ.Env.db_url_config(os.environ["DATABASE_OWNER_URL"])
    names = {"dbname": "NAME", "host": "HOST", "port": "PORT", "user": "USER", "password": "PASSWORD"}
    owner = psycopg2.connect(**{name: place[key] for name, key in names.items() if place.get(key)})
    owner.autocommit = True
    owner.cursor().execute(statement)
    owner.close()
