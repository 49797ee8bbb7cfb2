"""The least that Django can be asked for: a view without any middleware that returns one stored row. For bench.serving.

Settings, addresses and application in one file; the same database, with nothing in between that costs anything.
"""

import os

import environ
from django.conf import settings

if not settings.configured:
    settings.configure(
        SECRET_KEY="bench",
        ALLOWED_HOSTS=["*"],
        INSTALLED_APPS=[],
        MIDDLEWARE=[],
        ROOT_URLCONF=__name__,
        USE_TZ=True,
        DATABASES={"default": environ.Env.db_url_config(os.environ["DATABASE_URL"]) | {"CONN_MAX_AGE": 60}},
    )

from django.core.wsgi import get_wsgi_application  # noqa: E402 - settings come first

application = get_wsgi_application()

from django.db import models  # noqa: E402 - needs the application
from django.http import HttpRequest, HttpResponse  # noqa: E402
from django.urls import path  # noqa: E402


class BenchRow(models.Model):
    """One stored JSON document of 2 KB."""

    id = models.UUIDField(primary_key=True)
    body = models.TextField()

    class Meta:
        app_label = "bench"
        db_table = "bench_row"
        managed = False

    def __str__(self) -> str:
        return str(self.id)


def row(request: HttpRequest, row_id: str) -> HttpResponse:
    """One row by its key, as it is stored."""
    body = BenchRow.objects.values_list("body", flat=True).get(id=row_id).encode()
    return HttpResponse(body, content_type="application/json", headers={"Content-Length": len(body)})


urlpatterns = [path("row/<uuid:row_id>", row)]
