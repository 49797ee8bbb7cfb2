"""What a micro-credential counts for where the viewer works, and who honors a badge."""

from datetime import date

import pytest
from django.urls import reverse

from badges.actions import share
from credentials.actions.stacks import create_stack, publish_stack
from lib import clock
from recognition.actions.grants import honour
from recognition.actions.policies import activate, create_policy, end
from tenants.models import Membership, Partnership, Role, Tenant
from tests.recognition.scene import badge, day, draft, edition, editions, grants, policy, staff

pytestmark = pytest.mark.django_db
HX = {"HX-Request": "true"}


@pytest.fixture(autouse=True)
def _today():
    with clock.at(day(2026, 10, 5)):
        yield


def counts(client, what, slug="lakeside"):
    answer = client.get(reverse("counts_for", args=[slug, what.micro_credential.slug]), headers=HX)
    assert answer.status_code == 200
    assert "<html" not in answer.content.decode()
    return " ".join(answer.content.decode().split())


def test_visitors_read_amounts_limits_and_who_it_is_for(cast, client):
    skill = edition(cast)
    policy(cast, ceu_hundredths=400, max_count=6, max_cents=300_000, full_time_only=True, ends_on=date(2027, 6, 30))
    text = counts(client, skill)
    assert "Lakeside Schools gives $500 and 4 CEU hours." in text
    assert "Up to 6 badges and $3,000 a year. For full-time staff. Until June 30, 2027." in text
    assert "You have used" not in text


def test_without_rules_it_says_so(cast, client):
    skill = edition(cast)
    draft(cast)
    assert "Lakeside Schools has no rule that gives something for it yet." in counts(client, skill)
    client.force_login(cast.ada)
    assert "No rule where you work gives something for it yet." in counts(client, skill)


def test_earners_read_what_is_left_for_them(cast, client):
    one, two, three = editions(cast, 3)
    policy(cast, max_cents=80_000)
    policy(cast, title="Hours", cents=0, ceu_hundredths=100, max_count=3, max_ceu_hundredths=300)
    client.force_login(cast.ada)
    assert "You have used $0 of $800 this year." in counts(client, one)
    badge(cast, one)
    assert "You have used $500 of $800 this year. That leaves $300 for this one." in counts(client, two)
    assert "You have used 1 of 3 badges and 1 of 3 CEU hours this year." in counts(client, two)
    badge(cast, two)
    assert "Nothing is left of this year" in counts(client, three)
    client.force_login(cast.bela)
    assert "You have used $0 of $800 this year." in counts(client, three)


def test_people_whom_the_rule_is_not_for_are_told(cast, client):
    skill = edition(cast)
    policy(cast, job_classes=["Teacher"])
    staff(cast, cast.ada, job_class="Cook")
    client.force_login(cast.ada)
    assert "By the roster this is not for you." in counts(client, skill)


def test_a_rule_for_another_thing_or_an_ended_one_is_not_named(cast, client):
    skill, other = editions(cast, 2)
    policy(cast, target="mc", micro_credential=other.micro_credential)
    over = policy(cast, title="Over")
    with cast.inside():
        end(by=cast.by(cast.cleo), policy=over)
    assert "no rule" in counts(client, skill)
    assert "gives $500" in counts(client, other)


def test_a_rule_of_the_state_counts_in_its_districts(cast, client):
    skill = edition(cast)
    state = Tenant.objects.create(slug="state", name="The State", kind=Tenant.Kind.STATE)
    Tenant.objects.filter(id=cast.lakeside.id).update(parent=state)
    Partnership.objects.create(tenant=state, issuer=cast.lakeside)
    Membership.objects.create(tenant=state, user=cast.cleo, roles=[Role.ADMIN])
    with cast.inside(state):
        by = cast.by(cast.cleo, state)
        activate(by=by, policy=create_policy(by=by, title="S", ceu_hundredths=100, starts_on=date(2026, 10, 5)))
    assert "The State gives 1 CEU hour." in counts(client, skill)
    client.force_login(cast.ada)
    assert "The State gives 1 CEU hour." in counts(client, skill)
    badge(cast, skill)
    assert client.get(reverse("rewards", args=["lakeside"])).content.decode().count("The State") > 0


def test_viewers_see_the_rules_of_their_own_tenant_while_browsing_elsewhere(cast, client):
    skill = edition(cast)
    policy(cast)
    Partnership.objects.create(tenant=cast.harbor, issuer=cast.lakeside)
    client.force_login(cast.ada)
    assert "Lakeside Schools gives $500." in counts(client, skill, "harbor")
    client.force_login(cast.mallory)
    assert "No rule where you work" in counts(client, skill, "harbor")


def test_a_whole_page_without_javascript(cast, client):
    skill = edition(cast)
    page = client.get(reverse("counts_for", args=["lakeside", skill.micro_credential.slug])).content.decode()
    assert "<h1>What it counts for</h1>" in page
    assert client.get(reverse("counts_for", args=["lakeside", "nothing"])).status_code == 404


def test_a_stack_counts_too(cast, client):
    with cast.inside():
        by = cast.by(cast.cleo)
        items = [edition(cast).micro_credential]
        stack = publish_stack(
            by=by, stack=create_stack(by=by, title="Talk", description="All.", needed=None, items=items)
        )
    policy(cast, target="stack", stack=stack, cents=100_000)
    page = client.get(reverse("stack_counts_for", args=["lakeside", stack.slug])).content.decode()
    assert "Lakeside Schools gives $1,000." in page


def test_a_badge_says_who_honors_it(cast, client):
    Partnership.objects.create(tenant=cast.harbor, issuer=cast.lakeside)
    with cast.inside(cast.harbor):
        by = cast.by(cast.mallory, cast.harbor)
        rule = create_policy(by=by, title="H", cents=10_000, max_count=2, starts_on=date(2026, 10, 5))
        activate(by=by, policy=rule)
    policy(cast, target="issuer", issuer=cast.lakeside)
    made = badge(cast, edition(cast))
    page = client.get(reverse("honored_by", args=[made.id]), headers=HX).content.decode()
    assert "<b>Harbor District</b>: $100, up to 2 badges a year" in page
    assert "<b>Lakeside Schools</b>: $500" in page


def test_a_private_badge_says_nothing_to_others(cast, client):
    made = badge(cast, edition(cast))
    url = reverse("honored_by", args=[made.id])
    assert "No organization here has a rule" in client.get(url).content.decode()
    with cast.inside():
        share(by=cast.by(cast.ada), badge=made, visibility="private", show_name=False)
    assert client.get(url).status_code == 404
    client.force_login(cast.ada)
    assert client.get(url).status_code == 200


def test_rewards_add_up_across_tenants(cast, client):
    one, two = editions(cast, 2)
    policy(cast, max_count=6)
    badge(cast, one)
    badge(cast, two)
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=grants(cast)[0])
    client.force_login(cast.ada)
    page = client.get(reverse("rewards", args=["lakeside"]))
    rewards = page.context["rewards"]
    assert (rewards.honoured_cents, rewards.waiting_cents) == (50_000, 50_000)
    assert "2 of 6" in page.content.decode()
    client.force_login(cast.bela)
    assert "Nothing yet." in client.get(reverse("rewards", args=["lakeside"])).content.decode()
