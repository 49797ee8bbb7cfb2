"""What the pages of this app share: answering a form, and lists in pages."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.core.paginator import EmptyPage, Page, PageNotAnInteger, Paginator
from django.db.models import QuerySet
from django.forms import BaseForm
from django.http import Http404, HttpRequest
from django.utils.translation import gettext as _

from lib.errors import Invalid

PAGE_SIZE = 50


def done(form: BaseForm, action: Callable[[], Any]) -> bool:
    """Run `action` if the form is valid. What it refuses as Invalid becomes an error beside its field."""
    if not form.is_valid():
        return False
    try:
        action()
    except Invalid as problem:
        form.add_error(problem.field if problem.field in form.fields else None, problem.message)
        return False
    return True


def page_of(request: HttpRequest, rows: QuerySet) -> Page:
    """The page of `rows` that ?page= names. 404 for a page that is not there."""
    try:
        return Paginator(rows, PAGE_SIZE).page(request.GET.get("page", 1))
    except (EmptyPage, PageNotAnInteger) as problem:
        raise Http404 from problem


def pages_context(request: HttpRequest, page: Page) -> dict[str, Any]:
    """Addresses and the summary of <c-pagination>, keeping the filters of this request."""

    def address(number: int) -> str:
        return "?" + urlencode({**request.GET.dict(), "page": number})

    summary = _("%(first)s to %(last)s of %(all)s") % {
        "first": page.start_index(),
        "last": page.end_index(),
        "all": page.paginator.count,
    }
    return {
        "page": page,
        "previous_url": address(page.previous_page_number()) if page.has_previous() else "",
        "next_url": address(page.next_page_number()) if page.has_next() else "",
        "summary": summary,
    }
