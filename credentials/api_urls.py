"""Addresses of this app below /api/v1/."""

from credentials.catalog_urls import api_urlpatterns as urlpatterns

__all__ = ["urlpatterns"]
