"""The front page of a tenant."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credentials.queries import listed_stacks
from credentials.queries.catalog import start_here


def tenant_home(request: HttpRequest, slug: str) -> HttpResponse:
    """What this place is, and the ways in."""
    count, editions, topics = start_here(request.tenant)
    stacks = listed_stacks(request.tenant)[:6]
    context = {"count": count, "editions": editions, "topics": topics, "stacks": stacks}
    return render(request, "credentials/landing.html", context)
