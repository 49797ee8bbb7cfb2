"""Addresses of this app below /api/v1/: the public catalog, and editions for those who write and vet."""

from django.urls import path

from credentials import api
from credentials.catalog_urls import api_urlpatterns

urlpatterns = [
    *api_urlpatterns,
    path("t/<slug:slug>/editions/", api.EditionList.as_view(), name="api_editions"),
    path("t/<slug:slug>/editions/<uuid:edition>/", api.EditionExport.as_view(), name="api_edition_export"),
    path("t/<slug:slug>/editions/<uuid:edition>/send/", api.EditionSend.as_view(), name="api_edition_send"),
    path("t/<slug:slug>/editions/<uuid:edition>/publish/", api.EditionPublish.as_view(), name="api_edition_publish"),
]
