"""Before sending, people are told where their own name can be read. It stops nobody."""

import pytest
from django.test import Client
from django.urls import reverse

from submissions.actions.evidence import add_text
from submissions.actions.writing import save_response
from submissions.models import Artifact
from tests.assessment.stage import inside
from tests.submissions import stage
from tests.submissions.props import paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


def pages(ada, draft) -> tuple[str, str]:
    base = ["lakeside", draft.work_id]
    part = ada.get(reverse("work_criterion", args=[*base, "plan"])).content.decode()
    return part, ada.get(reverse("work_check", args=base)).content.decode()


def test_the_page_and_the_file_are_named(cast, draft, ada):
    plan = paper(cast, draft, "Lesson plan.pdf", texts=["Goals", "By ada álvarez", "", "Alvarez"], pages=4)
    view = reverse("artifact_view", args=["lakeside", draft.work_id, plan.id])
    for page in pages(ada, draft):
        assert f'<a href="{view}#page-2">Your name is on page 2 of Lesson plan.pdf, and on 1 page more.</a>' in page
        assert "take it out if you can" in page


def test_answers_texts_and_links_are_read_as_well(cast, draft, ada):
    with inside(cast):
        by, plan = cast.by(cast.ada), stage.criterion_of(draft.edition, "plan")
        stage.write_all(cast, draft)
        Artifact.objects.filter(submission=draft).update(link_title="Ada’s plan")
        add_text(by=by, submission=draft, criterion=plan, text="Notes by Alvarez")
        save_response(by=by, submission=draft, prompt=stage.prompt_of(draft.edition, "look"), text="I am Ada.")
    part, check = pages(ada, draft)
    for sentence in (
        "Your name is in your answer to “What should the reviewer look for?”.",
        "Your name is in the text “Notes by Alvarez”.",
        "Your name is in the title or the address of “Ada’s plan”.",
    ):
        assert sentence in part
        assert sentence in check


def test_it_is_a_warning_and_no_wall(cast, draft, ada):
    paper(cast, draft, texts=["Ada", "", ""])
    sent = stage.send(cast, draft)
    assert sent.state == "submitted"


def test_nothing_is_said_where_no_name_is(cast, draft, ada):
    paper(cast, draft, "Ada Alvarez.pdf", texts=["Adage", "", ""])  # names of files are not shown to reviewers
    assert all("Your name" not in page for page in pages(ada, draft))
