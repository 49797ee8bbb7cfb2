"""The project's site plus one address: a plain form whose file is stored as a Django FileField stores it."""

import os

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.settings")

from django.conf import settings
from django.core.files.storage import default_storage
from django.core.wsgi import get_wsgi_application
from django.http import HttpRequest, HttpResponse
from django.urls import include, path
from django.views.decorators.csrf import csrf_exempt

application = get_wsgi_application()
settings.ROOT_URLCONF = "bench.upload_site"
settings.UPLOAD_LIMITS = {**settings.UPLOAD_LIMITS, "plain_upload": settings.UPLOAD_LIMIT}


@csrf_exempt
def plain_upload(request: HttpRequest) -> HttpResponse:
    """What `instance.file = request.FILES["file"]; instance.save()` does with the bytes."""
    default_storage.save("plain/file", request.FILES["file"])
    return HttpResponse(status=204)


urlpatterns = [path("plain/", plain_upload, name="plain_upload"), path("", include("config.urls"))]
