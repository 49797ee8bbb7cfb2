"""Writing captions: nothing is lost between two tabs, and what is wrong is said with its line."""

import pytest
from django.test import Client
from django.urls import reverse

from submissions.models import Captions
from tenants.models import AuditEntry
from tests.submissions import stage
from tests.submissions.props import film, paper

pytestmark = pytest.mark.django_db
OTHER = "0:02 --> 0:05\nOther words."


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


@pytest.fixture
def lesson(cast, draft):
    return film(cast, draft)


def editor(artifact, language: str = "en") -> str:
    return reverse("captions_edit", args=["lakeside", artifact.submission.work_id, artifact.id, language])


def stored(cast, language: str = "en") -> Captions | None:
    with cast.inside():
        return Captions.objects.filter(language=language).first()


def test_what_is_stored_is_shown_without_header_and_can_be_changed(cast, lesson, ada):
    page = ada.get(editor(lesson)).content.decode()
    assert "00:00:01.000 --&gt; 00:00:04.000" in page
    assert "WEBVTT\n" not in page
    answer = ada.post(editor(lesson), {"rev": "1", "text": OTHER})
    assert answer.status_code == 302
    made = stored(cast)
    assert (made.rev, made.text) == (2, "WEBVTT\n\n00:00:02.000 --> 00:00:05.000\nOther words.\n")
    with cast.inside():
        assert AuditEntry.objects.filter(verb="captions.saved").count() == 1


def test_a_file_takes_the_place_of_the_text(cast, lesson, ada):
    srt = stage.upload("lesson.srt", b"1\n00:00:07,000 --> 00:00:08,000\nFrom the file.\n")
    assert ada.post(editor(lesson), {"rev": "1", "text": OTHER, "file": srt}).status_code == 302
    assert "00:00:07.000 --> 00:00:08.000\nFrom the file." in stored(cast).text


def test_a_wrong_line_is_named_and_what_was_typed_or_uploaded_stays(cast, lesson, ada):
    answer = ada.post(editor(lesson), {"rev": "1", "text": "0:02 --> 0:05\nFine\n\nsoon --> later\nWrong"})
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 4: write times like" in page
    assert "soon --&gt; later" in page
    wrong = stage.upload("lesson.vtt", b"WEBVTT\n\nsoon --> later\nFrom the file")
    answer = ada.post(editor(lesson), {"rev": "1", "text": "", "file": wrong})
    assert answer.status_code == 422
    assert "From the file" in answer.content.decode()
    binary = stage.upload("lesson.vtt", b"\xff\x00\xfe" * 50)
    assert "UTF-8" in ada.post(editor(lesson), {"rev": "1", "file": binary}).content.decode()
    large = stage.upload("lesson.vtt", b"x" * 500_001)
    assert "500 kB" in ada.post(editor(lesson), {"rev": "1", "file": large}).content.decode()
    assert stored(cast).rev == 1


def test_two_tabs_do_not_overwrite_each_other(cast, lesson, ada):
    ada.post(editor(lesson), {"rev": "1", "text": OTHER})
    late = {"rev": "1", "text": "0:01 --> 0:02\nLate words."}
    answer = ada.post(editor(lesson), late)
    page = answer.content.decode()
    assert answer.status_code == 409
    assert "Late words." in page
    assert "Other words." in page
    assert 'name="rev" value="2"' in page
    assert stored(cast).rev == 2
    assert ada.post(editor(lesson), late | {"keep": "mine"}).status_code == 302
    assert "Late words." in stored(cast).text
    assert ada.post(editor(lesson), late).status_code == 302  # the same words again change nothing
    assert stored(cast).rev == 3


def test_each_language_has_its_own_and_unknown_ones_are_not_found(cast, lesson, ada):
    assert ada.post(editor(lesson, "es"), {"rev": "0", "text": OTHER}).status_code == 302
    assert stored(cast).rev == 1
    page = ada.get(reverse("artifact_view", args=["lakeside", lesson.submission.work_id, lesson.id])).content.decode()
    assert 'srclang="es" label="Español"' in page
    for language in ("xx", "english"):
        assert ada.get(editor(lesson, language)).status_code == 404
        assert ada.post(editor(lesson, language), {"rev": "0", "text": ""}).status_code == 404


def test_captions_can_be_removed_twice(cast, lesson, ada):
    for _click in range(2):
        assert ada.post(editor(lesson), {"remove": "1"}).status_code == 302
    assert stored(cast) is None
    with cast.inside():
        assert AuditEntry.objects.filter(verb="captions.removed").count() == 1


def test_only_films_and_recordings_of_a_draft_have_an_editor(cast, draft, lesson, ada):
    plan = paper(cast, draft)
    assert ada.get(editor(plan)).status_code == 404
    assert ada.post(editor(plan), {"rev": "0", "text": OTHER}).status_code == 404
    stage.send(cast, draft)
    assert ada.post(editor(lesson), {"rev": "1", "text": OTHER}).status_code == 409
    assert stored(cast).rev == 1
