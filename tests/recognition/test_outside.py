"""An outside issuer listed and accepted: a badge earned elsewhere is brought, checked, counted, and given up again."""

import json
from datetime import timedelta

import pytest
from django.urls import reverse

from badges.actions import outside as actions
from badges.models import OutsideBadge
from badges.tasks import recheck_outside
from lib import clock
from recognition.actions.policies import activate
from recognition.models import Grant, LedgerEntry, RewardCard, YearUse
from recognition.tasks import follow_outside
from tenants.models import OutgoingMail
from tests.badges.conftest import outside  # noqa: F401 - the issuer elsewhere
from tests.recognition.scene import day, draft, edition, grants, policy

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _school_year():
    with clock.at(day(2026, 10, 5)):
        yield


@pytest.fixture
def counted(cast, outside):  # noqa: F811
    """Lakeside takes Riverside's “Reading Data” for its own edition."""
    mine = edition(cast, "Reading Data Well")
    with cast.inside():
        by = cast.by(cast.cleo)
        accepted = actions.accept_issuer(by=by, issuer_id=outside.did, name="Riverside University")
        actions.add_equivalence(
            by=by,
            accepted=accepted,
            achievement_id=outside.server.url("/achievements/9"),
            achievement_name="Reading Data",
            micro_credential=mine.micro_credential,
        )
    return mine


def badge_of(outside, **changes):  # noqa: F811
    return outside.badge(awarded=day(2026, 9, 1), valid_from=day(2026, 9, 1), **changes)


def bring(client, cast, badge):
    client.force_login(cast.ada)
    reply = client.post(reverse("outside_import", args=["lakeside"]), {"text": json.dumps(badge)})
    assert reply.status_code == 302, reply.content.decode()
    return OutsideBadge.objects.latest("added_at")


def test_a_badge_earned_elsewhere_is_brought_counted_honored_and_booked_back(client, cast, outside, counted):  # noqa: F811
    rule = policy(cast)
    badge = bring(client, cast, badge_of(outside))
    assert follow_outside() == 1
    assert follow_outside() == 0
    (grant,) = grants(cast)
    assert (grant.policy, grant.outside_id, grant.badge_id, grant.cents) == (rule, badge.id, None, 50_000)
    assert (
        OutgoingMail.objects.get(kind="grant_waiting").subject == "Ada Alvarez earned “Reading Data”: please honor it"
    )

    client.force_login(cast.rao)
    inbox = client.get(reverse("inbox", args=["lakeside"])).content.decode()
    assert "from Riverside University, checked by us" in inbox
    assert "Ada Alvarez" in client.get(reverse("inbox", args=["lakeside"]), {"q": "Reading Ada"}).content.decode()
    page = client.get(reverse("grant", args=["lakeside", grant.id])).content.decode()
    assert "Riverside University" in page
    assert outside.did in page
    assert "The signature fits" in page
    assert client.get(reverse("grants_csv", args=["lakeside"])).status_code == 200
    assert client.post(reverse("grant_honour", args=["lakeside", grant.id])).status_code == 302
    with cast.inside():
        assert LedgerEntry.objects.get(grant=grant, account="earner").amount == 50_000

    client.force_login(cast.ada)
    assert "Reading Data" in client.get(reverse("rewards", args=["lakeside"])).content.decode()
    reward = client.get(reverse("reward", args=["lakeside", grant.id])).content.decode()
    assert reverse("outside_badge", args=["lakeside", badge.id]) in reward

    outside.revoked = {7}
    outside.serve_status()
    with clock.at(clock.now() + timedelta(days=2)):
        assert recheck_outside() == 1
        assert follow_outside() == 1
    (grant,) = grants(cast)
    assert grant.state == Grant.State.CANCELLED
    with cast.inside():
        assert sum(LedgerEntry.objects.filter(grant=grant, account="earner").values_list("amount", flat=True)) == 0
        assert YearUse.objects.get().count == 0
    assert RewardCard.objects.get().state == "cancelled"


def test_rules_for_that_micro_credential_count_it_and_rules_for_its_issuer_do_not(client, cast, outside, counted):  # noqa: F811
    one = policy(cast, title="That one", target="mc", micro_credential=counted.micro_credential)
    policy(cast, title="All of Lakeside", target="issuer", issuer=cast.lakeside)
    bring(client, cast, badge_of(outside))
    follow_outside()
    assert [each.policy for each in grants(cast)] == [one]


def test_limits_of_the_year_hold_for_badges_from_elsewhere(client, cast, outside, counted):  # noqa: F811
    policy(cast, max_cents=80_000)
    for number in (1, 2, 3):
        bring(client, cast, badge_of(outside, number=number))
        follow_outside()
    assert [(each.cents, each.capped) for each in grants(cast)] == [(50_000, False), (30_000, True)]


def test_a_badge_of_an_issuer_that_is_not_accepted_gives_nothing(client, cast, outside):  # noqa: F811
    policy(cast)
    bring(client, cast, badge_of(outside))
    follow_outside()
    assert grants(cast) == []


def test_accepting_an_issuer_later_counts_what_is_there(client, cast, outside):  # noqa: F811
    policy(cast)
    bring(client, cast, badge_of(outside))
    follow_outside()
    mine = edition(cast)
    with cast.inside():
        by = cast.by(cast.cleo)
        accepted = actions.accept_issuer(by=by, issuer_id=outside.did, name="Riverside")
        seen = {"achievement_id": outside.server.url("/achievements/9"), "achievement_name": "Reading Data"}
        actions.add_equivalence(by=by, accepted=accepted, micro_credential=mine.micro_credential, **seen)
    assert follow_outside() == 1
    assert len(grants(cast)) == 1


def test_a_badge_on_hold_elsewhere_cannot_be_honored_until_it_is_lifted(client, cast, outside, counted):  # noqa: F811
    policy(cast)
    bring(client, cast, badge_of(outside))
    follow_outside()
    (grant,) = grants(cast)
    OutsideBadge.objects.update(state=OutsideBadge.State.SUSPENDED)
    client.force_login(cast.rao)
    assert "has put this badge on hold" in client.get(reverse("grant", args=["lakeside", grant.id])).content.decode()
    assert client.post(reverse("grant_honour", args=["lakeside", grant.id])).status_code == 409
    OutsideBadge.objects.update(state=OutsideBadge.State.GOOD)
    assert client.post(reverse("grant_honour", args=["lakeside", grant.id])).status_code == 302


def test_a_badge_that_its_earner_takes_out_is_waited_for_no_longer(client, cast, outside, counted):  # noqa: F811
    policy(cast)
    badge = bring(client, cast, badge_of(outside))
    follow_outside()
    assert client.post(reverse("outside_remove", args=["lakeside", badge.id])).status_code == 302
    follow_outside()
    (grant,) = grants(cast)
    assert grant.state == Grant.State.CANCELLED
    assert client.get(reverse("reward", args=["lakeside", grant.id])).status_code == 200


def test_a_rule_switched_on_today_counts_what_was_earned_elsewhere_today(client, cast, outside, counted):  # noqa: F811
    bring(client, cast, outside.badge(awarded=clock.now() - timedelta(hours=1)))
    follow_outside()
    rule = draft(cast, starts_on=day(2026, 10, 5).date())
    with cast.inside():
        activate(by=cast.by(cast.cleo), policy=rule)
    assert [each.policy for each in grants(cast)] == [rule]
