"""The catalog page: a GET form, whose results htmx swaps in place."""

from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.queries.catalog import Results, catalog
from credentials.queries.wanted import TEXT, Wanted

SORT_NAMES = {
    "best": gettext_lazy("Best match"),
    "newest": gettext_lazy("Newest"),
    "shortest": gettext_lazy("Shortest"),
    "title": gettext_lazy("Title, A to Z"),
}


@dataclass(frozen=True)
class Chip:
    """A chosen filter as a link that drops it."""

    label: str
    url: str


def catalog_page(request: HttpRequest, slug: str) -> HttpResponse:
    """Search, filters, results. An htmx request gets the results and the new counts only."""
    results = catalog(request.tenant, Wanted.read(request.GET))
    partly = request.htmx and not request.htmx.history_restore_request
    template = "credentials/catalog_results.html" if partly else "credentials/catalog.html"
    response = render(request, template, _context(results))
    patch_vary_headers(response, ["HX-Request"])
    if partly:
        response["HX-Push-Url"] = request.path + results.wanted.query().rstrip("?")
    return response


def _context(results: Results) -> dict[str, Any]:
    wanted = results.wanted
    chips = [Chip(label, wanted.without(name, value).query()) for name, value, label in results.chips]
    if wanted.text:
        chips.insert(0, Chip(_("“%(text)s”") % {"text": wanted.text}, wanted.without(TEXT).query()))
    way_out = results.way_out
    return {
        "results": results,
        "wanted": wanted,
        "chips": chips,
        "sorts": SORT_NAMES.items(),
        "previous_url": wanted.at_page(wanted.page - 1).query() if wanted.page > 1 else "",
        "next_url": wanted.at_page(wanted.page + 1).query() if wanted.page < results.pages else "",
        "way_out": way_out,
        "way_out_url": wanted.without(way_out.facet).query() if way_out else "",
    }
