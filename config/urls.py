"""All addresses. Each app lists its own; tenant pages live under /t/<slug>/, badges outside of any tenant."""

from django.urls import URLPattern, URLResolver

urlpatterns: list[URLPattern | URLResolver] = []
