"""All addresses. Each app lists its own; tenant pages live under /t/<slug>/, badges outside of any tenant."""

from importlib import import_module

from django.urls import URLPattern, URLResolver, include, path

APPS = ["tenants", "credentials", "submissions", "badges", "assessment", "recognition"]


def _all(module: str, name: str) -> list[URLPattern | URLResolver]:
    return [route for app in APPS for route in getattr(import_module(f"{app}.{module}"), name, [])]


urlpatterns = [
    *import_module("config.site.urls").urlpatterns,
    *_all("urls", "global_urlpatterns"),
    path("t/<slug:slug>/", include(_all("urls", "urlpatterns"))),
    path("api/v1/", include(_all("api_urls", "urlpatterns"))),
]

handler400 = "config.site.views.bad_request"
handler403 = "config.site.views.not_allowed"
handler404 = "config.site.views.not_found"
handler500 = "config.site.views.server_error"
