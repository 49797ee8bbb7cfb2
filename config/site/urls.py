"""Addresses of the installation itself."""

from django.conf import settings
from django.urls import path

from config.site import api_docs, views
from lib.gallery import components_gallery

urlpatterns = [
    path("healthz", views.healthz, name="healthz"),
    path("help/", views.help_page, name="help"),
    path("accessibility/", views.accessibility, name="accessibility"),
    path("privacy/", views.privacy, name="privacy"),
    path("robots.txt", views.robots, name="robots"),
    path("favicon.ico", views.favicon, name="favicon"),
    path("api/v1/schema/", api_docs.Schema.as_view(), name="api_schema"),
    path("api/v1/docs/", api_docs.docs, name="api_docs"),
]
if settings.DEBUG:
    urlpatterns.append(path("_gallery/", components_gallery, name="components_gallery"))
