"""Search finds what people mean, forgives typing mistakes, and takes any text."""

import json
from uuid import UUID

import pytest
from django.db import connection

from credentials.models import Edition, SearchWord
from credentials.search import index_edition, search
from tests.credentials.sample import published, sample

HOSTILE = [
    '"',
    '""""',
    "'",
    "' OR 1=1 --",
    "a:*",
    "!!!",
    "&|!()<->",
    "\\",
    "%",
    "or",
    "or or or",
    "- - -",
    "½",
    "ŉ",
    "☃ ﷺ 𝒳",
    "x" * 10_000,
    "a b " * 2_500,
    '"questions',
    "<script>alert(1)</script>",
]


@pytest.fixture
def questions(cast):
    return published(cast)


@pytest.fixture
def reading(cast):
    """Shares no word with `questions` that these tests search for."""
    text = json.dumps(sample(title="Guided Reading Groups", summary="You lead groups.", topics=["Reading"]))
    swaps = {"question": "group", "Question": "Group", "explanation": "note", "Instructional Strategies": "Planning"}
    for word, other in swaps.items():
        text = text.replace(word, other)
    return published(cast, **json.loads(text))


def found(cast, text):
    """Titles, best first, and what was searched instead."""
    result = search(cast.lakeside, text)
    titles = dict(Edition.objects.filter(id__in=result.ranks).values_list("id", "title"))
    return [titles[UUID(id)] for id in sorted(result.ranks, key=result.ranks.get, reverse=True)], result.instead


@pytest.mark.parametrize(
    "text",
    [
        "question",  # stem
        "QUESTIONS",
        "quest",  # the last word may be unfinished
        "Instructional Strategies",  # an alignment
        "nosuchword or explanation",
        '"better questions"',
        "asking -reading",
    ],
)
def test_finds_by_stem_prefix_phrase_and_part(cast, questions, reading, text):
    assert found(cast, text) == (["Asking Better Questions"], "")


def test_finds_by_issuer(cast, questions, reading):
    assert len(found(cast, "lakeside")[0]) == 2
    assert found(cast, "lakeside groups")[0] == ["Guided Reading Groups"]


def test_accents_do_not_matter(cast):
    published(cast, title="Évaluation formative")
    assert found(cast, "evaluation")[0] == ["Évaluation formative"]
    assert found(cast, "ÉVALUATION")[0] == ["Évaluation formative"]


def test_a_word_in_the_title_counts_more_than_one_in_the_text(cast, questions):
    published(cast, title="Grading", summary="You write better questions in a test.")
    assert found(cast, "better questions")[0][0] == "Asking Better Questions"


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("quesions", "questions"),
        ("Beter quesions", "better questions"),
        ("guidd reading", "guided reading"),
        ("redaing", "reading"),
    ],
)
def test_mistyped_words_are_corrected(cast, questions, reading, typed, meant):
    titles, instead = found(cast, typed)
    assert instead == meant
    assert len(titles) == 1


def test_nothing_is_corrected_when_something_fits(cast, questions):
    assert found(cast, "questions")[1] == ""


def test_words_unlike_any_other_stay_as_they_are(cast, questions):
    assert found(cast, "zzzyxw") == ([], "")


@pytest.mark.parametrize("text", HOSTILE)
def test_any_text_can_be_searched(cast, questions, client, text):
    search(cast.lakeside, text)
    answer = client.get("/t/lakeside/catalog/", {"q": text, "sort": text, "page": text, "topic": text})
    assert answer.status_code == 200
    assert client.get("/api/v1/t/lakeside/catalog/", {"q": text, "topic": text}).status_code == 200


def test_other_tenants_editions_are_not_found(cast, questions):
    assert not search(cast.harbor, "questions").ranks


def test_indexing_again_changes_nothing(cast, questions):
    before = Edition.objects.values_list("search").get(id=questions.id)
    words = SearchWord.objects.count()
    index_edition(questions)
    assert Edition.objects.values_list("search").get(id=questions.id) == before
    assert SearchWord.objects.count() == words


def test_the_text_index_can_answer(cast, questions):
    matching = Edition.objects.filter(search="questions")
    with connection.cursor() as cursor:
        cursor.execute("SET LOCAL enable_seqscan = off")
        cursor.execute("ANALYZE credentials_edition")
        sql, params = matching.query.sql_with_params()
        cursor.execute(f"EXPLAIN {sql}", params)
        plan = "\n".join(row[0] for row in cursor.fetchall())
    assert "edition_search" in plan
