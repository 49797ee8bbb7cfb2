"""Addresses of the public half: front page, catalog, micro-credentials, stacks. `credentials.urls` joins them."""

from django.urls import path

from credentials import catalog_api
from credentials.views import catalog, landing, page, stacks

urlpatterns = [
    path("", landing.tenant_home, name="tenant_home"),
    path("catalog/", catalog.catalog_page, name="catalog"),
    path("mc/<slug:mc>/", page.micro_credential, name="micro_credential"),
    path("stacks/", stacks.stacks, name="stacks"),
    path("stacks/<slug:stack>/", stacks.stack, name="stack"),
]

api_urlpatterns = [
    path("t/<slug:slug>/catalog/", catalog_api.CatalogList.as_view(), name="api_catalog"),
    path("t/<slug:slug>/catalog/<slug:mc>/", catalog_api.CatalogItem.as_view(), name="api_catalog_item"),
]
