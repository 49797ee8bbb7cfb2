"""All addresses. Each app lists its own; tenant pages live under /t/<slug>/, badges outside of any tenant."""

from importlib import import_module

from django.urls import include, path


def _of(module: str, name: str) -> list:
    try:
        return getattr(import_module(module), name, [])
    except ModuleNotFoundError as missing:
        if missing.name and module.startswith(missing.name):
            return []
        raise


APPS = ["tenants", "credentials", "submissions", "assessment", "badges", "recognition"]

urlpatterns = [
    *_of("config.site.urls", "urlpatterns"),
    *[route for app in APPS for route in _of(f"{app}.urls", "global_urlpatterns")],
    path("t/<slug:slug>/", include([route for app in APPS for route in _of(f"{app}.urls", "urlpatterns")])),
    path("api/v1/", include([route for app in APPS for route in _of(f"{app}.api_urls", "urlpatterns")])),
]
