"""Logs and quizzes in an edition: written, checked, imported, exported, and kept from whoever takes the quiz."""

from copy import deepcopy

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse

from credentials.actions.editions import import_edition, new_edition, send_to_vetting
from credentials.exchange import check, export_edition, parse, public_edition
from credentials.models import Criterion, QuizItem
from credentials.queries import edition_parts, hand_in
from credentials.sections import gaps
from lib.canonical import content_hash
from lib.errors import RuleBroken
from tests.credentials.sample import (
    draft,
    log_part,
    part,
    published,
    quiz_item,
    quiz_part,
    sample,
    sent,
    with_log_and_quiz,
)
from tests.credentials.test_editor import fields_of, section_url


def problems_with(*criteria: dict) -> dict[str, str]:
    _clean, problems = check(sample(criteria=[*sample()["criteria"], *criteria]))
    return dict(problems)


# --- In words --------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("data", "words"),
    [
        (log_part(minutes=900, entries=0), "A log of at least 15 h."),
        (log_part(minutes=90, entries=1), "A log of at least 1 h 30 min in at least 1 entry."),
        (log_part(minutes=0, entries=5), "A log of at least 5 entries."),
        (log_part(minutes=0, entries=0), "A log of what you did, and for how long."),
        (quiz_part(bank=30, draw=10, quiz_pass=80, quiz_tries=3),
         "Quiz: 10 questions drawn from 30, 80% to pass, 3 tries."),
        (quiz_part(bank=1, draw=1, quiz_pass=100, quiz_tries=1), "Quiz: 1 question, 100% to pass, 1 try."),
    ],
)  # fmt: skip
def test_what_a_log_or_a_quiz_asks_for_in_a_sentence(cast, data, words):
    edition = edition_parts(draft(cast, criteria=[*sample()["criteria"], data]))
    assert hand_in(edition.criteria.all()[2]) == words


# --- What goes in comes out ------------------------------------------------------------------------------------------


def test_both_come_out_of_an_export_as_they_went_in_and_go_into_the_next_edition(cast):
    edition = published(cast, **with_log_and_quiz())
    assert export_edition(edition) == with_log_and_quiz()
    with cast.inside():
        again = new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
    assert export_edition(again) == with_log_and_quiz()


def test_a_file_from_before_there_were_logs_and_quizzes_means_what_it_meant(cast):
    assert parse(sample()) == sample()
    edition = draft(cast)
    assert export_edition(edition) == sample()
    assert public_edition(edition) == sample()


def test_the_catalog_has_of_a_quiz_only_how_many_questions_there_are(cast, client):
    edition = published(cast, **with_log_and_quiz())
    answer = client.get(f"/api/v1/t/lakeside/catalog/{edition.micro_credential.slug}/").json()
    log, quiz = answer["content"]["criteria"][2:]
    assert (log["log_minutes_min"], log["log_entries_min"]) == (900, 3)
    assert "quiz_items" not in quiz
    assert (quiz["quiz_bank"], quiz["quiz_draw"], quiz["quiz_pass"], quiz["quiz_tries"]) == (6, 4, 75, 2)
    assert answer["content_hash"] == content_hash(answer["content"])


def test_the_hash_says_nothing_about_right_answers(cast):
    other = with_log_and_quiz(title="Asking Better Questions")
    for item in other["criteria"][3]["quiz_items"]:
        item["feedback"] = "Another word"
        for choice in item["choices"]:
            choice["right"] = not choice["right"]
    assert published(cast, **with_log_and_quiz()).content_hash == published(cast, **other).content_hash


def test_a_copy_from_the_catalog_says_what_it_lacks(cast):
    edition = published(cast, **with_log_and_quiz())
    _clean, problems = check(public_edition(edition))
    assert list(problems) == ["criteria[3].quiz_items"]
    assert "Ask its author for a file" in problems["criteria[3].quiz_items"]


# --- Checks ----------------------------------------------------------------------------------------------------------


def test_a_quiz_needs_as_many_questions_as_it_draws():
    found = problems_with(quiz_part(bank=3, draw=5))
    said = "A try draws 5 questions, but there are 3. Add 2 more, or draw fewer."
    assert found == {"criteria[2].quiz_items": said}


@pytest.mark.parametrize(
    ("change", "path", "sentence"),
    [
        ({"quiz_pass": 0}, "quiz_pass", "This must be a number from 1 to 100."),
        ({"quiz_pass": 101}, "quiz_pass", "This must be a number from 1 to 100."),
        ({"quiz_tries": 0}, "quiz_tries", "This must be a number from 1 to 20."),
        ({"quiz_draw": None}, "quiz_draw", "This field is missing."),
        ({"quiz_items": [quiz_item(1), quiz_item(1)], "quiz_draw": 1}, "quiz_items[1].key", "is used twice"),
        ({"quiz_items": [quiz_item(1, choices=1, right=(0,))], "quiz_draw": 1}, "quiz_items[0].choices",
         "A question needs at least 2 choices."),
        ({"quiz_items": [quiz_item(1, right=())], "quiz_draw": 1}, "quiz_items[0].choices",
         "Mark at least one choice as right."),
        ({"quiz_items": [quiz_item(1) | {"text": " "}], "quiz_draw": 1}, "quiz_items[0].text", "must not be empty"),
        ({"prompts": [{"key": "a", "text": "Why?", "min_words": 0, "max_words": 9}]}, "prompts",
         "A log or a quiz has no questions to answer in writing."),
        ({"artifact_min": 1, "artifact_max": 1}, "artifact_min", "Only a part for evidence"),
        ({"log_minutes_min": 5}, "log_minutes_min", "There is no field of this name."),
    ],
)  # fmt: skip
def test_what_is_wrong_with_a_quiz_is_said_at_its_place(change, path, sentence):
    found = problems_with(quiz_part(**change))
    assert sentence in found[f"criteria[2].{path}"]


def test_two_choices_of_a_question_say_different_things():
    item = quiz_item(1)
    item["choices"][2]["text"] = item["choices"][0]["text"]
    found = problems_with(quiz_part(quiz_items=[item], quiz_draw=1))
    assert "is used twice" in found["criteria[2].quiz_items[0].choices[2].text"]


def test_settings_of_logs_and_quizzes_stand_in_parts_of_their_kind_only():
    data = deepcopy(sample()["criteria"][0]) | {"key": "other", "optional": True, "quiz_draw": 3, "log_minutes_min": 5}
    found = problems_with(data)
    assert set(found) == {"criteria[2].quiz_draw", "criteria[2].log_minutes_min"}


def test_no_line_of_the_guide_has_to_be_about_a_log_or_a_quiz(cast):
    data = with_log_and_quiz()
    assert check(data)[1] == {}
    assert gaps(data) == []
    assert sent(cast, **data).state == "vetting"


def test_a_log_is_evidence_from_real_work():
    only = {"criteria": [sample()["criteria"][0], log_part()], "rubric": sample()["rubric"][:1]}
    assert gaps(sample(**only)) == []
    assert gaps(sample(criteria=[sample()["criteria"][0], quiz_part()], rubric=sample()["rubric"][:1])) != []


def test_a_draft_with_too_few_questions_is_kept_and_not_sent(cast, client):
    edition = draft(cast, **with_log_and_quiz())
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    values = fields_of(client.get(url)) | {"criteria-3-quiz_draw": "9"}
    assert client.post(url, values).status_code == 302
    said = "What you know: A try draws 9 questions, but there are 6. Add 3 more, or draw fewer."
    assert said in client.get(reverse("edition_editor", args=["lakeside", edition.id])).content.decode()
    with cast.inside(), pytest.raises(RuleBroken, match="draws 9 questions"):
        send_to_vetting(by=cast.by(cast.dora), edition=edition)


@pytest.mark.parametrize(
    "change",
    [
        {"part": "overview", "log_minutes_min": 5},
        {"part": "overview", "quiz_draw": 5},
        {"part": "quiz", "quiz_draw": 5, "quiz_pass": 101, "quiz_tries": 1},
        {"part": "quiz", "quiz_draw": 5, "quiz_pass": 80},
        {"part": "log", "quiz_bank": 5},
    ],
)
def test_the_database_keeps_settings_to_their_kind(cast, change):
    edition = draft(cast)
    with pytest.raises(IntegrityError, match="only_for"), transaction.atomic():
        Criterion.objects.create(edition=edition, key="new", title="New", **change)


def test_the_database_takes_no_question_that_cannot_be_answered(cast):
    edition = draft(cast, **with_log_and_quiz())
    quiz = Criterion.objects.get(edition=edition, part="quiz")
    for choices, right in ((["One"], [0]), (["One", "Two"], [])):
        with pytest.raises(IntegrityError, match="can_be_answered"), transaction.atomic():
            QuizItem.objects.create(
                edition=edition, criterion=quiz, key="new", text="New?", choices=choices, right_places=right
            )


# --- The editor ------------------------------------------------------------------------------------------------------


def test_opening_and_saving_changes_nothing(cast, client):
    edition = draft(cast, **with_log_and_quiz())
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    assert client.post(url, fields_of(client.get(url))).status_code == 302
    edition.refresh_from_db()
    assert (edition.rev, export_edition(edition)) == (1, with_log_and_quiz())


def test_a_log_and_a_quiz_are_written_without_script(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    page = client.post(url, fields_of(client.get(url)) | {"do": "add:criteria:log"})
    values = fields_of(page) | {"criteria-2-title": "My hours", "criteria-2-log_minutes_min": "600"}
    page = client.post(url, values | {"do": "add:criteria:quiz"})
    values = fields_of(page) | {
        "criteria-3-title": "Check yourself", "criteria-3-quiz_draw": "2",
        "criteria-3-quiz_items-0-text": "What is it?",
        "criteria-3-quiz_items-0-choices-0-text": "This", "criteria-3-quiz_items-0-choices-1-text": "That",
        "criteria-3-quiz_items-0-choices-1-right": "on", "criteria-3-quiz_items-0-feedback": "It is that.",
    }  # fmt: skip
    page = client.post(url, values | {"do": "add:criteria-3-quiz_items"})
    values = fields_of(page) | {
        "criteria-3-quiz_items-1-text": "And this?", "criteria-3-quiz_items-1-choices-0-text": "Yes",
        "criteria-3-quiz_items-1-choices-0-right": "on", "criteria-3-quiz_items-1-choices-1-text": "No",
    }  # fmt: skip
    page = client.post(url, values | {"do": "up:criteria-3-quiz_items-1"})
    answer = client.post(url, fields_of(page))
    assert answer.status_code == 302, answer.context["sheet"].problems()
    log, quiz = export_edition(edition)["criteria"][2:]
    assert log == part("my-hours", "log", "My hours", log_minutes_min=600, log_entries_min=1)
    assert (quiz["quiz_draw"], quiz["quiz_pass"], quiz["quiz_tries"]) == (2, 80, 3)
    assert [(item["key"], item["text"]) for item in quiz["quiz_items"]] == [
        ("and-this", "And this?"), ("what-is-it", "What is it?"),
    ]  # fmt: skip
    assert quiz["quiz_items"][1]["choices"] == [{"text": "This", "right": False}, {"text": "That", "right": True}]
    page = client.get(url)
    client.post(url, fields_of(client.post(url, fields_of(page) | {"do": "remove:criteria-3-quiz_items-0"})))
    edition.refresh_from_db()
    assert [item["key"] for item in export_edition(edition)["criteria"][3]["quiz_items"]] == ["what-is-it"]
    assert Criterion.objects.get(edition=edition, part="quiz").quiz_bank == 1


def test_a_problem_with_a_choice_is_shown_at_the_question_and_nothing_is_lost(cast, client):
    edition = draft(cast, **with_log_and_quiz())
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    values = fields_of(client.get(url)) | {"criteria-3-quiz_items-0-text": "Typed, not saved"}
    del values["criteria-3-quiz_items-0-choices-1-right"]
    page = client.post(url, values)
    assert page.status_code == 422
    assert "Mark at least one choice as right." in page.content.decode()
    assert "Typed, not saved" in page.content.decode()
    assert export_edition(edition) == with_log_and_quiz()


def test_a_part_without_a_quiz_takes_no_questions(cast, client):
    edition = draft(cast)
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    page = client.post(url, fields_of(client.get(url)) | {"do": "add:criteria-0-quiz_items"})
    assert page.status_code == 200
    assert "quiz_items" not in page.context["sheet"].rows["criteria"].forms[0].rows


# --- Who reads the questions ------------------------------------------------------------------------------------------


def test_authors_and_vetters_read_the_questions_with_their_right_answers(cast, client):
    edition = sent(cast, **with_log_and_quiz())
    for person, name in ((cast.dora, "edition_preview"), (cast.vito, "vetting_edition")):
        client.force_login(person)
        page = client.get(reverse(name, args=["lakeside", edition.id])).content.decode()
        assert "Question-3-text" in page
        assert "Choice-1-0 <b>(right)</b>" in page
        assert "Choice-1-1</li>" in page
        assert "Feedback-5-secret" in page


def test_nobody_else_reads_them(cast, client):
    edition = published(cast, **with_log_and_quiz())
    slug = edition.micro_credential.slug
    shown = [
        reverse("micro_credential", args=["lakeside", slug]),
        f"/api/v1/t/lakeside/catalog/{slug}/",
        reverse("catalog", args=["lakeside"]) + "?q=Question-3-text",
    ]
    for person in (None, cast.stranger, cast.ada, cast.bela, cast.cleo, cast.rao):
        if person:
            client.force_login(person)
        for url in shown:
            page = client.get(url)
            assert page.status_code == 200
            for secret in ("-secret", "Choice-", "Question-1-text"):
                assert secret not in page.content.decode(), url
        for name in ("edition_export", "edition_preview", "vetting_edition", "api_edition_export"):
            assert client.get(reverse(name, args=["lakeside", edition.id])).status_code in (302, 401, 403, 404)


def test_the_page_says_how_the_quiz_goes(cast, client):
    edition = published(cast, **with_log_and_quiz())
    page = client.get(reverse("micro_credential", args=["lakeside", edition.micro_credential.slug])).content.decode()
    assert "Quiz: 4 questions drawn from 6, 75% to pass, 2 tries." in page
    assert "A log of at least 15 h in at least 3 entries." in page


def test_a_whole_bank_fits_into_one_page_of_the_editor(cast, client):
    """Django refuses forms with too many fields."""
    items = [quiz_item(n, choices=8, right=tuple(range(8))) for n in range(60)]
    edition = draft(cast, **sample(criteria=[*sample()["criteria"], quiz_part(quiz_items=items)]))
    client.force_login(cast.dora)
    url = section_url(edition, "criteria")
    assert client.post(url, fields_of(client.get(url))).status_code == 302


def test_importing_needs_no_quiz_to_be_whole_before_it_is_checked(cast):
    with cast.inside():
        edition = import_edition(by=cast.by(cast.dora), data=with_log_and_quiz())
    assert edition.criteria.get(part="quiz").quiz_items.count() == 6
