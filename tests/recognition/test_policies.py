"""Writing rules: what contradicts is refused with a sentence per field, active rules are frozen."""

from datetime import date

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from lib.ids import uuid7
from recognition.actions.policies import activate, create_policy, delete_draft, edit_policy, end
from recognition.models import Policy
from tenants.models import AuditEntry
from tests.credentials import sample
from tests.recognition.scene import badge, day, draft, edition, editions, grants, policy, staff

pytestmark = pytest.mark.django_db
NEW = reverse("policy_new", args=["lakeside"])
TRY = reverse("policy_try", args=["lakeside"])


@pytest.fixture(autouse=True)
def _today():
    with clock.at(day(2026, 10, 5)):
        yield


@pytest.fixture
def cleo(client, cast):
    client.force_login(cast.cleo)
    return client


def typed(**changes):
    """A good form."""
    return {
        "id": str(uuid7()), "title": "Stipend", "who": "full-time", "jobs": "Teacher,  Bus driver", "what": "any",
        "dollars": "500", "ceu": "4", "max_count": "6", "max_dollars": "3000", "max_ceu": "", "year_starts_month": "7",
        "starts_on": "2026-10-05", "ends_on": "2027-06-30", "note": "Paid in June.", **changes,
    }  # fmt: skip


def url(name, rule):
    return reverse(name, args=["lakeside", rule.id])


def test_a_rule_is_written_as_a_draft(cast, cleo):
    answer = cleo.post(NEW, typed())
    rule = Policy.objects.get()
    assert answer.url == url("policy", rule)
    assert (rule.state, rule.cents, rule.ceu_hundredths, rule.max_cents) == ("draft", 50_000, 400, 300_000)
    assert (rule.full_time_only, rule.job_classes) == (True, ["Teacher", "Bus driver"])
    page = cleo.get(answer.url).content.decode()
    assert (
        "When a full-time staff member working as Teacher or Bus driver earns any micro-credential we list, "
        "give $500 and 4 CEU hours, up to 6 badges and $3,000 a year, from October 5, 2026, until June 30, 2027."
    ) in page
    with cast.inside():
        assert AuditEntry.objects.get(verb="policy.created").actor == cast.cleo


def test_a_double_click_writes_one_rule(cleo):
    form = typed()
    first, second = cleo.post(NEW, form), cleo.post(NEW, form)
    assert (first.url, Policy.objects.count()) == (second.url, 1)


def test_an_id_of_another_tenant_is_refused(cast, cleo):
    rule = draft(cast)
    cleo.force_login(cast.mallory)
    answer = cleo.post(reverse("policy_new", args=["harbor"]), typed(id=str(rule.id)))
    assert answer.status_code == 409


@pytest.mark.parametrize(
    ("changes", "field", "words"),
    [
        ({"title": ""}, "title", "Give the rule a name."),
        ({"ends_on": "2026-10-01"}, "ends_on", "ends before it starts"),
        ({"dollars": "", "ceu": "", "max_dollars": ""}, "dollars", "gives nothing yet"),
        ({"dollars": "-5"}, "dollars", "from $0 to $20,000"),
        ({"dollars": "99999999"}, "dollars", "from $0 to $20,000"),
        ({"dollars": "1e30"}, "dollars", "no more than"),
        ({"dollars": "5.001"}, "dollars", "no more than 2 decimal places"),
        ({"dollars": "five"}, "dollars", "Enter a number, like 500."),
        ({"dollars": "NaN"}, "dollars", "Enter a number, like 500."),
        ({"max_dollars": "499.99"}, "max_dollars", "One badge gives $500"),
        ({"max_dollars": "-1"}, "max_dollars", "from $0 to $1,000,000"),
        ({"dollars": "", "max_dollars": "100"}, "max_dollars", "gives no dollars"),
        ({"max_ceu": "3"}, "max_ceu", "One badge gives 4 CEU hours"),
        ({"ceu": "", "max_ceu": "3"}, "max_ceu", "gives no CEU hours"),
        ({"ceu": "5000"}, "ceu", "0 to 1,000 CEU hours"),
        ({"max_count": "0"}, "max_count", "1 to 1,000 badges"),
        ({"max_count": "99999999999999999999"}, "max_count", "1 to 1,000 badges"),
        ({"max_count": "2.5"}, "max_count", "whole number"),
        ({"starts_on": ""}, "starts_on", "Enter the first day"),
        ({"starts_on": "2026-02-30"}, "starts_on", "Enter a date"),
        ({"starts_on": "9999-12-31", "ends_on": ""}, "starts_on", "from 2000 to 2100"),
        ({"year_starts_month": "13"}, "year_starts_month", "valid choice"),
        ({"what": ""}, "what", "Choose what has to be earned."),
        ({"what": "mc:01a20000-0000-7000-8000-000000000000"}, "what", "valid choice"),
        ({"what": "issuer:x"}, "what", "valid choice"),
        ({"jobs": "x" * 81}, "jobs", "at most 80 characters"),
    ],
)
def test_contradictions_are_named_at_their_field_and_nothing_typed_is_lost(cleo, changes, field, words):
    answer = cleo.post(NEW, typed(**changes))
    assert answer.status_code == 422
    assert words in " ".join(answer.context["form"].errors[field])
    assert "Paid in June." in answer.content.decode()
    assert not Policy.objects.exists()


def test_unpublished_and_foreign_things_cannot_be_named(cast, cleo):
    hidden = sample.draft(cast)
    foreign = cast.harbor
    for what in (f"mc:{hidden.micro_credential_id}", f"issuer:{foreign.id}"):
        assert cleo.post(NEW, typed(what=what)).status_code == 422
    with cast.inside(), pytest.raises(Invalid) as refused:
        create_policy(
            by=cast.by(cast.cleo), title="X", cents=1, starts_on=date(2026, 10, 5), target="mc",
            micro_credential=hidden.micro_credential,
        )  # fmt: skip
    assert refused.value.facts["errors"] == {
        "micro_credential": "This is not in your catalog now, so a rule cannot name it."
    }


def test_a_target_and_its_object_must_agree(cast):
    thing = edition(cast).micro_credential
    for terms, field in (
        ({"target": "mc"}, "micro_credential"),
        ({"target": "stack", "micro_credential": thing}, "stack"),
        ({"target": "any", "micro_credential": thing}, "micro_credential"),
        ({"target": "moon"}, "target"),
    ):
        with cast.inside(), pytest.raises(Invalid) as refused:
            create_policy(by=cast.by(cast.cleo), title="X", cents=1, starts_on=date(2026, 10, 5), **terms)
        assert field in refused.value.facts["errors"]


def test_only_admins_write_rules(cast, client):
    for user, status in ((cast.rao, 403), (cast.ada, 403), (cast.mallory, 404)):
        client.force_login(user)
        assert client.get(NEW).status_code == status
        assert client.post(NEW, typed()).status_code == status
        assert client.post(TRY, typed()).status_code == status
    with cast.inside(), pytest.raises(NotAllowed):
        create_policy(by=cast.by(cast.rao), title="X")


def test_members_read_rules_but_not_drafts(cast, client):
    rule, hidden = policy(cast), draft(cast, title="Secret plan")
    client.force_login(cast.ada)
    listing = client.get(reverse("policies", args=["lakeside"])).content.decode()
    assert "Stipend" in listing
    assert "Secret plan" not in listing
    assert client.get(url("policy", rule)).status_code == 200
    assert client.get(url("policy", hidden)).status_code == 404
    client.force_login(cast.cleo)
    assert "Secret plan" in client.get(reverse("policies", args=["lakeside"])).content.decode()
    client.force_login(cast.mallory)
    assert client.get(url("policy", rule)).status_code == 404
    assert client.get(reverse("policy", args=["harbor", rule.id])).status_code == 404


def test_a_draft_can_be_changed_and_deleted(cast, cleo):
    rule = draft(cast)
    assert cleo.post(url("policy_edit", rule), typed(id=str(rule.id), title="Better")).status_code == 302
    rule.refresh_from_db()
    assert (rule.title, rule.created_by) == ("Better", cast.cleo)
    cleo.post(url("policy_delete", rule))
    assert not Policy.objects.exists()


def test_an_active_rule_is_frozen_in_the_page_the_action_and_the_database(cast, cleo):
    rule = policy(cast)
    assert cleo.post(url("policy_edit", rule), typed(id=str(rule.id))).status_code == 302
    with cast.inside():
        by = cast.by(cast.cleo)
        with pytest.raises(RuleBroken):
            edit_policy(by=by, policy=rule, title="X", cents=1, starts_on=rule.starts_on)
        with pytest.raises(RuleBroken):
            delete_draft(by=by, policy=rule)
    for change in (Policy.objects.filter(id=rule.id).update, lambda **_: rule.delete()):
        with cast.inside(), pytest.raises(IntegrityError, match="frozen"), transaction.atomic():
            change(cents=1)


def test_activating_counts_what_was_earned_today(cast, cleo):
    one, two = editions(cast, 2)
    with clock.at(day(2026, 10, 4, 23)):
        badge(cast, one)
    with clock.at(day(2026, 10, 5, 8)):
        badge(cast, two, cast.bela)
    cleo.post(url("policy_activate", draft(cast, starts_on=date(2026, 10, 5))))
    assert [grant.earner for grant in grants(cast)] == [cast.bela]


def test_a_rule_that_starts_in_the_past_is_not_activated(cast, cleo):
    rule = draft(cast, starts_on=date(2026, 10, 4))
    answer = cleo.post(url("policy_activate", rule))
    assert answer.status_code == 422
    assert "The first day has passed" in answer.content.decode()
    rule.refresh_from_db()
    assert rule.state == "draft"


def test_activating_twice_is_refused(cast, cleo):
    rule = policy(cast)
    assert cleo.post(url("policy_activate", rule)).status_code == 409


def test_ending_makes_today_the_last_day(cast, cleo):
    rule = policy(cast)
    cleo.post(url("policy_end", rule))
    rule.refresh_from_db()
    assert (rule.state, rule.ends_on) == ("ended", date(2026, 10, 5))
    assert cleo.post(url("policy_end", rule)).status_code == 409
    with cast.inside():
        assert AuditEntry.objects.get(verb="policy.ended").facts["last_day"] == "2026-10-05"


def test_a_rule_that_has_not_started_becomes_a_draft_again(cast):
    with cast.inside():
        by = cast.by(cast.cleo)
        rule = activate(by=by, policy=draft(cast, starts_on=date(2026, 11, 1)))
        assert end(by=by, policy=rule).state == "draft"


def test_a_new_version_starts_from_the_old_words(cast, cleo):
    rule = policy(cast, title="Stipend 2026", max_count=6)
    page = cleo.get(f"{NEW}?from={rule.id}")
    form = page.context["form"]
    assert form.get_initial_for_field(form.fields["title"], "title") == "Stipend 2026"
    assert str(rule.id) not in page.content.decode().split("<form")[-1]
    assert cleo.get(f"{NEW}?from={uuid7()}").status_code == 404
    assert cleo.get(f"{NEW}?from=x").status_code == 200


def test_trying_a_rule_gives_exactly_what_following_would(cast, cleo):
    staff(cast, cast.ada, full_time=True)
    staff(cast, cast.bela, full_time=False)
    for number, each in enumerate(editions(cast, 5)):
        with clock.at(day(2026, 7, 10 + number)):
            badge(cast, each)
            badge(cast, each, cast.bela)
    form = typed(jobs="", ceu="", max_count="", max_dollars="1700", starts_on="2026-10-05")
    page = cleo.post(TRY, form)
    assert page.status_code == 200
    trial = page.context["trial"]
    assert (trial.people, trial.badges, trial.cents) == (1, 4, 170_000)
    assert (trial.smaller, trial.nothing_left, trial.not_eligible) == (1, 1, 5)
    text = page.content.decode()
    assert "this would have given $1,700 to 1 person for 4 badges" in text
    assert "When a full-time staff member earns" in text
    assert 'value="Stipend"' in text
    assert not Policy.objects.exists()
    fragment = cleo.post(TRY, form, headers={"HX-Request": "true"}).content.decode()
    assert "<html" not in fragment
    assert "$1,700" in fragment


def test_trying_an_unfinished_rule_says_what_is_missing(cleo):
    assert cleo.post(TRY, typed(dollars="", ceu="", max_dollars="")).status_code == 422
    fragment = cleo.post(TRY, typed(title=""), headers={"HX-Request": "true"})
    assert fragment.status_code == 200
    assert "Give the rule a name." in fragment.content.decode()
