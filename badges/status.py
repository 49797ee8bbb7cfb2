"""The signed status list of an issuer, made from the badges themselves and cached until one is taken back."""

from django.core.cache import cache
from django.db.models import Max
from django.urls import reverse

from badges.issuers import active_key, did_of, unlock, verification_method
from badges.models import Badge, StatusList
from badges.openbadges import documents, proof
from badges.openbadges.status_list import compose_status_list
from tenants.mail import absolute


def address_of(listed: StatusList) -> str:
    """Where a status list is served."""
    return absolute(reverse("status_list", args=[listed.issuer_id, listed.number]))


def signed_status_list(listed: StatusList) -> bytes:
    """The BitstringStatusListCredential of a list as signed JSON (W3C Bitstring Status List 1.0)."""
    revoked = Badge.objects.filter(status_list=listed, state=Badge.State.REVOKED)
    latest = revoked.aggregate(latest=Max("revoked_at"))["latest"] or listed.created_at
    key = active_key(listed.issuer)
    cache_key = f"status-list:{listed.id}:{key.id}:{latest.timestamp()}:{revoked.count()}"
    kept = cache.get(cache_key)
    if kept is not None:
        return kept
    unsigned = compose_status_list(
        address_of(listed),
        issuer=did_of(listed.issuer),
        set_indexes=revoked.values_list("status_index", flat=True),
        valid_from=latest,
        entries=listed.size,
    )
    document = documents.serialize(
        proof.sign(unsigned, unlock(key), verification_method=verification_method(key), created=latest)
    )
    cache.set(cache_key, document, 24 * 3600)
    return document
