"""The page of a micro-credential: everything is open to read, and each reader gets the step that fits."""

import pytest

from credentials.actions.editions import new_edition, publish, retire, send_to_vetting
from credentials.actions.stacks import create_stack, publish_stack
from credentials.queries import edition_parts, hand_in, scoring_guides
from credentials.templatetags.editions import grade_span, hours, reading_facts, resource_facts
from tests.credentials.sample import draft, published, sample, sent


def address(edition, tenant="lakeside"):
    return f"/t/{tenant}/mc/{edition.micro_credential.slug}/"


def text_of(client, edition, number=None):
    page = client.get(address(edition), {} if number is None else {"edition": number})
    assert page.status_code == 200
    return page.content.decode()


@pytest.fixture
def edition(cast):
    return published(cast)


def test_shows_every_part_without_signing_in(edition, client, django_assert_max_num_queries):
    with django_assert_max_num_queries(16):
        page = text_of(client, edition)
    for words in (
        "Asking Better Questions",
        "You plan questions that make students explain",
        "asks questions that need an explanation",
        "Plan, ask, wait.",
        "Write three questions",
        "Explaining helps people remember.",
        "Rowe, M. B., 1986. Journal of Teacher Education.",
        "(free to read, 8 pages)",
        "Link checked on March 1, 2026.",
        "It is where the idea comes from.",
        "(Video, 7 minutes, captioned)",
        "1 short answer, 10 to 100 words.",
        "1 to 3 files or links, with a note of up to 80 words.",
        "Add the plan you used.",
        "Questions need an explanation",
        "Most of them.",
        "8, Instructional Strategies",
        "About 6.5 hours",
        "over 2 weeks",
        "Result within 10 business days",
        "Sign in to start",
    ):
        assert words in page, words


def test_says_which_level_earns_the_badge_for_each_table(edition):
    first, second = scoring_guides(edition_parts(edition))
    assert (first.levels, first.needed) == (["Yes", "Not yet"], "Yes")
    assert (second.levels, second.needed) == (["Expert", "Solid", "Beginning"], "Solid")
    assert second.rows[0]["cells"] == ["All of them.", "Most of them.", "Some of them."]


def test_lines_with_the_same_levels_share_a_table(cast, client):
    rubric = sample()["rubric"]
    rubric[1]["levels"] = [{"name": "Yes", "description": "a"}, {"name": "Not yet", "description": "b"}]
    rubric[1]["pass_level"] = "Yes"
    edition = published(cast, rubric=rubric)
    (guide,) = scoring_guides(edition_parts(edition))
    assert len(guide.rows) == 2
    page = text_of(client, edition)
    assert "You earn the badge when every line is <b>Yes</b>." in page
    assert page.count("<table") == 1


def test_an_earner_can_start_without_javascript(cast, edition, client):
    client.force_login(cast.ada)
    page = text_of(client, edition)
    assert f'method="post" action="{address(edition)}start/"' in page
    assert "csrfmiddlewaretoken" in page
    assert f'hx-get="{address(edition)}work-button/"' in page


def test_others_are_told_how_they_could_start(cast, edition, client):
    client.force_login(cast.rao)
    assert "People with the role Educator can start this." in text_of(client, edition)
    client.force_login(cast.mallory)
    assert "you need an invitation from Lakeside Schools" in text_of(client, edition)


def test_what_it_counts_for_is_a_link_that_htmx_fills_in(edition, client):
    page = text_of(client, edition)
    url = f"{address(edition)}counts-for/"
    assert f'hx-get="{url}"' in page
    assert f'<a href="{url}">' in page


def test_an_older_edition_says_so_and_cannot_be_started(cast, edition, client):
    with cast.inside():
        new = new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
        publish(by=cast.by(cast.vito), edition=send_to_vetting(by=cast.by(cast.dora), edition=new))
    client.force_login(cast.ada)
    old = text_of(client, edition, number="1")
    assert "This is edition 1. Edition 2 replaced it on" in old
    assert "/start/" not in old
    current = text_of(client, edition)
    assert "replaced it" not in current
    assert "/start/" in current
    assert text_of(client, edition, number="2").count("replaced it") == 0


def test_a_retired_one_stays_readable_and_says_so(cast, edition, client):
    with cast.inside():
        retire(by=cast.by(cast.cleo), edition=edition)
    client.force_login(cast.ada)
    page = text_of(client, edition)
    assert "This micro-credential is retired." in page
    assert "/start/" not in page


def test_names_the_stacks_it_is_part_of(cast, edition, client):
    with cast.inside():
        stack = create_stack(
            by=cast.by(cast.cleo),
            title="Talk",
            description="You lead talk.",
            needed=None,
            items=[edition.micro_credential, published(cast, title="Listening").micro_credential],
        )
    assert "Part of" not in text_of(client, edition)
    with cast.inside():
        publish_stack(by=cast.by(cast.cleo), stack=stack)
    assert f'<a href="/t/lakeside/stacks/{stack.slug}/">Talk</a>' in text_of(client, edition)


def test_unknown_unpublished_and_foreign_ones_are_not_found(cast, edition, client):
    client.force_login(cast.dora)
    assert client.get("/t/lakeside/mc/nothing/").status_code == 404
    assert client.get(address(edition, "harbor")).status_code == 404
    assert client.get(address(draft(cast, title="Draft"))).status_code == 404
    assert client.get(address(sent(cast, title="Sent"))).status_code == 404
    assert client.get(address(edition), {"edition": "7"}).status_code == 404


@pytest.mark.parametrize("number", ["", "x", "-1", "0", "1.5", "99999999999999999999", "9" * 5000])
def test_a_nonsense_edition_number_shows_the_current_one(edition, client, number):
    assert "Asking Better Questions" in text_of(client, edition, number=number)


def test_markup_in_an_edition_is_shown_as_text(cast, client):
    evil = "<script>alert(1)</script>"
    data = sample(title=f"A {evil}", summary=evil, competency=evil, rationale=evil, topics=[evil])
    data["criteria"][0]["title"] = data["rubric"][0]["title"] = data["rubric"][0]["levels"][0]["description"] = evil
    edition = published(cast, **data)
    page = text_of(client, edition)
    assert evil not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;") >= 7


@pytest.mark.parametrize(
    ("grades", "words"),
    [
        ([], ""),
        (["3"], "Grade 3"),
        (["5", "3", "4"], "Grades 3–5"),
        (["K", "1", "2", "9"], "Grades K–2, 9"),
        (["PK", "K", "Adult"], "Grades PK–K, Adult"),
    ],
)
def test_grades_in_words(grades, words):
    assert grade_span(grades) == words


def test_facts_in_words(edition):
    edition = edition_parts(edition)
    assert hours(edition.hours) == "6.5 hours"
    assert [hand_in(criterion) for criterion in edition.criteria.all()] == [
        "1 short answer, 10 to 100 words.",
        "1 to 3 files or links, with a note of up to 80 words.",
    ]
    (work,) = edition.research.all()
    work.free_online, work.pages = False, 1
    assert reading_facts(work) == "may need a library or a fee, 1 page"
    (video,) = edition.resources.all()
    video.captioned, video.minutes = False, None
    assert resource_facts(video) == "Video, no captions"
