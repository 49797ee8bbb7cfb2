"""Reading anchors, for those who make them."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from assessment.evidence import Part, ReviewAddresses, evidence_parts
from assessment.models import Anchor, Review
from assessment.queries import reading
from credentials.models import Edition
from tenants.roles import Member


def anchors_here(by: Member) -> QuerySet[Anchor]:
    """All anchors of the tenant, by title; each with `readings_done`, how often it was scored."""
    return (
        Anchor.objects.filter(edition__micro_credential__tenant=by.tenant)
        .select_related("edition", "submission")
        .defer("edition__search")
        .annotate(readings_done=Count("readings", filter=Q(readings__compared_at__isnull=False)))
        .order_by("edition__title", "edition__number", "number", "id")
    )


def editions_here(by: Member) -> QuerySet[Edition]:
    """Published editions of the tenant, for which anchors can be written."""
    return (
        Edition.objects.filter(micro_credential__tenant=by.tenant, state=Edition.State.PUBLISHED)
        .defer("search")
        .order_by("title", "id")
    )


def anchor_here(anchor_id: UUID) -> Anchor:
    """One anchor of the active tenant with its sample. Raises Http404."""
    found = (
        Anchor.objects.filter(id=anchor_id)
        .select_related("edition", "submission__earner", "submission__edition", "tenant")
        .defer("edition__search", "submission__edition__search")
        .first()
    )
    if found is None:
        raise Http404
    return found


def anchor_parts(anchor: Anchor) -> list[Part]:
    """The evidence of an anchor as those who score it see it, with addresses for those who make it."""
    seen = Review(
        tenant=anchor.tenant,
        submission=anchor.submission,
        edition=anchor.edition,
        earner=anchor.submission.earner,
        due_on=anchor.submission.due_on,
    )
    return evidence_parts(seen, reading(seen), ReviewAddresses(anchor.tenant.slug, anchor.id, prefix="anchor"))
