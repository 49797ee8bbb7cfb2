"""Marks: those who score point to the place in the evidence that a comment is about."""

import pytest
from django.test import Client
from django.urls import reverse

from assessment.actions.marking import MOST_MARKS, add_mark
from assessment.actions.queue import release
from assessment.actions.scoring import TakenOver
from assessment.models import Mark, Review, Score
from assessment.queries import open_lines
from lib.errors import Invalid, RuleBroken
from submissions.places import Place
from tenants.models import AuditEntry, Role
from tests.assessment import stage
from tests.cast import make_user
from tests.submissions.props import film, paper

pytestmark = pytest.mark.django_db


@pytest.fixture
def pieces(cast, edition):
    """A film and a PDF of Ada, handed in."""
    draft = stage.write(cast, edition, cast.ada)
    made = film(cast, draft), paper(cast, draft)
    stage.send(cast, draft)
    return made


@pytest.fixture
def held(cast, pieces) -> Review:
    return stage.take(cast)


@pytest.fixture
def bela(cast):
    client = Client()
    client.force_login(cast.bela)
    return client


def url(name: str, review: Review, *more: object) -> str:
    return reverse(name, args=["lakeside", review.id, *more])


def line_of(cast, review: Review, key: str = "plans"):
    with cast.inside():
        return next(each for each in open_lines(review.submission_id) if each.key == key)


def small_form(line, piece, place: str, note: str = "", box: str = "") -> dict[str, str]:
    name = f"mark-{line.id}"
    return {f"{name}-piece": str(piece.id), f"{name}-place": place, f"{name}-note": note, f"{name}-box": box}


def marks(cast) -> list[Mark]:
    with cast.inside():
        return list(Mark.objects.select_related("line"))


def put(cast, review: Review, artifact, place: Place, line=None, note: str = "") -> Mark:
    with stage.inside(cast):
        by = cast.by(review.assessor)
        return add_mark(by=by, review=review, token=review.token, artifact=artifact, place=place, line=line, note=note)


def test_a_place_is_added_in_the_page_without_reloading_it(cast, held, pieces, bela):
    line = line_of(cast, held)
    sent = {"token": held.token, "mark": line.id, **small_form(line, pieces[0], "2:31", "All cards are up")}
    answer = bela.post(url("mark_add", held), sent, HTTP_HX_REQUEST="true")
    assert answer.status_code == 200
    piece = answer.content.decode()
    assert "<html" not in piece
    assert "2:31</a>: All cards are up" in piece
    assert 'data-seek="151"' in piece
    (made,) = marks(cast)
    assert (made.seconds, made.line, made.artifact_id) == (151, line, pieces[0].id)
    with cast.inside():
        assert AuditEntry.objects.filter(verb="mark.added", object_id=str(held.id)).exists()


def test_without_a_script_the_whole_form_is_saved_on_the_way(cast, held, pieces, bela):
    line = line_of(cast, held)
    level = {f"comment-{line.id}": "Only two checks."}
    sent = {"token": held.token, "mark": line.id, **level, **small_form(line, pieces[1], "p. 2")}
    answer = bela.post(url("mark_add", held), sent)
    assert answer.headers["Location"] == url("review", held) + f"#marks-{line.id}"
    assert [each.page for each in marks(cast)] == [2]
    with cast.inside():
        assert Score.objects.get(line=line).comment == "Only two checks."
    page = bela.get(url("review", held)).content.decode()
    assert "page 2</a>" in page
    assert "Add your lesson plan 3.pdf" in page


def test_a_place_that_was_only_typed_is_kept_by_every_button(cast, held, pieces, bela):
    line = line_of(cast, held)
    sent = {"token": held.token, **small_form(line, pieces[1], "2", "Here")}
    bela.post(url("review_save", held), sent)
    assert [(each.page, each.note) for each in marks(cast)] == [(2, "Here")]
    bela.post(url("review_finish", held), {"token": held.token, **small_form(line, pieces[1], "3")})
    assert [each.page for each in marks(cast)] == [2, 3]


@pytest.mark.parametrize("headers", [{}, {"HTTP_HX_REQUEST": "true"}])
def test_a_wrong_place_is_refused_with_all_that_was_typed(cast, held, pieces, bela, headers):
    line = line_of(cast, held)
    form = small_form(line, pieces[0], "5:20", "Late in the film")
    answer = bela.post(url("mark_add", held), {"token": held.token, "mark": line.id, **form}, **headers)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "This ends at 5:00" in page
    assert 'value="5:20"' in page
    assert 'value="Late in the film"' in page
    assert marks(cast) == []
    answer = bela.post(url("review_finish", held), {"token": held.token, **form})
    assert answer.status_code == 422
    assert "Late in the film" in answer.content.decode()


def test_an_old_token_marks_nothing_and_loses_nothing(cast, held, pieces, bela):
    line = line_of(cast, held)
    sent = {"token": held.token, "mark": line.id, **small_form(line, pieces[0], "2:31", "All cards are up")}
    put(cast, held, pieces[0], Place(seconds=5), line, "Before it ran out")
    other = make_user("Otto Ost", cast.lakeside, Role.ASSESSOR)
    with stage.inside(cast):
        Review.objects.filter(id=held.id).update(lease_until=held.claimed_at)
    taken = stage.take(cast, other)
    assert taken.token > held.token
    answer = bela.post(url("mark_add", held), sent)
    assert answer.status_code == 409
    page = answer.content.decode()
    assert "2:31: All cards are up" in page
    assert "Before it ran out" in page
    in_place = bela.post(url("mark_add", held), sent, HTTP_HX_REQUEST="true")
    assert in_place.status_code == 409
    assert "someone else took this over" in in_place.json()["detail"]
    kept = marks(cast)[0]
    assert bela.post(url("mark_remove", held, kept.id), {"token": held.token}).status_code == 409
    assert [each.id for each in marks(cast)] == [kept.id]
    with pytest.raises(TakenOver):
        put(cast, held, pieces[0], Place(seconds=1))
    assert "Before it ran out" in bela.get(url("review", held)).content.decode()
    mine = Client()
    mine.force_login(other)
    assert "Before it ran out" not in mine.get(url("review", taken)).content.decode()


def test_a_mark_is_removed_in_place_or_with_the_form(cast, held, pieces, bela):
    line = line_of(cast, held)
    first, second = (put(cast, held, pieces[0], Place(seconds=n), line) for n in (1, 2))
    answer = bela.post(url("mark_remove", held, first.id), {"token": held.token}, HTTP_HX_REQUEST="true")
    assert "0:02</a>" in answer.content.decode()
    assert "0:01</a>" not in answer.content.decode()
    assert bela.post(url("mark_remove", held, second.id), {"token": held.token}).status_code == 302
    assert bela.post(url("mark_remove", held, second.id), {"token": held.token}).status_code == 302
    assert marks(cast) == []


def test_a_mark_of_another_reading_stays(cast, edition, held, pieces, bela):
    stage.hand_in(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER))
    other = stage.take(cast)
    with cast.inside():
        elsewhere = put(cast, other, other.submission.artifacts.first(), Place())
    bela.post(url("mark_remove", held, elsewhere.id), {"token": held.token})
    assert [each.id for each in marks(cast)] == [elsewhere.id]


def test_only_pieces_and_lines_of_this_submission_can_be_marked(cast, edition, held, pieces):
    elsewhere = film(cast, stage.write(cast, edition, make_user("Egon Eden", cast.lakeside, Role.EARNER)), "Other.mp4")
    with pytest.raises(Invalid, match="piece of this submission"):
        put(cast, held, elsewhere, Place())
    with pytest.raises(Invalid, match="500"):
        put(cast, held, pieces[0], Place(), note="x" * 501)
    with pytest.raises(Invalid, match="pages 1 to 3"):
        put(cast, held, pieces[1], Place(page=4))


def test_the_same_mark_twice_is_one_and_there_is_an_end(cast, held, pieces):
    one = put(cast, held, pieces[0], Place(seconds=1))
    assert put(cast, held, pieces[0], Place(seconds=1)).id == one.id
    with stage.inside(cast):
        Mark.objects.bulk_create(Mark(review=held, artifact=pieces[0], seconds=n) for n in range(2, MOST_MARKS + 1))
    with pytest.raises(RuleBroken, match="Remove one first"):
        put(cast, held, pieces[0], Place(seconds=290))


def test_the_earner_reads_marks_beside_the_comment_as_links_to_the_place(cast, held, pieces):
    line = line_of(cast, held)
    put(cast, held, pieces[0], Place(seconds=151), line, "All cards are up")
    put(cast, held, pieces[1], Place(page=2), None, "A clear goal")
    stage.score(cast, held, below=("plans",))
    ada = Client()
    ada.force_login(cast.ada)
    with cast.inside():
        work = held.submission.work_id
    address = reverse("feedback", args=["lakeside", work, 1])
    page = ada.get(address).content.decode()
    view = reverse("artifact_view", args=["lakeside", work, pieces[0].id])
    assert f'<a href="{view}?t=151">Ada teaches.mp4, 2:31</a>: All cards are up' in page
    assert "#page-2" in page
    assert "A clear goal" in page
    assert "Bela" not in page
    part = ada.get(address, {"part": "plan"}, HTTP_HX_REQUEST="true").content.decode()
    assert "All cards are up" in part
    assert ada.get(f"{view}?t=151").status_code == 200  # also once there is a second try


def test_a_reading_whose_view_did_not_stand_says_nothing_about_the_line(cast):
    draft = stage.write(cast, stage.publish_with(cast, "Read by two", plan="two"), cast.ada)
    lesson = film(cast, draft)
    stage.send(cast, draft)
    readers = [cast.bela, make_user("Otto Ost", cast.lakeside, Role.ASSESSOR)]
    for reader, below in zip(readers, [("plans",), ()], strict=True):
        review = stage.take(cast, reader)
        put(cast, review, lesson, Place(seconds=5), line_of(cast, review), f"Says {reader.name.split()[0]}")
        stage.score(cast, review, below=below)
    stage.settle(cast, stage.take_to_settle(cast))
    ada = Client()
    ada.force_login(cast.ada)
    with cast.inside():
        page = ada.get(reverse("feedback", args=["lakeside", draft.work_id, 1])).content.decode()
    assert "Says Bela" not in page
    assert "Says Otto" in page


def test_marks_of_a_claim_that_was_given_back_can_still_be_read(cast, held, pieces, bela):
    put(cast, held, pieces[0], Place(seconds=151), line_of(cast, held), "All cards are up")
    with stage.inside(cast):
        release(by=cast.by(cast.bela), review=held, token=held.token)
    page = bela.get(url("review", held)).content.decode()
    assert "2:31: All cards are up" in page
    assert "Ada" not in page
