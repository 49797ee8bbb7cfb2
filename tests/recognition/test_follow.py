"""From badges to grants: who gets what, how the limits hold, and what happens when a badge is taken back."""

import pytest

from badges.actions import revoke
from badges.models import BadgeEvent, Delivery
from badges.tasks import complete_stacks, mint_badges
from credentials.actions.stacks import create_stack, publish_stack
from lib import clock
from recognition.actions.following import follow
from recognition.actions.grants import decline, honour
from recognition.actions.policies import activate, create_policy, end
from recognition.models import Grant, LedgerEntry, RewardCard, YearUse
from tenants.models import AuditEntry, Membership, OutgoingMail, Partnership, Role, Tenant
from tests.recognition.scene import badge, day, draft, edition, editions, follow_all, grants, policy, staff

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _school_year():
    with clock.at(day(2026, 10, 5)):
        yield


def test_a_badge_makes_a_grant_a_card_a_mail_and_an_audit_entry(cast):
    rule = policy(cast, ceu_hundredths=100)
    made = badge(cast, edition(cast))
    (grant,) = grants(cast)
    assert (grant.policy, grant.badge, grant.state) == (rule, made, Grant.State.PENDING)
    assert (grant.cents, grant.ceu_hundredths, grant.capped) == (50_000, 100, False)
    card = RewardCard.objects.get(grant_id=grant.id)
    assert (card.earner, card.state, card.cents) == (cast.ada, "pending", 50_000)
    mail = OutgoingMail.objects.get(kind="grant_waiting")
    assert mail.to == cast.rao.email
    assert "Honoring it gives $500 and 1 CEU hour." in mail.text
    with cast.inside():
        assert AuditEntry.objects.get(verb="grant.made").object_id == grant.id


def test_following_twice_changes_nothing(cast):
    policy(cast)
    made = badge(cast, edition(cast))
    event = BadgeEvent.objects.get(badge=made, kind=BadgeEvent.Kind.ISSUED)
    follow(event)
    follow(event)
    (grant,) = grants(cast)
    assert (grant.use.count, grant.use.cents) == (1, 50_000)
    assert OutgoingMail.objects.filter(kind="grant_waiting").count() == 1


def test_two_rules_give_two_grants_for_one_badge(cast):
    policy(cast)
    policy(cast, title="Hours", cents=0, ceu_hundredths=250)
    badge(cast, edition(cast))
    assert sorted((each.cents, each.ceu_hundredths) for each in grants(cast)) == [(0, 250), (50_000, 0)]


def test_the_last_badge_gets_what_is_left_and_the_next_gets_nothing(cast):
    policy(cast, cents=50_000, max_cents=120_000)
    for each in editions(cast, 4):
        badge(cast, each)
    made = grants(cast)
    assert [(grant.cents, grant.capped) for grant in made] == [(50_000, False), (50_000, False), (20_000, True)]
    with cast.inside():
        assert YearUse.objects.get().cents == 120_000
        entry = AuditEntry.objects.get(verb="grant.capped")
        assert entry.facts["title"] == "Skill 4"


def test_the_count_limits_badges(cast):
    policy(cast, max_count=1)
    for each in editions(cast, 2):
        badge(cast, each)
    assert len(grants(cast)) == 1


def test_a_new_year_starts_the_count_again(cast):
    policy(cast, max_count=1, year_starts_month=1)
    first, second = editions(cast, 2)
    badge(cast, first)
    with clock.at(day(2027, 1, 1, 0)):
        badge(cast, second)
    assert [str(grant.use.year_starts) for grant in grants(cast)] == ["2026-01-01", "2027-01-01"]


def test_the_day_is_the_day_in_the_tenants_zone(cast):
    before, after = editions(cast, 2)
    policy(cast)
    with clock.at(day(2026, 6, 30, 23)):  # already 1 July in UTC
        badge(cast, before)
    with clock.at(day(2026, 7, 1, 0)):
        made = badge(cast, after)
    assert [grant.badge_id for grant in grants(cast)] == [made.id]


def test_a_badge_after_the_last_day_gives_nothing_and_one_on_it_does(cast):
    policy(cast, ends_on=day(2026, 10, 5).date())
    first, second = editions(cast, 2)
    with clock.at(day(2026, 10, 5, 23)):
        badge(cast, first)
    with clock.at(day(2026, 10, 6, 0)):
        badge(cast, second)
    assert len(grants(cast)) == 1


def test_a_badge_earned_before_the_rule_ended_still_counts_when_it_is_followed_late(cast):
    rule = policy(cast)
    badge(cast, edition(cast), followed=False)
    with clock.at(day(2026, 10, 8)), cast.inside():
        end(by=cast.by(cast.cleo), policy=rule)
    follow_all()
    assert len(grants(cast)) == 1


def test_a_draft_gives_nothing(cast):
    draft(cast)
    badge(cast, edition(cast))
    assert grants(cast) == []


@pytest.mark.parametrize(
    ("terms", "roster", "expected"),
    [
        ({"full_time_only": True}, None, 0),
        ({"full_time_only": True}, {"full_time": False}, 0),
        ({"full_time_only": True}, {"full_time": True}, 1),
        ({"job_classes": ["Teacher"]}, {"job_class": "Cook"}, 0),
        ({"job_classes": ["Teacher", "Bus driver"]}, {"job_class": "bus  Driver"}, 1),
        ({"job_classes": ["Teacher"]}, None, 0),
        ({}, None, 1),
    ],
)
def test_only_people_the_rule_is_for(cast, terms, roster, expected):
    policy(cast, **terms)
    if roster is not None:
        staff(cast, cast.ada, **roster)
    badge(cast, edition(cast))
    assert len(grants(cast)) == expected


def test_people_who_left_get_nothing(cast):
    policy(cast)
    Membership.objects.filter(user=cast.ada).update(active=False)
    badge(cast, edition(cast))
    assert grants(cast) == []


def test_one_micro_credential_only(cast):
    wanted, other = editions(cast, 2)
    policy(cast, target="mc", micro_credential=wanted.micro_credential)
    badge(cast, other)
    made = badge(cast, wanted)
    assert [grant.badge_id for grant in grants(cast)] == [made.id]


def test_a_stack_badge_counts_for_its_stack_but_not_as_any_micro_credential(cast):
    part = edition(cast)
    with cast.inside():
        admin = cast.by(cast.cleo)
        stack = create_stack(by=admin, title="Talk", description="All.", needed=None, items=[part.micro_credential])
        stack = publish_stack(by=admin, stack=stack)
    policy(cast)
    bonus = policy(cast, title="Bonus", target="stack", stack=stack, cents=10_000)
    badge(cast, part)
    complete_stacks()
    mint_badges()
    follow_all()
    assert sorted((grant.policy.title, grant.cents) for grant in grants(cast)) == [
        (bonus.title, 10_000),
        ("Stipend", 50_000),
    ]


def test_another_tenant_counts_badges_of_its_partner_for_its_own_members(cast):
    Membership.objects.create(tenant=cast.harbor, user=cast.ada, roles=[Role.EARNER])
    with clock.at(day(2026, 7, 1, 1)), cast.inside(cast.harbor):
        by = cast.by(cast.mallory, cast.harbor)
        rule = create_policy(by=by, title="Harbor", cents=100, starts_on=day(2026, 7, 1).date())
        activate(by=by, policy=rule)
    first, second = editions(cast, 2)
    badge(cast, first)
    assert grants(cast, cast.harbor) == []
    Partnership.objects.create(tenant=cast.harbor, issuer=cast.lakeside)
    badge(cast, second)
    badge(cast, second, cast.bela)  # not a member of Harbor
    assert [grant.earner for grant in grants(cast, cast.harbor)] == [cast.ada]
    assert grants(cast) == []


def test_a_state_counts_badges_of_people_in_its_districts(cast):
    state = Tenant.objects.create(slug="state", name="State", kind=Tenant.Kind.STATE)
    Tenant.objects.filter(id=cast.lakeside.id).update(parent=state)
    cast.lakeside.refresh_from_db()
    Membership.objects.create(tenant=state, user=cast.cleo, roles=[Role.ADMIN])
    with clock.at(day(2026, 7, 1, 1)), cast.inside(state):
        by = cast.by(cast.cleo, state)
        terms = {"title": "State", "cents": 100, "starts_on": day(2026, 7, 1).date()}
        rule = create_policy(by=by, target="issuer", issuer=state, **terms)
        activate(by=by, policy=rule)
    badge(cast, edition(cast))
    assert grants(cast, state) == []  # earned from Lakeside, not from the state itself


def test_a_revoked_badge_ends_its_grants_and_frees_the_year(cast):
    policy(cast, max_count=1)
    first, second = editions(cast, 2)
    gone = badge(cast, first)
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=gone, reason="error")
    follow_all()
    badge(cast, second)
    assert [grant.state for grant in grants(cast)] == ["cancelled", "pending"]
    assert RewardCard.objects.get(badge=gone).state == "cancelled"
    assert "no longer counts" in OutgoingMail.objects.get(kind="grant_cancelled").subject


def test_revoking_an_honored_badge_books_it_back(cast):
    policy(cast, ceu_hundredths=50)
    made = badge(cast, edition(cast))
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=grants(cast)[0])
        revoke(by=cast.by(cast.cleo), badge=made, reason="integrity")
    follow_all()
    follow(BadgeEvent.objects.get(badge=made, kind=BadgeEvent.Kind.REVOKED))
    with cast.inside():
        rows = LedgerEntry.objects.order_by("id").values_list("account", "unit", "amount")
        assert sorted(rows) == [
            ("budget", "cents", -50_000), ("budget", "cents", 50_000), ("budget", "ceu", -50), ("budget", "ceu", 50),
            ("earner", "cents", -50_000), ("earner", "cents", 50_000), ("earner", "ceu", -50), ("earner", "ceu", 50),
        ]  # fmt: skip
        assert YearUse.objects.get().cents == 0
    assert "is taken back too" in OutgoingMail.objects.get(kind="grant_cancelled").text


def test_a_declined_grant_is_left_alone_when_the_badge_is_revoked(cast):
    policy(cast)
    made = badge(cast, edition(cast))
    with cast.inside():
        decline(by=cast.by(cast.rao), grant=grants(cast)[0], reason="Done on paid time.")
        revoke(by=cast.by(cast.cleo), badge=made, reason="error")
    follow_all()
    (grant,) = grants(cast)
    assert (grant.state, grant.use.count) == ("declined", 0)


def test_a_badge_revoked_before_it_is_followed_gives_nothing(cast):
    policy(cast)
    made = badge(cast, edition(cast), followed=False)
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=made, reason="error")
    follow_all()
    assert grants(cast) == []
    assert not Delivery.objects.filter(consumer="recognition", done_at=None).exists()


def test_a_state_gives_to_people_of_its_districts(cast):
    state = Tenant.objects.create(slug="state", name="State", kind=Tenant.Kind.STATE)
    Tenant.objects.filter(id=cast.lakeside.id).update(parent=state)
    cast.lakeside.refresh_from_db()
    Partnership.objects.create(tenant=state, issuer=cast.lakeside)
    Membership.objects.create(tenant=state, user=cast.cleo, roles=[Role.ADMIN])
    with clock.at(day(2026, 7, 1, 1)), cast.inside(state):
        by = cast.by(cast.cleo, state)
        activate(by=by, policy=create_policy(by=by, title="State", cents=100, starts_on=day(2026, 7, 1).date()))
    badge(cast, edition(cast))
    assert [grant.earner for grant in grants(cast, state)] == [cast.ada]
