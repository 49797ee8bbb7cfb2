"""What people change about their own account."""

import structlog

from tenants.models import User

log = structlog.get_logger(__name__)


def rename(*, user: User, name: str) -> User:
    """Set the name others see. Badges keep the name they were made with."""
    user.name = " ".join(name.split())
    user.save(update_fields=["name"])
    log.info("account_renamed", user_id=str(user.id))
    return user
