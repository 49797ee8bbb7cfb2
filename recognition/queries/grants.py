"""Grants as recognizers and earners see them."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Count, Q, QuerySet, Sum
from django.http import Http404

from recognition.caps import year_start
from recognition.models import Grant, RewardCard, YearUse
from tenants.models import User
from tenants.scope import inside

State = Grant.State
# Tabs of the inbox and the states behind them.
TABS: dict[str, tuple[str, ...]] = {
    "waiting": (State.PENDING,),
    "asked": (State.ASKED,),
    "honored": (State.HONOURED,),
    "declined": (State.DECLINED, State.CANCELLED),
}
WITH_NAMES = ("policy", "badge__edition", "badge__stack", "outside__earner", "earner")


def inbox(tab: str, words: str = "") -> QuerySet[Grant]:
    """Grants of the active tenant: those that wait longest first, answered ones newest first."""
    found = Grant.objects.filter(state__in=TABS[tab]).select_related(*WITH_NAMES, "policy__tenant")
    found = found.defer("badge__document", "outside__data", "outside__report")
    for word in words.split()[:5]:
        found = found.filter(
            Q(badge__recipient_name__icontains=word)
            | Q(badge__edition__title__icontains=word)
            | Q(badge__stack__title__icontains=word)
            | Q(outside__earner__name__icontains=word)
            | Q(outside__title__icontains=word)
            | Q(policy__title__icontains=word)
        )
    return found.order_by("created_at", "id") if tab in ("waiting", "asked") else found.order_by("-decided_at", "-id")


def tab_counts() -> dict[str, int]:
    """How many grants of the active tenant each tab of the inbox holds."""
    counts = {tab: Count("id", filter=Q(state__in=states)) for tab, states in TABS.items()}
    return Grant.objects.aggregate(**counts)


def grant_by_id(grant_id: UUID) -> Grant:
    """One grant of the active tenant with everything its page shows. Raises Http404."""
    rows = Grant.objects.select_related(*WITH_NAMES, "policy__tenant", "badge__issuer__tenant", "badge__tenant", "use")
    rows = rows.defer("outside__data")
    found = rows.select_related("decided_by").filter(id=grant_id).first()
    if found is None:
        raise Http404
    return found


def next_waiting(after: Grant) -> Grant | None:
    """The grant that waits longest besides this one, so that a recognizer can go on without the list."""
    return inbox("waiting").exclude(id=after.id).exclude(earner=after.earner_id).first()


@dataclass(frozen=True)
class Rewards:
    """What one person's badges gave, everywhere. Amounts in cents and hundredths of an hour."""

    cards: list[RewardCard]
    honoured_cents: int
    honoured_ceu: int
    waiting_cents: int
    waiting_ceu: int
    uses: list[YearUse]


def rewards_of(user: User) -> Rewards:
    """Every reward of a person, and how much of each year's limits they have used. Reads only their own rows."""
    cards = RewardCard.objects.filter(earner=user)
    open_ = Q(state__in=[State.PENDING, State.ASKED])
    honoured = Q(state=State.HONOURED)
    totals = cards.order_by().aggregate(
        honoured_cents=Sum("cents", filter=honoured, default=0),
        honoured_ceu=Sum("ceu_hundredths", filter=honoured, default=0),
        waiting_cents=Sum("cents", filter=open_, default=0),
        waiting_ceu=Sum("ceu_hundredths", filter=open_, default=0),
    )
    related = ("tenant", "policy", "badge__edition", "badge__stack", "badge__tenant", "outside")
    shown = list(cards.select_related(*related).defer("badge__document", "outside__data", "outside__report")[:500])
    uses = []
    for tenant in {card.tenant for card in shown}:
        with inside(tenant):
            mine = YearUse.objects.filter(earner=user, count__gt=0).select_related("policy__tenant")
            uses += mine.order_by("-year_starts")
    uses.sort(key=lambda use: (use.policy.tenant.name, use.policy.title, -use.year_starts.toordinal()))
    return Rewards(cards=shown, uses=[use for use in uses if _is_this_year(use)], **totals)


def reward_card(user: User, grant_id: UUID) -> RewardCard:
    """The card of one of the person's own rewards. Raises Http404 for anyone else's."""
    found = RewardCard.objects.select_related("tenant").filter(earner=user, grant_id=grant_id).first()
    if found is None:
        raise Http404
    return found


def _is_this_year(use: YearUse) -> bool:
    return use.year_starts == year_start(use.policy.tenant.local_date(), use.policy.year_starts_month)
