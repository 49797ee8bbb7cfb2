"""Addresses of accounts (outside of any tenant) and of a tenant's people and settings (under t/<slug>/).

Of allauth only the pages that work here are listed; its sign-up address says that an invitation is needed.
"""

from allauth.account import views as allauth
from django.urls import path, re_path

from tenants.views import account, home, invitations, look, oauth, people, records, settings

global_urlpatterns = [
    path("", home.home, name="home"),
    path("signin/", allauth.login, name="account_login"),
    path("signout/", allauth.logout, name="account_logout"),
    path("signup/", allauth.signup, name="account_signup"),
    path("signin/closed/", allauth.account_inactive, name="account_inactive"),
    path("password/", allauth.password_change, name="account_change_password"),
    path("password/reset/", allauth.password_reset, name="account_reset_password"),
    path("password/reset/sent/", allauth.password_reset_done, name="account_reset_password_done"),
    re_path(
        r"^password/reset/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>[0-9A-Za-z-]+)/$",
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
    path("account/apps/", account.connected_apps, name="connected_apps"),
    path("account/apps/<int:app>/take-back/", account.app_put_out, name="app_put_out"),
    path("oauth/authorize", oauth.Authorize.as_view(), name="oauth_authorize"),
    path("oauth/token", oauth.Token.as_view(), name="oauth_token"),
    path("oauth/revoke", oauth.Revoke.as_view(), name="oauth_revoke"),
    path("oauth/register", oauth.Register.as_view(), name="oauth_register"),
    path(".well-known/oauth-authorization-server", oauth.metadata, name="oauth_metadata"),
]

urlpatterns = [
    path("role/", home.switch_role, name="switch_role"),
    path("join/<str:secret>/", invitations.join, name="invitation"),
    path("theme.<slug:digest>.css", home.theme, name="theme"),
    path("logo.<slug:digest>.png", home.logo, name="logo"),
    path("manage/people/", people.people_list, name="people"),
    path("manage/people/invite/", invitations.invite, name="invite"),
    path("manage/people/<uuid:user>/", people.person, name="person"),
    path("manage/people/<uuid:user>/staff/", people.person_staff, name="person_staff"),
    path("manage/people/<uuid:user>/switch/", people.person_switch, name="person_switch"),
    path("manage/invitations/<uuid:invitation>/resend/", invitations.invitation_resend, name="invitation_resend"),
    path(
        "manage/invitations/<uuid:invitation>/withdraw/",
        invitations.invitation_withdraw,
        name="invitation_withdraw",
    ),
    path("manage/settings/", settings.profile, name="tenant_settings"),
    path("manage/settings/look/", look.look, name="look"),
    path("manage/settings/look/sample/", look.look_sample, name="look_sample"),
    path("manage/settings/logo/", look.logo_save, name="logo_save"),
    path("manage/settings/logo/remove/", look.logo_remove, name="logo_remove"),
    path("manage/settings/closures/", settings.closures, name="closures"),
    path("manage/settings/closures/<uuid:closure>/remove/", settings.closure_remove, name="closure_remove"),
    path("manage/settings/partners/", settings.partners, name="partners"),
    path("manage/settings/partners/<uuid:partnership>/remove/", settings.partner_remove, name="partner_remove"),
    path("manage/settings/below/", settings.below, name="below"),
    path("manage/settings/audit/", records.audit, name="audit"),
    path("manage/settings/mail/", records.mail_log, name="mail_log"),
    path("manage/settings/mail/<uuid:mail>/resend/", records.mail_resend, name="mail_resend"),
]
