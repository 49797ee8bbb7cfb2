"""Addresses of accounts (outside of any tenant) and of a tenant's people and settings (under t/<slug>/).

Of allauth only the pages that work here are listed; its sign-up address says that an invitation is needed.
"""

from allauth.account import views as allauth
from django.urls import path

from tenants.views import account, home

global_urlpatterns = [
    path("", home.home, name="home"),
    path("signin/", allauth.login, name="account_login"),
    path("signout/", allauth.logout, name="account_logout"),
    path("signup/", allauth.signup, name="account_signup"),
    path("signin/closed/", allauth.account_inactive, name="account_inactive"),
    path("password/", allauth.password_change, name="account_change_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    path(
        "password/reset/<str:uidb36>-<str:key>/",
        allauth.password_reset_from_key,
        name="account_reset_password_from_key",
    ),
    path(
        "password/reset/done/",
        allauth.password_reset_from_key_done,
        name="account_reset_password_from_key_done",
    ),
    path("account/", account.account_home, name="account_home"),
    path("account/tokens/", account.token_list, name="tokens"),
    path("account/tokens/<uuid:token>/revoke/", account.token_revoke, name="token_revoke"),
]

urlpatterns = [
    path("role/", home.switch_role, name="switch_role"),
    path("theme.<slug:digest>.css", home.theme, name="theme"),
    path("logo.<slug:digest>.png", home.logo, name="logo"),
]
