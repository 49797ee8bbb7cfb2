"""What authors, vetters and admins see: editions that are not (or no longer) in the catalog, and notes about them."""

from collections import Counter
from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from credentials.models import Criterion, Edition, MicroCredential, QuizItem, Stack, VettingNote
from tenants.models import Tenant, User

State = Edition.State
OPEN = (State.DRAFT, State.VETTING)


def editions_of(tenant: Tenant) -> QuerySet[Edition]:
    """All editions that this tenant issues, in any state."""
    return (
        Edition.objects.filter(micro_credential__tenant=tenant)
        .select_related("micro_credential__tenant", "author", "vetter")
        .defer("search")
    )


def open_drafts(tenant: Tenant, author: User) -> list[Edition]:
    """The drafts of one author, last changed first, each with `open_notes`: notes of the last round without answer."""
    drafts = list(editions_of(tenant).filter(author=author, state__in=OPEN).order_by("-changed_at"))
    unanswered = VettingNote.objects.filter(edition__in=drafts, reply="").exclude(kind=VettingNote.Kind.PRAISE)
    counts = Counter(unanswered.values_list("edition_id", "round"))
    for draft in drafts:
        draft.open_notes = counts[draft.id, draft.round]
    return drafts


def published_editions(tenant: Tenant) -> QuerySet[Edition]:
    """What this tenant has published, by title, newest edition first; older ones too."""
    return editions_of(tenant).exclude(state__in=OPEN).order_by("title", "-number")


def waiting_for_vetter(tenant: Tenant) -> QuerySet[Edition]:
    """Editions with the vetters, longest wait first."""
    return editions_of(tenant).filter(state=State.VETTING).order_by("sent_at")


def edition_here(tenant: Tenant, edition_id: UUID) -> Edition:
    """An edition of this tenant in any state. Raises Http404."""
    edition = editions_of(tenant).filter(id=edition_id).first()
    if edition is None:
        raise Http404
    return edition


def notes_seen_by(user: User, edition: Edition) -> QuerySet[VettingNote]:
    """All notes for a vetter; for the author, those of the rounds that came back."""
    notes = VettingNote.objects.filter(edition=edition).select_related("by")
    if edition.author_id == user.id and edition.state == State.VETTING:
        return notes.filter(round__lt=edition.round)
    return notes


def quizzes_of(edition: Edition) -> list[tuple[Criterion, list[QuizItem]]]:
    """Each quiz with its bank, right answers included: for authors and vetters. Needs the parts loaded; one query."""
    quizzes = [each for each in edition.criteria.all() if each.part == Criterion.Kind.QUIZ]
    items = list(QuizItem.objects.filter(criterion__in=quizzes)) if quizzes else []
    for item in items:
        item.marked = [(text, place in item.right_places) for place, text in enumerate(item.choices)]
    return [(quiz, [item for item in items if item.criterion_id == quiz.id]) for quiz in quizzes]


def can_be_renewed(tenant: Tenant) -> QuerySet[MicroCredential]:
    """Micro-credentials of this tenant that have no open draft."""
    return MicroCredential.objects.filter(tenant=tenant).exclude(editions__state__in=OPEN).order_by("slug")


def stacks_of(tenant: Tenant) -> QuerySet[Stack]:
    """All stacks of this tenant, with `size` = how many things are in."""
    return Stack.objects.filter(tenant=tenant).annotate(size=Count("items")).order_by("state", "title")


def stack_here(tenant: Tenant, stack_id: UUID) -> Stack:
    """A stack of this tenant in any state. Raises Http404."""
    stack = Stack.objects.filter(tenant=tenant, id=stack_id).first()
    if stack is None:
        raise Http404
    return stack


def titles_of(micro_credentials: Q) -> dict[UUID, str]:
    """The title of the newest edition by micro-credential id, for those that fit the condition on Edition."""
    rows = Edition.objects.filter(micro_credentials).order_by("number").values_list("micro_credential_id", "title")
    return dict(rows)


def micro_credential_here(tenant: Tenant, slug: str) -> MicroCredential:
    """A micro-credential of this tenant by its short name. Raises Http404."""
    found = MicroCredential.objects.filter(tenant=tenant, slug=slug).first()
    if found is None:
        raise Http404
    return found
