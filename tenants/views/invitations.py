"""Inviting people (admins), and the page behind the mailed link (anyone who holds it)."""

from uuid import UUID

from allauth.account.adapter import get_adapter
from django.contrib import messages
from django.contrib.auth import login
from django.core.cache import cache
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_POST

from lib import clock
from lib.methods import get_and_post
from lib.pages import page_of_rows
from tenants import queries
from tenants.actions import invitations
from tenants.doors import needs
from tenants.forms import InviteForm, JoinForm
from tenants.models import Invitation, Membership, Role, User
from tenants.scope import inside
from tenants.views.shared import done

MOST_GUESSES = 20  # unknown links from one address
GUESS_WINDOW = 300  # seconds


@needs("people.manage")
@get_and_post
def invite(request: HttpRequest, slug: str) -> HttpResponse:
    """A form for new invitations, and the ones that wait."""
    form = InviteForm(request.POST or None, initial={"roles": [Role.EARNER]})
    results: list[invitations.Invited] = []
    if request.method == "POST" and done(
        form, lambda: results.append(invitations.invite(by=request.member, **form.cleaned_data))
    ):
        _say(request, results[0])
        return redirect("invite", slug)
    page = page_of_rows(queries.open_invitations(), request, counted=True)
    now = clock.now()
    rows = [(each, queries.role_labels(each.roles), each.expires_at <= now) for each in page.rows]
    context = {"form": form, "rows": rows, "page": page}
    return render(request, "tenants/invite.html", context, status=422 if form.is_bound else 200)


def _say(request: HttpRequest, result: invitations.Invited) -> None:
    """Tell the admin what became of the addresses."""
    if sent := len(result.sent):
        message = ngettext("%(n)s invitation is on its way.", "%(n)s invitations are on their way.", sent)
        messages.success(request, message % {"n": sent})
    if result.again:
        message = _("Invited before, so they get a new link and the old one stops working: %(list)s.")
        messages.info(request, message % {"list": ", ".join(result.again)})
    if result.members:
        message = _("Members already, so nothing was sent: %(list)s.")
        messages.warning(request, message % {"list": ", ".join(result.members)})


@needs("people.manage")
@require_POST
def invitation_resend(request: HttpRequest, slug: str, invitation: UUID) -> HttpResponse:
    """Mail a fresh link."""
    found = invitations.resend(by=request.member, invitation=get_object_or_404(Invitation, id=invitation))
    messages.success(request, _("%(email)s gets a new link.") % {"email": found.email})
    return redirect("invite", slug)


@needs("people.manage")
@require_POST
def invitation_withdraw(request: HttpRequest, slug: str, invitation: UUID) -> HttpResponse:
    """Make the link useless."""
    found = invitations.withdraw(by=request.member, invitation=get_object_or_404(Invitation, id=invitation))
    messages.success(request, _("The invitation for %(email)s is taken back.") % {"email": found.email})
    return redirect("invite", slug)


@never_cache
@sensitive_post_parameters("password")
@get_and_post
def join(request: HttpRequest, slug: str, secret: str) -> HttpResponse:
    """The page behind an invitation. Its secret is the right to be here, so the tenant is entered for it."""
    if _guessed_too_often(request):
        return render(request, "429.html", status=429)
    with inside(request.tenant):
        invitation = queries.invitation_by_secret(secret)
        if invitation is None:
            _count_guess(request)
            message = _("This invitation does not exist. The link may be cut off, or a newer email has replaced it.")
            return _closed(request, message, 404)
        try:
            return _join(request, invitation)
        except invitations.Unusable as problem:
            account = _clicked_twice(request, invitation)
            if account is None:
                return _closed(request, problem.message, problem.status)
            login(request, account)
            return redirect(request.tenant.home_url)


def _clicked_twice(request: HttpRequest, invitation: Invitation) -> User | None:
    """The account that the first of two clicks on “Join” has just made. The second came without its session."""
    used = Invitation.objects.filter(id=invitation.id, accepted_at__gt=clock.now() - invitations.DOUBLE_CLICK)
    if request.method != "POST" or request.user.is_authenticated or not used.exists():
        return None
    account = queries.account_of(invitation.email)
    return account if account and account.check_password(request.POST.get("password", "")) else None


def _join(request: HttpRequest, invitation: Invitation) -> HttpResponse:
    user = request.user
    if user.is_authenticated and user.email == invitation.email and request.method == "POST":
        return _welcome(request, invitations.accept(user=user, invitation=invitation))
    if user.is_authenticated and invitation.accepted_at and user.email == invitation.email:
        return redirect(request.tenant.home_url)  # a second click on the link in the mail
    invitations.check_usable(invitation)
    if user.is_authenticated or queries.account_of(invitation.email):
        return _page(request, invitation, None)
    form = JoinForm(request.POST or None, email=invitation.email)
    joined = []
    if request.method == "POST" and done(
        form, lambda: joined.append(invitations.join(invitation=invitation, **form.cleaned_data))
    ):
        login(request, joined[0].user)
        return _welcome(request, joined[0])
    return _page(request, invitation, form, status=422 if form.is_bound else 200)


def _welcome(request: HttpRequest, membership: Membership) -> HttpResponse:
    messages.success(request, _("Welcome to %(name)s.") % {"name": request.tenant.name})
    return redirect(request.tenant.home_url)


def _page(request: HttpRequest, invitation: Invitation, form: JoinForm | None, status: int = 200) -> HttpResponse:
    context = {
        "invitation": invitation,
        "roles": queries.role_labels(invitation.roles),
        "expires": request.tenant.local_date(invitation.expires_at),
        "form": form,
        "is_for_me": request.user.is_authenticated and request.user.email == invitation.email,
    }
    return render(request, "tenants/join.html", context, status=status)


def _closed(request: HttpRequest, message: str, status: int) -> HttpResponse:
    return render(request, "tenants/join_closed.html", {"message": message}, status=status)


def _guess_key(request: HttpRequest) -> str:
    return f"invitation-guesses:{get_adapter().get_client_ip(request)}"


def _guessed_too_often(request: HttpRequest) -> bool:
    return cache.get(_guess_key(request), 0) >= MOST_GUESSES


def _count_guess(request: HttpRequest) -> None:
    key = _guess_key(request)
    cache.add(key, 0, GUESS_WINDOW)
    cache.incr(key)
