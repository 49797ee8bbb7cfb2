"""What a lead sees: who carries how much, what waits for how long, and what may be given to whom."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta

from django.db.models import Count, Min, Q, QuerySet, Sum

from assessment.models import ORDER, Absence, AssessorProfile, Calibration, Review
from assessment.queries import offered_in
from lib import clock
from submissions.models import Submission
from tenants.models import Membership, Role, Tenant, User
from tenants.roles import Member

OPEN = [Review.State.WAITING, Review.State.CLAIMED]
RECENT = timedelta(days=30)


@dataclass(frozen=True)
class Load:
    """One assessor: what they hold, what is kept for them, what they did in the last RECENT days."""

    user: User
    profile: AssessorProfile | None
    away_until: date | None
    held: int = 0
    late: int = 0
    kept: int = 0
    done: int = 0
    minutes: int = 0  # of work, in what is done
    calibrated: int = 0  # editions on which they are, now
    paused: int = 0  # editions on which they have to practice again

    @property
    def minutes_each(self) -> int | None:
        return round(self.minutes / self.done) if self.done else None


def loads(tenant: Tenant) -> list[Load]:
    """Every assessor of `tenant` by name. Six queries, however many there are."""
    today, now = tenant.local_date(), clock.now()
    members = Membership.objects.filter(tenant=tenant, active=True, roles__contains=[Role.ASSESSOR])
    profiles = {each.user_id: each for each in AssessorProfile.objects.all()}
    away = dict(Absence.objects.filter(starts_on__lte=today, ends_on__gte=today).values_list("user", "ends_on"))
    is_kept = Q(kept_until__gte=now)
    kept = _counts(Review.objects.filter(is_kept, kept_for__isnull=False), "kept_for", n=Count("id"))
    held = _counts(
        Review.objects.filter(state=Review.State.CLAIMED, practice=False),
        "assessor",
        held=Count("id"),
        late=Count("id", filter=Q(due_on__lt=today)),
    )
    done = _counts(
        Review.objects.filter(state=Review.State.FINAL, practice=False, finished_at__gte=now - RECENT),
        "assessor",
        done=Count("id"),
        seconds=Sum("active_seconds"),
    )
    now_counts = Q(expires_at__gt=now, paused_at=None)
    shown = {
        row["assessor"]: row
        for row in Calibration.objects.order_by()
        .values("assessor")
        .annotate(calibrated=Count("id", filter=now_counts), paused=Count("id", filter=~now_counts))
    }
    return [
        Load(
            user=each.user,
            profile=profiles.get(each.user_id),
            away_until=away.get(each.user_id),
            held=held.get(each.user_id, {}).get("held", 0),
            late=held.get(each.user_id, {}).get("late", 0),
            kept=kept.get(each.user_id, {}).get("n", 0),
            done=done.get(each.user_id, {}).get("done", 0),
            calibrated=shown.get(each.user_id, {}).get("calibrated", 0),
            paused=shown.get(each.user_id, {}).get("paused", 0),
            minutes=round(done.get(each.user_id, {}).get("seconds", 0) / 60),
        )
        for each in members.select_related("user").order_by("user__name", "user__email", "id")
    ]


def _counts(reviews: QuerySet[Review], by: str, **numbers: object) -> Mapping[object, dict]:
    return {row[by]: row for row in reviews.order_by().values(by).annotate(**numbers)}


@dataclass(frozen=True)
class Pile:
    """What is open of one micro-credential."""

    slug: str
    title: str
    waiting: int
    claimed: int
    late: int
    oldest_due: date


def piles(tenant: Tenant) -> list[Pile]:
    """What is open, by micro-credential, the latest first."""
    slug = "edition__micro_credential__slug"
    rows = (
        Review.objects.filter(state__in=OPEN, sample=False)
        .order_by()
        .values(slug)
        .annotate(
            waiting=Count("id", filter=Q(state=Review.State.WAITING)),
            claimed=Count("id", filter=Q(state=Review.State.CLAIMED)),
            late=Count("id", filter=Q(due_on__lt=tenant.local_date())),
            oldest_due=Min("due_on"),
        )
    )
    titles = {known: title for known, title, _language in offered_in(tenant)}
    found = [_pile(row.pop(slug), titles, row) for row in rows]
    return sorted(found, key=lambda pile: (pile.oldest_due, pile.title))


def _pile(slug: str, titles: Mapping[str, str], numbers: dict) -> Pile:
    return Pile(slug=slug, title=titles.get(slug, slug), **numbers)


def ageing(piles: Sequence[Pile], tenant: Tenant) -> dict[str, int]:
    """How many are open, and of these: late, due within two business days."""
    soon = tenant.due_date(2)
    today = tenant.local_date()
    near = Review.objects.filter(state__in=OPEN, sample=False, due_on__gte=today, due_on__lte=soon).count()
    return {
        "open": sum(each.waiting + each.claimed for each in piles),
        "claimed": sum(each.claimed for each in piles),
        "late": sum(each.late for each in piles),
        "near": near,
    }


def open_reviews(*, mc: str = "", holder: str = "") -> QuerySet[Review]:
    """All that is open in the order of the queue; of one micro-credential (its slug), or with one assessor (id)."""
    found = Review.objects.filter(
        Q(submission__state=Submission.State.SUBMITTED) | Q(appeal__isnull=False), state__in=OPEN, sample=False
    )
    if mc:
        found = found.filter(edition__micro_credential__slug=mc)
    if holder:
        found = found.filter(Q(assessor=holder) | Q(kept_for=holder, kept_until__gte=clock.now()))
    return (
        found.select_related("submission", "edition", "assessor", "kept_for").defer("edition__search").order_by(*ORDER)
    )


def assessors_of(tenant: Tenant) -> QuerySet[User]:
    """The assessors of `tenant` by name."""
    return User.objects.filter(
        is_active=True,
        memberships__tenant=tenant,
        memberships__active=True,
        memberships__roles__contains=[Role.ASSESSOR],
    ).order_by("name", "email")


def colleagues_of(by: Member) -> list[User]:
    """Whom one can hand work over to. Whether they may read it is only asked then: a list could tell whose it is."""
    return list(assessors_of(by.tenant).exclude(id=by.user.id))
