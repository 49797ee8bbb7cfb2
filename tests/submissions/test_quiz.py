"""Quizzes: drawn at random, answered over time, scored once, limited in tries, and carried along when passed."""

import random
from threading import Barrier, Thread

import pytest
from django.db import IntegrityError, connection, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from lib.errors import NotAllowed, RuleBroken
from submissions import quizzing
from submissions.actions.handing_in import submit
from submissions.actions.quizzes import answer_quiz, finish_quiz, start_quiz
from submissions.models import QuizTry, Submission, WorkCard
from submissions.outline import Progress
from submissions.queries import evidence_of
from tenants.models import AuditEntry
from tests.submissions import quiz_stage as quizzes
from tests.submissions import stage

State = QuizTry.State


@pytest.fixture
def edition(cast):
    return quizzes.quiz_edition(cast)


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def url(name, draft, *more):
    return reverse(name, args=["lakeside", draft.work_id, *more])


def page_of(client, draft):
    return client.get(url("work_criterion", draft, "quiz"))


def as_form(answers):
    return {f"q{number}": places for number, places in answers.items()}


def tries(cast, draft):
    with cast.inside():
        return list(QuizTry.objects.filter(submission__work=draft.work_id))


# --- Pages, without script -------------------------------------------------------------------------------------------


def test_a_quiz_is_started_answered_and_passed(cast, draft, ada):
    page = page_of(ada, draft).content.decode()
    assert "You need 3 of 4 right. You have 2 tries." in page
    assert "Question-" not in page
    started = ada.post(url("quiz_start", draft, "quiz"))
    assert started.status_code == 302
    (begun,) = tries(cast, draft)
    page = ada.get(started.url).content.decode()
    assert "Try 1 of 2" in page
    assert page.count("<fieldset") == 4
    answers = quizzes.answers_with(begun, 3)
    finished = ada.post(url("quiz_try", draft, "quiz", 1), {**as_form(answers), "finish": "anyway"})
    assert finished.status_code == 302
    (done,) = tries(cast, draft)
    assert (done.state, done.score) == (State.PASSED, 3)
    page = ada.get(finished.url).content.decode()
    assert "Passed: 3 of 4 right" in page
    assert page.count("(right)") >= 4  # passed, so right choices are shown
    assert "Feedback-" in page
    with cast.inside():
        facts = AuditEntry.objects.get(verb="quiz.finished").facts
    assert facts == {"criterion": "quiz", "number": 1, "score": 3, "of": 4, "passed": True}


def test_a_question_with_one_right_choice_has_radios_and_others_have_boxes(cast, draft, ada):
    quiz_try = quizzes.start(cast, draft)
    page = page_of(ada, draft).content.decode()
    several = sum(len(places) > 1 for places in quizzes.right_answers(quiz_try).values())
    assert page.count('type="checkbox" name="q') == 3 * several
    assert page.count('type="radio" name="q') == 3 * (4 - several)
    assert page.count("Choose all that are right.") == several


def test_answers_are_kept_while_people_are_away(cast, draft, ada):
    quizzes.start(cast, draft)
    saved = ada.post(url("quiz_try", draft, "quiz", 1), {"q1": "2", "q3": "0"}, headers={"X-Autosave": "1"})
    assert (saved.status_code, list(saved.json())) == (200, ["saved_at"])
    assert page_of(ada, draft).content.decode().count(" checked>") == 2
    later = ada.post(url("quiz_try", draft, "quiz", 1), {"q1": "1", "later": "1"})
    assert later.url == url("work", draft)
    (open_try,) = tries(cast, draft)
    assert open_try.answers == {"1": [1], "2": [], "3": [], "4": []}
    assert ada.post(url("quiz_try", draft, "quiz", 1), {"stay": "1"}).url == url("work_criterion", draft, "quiz")


def test_finishing_with_questions_left_open_has_to_be_asked_for_twice(cast, draft, ada):
    quiz_try = quizzes.start(cast, draft)
    answers = as_form(quizzes.answers_with(quiz_try, 2))
    page = ada.post(url("quiz_try", draft, "quiz", 1), {**answers, "finish": "1"})
    assert page.status_code == 422
    text = page.content.decode()
    assert "2 questions have no answer" in text
    assert 'href="#q3"' in text
    assert " checked>" in text
    assert tries(cast, draft)[0].state == State.OPEN
    assert ada.post(url("quiz_try", draft, "quiz", 1), {**answers, "finish": "anyway"}).status_code == 302
    assert (tries(cast, draft)[0].state, tries(cast, draft)[0].score) == (State.FAILED, 2)


def test_what_is_not_on_the_paper_is_left_out(cast, draft, ada):
    quizzes.start(cast, draft)
    nonsense = {"q1": ["9", "x", "-1", "1", "1"], "q9": "1", "q0": "1", "q2": "9" * 5000, "q3": "1\x00"}
    assert ada.post(url("quiz_try", draft, "quiz", 1), nonsense, headers={"X-Autosave": "1"}).status_code == 200
    assert tries(cast, draft)[0].answers == {"1": [1], "2": [], "3": [], "4": []}
    assert ada.post(url("quiz_try", draft, "quiz", 7), {}).status_code == 404
    assert ada.post(url("quiz_try", draft, "plan", 1), {}).status_code == 404


def test_after_a_try_people_see_what_was_right_but_not_what_would_have_been(cast, draft, ada):
    quizzes.take(cast, draft, right=2)
    page = page_of(ada, draft).content.decode()
    assert "Not passed: best 2 of 4 right, 3 needed" in page
    assert page.count(">Right<") == 2
    assert page.count(">Not right<") == 2
    assert page.count("-secret") == 4  # the author's words on each question
    assert "(right)" not in page
    assert "Which choices are right is shown when you have passed." in page
    assert "Try again</button>" in page


def test_while_the_next_try_is_open_the_last_one_tells_nothing(cast, draft, ada):
    quizzes.take(cast, draft, right=2)
    quizzes.start(cast, draft)
    assert "-secret" not in page_of(ada, draft).content.decode()
    paper = ada.get(url("api_quiz_try", draft, "quiz", 1)).json()
    assert {each["feedback"] for each in paper["questions"]} == {""}
    assert {each["is_right"] for each in paper["questions"]} == {None}


def test_when_no_try_is_left_the_page_says_whom_to_ask_and_keeps_the_right_choices(cast, draft, ada):
    quizzes.take(cast, draft, right=2)
    quizzes.take(cast, draft, right=1)
    page = page_of(ada, draft).content.decode()
    assert "You have used your 2 tries at the quiz: best 2 of 4, you need 3. Talk with your coach." in page
    assert f"mailto:{cast.cleo.email}" in page
    assert "(right)" not in page  # a talk can open one more try
    assert "Try again</button>" not in page
    refused = ada.post(url("quiz_start", draft, "quiz"))
    assert refused.status_code == 409
    assert "used your 2 tries" in refused.content.decode()
    assert len(tries(cast, draft)) == 2


def test_the_page_costs_few_queries(cast, draft, ada, django_assert_max_num_queries):
    quizzes.take(cast, draft, right=2)
    with django_assert_max_num_queries(22):
        page_of(ada, draft)
    quizzes.start(cast, draft)
    with django_assert_max_num_queries(22):
        page_of(ada, draft)


# --- Rules -----------------------------------------------------------------------------------------------------------


def test_starting_twice_goes_on_with_the_open_try(cast, draft, ada):
    first = quizzes.start(cast, draft)
    again = quizzes.start(cast, draft)
    assert (again.id, again.drawn, again.already_there) == (first.id, first.drawn, True)
    assert ada.post(url("quiz_start", draft, "quiz")).status_code == 302
    assert len(tries(cast, draft)) == 1


def test_finishing_twice_is_finishing_once(cast, draft):
    quiz_try = quizzes.start(cast, draft)
    with cast.inside():
        by = cast.by(cast.ada)
        first = finish_quiz(by=by, quiz_try=quiz_try, answers=quizzes.answers_with(quiz_try, 4))
        again = finish_quiz(by=by, quiz_try=quiz_try, answers={1: []})
        assert (first.score, again.score, again.state) == (4, 4, State.PASSED)
        assert AuditEntry.objects.filter(verb="quiz.finished").count() == 1
        with pytest.raises(RuleBroken, match="over"):
            answer_quiz(by=by, quiz_try=quiz_try, answers={1: [0]})


def test_a_passed_quiz_is_not_started_again(cast, draft):
    quizzes.take(cast, draft, right=4)
    with pytest.raises(RuleBroken, match="nothing more to do"):
        quizzes.start(cast, draft)


def test_other_parts_have_no_quiz(cast, draft, edition):
    with cast.inside(), pytest.raises(RuleBroken, match="no quiz"):
        start_quiz(by=cast.by(cast.ada), submission=draft, criterion=stage.criterion_of(edition, "plan"))


def test_nobody_else_takes_it(cast, draft, client):
    quiz_try = quizzes.start(cast, draft)
    for person in (cast.bela, cast.dora, cast.mallory, cast.stranger):
        client.force_login(person)
        assert client.post(url("quiz_start", draft, "quiz")).status_code == 404
        assert client.post(url("quiz_try", draft, "quiz", 1), {"finish": "anyway"}).status_code == 404
    with cast.inside(), pytest.raises(NotAllowed):
        finish_quiz(by=cast.by(cast.bela), quiz_try=quiz_try)
    assert tries(cast, draft)[0].state == State.OPEN


def test_an_item_counts_when_exactly_its_right_choices_are_chosen(cast, draft):
    quiz_try = quizzes.start(cast, draft)
    right = quizzes.right_answers(quiz_try)
    number, places = next((n, each) for n, each in right.items() if len(each) == 2)
    wrong = next(place for place in range(3) if place not in places)
    as_written = {
        asked["item"]: [asked["order"][place] for place in right[n]] for n, asked in enumerate(quiz_try.drawn, start=1)
    }
    for chosen, score in ((places, 1), (places[:1], 0), ([*places, wrong], 0), ([], 0)):
        assert sum(quizzing.marks(quiz_try.drawn, {str(number): chosen}, as_written)) == score


def test_the_database_keeps_one_open_try_and_a_score_for_each_finished_one(cast, draft):
    quiz_try = quizzes.start(cast, draft)
    same = {"submission": draft, "criterion": quiz_try.criterion, "drawn": []}
    with cast.inside():
        for wrong in ({"number": 2}, {"number": 1, "state": "failed", "score": 1, "finished_at": quiz_try.started_at},
                      {"number": 2, "state": "failed"}):  # fmt: skip
            with pytest.raises(IntegrityError), transaction.atomic():
                QuizTry.objects.create(**same, **wrong)


# --- What counts -----------------------------------------------------------------------------------------------------


def test_the_work_cannot_be_sent_before_the_quiz_is_passed(cast, draft):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    part = quizzes.part_of(cast, draft)
    assert (part.progress, part.status) == (Progress.TODO, "Not started")
    assert part.problems == ("Pass the quiz first: you need 3 of 4.",)
    quizzes.start(cast, draft)
    assert quizzes.part_of(cast, draft).problems == ("You have begun the quiz. Finish this try.",)
    quizzes.take(cast, draft, right=2)
    part = quizzes.part_of(cast, draft)
    assert (part.progress, part.status) == (Progress.DOING, "Not passed: best 2 of 4 right, 3 needed")
    assert part.problems == ("Pass the quiz first: best 2 of 4, you need 3. 1 try left.",)
    with cast.inside(), pytest.raises(RuleBroken):
        submit(by=cast.by(cast.ada), submission=draft)
    quizzes.take(cast, draft, right=3)
    part = quizzes.part_of(cast, draft)
    assert (part.progress, part.status, part.problems) == (Progress.DONE, "Passed: 3 of 4 right", ())
    assert WorkCard.objects.get(work_id=draft.work_id).parts_done == 5
    with cast.inside():
        assert submit(by=cast.by(cast.ada), submission=draft).state == Submission.State.SUBMITTED


def test_a_quiz_people_may_leave_out_can_be_left_out_and_failed_but_not_left_open(cast):
    draft = stage.begin(cast, quizzes.quiz_edition(cast, optional=True))
    assert quizzes.part_of(cast, draft).status == "Optional"
    quizzes.start(cast, draft)
    assert quizzes.part_of(cast, draft).problems == ("You have begun the quiz. Finish this try.",)
    quizzes.take(cast, draft, right=0)
    assert quizzes.part_of(cast, draft).problems == ()
    quizzes.take(cast, draft, right=0)
    assert quizzes.part_of(cast, draft).problems == ()
    assert stage.send(cast, draft).state == Submission.State.SUBMITTED


def test_a_passed_quiz_carries_over_to_the_next_try(cast, draft, ada):
    quizzes.take(cast, draft, right=4)
    again = quizzes.give_back(cast, stage.send(cast, draft), met=("knows",))
    assert quizzes.part_of(cast, again).progress == Progress.DONE
    assert "Passed: 4 of 4 right" in page_of(ada, again).content.decode()
    with pytest.raises(RuleBroken, match="nothing more to do"):
        quizzes.start(cast, again)


def test_sending_again_gives_no_new_tries(cast):
    draft = stage.begin(cast, quizzes.quiz_edition(cast, optional=True))
    quizzes.take(cast, draft, right=1)
    again = quizzes.give_back(cast, stage.send(cast, draft), met=("knows",))
    assert quizzes.standing(cast, again).left == 1
    assert quizzes.take(cast, again, right=1).number == 2
    assert quizzes.standing(cast, again).is_used_up
    with pytest.raises(RuleBroken, match="used your 2 tries"):
        quizzes.start(cast, again)


def test_a_quiz_that_reviewers_returned_starts_over(cast, ada):
    draft = stage.begin(cast, quizzes.quiz_edition(cast, line=True))
    quizzes.take(cast, draft, right=1)
    quizzes.take(cast, draft, right=3)
    again = quizzes.give_back(cast, stage.send(cast, draft), met=("knows",))
    fresh = quizzes.standing(cast, again)
    assert (fresh.tries, fresh.left, fresh.is_passed) == ((), 2, False)
    assert quizzes.part_of(cast, again).progress == Progress.TODO
    assert quizzes.take(cast, again, right=3).number == 3
    assert quizzes.part_of(cast, again).progress == Progress.DONE
    assert [each.number for each in quizzes.standing(cast, draft).tries] == [1, 2]  # as it was then


def test_a_quiz_whose_line_was_met_is_kept_as_it_was(cast, ada):
    draft = stage.begin(cast, quizzes.quiz_edition(cast, line=True))
    quizzes.take(cast, draft, right=3)
    again = quizzes.give_back(cast, stage.send(cast, draft), met=("knew",))
    assert quizzes.part_of(cast, again).progress == Progress.LOCKED
    with pytest.raises(RuleBroken, match="met in an earlier try"):
        quizzes.start(cast, again)
    assert "Passed: 3 of 4 right" in page_of(ada, again).content.decode()


def test_what_was_sent_stays_as_it_was(cast, draft, ada):
    quizzes.take(cast, draft, right=1)
    quizzes.take(cast, draft, right=4)
    stage.send(cast, draft)
    assert ada.post(url("quiz_start", draft, "quiz")).status_code == 409
    assert ada.post(url("quiz_try", draft, "quiz", 2), {"q1": "1"}).status_code == 409
    page = page_of(ada, draft).content.decode()
    assert "Passed: 4 of 4 right" in page
    assert "Start the quiz" not in page


def test_assessors_read_the_result_and_nothing_of_the_bank(cast, draft):
    quizzes.take(cast, draft, right=1)
    quizzes.take(cast, draft, right=4)
    with cast.inside():
        (piece,) = [each for each in evidence_of(draft) if each.kind == "quiz"]
    assert (piece.note, piece.text) == (
        "Passed: 4 of 4 right", "Try 1: 1 of 4 right\nTry 2: 4 of 4 right",
    )  # fmt: skip


# --- The API ---------------------------------------------------------------------------------------------------------


def test_the_api_takes_a_quiz(cast, draft, ada):
    kind = {"content_type": "application/json"}
    started = ada.post(url("api_quiz_start", draft, "quiz"), **kind, headers={"Idempotency-Key": "a"})
    assert started.status_code == 201
    replayed = ada.post(url("api_quiz_start", draft, "quiz"), **kind, headers={"Idempotency-Key": "a"})
    assert replayed.json() == started.json()
    assert ada.post(url("api_quiz_start", draft, "quiz"), **kind).status_code == 200
    paper = started.json()
    assert (paper["number"], paper["state"], paper["size"], len(paper["questions"])) == (1, "open", 4, 4)
    question = paper["questions"][0]
    assert set(question) == {"number", "text", "several", "choices", "chosen", "is_right", "right", "feedback"}
    assert (question["is_right"], question["right"], question["feedback"]) == (None, None, "")
    answers = {str(n): places for n, places in quizzes.right_answers(tries(cast, draft)[0]).items()}
    last = answers.pop("4")
    put = ada.put(url("api_quiz_answers", draft, "quiz", 1), {"answers": answers}, **kind)
    assert [each["chosen"] for each in put.json()["questions"]] == [*answers.values(), []]
    ada.put(url("api_quiz_answers", draft, "quiz", 1), {"answers": {"4": last}}, **kind)
    assert ada.put(url("api_quiz_answers", draft, "quiz", 1), {"answers": {"x": [1]}}, **kind).status_code == 400
    done = ada.post(url("api_quiz_finish", draft, "quiz", 1), **kind).json()
    assert (done["state"], done["score"]) == ("passed", 4)
    assert [each["right"] for each in done["questions"]] == [*answers.values(), last]
    assert all(each["feedback"] for each in done["questions"])
    assert ada.post(url("api_quiz_finish", draft, "quiz", 1), **kind).json() == done
    (state,) = ada.get(url("api_work", draft)).json()["quizzes"]
    facts = ("criterion", "draw", "needed", "passed", "best", "tries_left")
    assert [state[name] for name in facts] == ["quiz", 4, 3, True, 4, 1]
    assert [(each["number"], each["score"]) for each in state["tries"]] == [(1, 4)]


# --- At the same moment ----------------------------------------------------------------------------------------------


def together(cast, job):
    """`job` three times at once, each on a connection of its own; what they returned."""
    gate, results = Barrier(3), []

    def run():
        try:
            gate.wait(10)
            with cast.inside(), transaction.atomic():
                results.append(job())
        finally:
            connection.close()

    threads = [Thread(target=run) for _n in range(3)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(20)
    return results


@pytest.mark.django_db(transaction=True)
def test_starting_three_times_at_once_opens_one_try(transactional_db, cast, draft):
    quiz = stage.criterion_of(draft.edition, "quiz")
    begun = together(cast, lambda: start_quiz(by=cast.by(cast.ada), submission=draft, criterion=quiz))
    assert len({each.id for each in begun}) == 1
    assert len(begun) == 3
    with cast.inside(), transaction.atomic():
        assert QuizTry.objects.count() == 1


@pytest.mark.django_db(transaction=True)
def test_finishing_three_times_at_once_gives_one_result(transactional_db, cast, draft):
    with transaction.atomic():
        quiz_try = quizzes.start(cast, draft)
    answers = quizzes.answers_with(quiz_try, 3)
    done = together(cast, lambda: finish_quiz(by=cast.by(cast.ada), quiz_try=quiz_try, answers=answers))
    assert [(each.score, each.state) for each in done] == [(3, State.PASSED)] * 3
    with cast.inside(), transaction.atomic():
        assert AuditEntry.objects.filter(verb="quiz.finished").count() == 1


# --- Drawing and scoring, for any quiz -------------------------------------------------------------------------------

BANKS = st.dictionaries(st.uuids().map(str), st.integers(2, 8), min_size=1, max_size=20)


@given(BANKS, st.data(), st.randoms(use_true_random=False))
def test_a_draw_is_of_different_items_of_the_bank_with_all_their_choices(bank, data, dice):
    count = data.draw(st.integers(1, len(bank)))
    paper = quizzing.draw(bank, count, dice)
    items = [each["item"] for each in paper]
    assert len(items) == len(set(items)) == count
    assert set(items) <= set(bank)
    assert all(sorted(each["order"]) == list(range(bank[each["item"]])) for each in paper)


def test_every_item_can_be_drawn_and_every_order_shown():
    bank = {"a": 3, "b": 3, "c": 3}
    papers = [quizzing.draw(bank, 1)[0] for _n in range(400)]
    assert {each["item"] for each in papers} == set(bank)
    assert len({tuple(each["order"]) for each in papers}) == 6
    assert isinstance(quizzing.DICE, random.SystemRandom)


@given(BANKS, st.data())
def test_a_score_is_how_many_items_have_exactly_their_right_choices(bank, data):
    paper = quizzing.draw(bank, len(bank))
    right = {
        item: data.draw(st.sets(st.integers(0, size - 1), min_size=1), label="right") for item, size in bank.items()
    }
    chosen = {n: data.draw(st.lists(st.integers(-2, 9), max_size=9)) for n in range(-1, len(bank) + 2)}
    answers = quizzing.readable(paper, chosen)
    marks = quizzing.marks(paper, answers, right)
    assert len(marks) == len(paper)
    for number, (asked, is_right) in enumerate(zip(paper, marks, strict=True), start=1):
        written = {asked["order"][place] for place in chosen[number] if 0 <= place < len(asked["order"])}
        assert is_right == (written == right[asked["item"]])
    best = {
        str(n): [shown for shown, written in enumerate(asked["order"]) if written in right[asked["item"]]]
        for n, asked in enumerate(paper, start=1)
    }
    assert all(quizzing.marks(paper, best, right))
    assert not any(quizzing.marks(paper, {}, right))


@given(st.integers(1, 60), st.integers(1, 100))
def test_what_is_needed_is_the_smallest_number_that_is_enough(count, percent):
    needed = quizzing.needed(count, percent)
    assert 1 <= needed <= count
    assert needed * 100 >= count * percent
    assert (needed - 1) * 100 < count * percent
