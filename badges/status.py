"""The signed status list of an issuer, made from the badges themselves and cached until one of them changes."""

from uuid import UUID

from django.core.cache import cache
from django.db.models import F
from django.urls import reverse

from badges.issuers import active_key, did_of, unlock, verification_method
from badges.models import Badge, StatusList
from badges.openbadges import documents, proof
from badges.openbadges.status_list import compose_status_list
from lib import clock
from tenants.mail import absolute

OUT_OF_FORCE = [Badge.State.REVOKED, Badge.State.SUSPENDED]  # whose bit is set (docs/adr/0019)


def address_of(listed: StatusList) -> str:
    """Where a status list is served."""
    return absolute(reverse("status_list", args=[listed.issuer_id, listed.number]))


def changed(status_list_id: UUID) -> None:
    """A bit of this list changes with the caller's transaction: what was signed before is not served after it."""
    StatusList.objects.filter(id=status_list_id).update(version=F("version") + 1, changed_at=clock.now())


def signed_status_list(listed: StatusList) -> bytes:
    """The BitstringStatusListCredential of a list as signed JSON (W3C Bitstring Status List 1.0).

    `listed` was read before its bits are, so that what is kept under a version is never older than it.
    """
    key = active_key(listed.issuer)
    cache_key = f"status-list:{listed.id}:{key.id}:{listed.version}"
    kept = cache.get(cache_key)
    if kept is not None:
        return kept
    out_of_force = Badge.objects.filter(status_list=listed, state__in=OUT_OF_FORCE)
    unsigned = compose_status_list(
        address_of(listed),
        issuer=did_of(listed.issuer),
        set_indexes=out_of_force.values_list("status_index", flat=True).order_by(),
        valid_from=listed.changed_at,
        entries=listed.size,
    )
    method = verification_method(key)
    signed = proof.sign(unsigned, unlock(key), verification_method=method, created=listed.changed_at)
    document = documents.serialize(signed)
    cache.set(cache_key, document, 24 * 3600)
    return document
