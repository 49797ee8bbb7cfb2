"""How django-allauth works here: accounts start from an invitation, never from a public sign-up form."""

from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest
from django.urls import reverse

from tenants import mail
from tenants.context import first_page
from tenants.queries import memberships_of


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: an account is made when its invitation is accepted. Mail goes through our outbox."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Who is in one group begins where their work is; others choose a group first."""
        groups = list(memberships_of(request.user)[:2])
        if len(groups) == 1:
            return first_page(groups[0].tenant, groups[0].roles)
        return str(super().get_login_redirect_url(request))

    def send_password_reset_mail(self, user: Any, email: str, context: dict[str, Any]) -> None:
        """The link to a new password. The key in it is signed, used once, and good for PASSWORD_RESET_TIMEOUT."""
        path = reverse("account_reset_password_from_key", args=[context["uid"], context["key"]])
        mail.password_reset(user, path=path)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Allauth's only other mail here: someone asked for a new password with an address we do not know."""
        if template_prefix != "account/email/unknown_account":
            raise NotImplementedError(f"no mail of ours for {template_prefix}")
        mail.unknown_account(email)
