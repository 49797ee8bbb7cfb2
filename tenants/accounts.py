"""How django-allauth works here: accounts start from an invitation, never from a public sign-up form."""

from allauth.account.adapter import DefaultAccountAdapter
from django.http import HttpRequest


class AccountAdapter(DefaultAccountAdapter):
    """Sign-up is closed: an account is made when its invitation is accepted."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        return False
