"""Pages of the installation itself: health, help, legal texts, and what is shown when something goes wrong."""

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.template.loader import render_to_string
from django.templatetags.static import static
from django.utils.translation import gettext as _
from django.views.decorators.cache import cache_control, never_cache
from django.views.decorators.http import require_safe

from config.site import health
from lib import imsx
from tenants.middleware import problem, wants_json

ROBOTS = """User-agent: *
Disallow: /account/
Disallow: /api/
Disallow: /ims/
Disallow: /oauth/
Disallow: /t/*/author/
Disallow: /t/*/honor/
Disallow: /t/*/join/
Disallow: /t/*/manage/
Disallow: /t/*/my/
Disallow: /t/*/review/
Disallow: /t/*/vetting/
"""


@never_cache
@require_safe
@transaction.non_atomic_requests
def healthz(request: HttpRequest) -> JsonResponse:
    """200 when every part answers, 503 when one does not. For load balancers and `make run`."""
    parts = health.report()
    well = all(part["ok"] for part in parts.values())
    return JsonResponse({"ok": well, "parts": parts}, status=200 if well else 503)


@require_safe
def help_page(request: HttpRequest) -> HttpResponse:
    """Answers to what people ask most."""
    return render(request, "site/help.html")


@require_safe
def accessibility(request: HttpRequest) -> HttpResponse:
    """What we do so that everyone can use Laurel, and whom to tell when something is in the way."""
    return render(request, "site/accessibility.html")


@require_safe
def privacy(request: HttpRequest) -> HttpResponse:
    """What is kept about people, who sees it, and for how long."""
    return render(request, "site/privacy.html")


@cache_control(max_age=86_400)
@require_safe
def robots(request: HttpRequest) -> HttpResponse:
    """Which pages search engines should leave alone. All of them are closed to strangers anyway."""
    return HttpResponse(ROBOTS, content_type="text/plain")


@cache_control(max_age=86_400)
@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    """Our mark, for programs that ask for the old address without reading the page."""
    return HttpResponse(status=302, headers={"Location": static("img/mark.svg")})


def _for_programs(request: HttpRequest) -> bool:
    return request.path_info.startswith(("/api/", imsx.PREFIX)) or wants_json(request)


def _answer(request: HttpRequest, status: int, code: str, detail: str, **more: object) -> JsonResponse:
    """What went wrong, in the form that programs at this address expect."""
    if request.path_info.startswith(imsx.PREFIX):
        return JsonResponse(imsx.status_info(status, detail), status=status)
    return problem(status, code, detail, **more)


def bad_request(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler400."""
    if _for_programs(request):
        return _answer(request, 400, "bad-request", _("We could not read this request."))
    return render(request, "400.html", status=400)


def not_allowed(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler403."""
    if _for_programs(request):
        return _answer(request, 403, "not-allowed", _("You may not do this."))
    return render(request, "403.html", status=403)


def not_found(request: HttpRequest, exception: Exception | None = None) -> HttpResponse:
    """handler404. What is not there and what one may not see look the same."""
    if _for_programs(request):
        return _answer(request, 404, "not-found", _("There is nothing here that you can see."))
    return render(request, "404.html", status=404)


def server_error(request: HttpRequest) -> HttpResponse:
    """handler500. The page stands alone; the code leads to the request's lines in the log."""
    code = str(getattr(request, "id", "") or request.headers.get("X-Request-ID", ""))[:64]
    if _for_programs(request):
        return _answer(request, 500, "server-error", "Something broke on our side.", request_id=code)
    return HttpResponse(render_to_string("500.html", {"code": code}), status=500)


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """CSRF_FAILURE_VIEW. Mostly a page that was open while the person signed in elsewhere, or blocked cookies."""
    message = _(
        "We could not tell that this came from our own page. Go back, reload the page and send it again. "
        "If it happens every time, allow cookies for this site."
    )
    if settings.DEBUG:
        message = f"{message} ({reason})"
    if _for_programs(request):
        return _answer(request, 403, "csrf", message)
    return render(request, "403.html", {"message": message}, status=403)
