"""The comment bank: kept once, offered where it fits, added without replacing, counted when it was sent."""

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from assessment.actions.commenting import change_comment, keep_comment
from assessment.actions.marking import add_mark
from assessment.models import AssessorProfile, Review, SavedComment, Score
from assessment.queries import open_lines
from lib.errors import Invalid, NotAllowed
from submissions.places import Place
from tenants.models import AuditEntry, Role
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.props import film

pytestmark = pytest.mark.django_db

PAGE = "/t/lakeside/review/comments/"


@pytest.fixture
def held(cast, sent) -> Review:
    return stage.take(cast)


@pytest.fixture
def bela(cast) -> Client:
    client = Client()
    client.force_login(cast.bela)
    return client


def keep(cast, text="Say where you saw it.", by=None, **where) -> SavedComment:
    with stage.inside(cast):
        return keep_comment(by=cast.by(by or cast.bela), text=text, **where)


def about(held: Review, line, level=None) -> dict:
    place = {"micro_credential": held.edition.micro_credential, "line_key": line.key}
    return place | ({"level_position": level.position} if level else {})


def first_line(cast, held):
    with stage.inside(cast):
        line = open_lines(held.submission_id)[0]
        return line, list(line.levels.all())


def url(name: str, held: Review) -> str:
    return reverse(name, args=["lakeside", held.id])


def draft_of(held: Review, line, comment: str = "") -> dict:
    return {"token": held.token, "note": "", f"comment-{line.id}": comment}


def test_a_comment_kept_on_its_page_is_offered_in_the_workspace(cast, bela, held):
    line, levels = first_line(cast, held)
    slug = held.edition.micro_credential.slug
    form = {"text": "Add one more check.", "share": "mine", "where": f"{line.key}:{levels[-1].position}"}
    assert bela.post(f"{PAGE}?mc={slug}", form).status_code == 302
    page = bela.get(PAGE).content.decode()
    assert "Add one more check." in page
    assert line.title in page
    assert levels[-1].name in page
    workspace = bela.get(url("review", held)).content.decode()
    assert workspace.count('data-insert="Add one more check."') == 1
    with stage.inside(cast):
        assert AuditEntry.objects.filter(verb="comment.kept").count() == 1


def test_the_same_comment_is_kept_once_and_the_database_holds_it(cast, bela):
    bela.post(PAGE, {"text": "Well seen.", "share": "mine"})
    bela.post(PAGE, {"text": "Well seen. ", "share": "mine"})
    with stage.inside(cast):
        kept = SavedComment.objects.get()
        with pytest.raises(IntegrityError), transaction.atomic():
            SavedComment.objects.create(owner=cast.bela, text=kept.text)


def test_an_empty_comment_is_refused_in_words_and_nothing_typed_is_lost(bela):
    answer = bela.post(PAGE, {"text": "x" * 1001, "share": "team"})
    assert answer.status_code == 422
    assert "1000 characters" in answer.content.decode()
    assert "x" * 1001 in answer.content.decode()
    assert bela.post(PAGE, {"text": "  ", "share": "mine"}).status_code == 422


def test_only_those_who_speak_for_the_issuer_publish_for_it(cast, bela):
    with pytest.raises(NotAllowed):
        keep(cast, share="issuer")
    assert bela.post(PAGE, {"text": "Ours.", "share": "issuer"}).status_code == 422
    keep(cast, "From the authors.", by=cast.dora, share="issuer")
    assert "From the authors." in bela.get(PAGE).content.decode()


def test_what_one_keeps_for_oneself_nobody_else_sees(cast, bela, held):
    other = make_user("Olga Other", cast.lakeside, Role.ASSESSOR)
    keep(cast, "Only mine.", by=other)
    shared = keep(cast, "For all of us.", by=other, share="team")
    for page in (bela.get(PAGE), bela.get(url("review", held))):
        assert "Only mine." not in page.content.decode()
        assert "For all of us." in page.content.decode()
    address = reverse("kept_comment", args=["lakeside", shared.id])
    assert bela.get(address).status_code == 404
    assert bela.post(address, {"text": "Mine now", "share": "mine"}).status_code == 404


def test_it_is_offered_only_for_the_line_it_was_kept_for_and_the_chosen_level_first(cast, bela, held):
    with stage.inside(cast):
        one, two = open_lines(held.submission_id)[:2]
        levels = list(one.levels.all())
    keep(cast, "For the other line.", **about(held, two))
    keep(cast, "For the best.", **about(held, one, levels[0]))
    keep(cast, "For the lowest.", **about(held, one, levels[-1]))
    bela.post(url("review_save", held), draft_of(held, one) | {f"level-{one.id}": str(levels[-1].id)})
    page = bela.get(url("review", held)).content.decode()
    assert page.count("For the other line.</span>") == 1
    assert page.index("For the lowest.</span>") < page.index("For the best.</span>")


def test_without_a_script_it_is_added_below_what_is_typed_and_the_draft_is_saved(cast, bela, held):
    line, _levels = first_line(cast, held)
    kept = keep(cast, "Add one more check.")
    sent = draft_of(held, line, "I saw two.") | {"insert": f"{line.id}:{kept.id}"}
    answer = bela.post(url("review_insert", held), sent)
    assert answer.status_code == 302
    with stage.inside(cast):
        assert Score.objects.get(review=held, line=line).comment == "I saw two.\nAdd one more check."
    assert bela.post(url("review_insert", held), draft_of(held, line) | {"insert": "no:thing"}).status_code == 404


def test_the_place_one_marked_is_filled_in(cast, bela, edition):
    draft = stage.write(cast, edition, cast.ada)
    video = film(cast, draft)
    stage.send(cast, draft)
    held = stage.take(cast)
    line, _levels = first_line(cast, held)
    kept = keep(cast, "At {minute} you wait.")
    form = draft_of(held, line) | {"insert": f"{line.id}:{kept.id}"}
    bela.post(url("review_insert", held), form)
    with stage.inside(cast):
        assert Score.objects.get(review=held, line=line).comment == "At … you wait."
        where = {"artifact": video, "place": Place(seconds=7), "line": line}
        add_mark(by=cast.by(cast.bela), review=held, token=held.token, **where)
    bela.post(url("review_insert", held), form)
    with stage.inside(cast):
        assert Score.objects.get(review=held, line=line).comment == "At 0:07 you wait."


def test_a_comment_can_be_kept_from_the_workspace_for_its_line_and_level(cast, bela, held):
    line, levels = first_line(cast, held)
    form = draft_of(held, line, "Name the page.") | {f"level-{line.id}": str(levels[-1].id), "keep": str(line.id)}
    assert bela.post(url("review_keep", held), form).status_code == 302
    with stage.inside(cast):
        kept = SavedComment.objects.get()
        assert (kept.text, kept.line_key, kept.level_position) == ("Name the page.", line.key, levels[-1].position)
        assert Score.objects.get(review=held, line=line).comment == "Name the page."
    empty = bela.post(url("review_keep", held), draft_of(held, line) | {"keep": str(line.id)})
    assert empty.status_code == 422
    assert "Write the comment first." in empty.content.decode()


def test_a_late_insert_is_refused_and_what_was_typed_stays(cast, bela, held):
    line, _levels = first_line(cast, held)
    kept = keep(cast)
    form = draft_of(held, line, "My words.") | {"token": held.token + 1, "insert": f"{line.id}:{kept.id}"}
    answer = bela.post(url("review_insert", held), form)
    assert answer.status_code == 409
    assert "My words." in answer.content.decode()


def test_uses_are_counted_once_a_reading_that_was_sent(cast, held):
    line, levels = first_line(cast, held)
    used, unused = keep(cast, "On page 2 I saw one check."), keep(cast, "Something else.")
    stage.score(cast, held, below=(line.key,))
    with stage.inside(cast):
        used.refresh_from_db()
        unused.refresh_from_db()
    assert (used.uses, unused.uses) == (1, 0)


def test_changing_and_dropping_leave_what_was_sent(cast, bela, held):
    kept, twin = keep(cast, "First words."), keep(cast, "Second words.")
    address = reverse("kept_comment", args=["lakeside", kept.id])
    assert bela.post(address, {"text": "Third words.", "share": "team"}).status_code == 302
    refused = bela.post(address, {"text": "Second words.", "share": "team"})
    assert refused.status_code == 422
    assert "kept these very words" in refused.content.decode()
    assert bela.post(reverse("kept_comment_drop", args=["lakeside", twin.id])).status_code == 302
    with stage.inside(cast):
        assert list(SavedComment.objects.values_list("text", "share")) == [("Third words.", "team")]
        with pytest.raises(Invalid):
            change_comment(by=cast.by(cast.bela), comment=kept, text=" ", share="team")


def test_there_is_an_end_to_what_one_keeps_and_nothing_typed_is_lost(cast, bela, monkeypatch):
    monkeypatch.setattr("assessment.actions.commenting.MOST_KEPT", 1)
    keep(cast)
    refused = bela.post(PAGE, {"text": "Another one.", "share": "mine", "where": ""})
    assert refused.status_code == 422
    assert "Remove one first" in refused.content.decode()
    assert "Another one." in refused.content.decode()


@pytest.mark.django_db(transaction=True)
def test_the_same_words_kept_in_many_tabs_are_one(cast):
    made = stage.together(cast, lambda _tab: keep_comment(by=cast.by(cast.bela), text="Say where."), range(6))
    assert len({kept.id for kept in made}) == 1
    with stage.inside(cast):
        assert AuditEntry.objects.filter(verb="comment.kept").count() == 1


def test_who_has_no_room_is_given_nothing_ahead(cast, bela, held, edition):
    stage.hand_in(cast, edition, make_user("Egon Extra", cast.lakeside, Role.EARNER))
    with stage.inside(cast):
        AssessorProfile.objects.create(user=cast.bela, at_once=1)
    assert bela.post(url("review_ahead", held)).json() == {"next": ""}


def test_the_next_submission_is_taken_ahead_once_and_only_by_the_holder(cast, bela, held, edition):
    egon = make_user("Egon Extra", cast.lakeside, Role.EARNER)
    stage.hand_in(cast, edition, egon)
    first = bela.post(url("review_ahead", held)).json()["next"]
    assert bela.post(url("review_ahead", held)).json()["next"] == first
    assert bela.get(first).status_code == 200
    with stage.inside(cast):
        assert Review.objects.filter(assessor=cast.bela, state="claimed").count() == 2


def test_nothing_to_take_ahead_is_no_error(bela, held):
    assert bela.post(url("review_ahead", held)).json() == {"next": ""}
