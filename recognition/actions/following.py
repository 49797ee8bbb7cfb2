"""From a badge to what it gives: grants under every rule it falls under, and their end when it is taken back.

Locks are taken in one order everywhere, so that parallel workers wait but never deadlock: the badge's delivery, then
grants by (policy, id), then the year's use of each policy.
"""

from collections.abc import Collection, Iterable
from uuid import UUID

from django.db import transaction

from badges.models import Badge, BadgeEvent, OutsideBadge
from lib import clock
from lib.transitions import move
from recognition import mail
from recognition.actions.ledger import take_back
from recognition.caps import give_back, share_left, take, year_start
from recognition.matching import Thing, counts, homes, in_force, is_for, issuers_in_catalog
from recognition.models import Grant, Policy, RewardCard, YearUse
from tenants.audit import record
from tenants.models import StaffRecord
from tenants.roles import system
from tenants.scope import inside

ENDED = (Grant.State.CANCELLED, Grant.State.DECLINED)


def follow(event: BadgeEvent) -> None:
    """What a delivery to recognition does: bring the grants of the badge to where the facts of now put them.

    Doing it twice, or in another order, changes nothing. A badge on hold keeps its grants, and nobody can honor them
    while it is (`grants.honour`); one that has run out keeps what it gave.
    """
    line = _corrections(event.badge_id)
    for old in line[:-1]:
        _hand_on(old, line[-1])
    badge = line[-1]
    if badge.state == Badge.State.REVOKED:
        cancel_all(badge)
    elif event.kind == BadgeEvent.Kind.ISSUED and event.badge_id == badge.id:
        grant_all(badge, homes(badge.earner_id))


def _corrections(badge_id: UUID) -> list[Badge]:
    """The badge with all that it corrects and that correct it, oldest first, locked. The last one is what counts."""
    badges = Badge.objects.select_related("edition", "stack", "earner", "tenant").defer("document")
    ids = [badge_id]
    correction = Badge.objects.filter(succession=Badge.Succession.CORRECTION)
    while before := correction.filter(id=ids[0]).values_list("replaces", flat=True).first():
        ids.insert(0, before)
    while after := correction.filter(replaces=ids[-1]).values_list("id", flat=True).first():
        ids.append(after)
    return [badges.select_for_update(of=("self",), no_key=True).get(id=each) for each in ids]


def _hand_on(old: Badge, new: Badge) -> None:
    """What a badge with a mistake gave, or may give, belongs to the one that corrects it: nothing is paid twice."""
    cards = RewardCard.objects.filter(badge=old).select_related("tenant").order_by("policy_id", "grant_id")
    for card in cards:
        with inside(card.tenant), transaction.atomic():
            grant = Grant.objects.select_for_update(of=("self",)).select_related("policy").get(id=card.grant_id)
            grant.badge = new
            grant.save(update_fields=["badge"])
            RewardCard.objects.filter(grant_id=grant.id).update(badge=new)
            record(system(grant.policy.tenant), "grant.handed_on", grant, badge=str(new.id))


def grant_all(badge: Badge, tenants: Iterable[UUID], *, only: Policy | None = None) -> list[Grant]:
    """Make the grants of `badge` under the rules of `tenants` (or under `only`) that it does not have yet."""
    policies = Policy.objects.filter(tenant__in=tenants).exclude(state=Policy.State.DRAFT).order_by("id")
    if only is not None:
        policies = policies.filter(id=only.id)
    if badge.succession == Badge.Succession.RENEWAL:
        if not _shows_new_work(badge):
            return []
        policies = policies.exclude(id__in=RewardCard.objects.filter(badge__in=_before(badge)).values("policy"))
    seen: dict[UUID, set[UUID]] = {}
    thing = Thing.of(badge)
    grants = []
    for policy in policies.select_related("tenant__parent__parent__parent"):
        if not in_force(policy, policy.tenant.local_date(badge.awarded_at)):
            continue
        listed = seen.get(policy.tenant_id)
        if listed is None:
            listed = seen[policy.tenant_id] = issuers_in_catalog(policy.tenant)
        if counts(policy, thing, listed):
            with inside(policy.tenant), transaction.atomic():
                grants.append(make_grant(policy, badge))
    return [grant for grant in grants if grant is not None]


def _shows_new_work(renewal: Badge) -> bool:
    """Whether somebody scored new evidence for a renewal. An admin's renewal, or a stack's, gives nothing more."""
    return renewal.submission_id is not None and renewal.submission_id != renewal.replaces.submission_id


def _before(badge: Badge) -> list[UUID]:
    """The badges whose place it took, directly or not: a rule pays once for the skill, not once more each renewal."""
    ids: list[UUID] = []
    while badge.replaces is not None:
        badge = badge.replaces
        ids.append(badge.id)
    return ids


def make_grant(policy: Policy, badge: Badge | OutsideBadge) -> Grant | None:
    """One grant in the policy's tenant, which is active. None when the earner is not eligible or nothing is left."""
    if not is_for(policy, StaffRecord.objects.filter(user=badge.earner_id).first()):
        return None
    use = locked_use(policy, badge)
    if Grant.objects.filter(policy=policy, **link(badge)).exists():
        return None
    by = system(policy.tenant)
    share = share_left(policy, use)
    if share is None:
        facts = {"policy": str(policy.id), "title": badge.title, "year": use.year_starts.isoformat()}
        record(by, "grant.capped", badge, **facts)
        return None
    take(use, share)
    use.save(update_fields=["count", "cents", "ceu_hundredths"])
    grant = Grant.objects.create(
        policy=policy,
        **link(badge),
        earner=badge.earner,
        use=use,
        cents=share.cents,
        ceu_hundredths=share.ceu_hundredths,
        capped=share.capped,
    )
    RewardCard.objects.create(
        grant_id=grant.id,
        tenant=policy.tenant,
        earner=badge.earner,
        **link(badge),
        policy=policy,
        state=grant.state,
        cents=grant.cents,
        ceu_hundredths=grant.ceu_hundredths,
    )
    record(by, "grant.made", grant, cents=grant.cents, ceu_hundredths=grant.ceu_hundredths, capped=grant.capped)
    mail.grant_waiting(grant)
    return grant


def link(badge: Badge | OutsideBadge) -> dict[str, Badge | OutsideBadge]:
    """The column of grants and cards in which a badge stands."""
    return {"outside" if isinstance(badge, OutsideBadge) else "badge": badge}


def locked_use(policy: Policy, badge: Badge | OutsideBadge) -> YearUse:
    """The year's use of `policy` by the badge's earner, made with the rule's limits when new, and locked."""
    starts = year_start(policy.tenant.local_date(badge.awarded_at), policy.year_starts_month)
    key = {"policy": policy, "earner_id": badge.earner_id, "year_starts": starts}
    caps = {name: getattr(policy, name) for name in ("max_count", "max_cents", "max_ceu_hundredths")}
    YearUse.objects.bulk_create([YearUse(**key, **caps)], ignore_conflicts=True)
    return YearUse.objects.select_for_update(no_key=True).get(**key)


def cancel_all(badge: Badge | OutsideBadge, *, ended: Collection[str] = ENDED) -> None:
    """End every grant of a badge that was taken back, wherever it is; what was honored is booked back.

    Grants in the states of `ended` stay as they are.
    """
    cards = RewardCard.objects.filter(**link(badge)).select_related("tenant").order_by("policy_id", "grant_id")
    for card in cards:
        with inside(card.tenant), transaction.atomic():
            grant = (
                Grant.objects.select_for_update(of=("self",)).select_related("policy", "earner").get(id=card.grant_id)
            )
            if grant.state not in ended:
                _cancel(grant)


def _cancel(grant: Grant) -> None:
    release(grant)
    before = move(grant, Grant.State.CANCELLED)
    grant.decided_at = clock.now()
    grant.save(update_fields=["state", "decided_at"])
    if before == Grant.State.HONOURED:
        take_back(grant)
    show(grant)
    record(system(grant.policy.tenant), "grant.cancelled", grant, before=before)
    mail.grant_cancelled(grant, was_honoured=before == Grant.State.HONOURED)


def release(grant: Grant) -> None:
    """Give what the grant used back to the year, so that another badge can use it."""
    use = YearUse.objects.select_for_update(no_key=True).get(id=grant.use_id)
    give_back(use, grant)
    use.save(update_fields=["count", "cents", "ceu_hundredths"])


def show(grant: Grant) -> None:
    """Bring the earner's card of this grant up to date."""
    RewardCard.objects.filter(grant_id=grant.id).update(state=grant.state, changed_at=clock.now())
