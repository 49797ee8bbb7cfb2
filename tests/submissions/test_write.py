"""Writing answers: nothing typed is lost, whatever its length and however many tabs are open."""

import pytest
from django.urls import reverse

from submissions.models import Response, WorkCard
from tenants.models import AuditEntry
from tests.submissions import stage


def url_of(draft, key="class", name="work_criterion"):
    return reverse(name, args=["lakeside", draft.work_id, key])


def autosave(client, draft, rev, key="class", **answers):
    data = {"rev": rev, **{f"answer-{name}": text for name, text in answers.items()}}
    return client.post(url_of(draft, key), data, HTTP_X_AUTOSAVE="1", HTTP_ACCEPT="application/json")


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def test_autosave_keeps_words_and_counts_revisions(cast, draft, ada):
    first = autosave(ada, draft, "0", who="I teach")
    assert (first.status_code, first.json()["rev"]) == (200, "1")
    second = autosave(ada, draft, "1", who="I teach grade four")
    assert second.json()["rev"] == "2"
    assert second.json()["saved_at"]
    with cast.inside():
        saved = Response.objects.get()
        assert (saved.text, saved.rev) == ("I teach grade four", 2)
        assert AuditEntry.objects.filter(verb="response.saved", object_id=saved.id).count() == 1  # one a sitting
    assert WorkCard.objects.get().parts_done == 1


def test_each_answer_has_its_own_revision(draft, ada):
    autosave(ada, draft, "0-0", "think", saw="Many hands", next="")
    answer = autosave(ada, draft, "1-0", "think", saw="Many hands", next="More checks")
    assert answer.json()["rev"] == "1-1"


def test_a_stale_tab_is_told_and_loses_nothing(cast, draft, ada):
    autosave(ada, draft, "0", who="From the first tab")
    late = autosave(ada, draft, "0", who="From the second tab")
    assert late.status_code == 409
    assert "another tab" in late.json()["detail"]
    page = ada.post(url_of(draft), {"rev": "0", "answer-who": "From the second tab", "go": "1"})
    text = page.content.decode()
    assert page.status_code == 409
    assert "From the second tab" in text
    assert "From the first tab" in text
    assert 'name="rev" value="1"' in text
    kept = ada.post(url_of(draft), {"rev": "1", "answer-who": "From the second tab", "keep": "mine"})
    assert kept.status_code == 302
    with cast.inside():
        assert Response.objects.get().text == "From the second tab"


def test_the_same_words_again_are_not_a_conflict(draft, ada):
    autosave(ada, draft, "0", who="The same words")
    again = autosave(ada, draft, "0", who="The same words")  # the first answer got lost on the way
    assert (again.status_code, again.json()["rev"]) == (200, "1")


@pytest.mark.parametrize("words", [1, 500])
def test_too_few_and_too_many_words_are_saved_all_the_same(cast, draft, ada, words):
    text = " ".join(["word"] * words)
    answer = ada.post(url_of(draft), {"rev": "0", "answer-who": text, "go": "1"})
    assert answer.status_code == 302
    with cast.inside():
        assert Response.objects.get().text == text
    assert WorkCard.objects.get().parts_done == 0


def test_an_endless_text_is_refused_with_a_sentence_and_stays_in_the_box(draft, ada):
    text = "long " * 50_000
    page = ada.post(url_of(draft), {"rev": "0", "answer-who": text})
    assert page.status_code == 422
    assert "longer than we can keep" in page.content.decode()
    assert page.content.decode().count("long ") >= 50_000


def test_hostile_characters_are_kept_as_text(cast, draft, ada):
    text = "<script>alert(1)</script> \x00 ‮ 你好 😀"
    assert autosave(ada, draft, "0", who=text).status_code == 200
    page = ada.get(url_of(draft)).content.decode()
    assert "<script>alert(1)" not in page
    assert "你好 😀" in page


@pytest.mark.parametrize("rev", ["", "x", "1-2-3", "99999999999999999999", "-1"])
def test_a_senseless_revision_does_not_break_saving(draft, ada, rev):
    assert autosave(ada, draft, rev, who="Words stay words").status_code == 200


def test_a_form_without_the_answer_leaves_it_alone(cast, draft, ada):
    autosave(ada, draft, "0", who="Still here")
    ada.post(url_of(draft), {"rev": "1"})
    with cast.inside():
        assert Response.objects.get().text == "Still here"


def test_clearing_an_answer_is_saved_too(cast, draft, ada):
    autosave(ada, draft, "0", who="Soon gone")
    autosave(ada, draft, "1", who="")
    with cast.inside():
        assert Response.objects.get().text == ""


def test_save_and_go_on_leads_to_the_next_open_part(draft, ada):
    ada.post(reverse("work_about", args=["lakeside", draft.work_id]))
    answer = ada.post(url_of(draft), {"rev": "0", "answer-who": "Four words are enough", "go": "1"})
    assert answer.headers["Location"] == url_of(draft, "plan")


def test_reading_the_guide_is_noted_once(cast, draft, ada):
    url = reverse("work_about", args=["lakeside", draft.work_id])
    page = ada.get(url).content.decode()
    assert "Plans three checks" in page
    assert WorkCard.objects.get().parts_done == 0
    ada.post(url)
    ada.post(url)
    assert WorkCard.objects.get().parts_done == 1
    with cast.inside():
        assert AuditEntry.objects.filter(verb="work.about_read").count() == 1


def test_the_part_page_shows_the_scoring_guide_and_works_without_script(draft, ada, django_assert_max_num_queries):
    stage_url = url_of(draft, "plan")
    with django_assert_max_num_queries(22):
        page = ada.get(stage_url).content.decode()
    assert "Checks reach every student" in page
    assert "It is clearly there." in page
    assert 'name="file"' in page
    assert "Save and go on" in page


def test_sent_work_cannot_be_written_to(cast, draft, ada):
    stage.send(cast, draft)
    answer = autosave(ada, draft, "1", who="Too late now")
    assert (answer.status_code, answer.json()["type"]) == (409, "urn:laurel:not-a-draft")
    page = ada.get(url_of(draft)).content.decode()
    assert "You have sent this in" in page
    assert "<textarea" not in page


def test_unknown_parts_do_not_exist(draft, ada):
    assert ada.get(url_of(draft, "nothing")).status_code == 404


def test_other_earners_cannot_write(cast, draft, client):
    client.force_login(stage.other_earner(cast))
    assert autosave(client, draft, "0", who="Not mine at all").status_code == 404
    with cast.inside():
        assert not Response.objects.exists()


def test_the_card_of_another_tenants_person_shows_nothing_of_it(cast, draft, client):
    client.force_login(cast.mallory)
    assert draft.edition.title not in client.get(reverse("my_work", args=["harbor"])).content.decode()
