"""Which editions a tenant's catalog shows. Published editions are public; a catalog is a choice among them."""

from django.db.models import Case, Q, QuerySet, When
from django.http import Http404

from credentials.models import Edition
from credentials.queries.parts import PARTS
from tenants.members import ancestors
from tenants.models import Partnership, Tenant

SHOWN = (Edition.State.PUBLISHED, Edition.State.SUPERSEDED, Edition.State.RETIRED)


def issuers_seen_by(tenant: Tenant) -> Q:
    """Condition on `Tenant`: this tenant, the tenants above it, and the issuers it has as partners."""
    own = [tenant.id, *(above.id for above in ancestors(tenant))]
    return Q(id__in=own) | Q(id__in=Partnership.objects.filter(tenant=tenant).values("issuer"))


def listed_editions(tenant: Tenant) -> QuerySet[Edition]:
    """The published editions of the tenant's catalog, with micro-credential and issuer loaded."""
    return _visible(tenant).filter(state=Edition.State.PUBLISHED)


def edition_for_page(tenant: Tenant, slug: str, number: int | None = None) -> Edition:
    """One edition with all its parts: the given number, else the published one, else the last there was.

    Raises Http404 for drafts and for what this catalog does not list.
    """
    editions = _visible(tenant).filter(micro_credential__slug=slug, state__in=SHOWN)
    if number is not None:
        editions = editions.filter(number=number)
    published_first = Case(When(state=Edition.State.PUBLISHED, then=0), default=1)
    editions = editions.select_related("micro_credential__tenant", "micro_credential__quality")
    edition = editions.order_by(published_first, "-number").prefetch_related(*PARTS).first()
    if edition is None:
        raise Http404
    return edition


def _visible(tenant: Tenant) -> QuerySet[Edition]:
    issuers = Tenant.objects.filter(issuers_seen_by(tenant))
    return (
        Edition.objects.filter(micro_credential__tenant__in=issuers)
        .select_related("micro_credential__tenant")
        .defer("search")
    )
