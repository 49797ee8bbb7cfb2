"""Stacks for everyone to read: the list, and one with what it takes."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credentials.queries import listed_stacks, stack_for_page


def stacks(request: HttpRequest, slug: str) -> HttpResponse:
    """Every stack this tenant's people can complete."""
    return render(request, "credentials/stacks.html", {"stacks": listed_stacks(request.tenant)})


def stack(request: HttpRequest, slug: str, stack: str) -> HttpResponse:
    """One stack: its rule and its pieces."""
    found, pieces = stack_for_page(request.tenant, stack)
    return render(request, "credentials/stack.html", {"stack": found, "pieces": pieces})
