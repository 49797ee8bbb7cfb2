"""Who may read, by the mode of the edition: nothing else is ever offered."""

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.queue import claim
from assessment.models import Decision
from assessment.reading_rights import may_read
from tenants.models import Role
from tests.assessment import stage
from tests.cast import make_user

pytestmark = pytest.mark.django_db


def peer(cast):
    return stage.publish_with(cast, "Read by peers", mode="peer")


def browser(user):
    client = Client()
    client.force_login(user)
    return client


def test_who_has_earned_it_reads_the_work_of_others(cast):
    edition = peer(cast)
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    stage.hand_in(cast, edition, egon)
    assert stage.score(cast, stage.take(cast)).outcome == Decision.Outcome.PASSED  # somebody has to be first
    stage.hand_in(cast, edition)
    client = browser(egon)
    with cast.inside():
        assert may_read(cast.by(egon), edition)
        assert not may_read(cast.by(cast.ada), edition)
    opened = client.post(reverse("claim", args=["lakeside"]), follow=True)
    assert opened.status_code == 200
    review = opened.context["review"]
    stage.fill(cast, review)
    with cast.inside():
        form = {"token": review.token} | {f"level-{each.line_id}": each.level_id for each in review.scores.all()}
    client.post(reverse("review_finish", args=["lakeside", review.id]), form)
    with cast.inside():
        assert Decision.objects.filter(submission=review.submission, outcome="passed").exists()


def test_the_feedback_page_tells_them_so(cast):
    sent = stage.hand_in(cast, peer(cast))
    stage.score(cast, stage.take(cast))
    page = browser(cast.ada).get(reverse("feedback", args=["lakeside", sent.work_id, 1])).content.decode()
    assert "People who earned this read the work of others." in page
    assert reverse("queue", args=["lakeside"]) in page


def test_an_earner_who_has_earned_nothing_is_offered_nothing(cast, sent):
    edition = peer(cast)
    stage.hand_in(cast, edition)
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    queue = browser(egon).get(reverse("queue", args=["lakeside"])).content.decode()
    assert "All caught up." in queue
    assert sent.code not in queue
    with cast.inside():
        assert claim(by=cast.by(egon)) is None


def test_having_earned_another_edition_or_one_that_assessors_read_gives_no_right(cast):
    free = stage.publish_with(cast, "Read by assessors")
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    stage.hand_in(cast, free, egon)
    stage.score(cast, stage.take(cast))
    stage.hand_in(cast, free)
    stage.hand_in(cast, peer(cast))
    with cast.inside():
        assert claim(by=cast.by(egon)) is None


def test_nobody_else_reads_at_all(cast, sent):
    for user in (cast.dora, cast.rao):
        assert browser(user).get(reverse("queue", args=["lakeside"])).status_code == 403
