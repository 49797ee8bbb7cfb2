"""A tenant's colours and logo, with a picture of what they will look like."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from lib import colour
from lib.methods import get_and_post
from tenants.actions import look as actions
from tenants.doors import needs
from tenants.forms import AccentForm, LogoForm
from tenants.models import Tenant
from tenants.views.shared import done


def _sample(accent: str) -> dict[str, object]:
    """What becomes of an accent colour: the theme made of it and how well its parts read."""
    try:
        theme = colour.make_theme(accent)
    except ValueError:
        return {"theme": None}
    return {
        "theme": theme,
        "given": colour.parse(accent).upper(),
        "kept": colour.kept_as_given(accent),
        "fill_kept": theme.accent == colour.parse(accent),
        "button_ratio": round(colour.contrast(theme.accent, theme.on_accent), 1),
        "text_ratio": round(colour.contrast(theme.accent_text, colour.WHITE), 1),
    }


def _page(request: HttpRequest, accent_form: AccentForm, logo_form: LogoForm) -> HttpResponse:
    accent = accent_form.data.get("accent", "") if accent_form.is_bound else request.tenant.accent
    context = {"accent_form": accent_form, "logo_form": logo_form, **_sample(accent)}
    bad = accent_form.is_bound or logo_form.is_bound
    return render(request, "tenants/look.html", context, status=422 if bad else 200)


def _accent_form(request: HttpRequest, data: object = None) -> AccentForm:
    return AccentForm(data, instance=Tenant.objects.get(id=request.tenant.id))


def _logo_form(request: HttpRequest, *given: object) -> LogoForm:
    return LogoForm(*given, initial={"alt": request.tenant.logo_alt})


@needs("tenant.brand")
@get_and_post
def look(request: HttpRequest, slug: str) -> HttpResponse:
    """The accent colour; POST saves it."""
    if request.method != "POST":
        return _page(request, _accent_form(request), _logo_form(request))
    form = _accent_form(request, request.POST)
    if done(form, lambda: actions.save_accent(by=request.member, accent=form.cleaned_data["accent"])):
        messages.success(request, _("The color is saved."))
        return redirect("look", slug)
    return _page(request, form, _logo_form(request))


@needs("tenant.brand")
@require_safe
def look_sample(request: HttpRequest, slug: str) -> HttpResponse:
    """The swatches of ?accent=, while the admin types."""
    return render(request, "tenants/look_sample.html", _sample(request.GET.get("accent", "")))


@needs("tenant.brand")
@require_POST
def logo_save(request: HttpRequest, slug: str) -> HttpResponse:
    """Take a new logo."""
    form = _logo_form(request, request.POST, request.FILES)
    if done(
        form,
        lambda: actions.save_logo(by=request.member, upload=form.cleaned_data["logo"], alt=form.cleaned_data["alt"]),
    ):
        messages.success(request, _("The logo is saved."))
        return redirect("look", slug)
    return _page(request, _accent_form(request), form)


@needs("tenant.brand")
@require_POST
def logo_remove(request: HttpRequest, slug: str) -> HttpResponse:
    """Go back to Laurel's mark."""
    actions.remove_logo(by=request.member)
    messages.success(request, _("The logo is gone."))
    return redirect("look", slug)
