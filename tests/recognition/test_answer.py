"""Answering grants: honor, ask, decline, reply; who may, in which state, and what follows."""

import pytest
from django.urls import reverse

from lib import clock
from lib.errors import Invalid, RuleBroken
from recognition.actions.grants import ask, decline, honour, reply
from recognition.models import Grant, GrantMessage, LedgerEntry, RewardCard
from tenants.models import AuditEntry, Membership, OutgoingMail, Role
from tests.recognition.scene import badge, day, edition, editions, grants, policy

pytestmark = pytest.mark.django_db


@pytest.fixture
def grant(cast):
    with clock.at(day(2026, 10, 5)):
        policy(cast, ceu_hundredths=400, max_count=6, max_cents=300_000)
        badge(cast, edition(cast), results=[{"line": "context", "level": 0}])
        return grants(cast)[0]


@pytest.fixture
def rao(client, cast):
    client.force_login(cast.rao)
    return client


def url(name, grant):
    return reverse(name, args=["lakeside", grant.id])


def entry(cast, verb):
    with cast.inside():
        return AuditEntry.objects.get(verb=verb)


def test_honoring_books_both_units_and_tells_the_earner(cast, rao, grant):
    answer = rao.post(url("grant_honour", grant))
    assert answer.status_code == 302
    with cast.inside():
        rows = sorted(LedgerEntry.objects.values_list("account", "unit", "amount"))
        assert rows == [
            ("budget", "cents", -50_000), ("budget", "ceu", -400), ("earner", "cents", 50_000), ("earner", "ceu", 400),
        ]  # fmt: skip
        assert Grant.objects.get().decided_by == cast.rao
    assert RewardCard.objects.get().state == "honoured"
    assert "gives you $500 and 4 CEU hours" in OutgoingMail.objects.get(kind="grant_honoured").text
    assert entry(cast, "grant.honoured").facts == {"cents": 50_000, "ceu_hundredths": 400}


def test_honoring_twice_is_refused_and_books_once(cast, rao, grant):
    rao.post(url("grant_honour", grant))
    again = rao.post(url("grant_honour", grant))
    assert again.status_code == 409
    assert "already “Honored”" in again.content.decode()
    with cast.inside():
        assert LedgerEntry.objects.count() == 4


def test_declining_needs_a_reason_and_keeps_what_was_typed(cast, rao, grant):
    answer = rao.post(url("grant_decline", grant), {"reason": "  "})
    assert answer.status_code == 422
    assert "Say why it is not eligible" in answer.content.decode()
    long = rao.post(url("grant_decline", grant), {"reason": "too long " * 200})
    assert long.status_code == 422
    assert "too long too long" in long.content.decode()
    assert grants(cast)[0].state == "pending"


def test_declining_frees_the_year_and_says_why(cast, rao, grant):
    rao.post(url("grant_decline", grant), {"reason": "Done on paid time."})
    declined = grants(cast)[0]
    assert (declined.state, declined.reason, declined.use.count, declined.use.cents) == (
        "declined", "Done on paid time.", 0, 0,
    )  # fmt: skip
    mail = OutgoingMail.objects.get(kind="grant_declined")
    assert mail.to == cast.ada.email
    assert "Done on paid time." in mail.text
    assert entry(cast, "grant.declined").actor == cast.rao


def test_question_and_answer_go_back_and_forth(cast, client, grant):
    client.force_login(cast.rao)
    client.post(url("grant_ask", grant), {"text": "Was this in your own time?"})
    assert grants(cast)[0].state == "asked"
    assert "Was this in your own time?" in OutgoingMail.objects.get(kind="grant_asked").text
    client.force_login(cast.ada)
    page = client.get(url("reward", grant)).content.decode()
    assert "Was this in your own time?" in page
    assert client.post(url("reward", grant), {"text": ""}).status_code == 422
    client.post(url("reward", grant), {"text": "Yes, on Saturdays."})
    assert grants(cast)[0].state == "pending"
    mail = OutgoingMail.objects.get(kind="grant_replied")
    assert (mail.to, "Yes, on Saturdays." in mail.text) == (cast.rao.email, True)
    assert client.post(url("reward", grant), {"text": "And more."}).status_code == 409
    with cast.inside():
        assert GrantMessage.objects.count() == 2


def test_an_asked_grant_can_be_honored_but_not_asked_again(cast, rao, grant):
    rao.post(url("grant_ask", grant), {"text": "When?"})
    assert rao.post(url("grant_ask", grant), {"text": "When?"}).status_code == 409
    assert rao.post(url("grant_honour", grant)).status_code == 302


@pytest.mark.parametrize("name", ["grant_honour", "grant_ask", "grant_decline"])
def test_nobody_answers_their_own_badge(cast, client, grant, name):
    Membership.objects.filter(user=cast.ada).update(roles=[Role.EARNER, Role.RECOGNIZER])
    client.force_login(cast.ada)
    answer = client.post(url(name, grant), {"text": "Me", "reason": "Me"})
    assert answer.status_code == 403
    assert "own work" in answer.content.decode()
    assert grants(cast)[0].state == "pending"
    assert "Another recognizer has to answer it" in client.get(url("grant", grant)).content.decode()


def test_admins_see_but_do_not_answer(cast, client, grant):
    client.force_login(cast.cleo)
    assert client.get(url("grant", grant)).status_code == 200
    assert client.post(url("grant_honour", grant)).status_code == 403


@pytest.mark.parametrize("name", ["grant", "grant_honour", "grant_ask", "grant_decline"])
def test_other_tenants_and_other_roles_see_nothing(cast, client, grant, name):
    send = client.get if name == "grant" else client.post
    client.force_login(cast.mallory)
    assert send(url(name, grant)).status_code == 404
    assert send(reverse(name, args=["harbor", grant.id])).status_code == 404
    client.force_login(cast.ada)
    assert send(url(name, grant)).status_code == 403
    client.logout()
    assert send(url(name, grant)).status_code == 302


def test_only_the_earner_sees_and_answers_a_reward(cast, client, grant):
    for user in (cast.mallory, cast.bela, cast.rao):
        client.force_login(user)
        assert client.get(url("reward", grant)).status_code == 404
        assert client.post(url("reward", grant), {"text": "Hi"}).status_code == 404


def test_the_page_shows_results_and_no_evidence(cast, rao, grant):
    page = rao.get(url("grant", grant)).content.decode()
    for words in ("The class is described", "This badge is real", "$500 and 4 CEU hours", "1 of 6", "$500 of $3,000"):
        assert words in page
    assert "/my/work/" not in page


def test_chosen_grants_are_honored_together_and_the_result_is_honest(cast, client):
    with clock.at(day(2026, 10, 5)):
        policy(cast)
        first, second, third = editions(cast, 3)
        badge(cast, first)
        badge(cast, second)
        badge(cast, third, cast.rao)
    Membership.objects.filter(user=cast.rao).update(roles=[Role.RECOGNIZER, Role.EARNER])
    one, two, own = grants(cast)
    with cast.inside():
        honour(by=cast.by(cast.rao), grant=two)
    client.force_login(cast.rao)
    chosen = [str(each.id) for each in (one, two, own)] + ["nonsense"]
    page = client.post(reverse("honour_chosen", args=["lakeside"]), {"grant": chosen}, follow=True).content.decode()
    assert "1 honored. 1 was answered already. 1 is your own: a colleague has to answer it." in page
    assert [grant.state for grant in grants(cast)] == ["honoured", "honoured", "pending"]
    with cast.inside():
        assert LedgerEntry.objects.filter(account="earner").count() == 2


def test_choosing_nothing_says_so(cast, rao, grant):
    page = rao.post(reverse("honour_chosen", args=["lakeside"]), follow=True).content.decode()
    assert "Nothing was chosen" in page


def test_an_earner_who_left_still_answers(cast, client, grant):
    with cast.inside():
        ask(by=cast.by(cast.rao), grant=grant, text="When?")
    Membership.objects.filter(user=cast.ada).update(active=False)
    client.force_login(cast.ada)
    assert client.post(url("reward", grant), {"text": "In May."}).status_code == 302
    assert grants(cast)[0].state == "pending"


def test_actions_refuse_wrong_states(cast, grant):
    with cast.inside():
        rao, ada = cast.by(cast.rao), cast.by(cast.ada)
        with pytest.raises(RuleBroken):
            reply(by=ada, grant=grant, text="Unasked.")
        with pytest.raises(Invalid):
            decline(by=rao, grant=grant, reason="\x00 ")
        decline(by=rao, grant=grant, reason="No.")
        for act, more in ((honour, {}), (ask, {"text": "?"}), (decline, {"reason": "No."})):
            with pytest.raises(RuleBroken):
                act(by=rao, grant=grant, **more)
