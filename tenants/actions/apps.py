"""Apps that people let use their badges: registered by themselves, let in and put out by people, swept when unused."""

from datetime import timedelta
from typing import Any

import structlog
from django.db import transaction
from django.utils.translation import gettext as _
from oauth2_provider.models import AccessToken as AppToken
from oauth2_provider.models import Grant as CodeGrant
from oauth2_provider.models import RefreshToken, clear_expired

from lib import clock
from lib.errors import RuleBroken
from lib.ids import hash_secret, new_secret, short_code
from tenants.models import ConnectedApp, User
from tenants.registration import read_metadata

log = structlog.get_logger(__name__)

UNUSED_DAYS = 7  # that a registration lives which nobody ever let in


def register_app(*, metadata: Any) -> tuple[ConnectedApp, str]:
    """A new app and its secret, which is kept nowhere. Raises RegistrationRefused for metadata that will not do."""
    fields = read_metadata(metadata)
    secret = new_secret()
    app = ConnectedApp.objects.create(
        **fields,
        client_id=short_code(24),
        client_secret=hash_secret(secret),
        hash_client_secret=False,
        client_type=ConnectedApp.CLIENT_CONFIDENTIAL,
        authorization_grant_type=ConnectedApp.GRANT_AUTHORIZATION_CODE,
        registration_source=ConnectedApp.RegistrationSource.DCR,
    )
    log.info("app_registered", app=app.client_id, name=app.name)
    return app, secret


def let_in(*, user: User, app: ConnectedApp, scopes: list[str]) -> None:
    """Note that a person said yes to an app. Its code, and the tokens after it, are the library's."""
    if app.used_at is None:
        app.used_at = clock.now()
        app.save(update_fields=["used_at"])
    log.info("app_let_in", app=app.client_id, user_id=str(user.id), scopes=scopes)


def put_out(*, user: User, app: ConnectedApp) -> None:
    """End at once all that an app can do for a person."""
    with transaction.atomic():
        CodeGrant.objects.filter(user=user, application=app).delete()
        refreshing, _more = RefreshToken.objects.filter(user=user, application=app).delete()
        acting, _more = AppToken.objects.filter(user=user, application=app).delete()
    if not refreshing + acting:
        raise RuleBroken(_("This app has no access any more."), code="no-access")
    log.info("app_put_out", app=app.client_id, user_id=str(user.id))


def sweep_apps() -> None:
    """Drop codes and tokens that ran out, and registrations that nobody ever let in."""
    clear_expired()
    old = clock.now() - timedelta(days=UNUSED_DAYS)
    ConnectedApp.objects.filter(used_at=None, created__lt=old).delete()
