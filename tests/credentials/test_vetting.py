"""Vetting over HTTP: notes, the two decisions, and who sees what when."""

import pytest
from django.urls import reverse

from credentials.actions.editions import publish, return_to_author, send_to_vetting
from credentials.actions.vetting import add_note, answer_note, remove_note
from credentials.models import Edition, VettingNote
from lib.errors import Invalid, NotAllowed, RuleBroken
from tenants.models import AuditEntry, Membership
from tests.credentials.sample import draft, published, sent

NOTE = {"section": "rubric", "kind": "must_fix", "text": "Say what “most” means."}


def url_of(edition):
    return reverse("vetting_edition", args=["lakeside", edition.id])


def editor_of(edition):
    return reverse("edition_editor", args=["lakeside", edition.id])


def test_a_round_goes_from_note_to_answer_to_published(cast, client):
    edition = sent(cast)
    client.force_login(cast.vito)
    assert b"Asking Better Questions" in client.get(reverse("vetting_home", args=["lakeside"])).content
    assert b"Questions need an explanation" in client.get(url_of(edition)).content
    assert client.post(url_of(edition), {"do": "note", **NOTE}).status_code == 302

    client.force_login(cast.dora)
    assert NOTE["text"] not in client.get(editor_of(edition)).content.decode(), "not before it comes back"
    client.force_login(cast.vito)
    assert client.post(url_of(edition), {"do": "return"}).status_code == 302

    client.force_login(cast.dora)
    assert NOTE["text"] in client.get(editor_of(edition)).content.decode()
    assert b"1 note to answer" in client.get(reverse("author_home", args=["lakeside"])).content
    with cast.inside():
        note = VettingNote.objects.get()
    answer_url = reverse("note_answer", args=["lakeside", edition.id, note.id])
    assert client.post(answer_url, {f"{note.id}-reply": "  "}).status_code == 422
    assert client.post(answer_url, {f"{note.id}-reply": "Changed."}).status_code == 302
    assert client.post(reverse("edition_send", args=["lakeside", edition.id])).status_code == 302

    client.force_login(cast.vito)
    page = client.get(url_of(edition)).content.decode()
    assert "Changed." in page
    assert "round 2" in page
    assert client.post(url_of(edition), {"do": "publish"}).status_code == 302
    edition.refresh_from_db()
    assert edition.state == Edition.State.PUBLISHED
    with cast.inside():
        verbs = set(AuditEntry.objects.filter(object_id=edition.id).values_list("verb", flat=True))
    assert {"edition.noted", "edition.returned", "edition.note_answered", "edition.published"} <= verbs


def test_a_note_typed_while_deciding_is_kept(cast, client):
    edition = sent(cast)
    client.force_login(cast.vito)
    assert client.post(url_of(edition), {"do": "return", **NOTE}).status_code == 302
    with cast.inside():
        assert VettingNote.objects.get().text == NOTE["text"]
    edition.refresh_from_db()
    assert edition.state == Edition.State.DRAFT


def test_a_note_that_is_not_whole_comes_back_and_decides_nothing(cast, client):
    edition = sent(cast)
    client.force_login(cast.vito)
    for do in ("note", "return", "publish"):
        page = client.post(url_of(edition), {"do": do, "section": "", "kind": "must_fix", "text": "Half a thought"})
        assert page.status_code == 422
        assert b"Half a thought" in page.content
    edition.refresh_from_db()
    assert edition.state == Edition.State.VETTING


def test_returning_without_a_note_says_what_is_needed(cast, client):
    edition = sent(cast)
    client.force_login(cast.vito)
    page = client.post(url_of(edition), {"do": "return"})
    assert page.status_code == 409
    assert b"at least one note" in page.content
    assert client.post(url_of(edition), {"do": "burn"}).status_code == 400
    edition.refresh_from_db()
    assert edition.state == Edition.State.VETTING


def test_an_author_with_the_vetters_role_cannot_decide_on_their_own(cast, client):
    Membership.objects.filter(user=cast.dora).update(roles=["author", "vetter"])
    edition = sent(cast)
    client.force_login(cast.dora)
    page = client.get(url_of(edition))
    assert b"someone else has to vet it" in page.content
    assert b"Approve and publish" not in page.content
    for data in ({"do": "publish"}, {"do": "note", **NOTE}, {"do": "return", **NOTE}):
        assert client.post(url_of(edition), data).status_code == 403
    edition.refresh_from_db()
    assert edition.state == Edition.State.VETTING


def test_others_do_not_get_in(cast, client):
    edition = sent(cast)
    assert client.get(url_of(edition)).status_code == 302
    client.force_login(cast.ada)
    assert client.get(url_of(edition)).status_code == 403
    client.force_login(cast.mallory)
    assert client.get(url_of(edition)).status_code == 404
    Membership.objects.filter(user=cast.mallory).update(roles=["vetter"])
    assert client.get(reverse("vetting_edition", args=["harbor", edition.id])).status_code == 404


def test_a_decision_is_made_once(cast, client):
    edition = published(cast)
    client.force_login(cast.vito)
    assert b"nothing to decide" in client.get(url_of(edition)).content
    assert client.post(url_of(edition), {"do": "publish"}).status_code == 409
    with cast.inside():
        for action in (publish, return_to_author):
            with pytest.raises(RuleBroken):
                action(by=cast.by(cast.vito), edition=edition)
        with pytest.raises(RuleBroken):
            send_to_vetting(by=cast.by(cast.dora), edition=edition)


def test_notes_can_be_taken_back_only_by_who_wrote_them(cast, client):
    edition = sent(cast)
    Membership.objects.filter(user=cast.bela).update(roles=["vetter"])
    with cast.inside():
        note = add_note(by=cast.by(cast.vito), edition=edition, **NOTE)
        with pytest.raises(NotAllowed):
            remove_note(by=cast.by(cast.bela), note=note)
    client.force_login(cast.vito)
    assert client.post(reverse("vetting_note_remove", args=["lakeside", edition.id, note.id])).status_code == 302
    with cast.inside():
        assert not VettingNote.objects.exists()


@pytest.mark.parametrize(
    ("changes", "field"),
    [({"section": "x"}, "section"), ({"kind": "x"}, "kind"), ({"text": " "}, "text"), ({"text": "a\x00"}, "text"),
     ({"text": "x" * 2001}, "text")],
)  # fmt: skip
def test_notes_with_wrong_values_are_refused_by_field(cast, changes, field):
    edition = sent(cast)
    with cast.inside(), pytest.raises(Invalid) as refusal:
        add_note(by=cast.by(cast.vito), edition=edition, **(NOTE | changes))
    assert refusal.value.field == field


def test_notes_belong_to_an_edition_with_a_vetter(cast):
    edition = draft(cast)
    with cast.inside():
        with pytest.raises(RuleBroken):
            add_note(by=cast.by(cast.vito), edition=edition, **NOTE)
        edition = send_to_vetting(by=cast.by(cast.dora), edition=edition)
        note = add_note(by=cast.by(cast.vito), edition=edition, **NOTE)
        with pytest.raises(RuleBroken):
            answer_note(by=cast.by(cast.dora), note=note, text="Too early")


def test_the_list_asks_a_fixed_number_of_queries(cast, client, django_assert_max_num_queries):
    client.force_login(cast.vito)
    assert b"No drafts are waiting" in client.get(reverse("vetting_home", args=["lakeside"])).content
    for n in range(10):
        sent(cast, title=f"Draft {n}")
    with django_assert_max_num_queries(10):
        assert client.get(reverse("vetting_home", args=["lakeside"])).status_code == 200
