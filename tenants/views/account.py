"""A person's own account: name, access tokens and connected apps."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from lib.methods import get_and_post
from tenants import queries
from tenants.actions import accounts, apps, tokens
from tenants.context import first_page
from tenants.doors import signed_in
from tenants.forms import NameForm, TokenForm
from tenants.models import AccessToken
from tenants.views.shared import done


@signed_in
@get_and_post
def account_home(request: HttpRequest) -> HttpResponse:
    """Name, address, password, and the way to the tokens."""
    form = NameForm(request.POST or None, instance=queries.account_of(request.user.email))
    if request.method == "POST" and done(
        form, lambda: accounts.rename(user=request.user, name=form.cleaned_data["name"])
    ):
        messages.success(request, _("Your name is saved."))
        return redirect("account_home")
    groups = [(each, first_page(each.tenant, each.held)) for each in queries.groups_of(request.user)]
    context = {
        "form": form,
        "groups": groups,
        "tokens": queries.tokens_of(request.user),
        "apps": queries.apps_of(request.user),
    }
    return render(request, "tenants/account.html", context, status=422 if form.is_bound else 200)


@signed_in
@never_cache
@get_and_post
def token_list(request: HttpRequest) -> HttpResponse:
    """The person's tokens and a form for a new one; its secret is on the answer, once, and nowhere else."""
    form = TokenForm(request.POST or None)
    made = []
    if request.method == "POST" and done(
        form, lambda: made.append(tokens.create_token(user=request.user, **form.cleaned_data))
    ):
        token, secret = made[0]
        return render(request, "tenants/token_made.html", {"token": token, "secret": secret})
    context = {"form": form, "tokens": queries.tokens_of(request.user)}
    return render(request, "tenants/tokens.html", context, status=422 if form.is_bound else 200)


@signed_in
@require_POST
def token_revoke(request: HttpRequest, token: UUID) -> HttpResponse:
    """Stop a token of one's own; other people's do not exist here."""
    found = get_object_or_404(AccessToken, id=token, user=request.user)
    tokens.revoke_token(user=request.user, token=found)
    messages.success(request, _("“%(name)s” no longer works.") % {"name": found.name})
    return redirect("tokens")


@signed_in
@require_safe
def connected_apps(request: HttpRequest) -> HttpResponse:
    """Which apps outside of Laurel may use the person's badges."""
    return render(request, "tenants/connected_apps.html", {"apps": queries.apps_of(request.user)})


@signed_in
@require_POST
def app_put_out(request: HttpRequest, app: int) -> HttpResponse:
    """Take all access of one app back."""
    found = get_object_or_404(queries.apps_let_in(request.user), id=app)
    apps.put_out(user=request.user, app=found)
    messages.success(request, _("“%(name)s” can no longer use your badges.") % {"name": found.name})
    return redirect("connected_apps")
