"""Personal access tokens for the API."""

from collections.abc import Collection
from datetime import timedelta
from uuid import UUID

import structlog
from django.utils.translation import gettext as _

from lib import clock
from lib.errors import Invalid, RuleBroken
from lib.ids import hash_secret, new_secret
from tenants.models import AccessToken, Scope, User

log = structlog.get_logger(__name__)

PREFIX = "laurel_"
LIVES = (30, 90, 365)  # days
MOST = 20


def create_token(*, user: User, id: UUID, name: str, scopes: Collection[str], days: int) -> tuple[AccessToken, str]:
    """A new token and its secret, which is kept nowhere. The same `id` again is RuleBroken: it was shown once."""
    wanted = [scope.value for scope in Scope if scope.value in scopes]
    if not wanted:
        raise Invalid(_("Choose at least one thing the token may do."), field="scopes")
    if days not in LIVES:
        raise Invalid(_("Choose how long the token is good."), field="days")
    User.objects.select_for_update().get(id=user.id)
    if AccessToken.objects.filter(id=id).exists():
        message = _("This token was made already, and its secret was shown once. Revoke it and make a new one.")
        raise RuleBroken(message, code="token-exists")
    if AccessToken.objects.filter(user=user, revoked_at=None, expires_at__gt=clock.now()).count() >= MOST:
        raise RuleBroken(_("You have %(n)s tokens. Revoke one you no longer use first.") % {"n": MOST}, code="too-many")
    secret = new_secret(PREFIX)
    token = AccessToken.objects.create(
        id=id,
        user=user,
        name=name.strip(),
        secret_hash=hash_secret(secret),
        scopes=wanted,
        expires_at=clock.now() + timedelta(days=days),
    )
    log.info("token_created", token_id=str(token.id), user_id=str(user.id), scopes=wanted, days=days)
    return token, secret


def revoke_token(*, user: User, token: AccessToken) -> AccessToken:
    """Make a token useless at once. Revoking it again changes nothing."""
    if token.user_id != user.id:
        raise RuleBroken(_("This token belongs to someone else."), code="not-yours")
    if token.revoked_at is None:
        token.revoked_at = clock.now()
        token.save(update_fields=["revoked_at"])
        log.info("token_revoked", token_id=str(token.id), user_id=str(user.id))
    return token
