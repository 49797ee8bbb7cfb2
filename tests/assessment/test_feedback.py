"""What the earner reads, and nobody else."""

import pytest
from django.test import Client
from django.urls import reverse

from tenants.models import OutgoingMail
from tests.assessment import stage

pytestmark = pytest.mark.django_db


def read(user, sent, number=1, **headers):
    client = Client()
    client.force_login(user)
    return client.get(reverse("feedback", args=["lakeside", sent.work_id, number]), **headers)


def test_not_yet_says_how_many_lines_need_more_and_leads_to_each(cast, sent):
    stage.score(cast, stage.take(cast), below=("plans", "thinks"))
    answer = read(cast.ada, sent)
    page = answer.content.decode()
    assert answer.status_code == 200
    assert "Almost there: 2 of 4 lines need more." in page
    assert page.count(stage.COMMENT) == 2
    assert "It is not there." in page  # the guide, quoted
    assert reverse("work_criterion", args=["lakeside", sent.work_id, "think"]) in page
    assert reverse("work_criterion", args=["lakeside", sent.work_id, "class"]) not in page
    assert "Bela" not in page
    assert "failed" not in page.partition("<main")[2].partition("</main>")[0].lower()


def test_earned_leads_to_the_badge(cast, sent):
    stage.score(cast, stage.take(cast))
    page = read(cast.ada, sent).content.decode()
    assert "You earned it." in page
    assert "See your badge" in page
    assert "Fix" not in page


def test_htmx_gets_it_without_the_page_around_it(cast, sent):
    stage.score(cast, stage.take(cast))
    page = read(cast.ada, sent, HTTP_HX_REQUEST="true").content.decode()
    assert page.lstrip().startswith("<section")
    assert "<html" not in page
    assert "<h1" not in page


def test_only_its_earner_reads_it_and_only_once_there_is_any(cast, sent):
    assert read(cast.ada, sent).status_code == 404
    stage.score(cast, stage.take(cast), below=("plans",))
    assert read(cast.ada, sent).status_code == 200
    assert read(cast.ada, sent, 2).status_code == 404
    for user in (cast.bela, cast.cleo, cast.dora, cast.mallory, cast.stranger):
        assert read(user, sent).status_code == 404
    assert Client().get(reverse("feedback", args=["lakeside", sent.work_id, 1])).status_code == 302


def test_it_costs_few_queries(cast, sent, django_assert_max_num_queries):
    stage.score(cast, stage.take(cast), below=("plans",))
    client = Client()
    client.force_login(cast.ada)
    with django_assert_max_num_queries(17):  # with what was said back, and whether it can be appealed
        client.get(reverse("feedback", args=["lakeside", sent.work_id, 1]))


def test_the_page_of_a_part_gets_what_was_written_about_it(cast, sent):
    stage.score(cast, stage.take(cast), below=("plans", "thinks"))
    client = Client()
    client.force_login(cast.ada)
    address = reverse("feedback", args=["lakeside", sent.work_id, 1])
    wanted = {"part": "think"}
    fragment = client.get(address, wanted, headers={"HX-Request": "true"}).content.decode()
    assert fragment.count(stage.COMMENT) == 1
    assert "<html" not in fragment
    assert client.get(address, wanted).content.decode().count(stage.COMMENT) == 2  # without htmx: the whole page


def test_where_some_lines_are_not_required_it_says_which_ones_are_missing(cast):
    lines = {"plans": False, "thinks": False}
    sent = stage.hand_in(cast, stage.publish_with(cast, "Lenient", lines=lines, others_needed=1))
    stage.score(cast, stage.take(cast), below=("reach", "plans", "thinks"))
    page = read(cast.ada, sent).content.decode()
    assert "Almost there: meet 2 more lines." in page
    assert "To earn it, meet 1 required line and 1 of the lines that are not required." in page
    assert page.count('<span class="tag plain">Required</span>') == 2
    mail = OutgoingMail.objects.get(kind="review_not_yet").text
    assert "To earn it, meet 1 required line and 1 of the lines that are not required." in mail
    assert "- Checks reach every student (required)" in mail


def test_earned_with_a_line_that_is_not_met_says_so(cast):
    sent = stage.hand_in(cast, stage.publish_with(cast, "Lenient", lines={"plans": False}, others_needed=0))
    stage.score(cast, stage.take(cast), below=("plans",))
    page = read(cast.ada, sent).content.decode()
    assert "You earned it." in page
    assert "The lines that are not met do not keep you from the badge." in page
    assert stage.COMMENT in page
    assert "Fix this" not in page
