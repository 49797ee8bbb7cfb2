"""The earner says what to look for, and where."""

from decimal import Decimal

import pytest
from django.db import IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lib.errors import Invalid, RuleBroken
from submissions.actions.outcomes import return_for_changes, take_in
from submissions.actions.pointers import MOST_POINTERS, add_pointer, change_pointer, remove_pointer
from submissions.models import Pointer
from submissions.places import Place
from tenants.models import AuditEntry
from tests.assessment.stage import inside
from tests.submissions import stage
from tests.submissions.props import add, film, paper, photo

pytestmark = pytest.mark.django_db
SPOT = (Decimal("0.1"), Decimal("0.2"), Decimal("0.3"), Decimal("0.4"))


@pytest.fixture
def ada(cast):
    client = Client()
    client.force_login(cast.ada)
    return client


@pytest.fixture
def lesson(cast, draft):
    return film(cast, draft)


def address(name: str, artifact, *more: object) -> str:
    return reverse(name, args=["lakeside", artifact.submission.work_id, artifact.id, *more])


def pointers(cast) -> list[Pointer]:
    with cast.inside():
        return list(Pointer.objects.all())


def point(cast, artifact, place: Place, note: str = "Look at the cards.") -> Pointer:
    with inside(cast):
        return add_pointer(by=cast.by(cast.ada), artifact=artifact, place=place, note=note)


def test_the_form_takes_a_minute_and_says_it_beside_the_player(cast, lesson, ada):
    sent = {"place": "2 min 31 s", "note": " Every student\nholds up a card. "}
    answer = ada.post(address("pointer_save", lesson), sent, follow=True)
    (made,) = pointers(cast)
    assert (made.seconds, made.page, made.note) == (151, None, "Every student holds up a card.")
    page = answer.content.decode()
    assert "2:31</a>" in page
    assert f'href="{address("artifact_view", lesson)}?t=151"' in page
    assert 'data-seek="151"' in page
    with cast.inside():
        assert AuditEntry.objects.filter(verb="pointer.added", object_id=str(made.id)).exists()


@pytest.mark.parametrize(
    ("typed", "sentence"),
    [
        ({"place": "soon", "note": "x"}, "Write the time like 2:31"),
        ({"place": "5:02", "note": "x"}, "This ends at 5:00"),
        ({"place": "2:31", "note": "  "}, "Say what the reviewer should look for"),
        ({"place": "2:31", "note": "x" * 501}, "500"),
    ],
)
def test_a_wrong_form_comes_back_with_all_that_was_typed(cast, lesson, ada, typed, sentence):
    answer = ada.post(address("pointer_save", lesson), typed)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert sentence in page
    assert f'value="{typed["place"]}"' in page
    assert typed["note"].strip() in page
    assert pointers(cast) == []


def test_a_pointer_can_be_changed_and_removed(cast, lesson, ada):
    made = point(cast, lesson, Place(seconds=151))
    page = ada.get(address("artifact_view", lesson), {"change": made.id}).content.decode()
    assert 'value="2:31"' in page
    assert "Look at the cards." in page
    ada.post(address("pointer_save", lesson), {"pointer": made.id, "place": "1:00", "note": "Earlier."})
    (changed,) = pointers(cast)
    assert (changed.id, changed.seconds, changed.note) == (made.id, 60, "Earlier.")
    assert ada.post(address("pointer_remove", lesson, made.id)).status_code == 302
    assert pointers(cast) == []


def test_a_page_with_a_box_and_a_picture_that_is_one_page(cast, draft, ada):
    plan, board = paper(cast, draft), photo(cast, draft)
    ada.post(address("pointer_save", plan), {"place": "page 2", "box": "0.1,0.2,0.3,0.4", "note": "The goal"})
    ada.post(address("pointer_save", board), {"place": "", "box": "0.1,0.2,0.3,0.4", "note": "The chart"})
    assert {(each.page, each.place.spot) for each in pointers(cast)} == {(2, SPOT), (1, SPOT)}
    page = ada.get(address("artifact_view", plan)).content.decode()
    assert '<rect x="10.00%" y="20.00%" width="30.00%" height="40.00%"/>' in page


def test_nobody_points_into_what_was_sent_or_is_not_theirs(cast, draft, lesson, ada):
    made = point(cast, lesson, Place(seconds=1))
    stage.send(cast, draft)
    answer = ada.post(address("pointer_save", lesson), {"place": "0:02", "note": "Too late, but kept"})
    assert answer.status_code == 409
    assert ada.post(address("pointer_remove", lesson, made.id)).status_code == 409
    assert [each.id for each in pointers(cast)] == [made.id]
    bela = Client()
    bela.force_login(cast.bela)
    assert bela.post(address("pointer_save", lesson), {"place": "0:02", "note": "x"}).status_code == 404
    assert bela.get(address("artifact_view", lesson)).status_code == 404


def test_a_pointer_of_another_piece_is_not_found(cast, draft, lesson, ada):
    made = point(cast, paper(cast, draft), Place(page=1))
    assert ada.post(address("pointer_remove", lesson, made.id)).status_code == 404
    assert ada.post(address("pointer_save", lesson), {"pointer": made.id, "note": "x"}).status_code == 404
    assert ada.get(address("artifact_view", lesson), {"change": made.id}).status_code == 404


def test_the_same_twice_is_one_and_there_is_an_end(cast, lesson):
    first = point(cast, lesson, Place(seconds=1))
    assert point(cast, lesson, Place(seconds=1)).id == first.id
    for second in range(2, MOST_POINTERS + 1):
        point(cast, lesson, Place(seconds=second))
    with pytest.raises(RuleBroken, match="Remove one first"):
        point(cast, lesson, Place(seconds=60))


def test_a_place_outside_of_the_piece_is_refused_by_the_action_too(cast, draft, lesson):
    for artifact, place in ((lesson, Place(page=1)), (lesson, Place(seconds=301)), (paper(cast, draft), Place(page=4))):
        with pytest.raises(Invalid):
            point(cast, artifact, place)


def test_a_piece_whose_preview_failed_can_still_be_pointed_into(cast, draft):
    with cast.inside():
        pointed = point(cast, add(cast, draft, "plan.pdf", stage.pdf()), Place(page=40))
    assert pointed.page == 40


@pytest.mark.parametrize(
    "facts",
    [
        {"seconds": 1, "page": 1},
        {"page": 0},
        {"x": SPOT[0], "y": SPOT[1], "w": SPOT[2], "h": SPOT[3]},
        {"page": 1, "x": SPOT[0]},
        {"page": 1, "x": Decimal("0.8"), "y": SPOT[1], "w": Decimal("0.3"), "h": SPOT[3]},
        {"page": 1, "x": SPOT[0], "y": SPOT[1], "w": Decimal(0), "h": SPOT[3]},
    ],
)
def test_the_database_holds_one_place_a_row(cast, lesson, facts):
    with cast.inside(), pytest.raises(IntegrityError), transaction.atomic():
        Pointer.objects.create(artifact=lesson, note="x", **facts)


def test_the_next_try_points_to_the_same_places(cast, draft, lesson, ada):
    point(cast, lesson, Place(seconds=151))
    point(cast, paper(cast, draft), Place(page=2, spot=SPOT), "The goal")
    sent = stage.send(cast, draft)
    with inside(cast):
        by = cast.by(cast.bela)
        take_in(by=by, submission=sent)
        again = return_for_changes(by=by, submission=sent, met={})
        now = Pointer.objects.filter(artifact__submission=again)
        assert {(each.place, each.note, each.artifact.carried_from_id) for each in now} == {
            (each.place, each.note, each.artifact_id) for each in Pointer.objects.filter(artifact__submission=draft)
        }
        film_again = again.artifacts.get(carried_from=lesson)
        moved = now.get(artifact=film_again)
        change_pointer(by=cast.by(cast.ada), pointer=moved, place=Place(seconds=1), note="Now here")
        remove_pointer(by=cast.by(cast.ada), pointer=now.exclude(id=moved.id).get())
        assert Pointer.objects.filter(artifact__submission=draft, seconds=151).count() == 1
        assert Pointer.objects.filter(artifact__submission=draft, page=2).count() == 1
