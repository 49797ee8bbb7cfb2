"""What people see of their own data, over all tenants: where their evidence is, their exports and their erasures.

These step into each tenant in which the person has work, whether they are still a member there or not.
"""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from submissions.models import DataExport, Erasure, Hold, StoredFile, Submission, Work, WorkCard
from tenants.models import Tenant, User
from tenants.scope import inside


@dataclass(frozen=True)
class Group:
    """A tenant in which someone has work, how many files it keeps, and the erasures they asked for, newest first."""

    tenant: Tenant
    files: int
    erasures: list[Erasure]

    @property
    def open_erasure(self) -> Erasure | None:
        """The erasure that is still to come."""
        states = (Erasure.State.WAITING, Erasure.State.RUNNING)
        return next((each for each in self.erasures if each.state in states), None)


def tenants_of(person: User) -> list[Tenant]:
    """Tenants in which `person` has work, by name."""
    return list(Tenant.objects.filter(id__in=WorkCard.objects.filter(earner=person).values("tenant")).order_by("name"))


def groups_of(person: User) -> Iterator[Group]:
    """Where the evidence of `person` is."""
    for tenant in tenants_of(person):
        with inside(tenant):
            files = StoredFile.objects.filter(earner=person, state=StoredFile.State.KEPT).count()
            yield Group(tenant, files, list(Erasure.objects.filter(person=person)))


def erasure_of(person: User, erasure_id: UUID) -> tuple[Tenant, Erasure]:
    """One's own erasure. Raises Http404 for anyone else's."""
    for tenant in tenants_of(person):
        with inside(tenant):
            found = Erasure.objects.filter(person=person, id=erasure_id).first()
            if found is not None:
                return tenant, found
    raise Http404


def exports_of(person: User) -> QuerySet[DataExport]:
    """Copies that `person` asked for, newest first."""
    return DataExport.objects.filter(person=person).select_related("tenant")


def is_being_made(person: User, kind: DataExport.Kind = DataExport.Kind.MINE) -> bool:
    """Whether a worker will make, or is making, a zip of this kind."""
    return exports_of(person).filter(kind=kind, state=DataExport.State.WAITING).exists()


def obstacles(person: User, tenant: Tenant) -> list[str]:
    """Why the evidence of `person` in the active tenant cannot be erased now, in sentences. Empty when it can."""
    standing = Hold.objects.filter(lifted_at=None)
    found = []
    if standing.filter(person=person).exists():
        message = _("%(tenant)s has to keep your evidence for now. Ask the person who runs your program why.")
        found.append(message % {"tenant": tenant.name})
    works = Work.objects.filter(earner=person).select_related("edition")
    for work in works.filter(id__in=standing.exclude(work=None).values("work")):
        message = _("%(tenant)s has to keep “%(title)s” for now. Ask the person who runs your program why.")
        found.append(message % {"tenant": tenant.name, "title": work.edition.title})
    sent = Submission.objects.filter(earner=person, state=Submission.State.SUBMITTED)
    for work in works.filter(id__in=sent.values("work")):
        message = _("“%(title)s” is with the reviewers of %(tenant)s. Wait until they have decided.")
        found.append(message % {"tenant": tenant.name, "title": work.edition.title})
    return found
