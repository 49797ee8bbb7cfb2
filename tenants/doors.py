"""What every view shares: who may enter a page at all, and small answers."""

from collections.abc import Callable
from functools import wraps
from typing import Any

from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse

from tenants.roles import require

View = Callable[..., HttpResponse]


def members_only(view: View) -> View:
    """Ask strangers to sign in; for people of other tenants the page does not exist (404)."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        if request.member is None:
            raise Http404
        return view(request, *args, **kwargs)

    return guarded


def needs(verb: str) -> Callable[[View], View]:
    """`members_only`, and 403 for members whose roles cannot do `verb` on anything. Actions still check the object."""

    def decorate(view: View) -> View:
        @wraps(view)
        def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
            require(request.member, verb)
            return view(request, *args, **kwargs)

        return members_only(guarded)

    return decorate


def signed_in(view: View) -> View:
    """Ask strangers to sign in. For pages that are about the person, not about a tenant."""

    @wraps(view)
    def guarded(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        if not request.user.is_authenticated:
            return redirect_to_login(request.get_full_path())
        return view(request, *args, **kwargs)

    return guarded
