"""Assessors score work, not people: no page and no answer of the API says whose it is."""

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.queue import release
from credentials.models import Criterion
from submissions.actions.ai_uses import Use
from submissions.actions.evidence import add_file, add_text
from submissions.actions.handing_in import promise, submit
from tests.assessment import stage
from tests.submissions.stage import attest_ready, pdf, picture, upload

pytestmark = pytest.mark.django_db


@pytest.fixture
def sent(cast, edition):
    """Handed in with her name in the name of everything."""
    draft = stage.write(cast, edition, cast.ada)
    ada = cast.by(cast.ada)
    with cast.inside():
        plan = Criterion.objects.get(edition=edition, key="plan")
        more = Criterion.objects.get(edition=edition, key="extra")
        part = {"by": ada, "submission": draft, "criterion": plan}
        add_file(**part, upload=upload("Ada Alvarez lesson plan.pdf", pdf()))
        add_text(**part, text="A text.", name="Text by Ada Alvarez")
        add_file(by=ada, submission=draft, criterion=more, upload=upload("alvarez-class.png", picture()))
    return stage.send(cast, draft)


def gives_away(cast, text: str) -> list[str]:
    """What in `text` leads to Ada."""
    traces = ["Ada", "Alvarez", "alvarez", cast.ada.email, str(cast.ada.id), "My plan", "ada@"]
    return [trace for trace in traces if trace in text]


def test_no_page_of_the_assessor_names_the_earner(cast, sent):
    client = Client()
    client.force_login(cast.bela)
    pages = {"queue": client.get(reverse("queue", args=["lakeside"]))}
    pages["claim"] = client.post(reverse("claim", args=["lakeside"]), follow=True)
    review = pages["claim"].context["review"]
    pages["incomplete"] = client.post(reverse("review_finish", args=["lakeside", review.id]), {"token": review.token})
    pages["mine"] = client.get(reverse("queue", args=["lakeside"]))
    stage.fill(cast, review, below=("plans",))
    with cast.inside():
        release(by=cast.by(cast.bela), review=review, token=review.token)
    pages["given back"] = client.get(reverse("review", args=["lakeside", review.id]))
    stage.score(cast, stage.take(cast), below=("plans",))
    pages["done"] = client.get(reverse("reviews_done", args=["lakeside"]))
    for name, page in pages.items():
        assert page.status_code in (200, 422), name
        assert sent.code in page.content.decode(), name
        assert gives_away(cast, page.content.decode()) == [], name
    workspace = pages["claim"].content.decode()
    assert "Add your lesson plan 2.pdf" in workspace
    assert "Add something more 1.png" in workspace


def test_the_api_does_not_name_the_earner_either(cast, sent):
    client = Client()
    client.force_login(cast.bela)
    claimed = client.post("/api/v1/t/lakeside/reviews/claim/", {}, "application/json")
    assert claimed.status_code == 201
    listed = client.get("/api/v1/t/lakeside/reviews/?state=claimed")
    for answer in (claimed, listed):
        assert sent.code in answer.content.decode()
        assert gives_away(cast, answer.content.decode()) == []
    files = [piece["url"] for piece in claimed.json()["evidence"] if piece["title"].endswith(".pdf")]
    served = client.get(files[0])
    assert b"".join(served.streaming_content) == pdf()
    assert gives_away(cast, str(served.headers)) == []
    titles = {piece["title"] for piece in claimed.json()["evidence"]}
    assert "Add your lesson plan 2.pdf" in titles


def test_the_way_to_a_file_names_nobody_and_is_open_to_its_reader_only_while_they_hold_it(cast, sent):
    client = Client()
    client.force_login(cast.bela)
    review = stage.take(cast)
    with cast.inside():
        file = sent.artifacts.get(name="Ada Alvarez lesson plan.pdf")
        link = sent.artifacts.get(kind="link")
    url = reverse("review_evidence", args=["lakeside", review.id, file.id])
    answer = client.get(url)
    assert answer.status_code == 302
    assert gives_away(cast, answer.headers["Location"]) == []
    served = client.get(answer.headers["Location"])
    assert served.status_code == 200
    assert b"".join(served.streaming_content) == pdf()
    assert gives_away(cast, str(served.headers)) == []
    assert client.get(reverse("review_evidence", args=["lakeside", review.id, link.id])).status_code == 404
    with cast.inside():
        release(by=cast.by(cast.bela), review=review, token=review.token)
    assert client.get(url).status_code == 404


def test_assessors_read_which_ai_tools_were_used(cast, edition):
    draft, ada = stage.write(cast, edition, cast.ada), cast.by(cast.ada)
    with stage.inside(cast):
        attest_ready(ada, draft)
        uses = [
            Use("A chat <tool>", "It gave ideas. I kept two.", "plan"),
            Use("A checker", "It found a typing error."),
        ]
        promise(by=ada, submission=draft, own_work=True, protected=True, used_ai=True, ai_uses=uses)
        submit(by=ada, submission=draft)
    review = stage.take(cast)
    client = Client()
    client.force_login(cast.bela)
    page = client.get(reverse("review", args=["lakeside", review.id])).content.decode()
    assert "A chat &lt;tool&gt;</b> · Add your lesson plan" in page
    assert "A checker</b> · The whole work" in page
    answer = client.get(reverse("api_review", args=["lakeside", review.id])).json()
    assert answer["used_ai"] is True
    assert answer["ai_uses"][0] == {
        "tool": "A chat <tool>",
        "criterion": "plan",
        "what_changed": "It gave ideas. I kept two.",
    }
    assert answer["ai_uses"][1]["criterion"] == ""


def test_assessors_read_that_no_ai_tool_was_used(cast, edition):
    stage.hand_in(cast, edition)
    review = stage.take(cast)
    client = Client()
    client.force_login(cast.bela)
    page = client.get(reverse("review", args=["lakeside", review.id])).content.decode()
    assert "no AI tools were used" in page
    answer = client.get(reverse("api_review", args=["lakeside", review.id])).json()
    assert (answer["used_ai"], answer["ai_uses"]) == (False, [])
