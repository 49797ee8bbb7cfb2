"""The Celery app. Tasks only nudge: the rows they work on are the queue of record (docs/adr/0004)."""

import os

from celery import Celery
from celery.signals import setup_logging
from django_structlog.celery.steps import DjangoStructLogInitStep

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

app = Celery("laurel")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.steps["worker"].add(DjangoStructLogInitStep)
app.autodiscover_tasks()


@setup_logging.connect
def use_our_logging(**_: object) -> None:
    """Keep Celery from replacing the structured logging of the settings."""
    import logging.config

    from django.conf import settings

    logging.config.dictConfig(settings.LOGGING)
