"""Before a try is over nothing that an earner, a stranger or an assessor can open gives a right answer away."""

import re

import pytest
from django.urls import reverse

from submissions import quizzing
from submissions.models import Submission
from tests.assessment import stage as scoring
from tests.credentials.sample import quiz_item
from tests.matrix.routes import routes
from tests.submissions import quiz_stage as quizzes
from tests.submissions import stage

SAME_FOR_ALL = {"account_logout", "api_docs", "api_schema", "healthz"}  # or an end to being signed in
READING = [
    route
    for route in routes().values()
    if route.name not in SAME_FOR_ALL and (not route.is_api or "GET" in route.methods)
    if route.takes.get("key") != "UUIDConverter"  # a signing key, where the others mean a criterion
]
SECRET = re.compile(r"Feedback-\d-secret")
BANK = re.compile(r"(Question|Choice)-\d")


@pytest.fixture
def edition(cast):
    return quizzes.quiz_edition(cast)


def everything(client, given):
    """Every address that `given` leads to, with what is said there, for those that open."""
    found = {}
    for route in READING:
        if route.takes.keys() <= given.keys():
            page = client.get(route.url(given))
            if page.status_code == 200:
                found[route.name] = page.getvalue().decode(errors="replace")
    return found


def addresses(draft, **more):
    edition = draft.edition
    return {
        "slug": "lakeside", "work": draft.work_id, "key": "quiz", "criterion": "quiz", "number": 1,
        "mc": edition.micro_credential.slug, "edition": edition.id, "section": "criteria", "kind": "e",
        "thing": edition.id, "extension": "svg", **more,
    }  # fmt: skip


def test_before_a_try_nobody_reads_a_question_and_during_one_nobody_reads_what_is_right(cast, draft, client):
    people = [None, cast.stranger, cast.ada, cast.bela, cast.cleo, cast.rao, cast.mallory]
    opened = {}
    for begun in (False, True):
        if begun:
            quizzes.start(cast, draft)
        for person in people:
            client.logout()
            if person:
                client.force_login(person)
            for name, text in everything(client, addresses(draft)).items():
                opened.setdefault(name, set()).add(person)
                assert not SECRET.search(text), f"{name} for {person}"
                if not (begun and person == cast.ada and name in ("work_criterion", "api_quiz_try")):
                    assert not BANK.search(text), f"{name} for {person}"
    assert {"work_criterion", "api_work", "api_quiz_try", "work_check", "micro_credential", "api_catalog_item"} <= {
        *opened
    }
    assert cast.ada in opened["work_criterion"]


def test_assessors_never_read_the_bank(cast, draft, client):
    quizzes.take(cast, draft, right=2)
    quizzes.take(cast, draft, right=4)
    stage.send(cast, draft)
    review = scoring.take(cast)
    client.force_login(cast.bela)
    pages = everything(client, addresses(draft, review=review.id))
    assert {"review", "api_review", "queue"} <= pages.keys()
    assert "Passed: 4 of 4 right" in pages["review"]
    assert "Try 1: 2 of 4 right" in pages["api_review"]
    for name, text in pages.items():
        assert not SECRET.search(text), name
        assert not BANK.search(text), name


def test_a_quiz_that_no_line_is_about_is_not_in_the_way_of_a_badge(cast, draft):
    quizzes.take(cast, draft, right=4)
    stage.send(cast, draft)
    scoring.score(cast, scoring.take(cast))
    with cast.inside():
        draft.refresh_from_db()
    assert draft.state == Submission.State.PASSED


def test_what_is_right_leaves_no_mark_on_an_open_paper(cast, client, monkeypatch):
    """Two quizzes that differ only in what is right look the same to the letter."""

    def first_ones(bank, count):
        return [{"item": item, "order": [2, 0, 1]} for item in [*bank][:count]]

    monkeypatch.setattr(quizzing, "draw", first_ones)
    client.force_login(cast.ada)
    shown = []
    for title, right in (("One", (0,)), ("Other", (2,))):
        items = [quiz_item(n, right=right) for n in range(6)]
        draft = stage.begin(cast, quizzes.quiz_edition(cast, title, quiz_items=items))
        quizzes.start(cast, draft)
        page = client.get(reverse("work_criterion", args=["lakeside", draft.work_id, "quiz"])).content.decode()
        form = page[page.index('id="quiz"') : page.index("</form>", page.index('id="quiz"'))]
        form = re.sub(r"[0-9a-f]{8}-[0-9a-f-]{27}", "an id", form)
        paper = client.get(reverse("api_quiz_try", args=["lakeside", draft.work_id, "quiz", 1])).json()
        shown.append((re.sub(r"\b[A-Za-z0-9]{64}\b", "a token", form), paper["questions"]))
    assert shown[0] == shown[1]
    assert "Choice-3-1" in shown[0][0]


def test_an_open_paper_is_made_without_reading_what_is_right(cast, draft, client, django_assert_max_num_queries):
    quizzes.start(cast, draft)
    client.force_login(cast.ada)
    with django_assert_max_num_queries(30) as asked:
        client.get(reverse("work_criterion", args=["lakeside", draft.work_id, "quiz"]))
    (sql,) = [query["sql"] for query in asked.captured_queries if '"credentials_quizitem"' in query["sql"]]
    assert "feedback" not in sql
    assert "right_places" not in re.sub(r"cardinality\([^)]*\)", "how many", sql)
