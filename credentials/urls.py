"""Addresses of this app below /t/<slug>/: the catalog for everyone, authoring for those who write and vet."""

from credentials.authoring_urls import urlpatterns as authoring_urls
from credentials.catalog_urls import urlpatterns as catalog_urls

urlpatterns = [*catalog_urls, *authoring_urls]
