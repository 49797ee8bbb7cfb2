"""Logs: entries are added, changed and removed, summed, carried along, printed, and read by assessors."""

from datetime import date, timedelta
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction
from django.urls import reverse
from hypothesis import given
from hypothesis import strategies as st

from credentials.models import Criterion, RubricLevel, RubricLine
from lib import clock
from lib.durations import in_hours
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions.handing_in import submit
from submissions.actions.logs import add_entry, change_entry, remove_entry
from submissions.actions.outcomes import return_for_changes
from submissions.logbook import LogBook
from submissions.models import LogEntry, Submission, Work, WorkCard
from submissions.outline import Progress, outline_of
from submissions.queries import evidence_of
from tenants.models import AuditEntry
from tests.assessment import stage as scoring
from tests.credentials.sample import log_part
from tests.submissions import stage

DAY = date(2026, 3, 2)


def logged_edition(cast, *, line: bool = False, **log):
    """The usual edition with a log: 3 h in 2 entries unless said otherwise."""
    data = stage.edition_data()
    facts = {"minutes": 180, "entries": 2} | log
    rubric = [*data["rubric"], *([stage.line("did", "hours", "Did the hours")] if line else [])]
    return stage.publish_edition(cast, criteria=[*data["criteria"], log_part(**facts)], rubric=rubric)


@pytest.fixture
def edition(cast):
    return logged_edition(cast)


@pytest.fixture
def hours(edition):
    return stage.criterion_of(edition, "hours")


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def url(name, draft, *more, slug="lakeside"):
    return reverse(name, args=[slug, draft.work_id, *more])


def add(cast, draft, hours, *, on=DAY, minutes=90, what="I watched two lessons."):
    with cast.inside():
        return add_entry(by=cast.by(cast.ada), submission=draft, criterion=hours, on=on, minutes=minutes, what=what)


def entries(cast, draft):
    with cast.inside():
        return list(LogEntry.objects.filter(submission=draft))


def part_of(cast, draft, hours):
    with cast.inside():
        return outline_of(Submission.objects.get(id=draft.id)).part(hours)


FORM = {"on": "2026-03-02", "hours": "1", "minutes": "30", "what": "I watched two lessons."}

# --- Pages -----------------------------------------------------------------------------------------------------------


def test_an_entry_is_added_without_script_and_shown_with_the_sum(cast, draft, hours, ada):
    page = ada.get(url("work_criterion", draft, "hours"))
    assert page.status_code == 200
    assert "No entries yet" in page.content.decode()
    answer = ada.post(url("log_add", draft, "hours"), FORM)
    assert answer.status_code == 302
    (entry,) = entries(cast, draft)
    assert (entry.on, entry.minutes, entry.what) == (DAY, 90, "I watched two lessons.")
    page = ada.get(answer.url).content.decode()
    assert "1 h 30 min of 3 h" in page
    assert "You logged 1 h 30 min. You need 3 h: 1 h 30 min more." in page
    assert "Add 1 more entry to your log." in page
    with cast.inside():
        assert AuditEntry.objects.get(verb="log.added").facts == {
            "criterion": "hours", "on": "2026-03-02", "minutes": 90,
        }  # fmt: skip


def test_minutes_alone_may_be_more_than_an_hour(cast, draft, hours, ada):
    ada.post(url("log_add", draft, "hours"), FORM | {"hours": "", "minutes": "135"})
    assert entries(cast, draft)[0].minutes == 135


@pytest.mark.parametrize(
    ("change", "sentence"),
    [
        ({"on": ""}, "Enter the date."),
        ({"on": "soon"}, "Enter the date, like"),
        ({"on": "2126-03-02"}, "This date is in the future."),
        ({"on": "1926-03-02"}, "more than 10 years ago"),
        ({"hours": "", "minutes": ""}, "Say how long it took"),
        ({"hours": "-1", "minutes": "90"}, "Say how long it took"),
        ({"hours": "24", "minutes": "1"}, "Say how long it took"),
        ({"hours": "one"}, "Enter whole hours"),
        ({"minutes": "1.5"}, "Enter whole minutes"),
        ({"what": "  \n "}, "Say what you did or saw."),
        ({"what": ""}, "Say what you did or saw."),
        ({"what": "x" * 2001}, "Use at most 2,000 characters."),
    ],
)
def test_what_cannot_be_added_stays_in_the_form(cast, draft, hours, ada, change, sentence):
    typed = FORM | {"what": "Typed by me"} | change
    page = ada.post(url("log_add", draft, "hours"), typed)
    assert page.status_code == 422
    text = page.content.decode()
    assert sentence in text
    for value in filter(None, (each.strip() for each in typed.values())):
        assert value in text, value
    assert entries(cast, draft) == []


def test_an_entry_is_changed_on_a_page_of_its_own(cast, draft, hours, ada):
    entry = add(cast, draft, hours)
    page = ada.get(url("log_entry", draft, entry.id))
    assert 'value="2026-03-02"' in page.content.decode()
    wrong = ada.post(url("log_entry", draft, entry.id), FORM | {"on": "2126-01-01", "what": "Typed by me"})
    assert wrong.status_code == 422
    assert "Typed by me" in wrong.content.decode()
    assert ada.post(url("log_entry", draft, entry.id), FORM | {"hours": "2", "what": "More"}).status_code == 302
    (entry,) = entries(cast, draft)
    assert (entry.minutes, entry.what) == (150, "More")
    with cast.inside():
        facts = AuditEntry.objects.get(verb="log.changed").facts
    assert facts["changes"]["minutes"] == [90, 150]


def test_a_removed_entry_is_told_once_more(cast, draft, hours, ada):
    entry = add(cast, draft, hours, what="What I would have to type again")
    page = ada.post(url("log_remove", draft, entry.id), follow=True)
    assert "What I would have to type again" in page.content.decode()
    assert entries(cast, draft) == []
    assert ada.post(url("log_remove", draft, entry.id)).status_code == 404
    with cast.inside():
        facts = AuditEntry.objects.get(verb="log.removed").facts
    assert facts == {"criterion": "hours", "on": "2026-03-02", "minutes": 90}


def test_the_log_on_paper_has_the_name_the_sum_and_a_line_to_sign_on(cast, draft, hours, ada):
    add(cast, draft, hours)
    add(cast, draft, hours, on=DAY + timedelta(days=1), minutes=45, what="A second visit.")
    page = ada.get(url("log_print", draft, "hours")).content.decode()
    for words in ("Your hours", "Ada Alvarez", "2 h 15 min of 3 h", "A second visit.", "Date and signature"):
        assert words in page
    assert "/remove/" not in page
    assert ada.get(url("log_print", draft, "plan")).status_code == 404


def test_the_part_page_costs_few_queries_however_long_the_log_is(
    cast, draft, hours, ada, django_assert_max_num_queries
):
    for n in range(12):
        add(cast, draft, hours, on=DAY - timedelta(days=n))
    with django_assert_max_num_queries(22):
        ada.get(url("work_criterion", draft, "hours"))


def test_nobody_else_reads_or_changes_it(cast, draft, hours, client):
    entry = add(cast, draft, hours)
    for person in (cast.bela, cast.cleo, cast.mallory, cast.stranger):
        client.force_login(person)
        assert client.get(url("log_print", draft, "hours")).status_code == 404
        assert client.get(url("log_entry", draft, entry.id)).status_code == 404
        assert client.post(url("log_add", draft, "hours"), FORM).status_code == 404
        assert client.post(url("log_remove", draft, entry.id)).status_code == 404
    with cast.inside(), pytest.raises(NotAllowed):
        remove_entry(by=cast.by(cast.bela), entry=entry)
    assert len(entries(cast, draft)) == 1


# --- Rules -----------------------------------------------------------------------------------------------------------


def test_the_very_same_entry_twice_is_one(cast, draft, hours, ada):
    for _click in range(2):
        ada.post(url("log_add", draft, "hours"), FORM)
    assert len(entries(cast, draft)) == 1
    assert add(cast, draft, hours).already_there


def test_a_day_has_24_hours(cast, draft, hours):
    add(cast, draft, hours, minutes=1000)
    with pytest.raises(Invalid, match="March 2, 2026 would have more than 24 hours"):
        add(cast, draft, hours, minutes=441)
    last = add(cast, draft, hours, minutes=440)
    with cast.inside():
        change_entry(by=cast.by(cast.ada), entry=last, on=DAY, minutes=430, what="Less")
        with pytest.raises(Invalid, match="24 hours"):
            change_entry(by=cast.by(cast.ada), entry=last, on=DAY, minutes=500, what="More")


def test_today_is_today_where_the_issuer_is(cast, draft, hours):
    cast.lakeside.time_zone = "Pacific/Kiritimati"  # fourteen hours ahead
    cast.lakeside.save()
    moment = clock.now().replace(year=2027, month=5, day=10, hour=20)
    with clock.at(moment):
        add(cast, draft, hours, on=date(2027, 5, 11))
        with pytest.raises(Invalid, match="future"):
            add(cast, draft, hours, on=date(2027, 5, 12))


def test_other_parts_take_no_entries(cast, draft, edition):
    with pytest.raises(RuleBroken, match="no log"):
        add(cast, draft, stage.criterion_of(edition, "plan"))


def test_what_was_sent_stays_as_it_was(cast, draft, hours, ada):
    first = add(cast, draft, hours)
    add(cast, draft, hours, on=DAY - timedelta(days=1), minutes=120)
    stage.send(cast, draft)
    assert ada.post(url("log_add", draft, "hours"), FORM | {"what": "Later"}).status_code == 409
    assert ada.post(url("log_entry", draft, first.id), FORM | {"what": "Later"}).status_code == 409
    assert ada.post(url("log_remove", draft, first.id)).status_code == 409
    page = ada.get(url("work_criterion", draft, "hours")).content.decode()
    assert "I watched two lessons." in page
    assert "Add an entry" not in page
    assert "/remove/" not in page


def test_the_database_takes_no_impossible_entry(cast, draft, hours):
    entry = add(cast, draft, hours)
    with cast.inside():
        for wrong in ({"minutes": 0}, {"minutes": 1441}, {"what": ""}):
            with pytest.raises(IntegrityError), transaction.atomic():
                LogEntry.objects.filter(id=entry.id).update(**wrong)


# --- What counts -----------------------------------------------------------------------------------------------------


def test_the_work_cannot_be_sent_before_the_hours_are_there(cast, draft, hours):
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    part = part_of(cast, draft, hours)
    assert (part.progress, part.status, part.problems) == (Progress.TODO, "Not started", ("Nothing is here yet.",))
    add(cast, draft, hours, minutes=150)
    part = part_of(cast, draft, hours)
    assert (part.progress, part.status) == (Progress.DOING, "2 h 30 min of 3 h")
    assert part.problems == (
        "You logged 2 h 30 min. You need 3 h: 30 min more.",
        "Add 1 more entry to your log.",
    )
    with cast.inside(), pytest.raises(RuleBroken):
        submit(by=cast.by(cast.ada), submission=draft)
    add(cast, draft, hours, minutes=30, what="Half an hour more.")
    part = part_of(cast, draft, hours)
    assert (part.progress, part.status, part.problems) == (Progress.DONE, "Done: 3 h", ())
    assert WorkCard.objects.get(work_id=draft.work_id).next_step == "about"
    with cast.inside():
        assert submit(by=cast.by(cast.ada), submission=draft).state == Submission.State.SUBMITTED


def test_a_log_that_may_be_left_out_is_optional(cast):
    edition = logged_edition(cast, optional=True)
    draft = stage.begin(cast, edition)
    assert part_of(cast, draft, stage.criterion_of(edition, "hours")).status == "Optional"
    assert stage.send(cast, draft).state == Submission.State.SUBMITTED


def returned(cast, draft, *, met=()):
    """The next try, after reviewers met the lines with these keys."""
    with cast.inside(), transaction.atomic():
        levels = {
            line.id: RubricLevel.objects.filter(line=line, passes=True)[0].id
            for line in RubricLine.objects.filter(edition=draft.edition_id, key__in=met)
        }
        return return_for_changes(by=cast.by(cast.bela), submission=draft, met=levels)


def test_the_next_try_has_the_whole_log_of_its_own(cast):
    edition = logged_edition(cast, line=True)
    hours, draft = stage.criterion_of(edition, "hours"), stage.begin(cast, edition)
    add(cast, draft, hours, minutes=120)
    add(cast, draft, hours, on=DAY - timedelta(days=1), minutes=60)
    stage.send(cast, draft)
    again = returned(cast, draft, met=["knows"])
    assert part_of(cast, again, hours).progress == Progress.CHANGES
    copies = entries(cast, again)
    assert [(each.on, each.minutes) for each in copies] == [(DAY - timedelta(days=1), 60), (DAY, 120)]
    with cast.inside():
        remove_entry(by=cast.by(cast.ada), entry=copies[0])
        change_entry(by=cast.by(cast.ada), entry=copies[1], on=DAY, minutes=200, what="Corrected.")
    add(cast, again, hours, on=DAY - timedelta(days=2))
    assert part_of(cast, again, hours).progress == Progress.DONE
    assert [each.minutes for each in entries(cast, draft)] == [60, 120]


def test_a_log_whose_lines_were_met_is_kept_as_it_was(cast, client):
    edition = logged_edition(cast, line=True)
    hours, draft = stage.criterion_of(edition, "hours"), stage.begin(cast, edition)
    add(cast, draft, hours, minutes=120)
    add(cast, draft, hours, on=DAY - timedelta(days=1), minutes=60)
    stage.send(cast, draft)
    again = returned(cast, draft, met=["did"])
    assert part_of(cast, again, hours).progress == Progress.LOCKED
    with pytest.raises(RuleBroken, match="met in an earlier try"):
        add(cast, again, hours, what="One more")
    client.force_login(cast.ada)
    assert "I watched two lessons." in client.get(url("work_criterion", again, "hours")).content.decode()


def test_assessors_read_the_entries_with_the_sum(cast, draft, hours, client):
    add(cast, draft, hours, minutes=120)
    add(cast, draft, hours, on=DAY - timedelta(days=1), minutes=75, what="A visit.")
    with cast.inside():
        (piece,) = [each for each in evidence_of(draft) if each.kind == "log"]
    assert piece.note == "3 h 15 min of 3 h, 2 entries"
    assert piece.text == "2026-03-01, 1 h 15 min: A visit.\n2026-03-02, 2 h: I watched two lessons."
    stage.send(cast, draft)
    review = scoring.take(cast)
    client.force_login(cast.bela)
    page = client.get(reverse("review", args=["lakeside", review.id])).content.decode()
    for words in ("2 entries, 3 h 15 min of 3 h", "Mar 1, 2026", "A visit."):
        assert words in page
    assert "/log/" not in page
    scoring.score(cast, review)
    with cast.inside():
        draft.refresh_from_db()
    assert draft.state == Submission.State.PASSED


# --- The API ---------------------------------------------------------------------------------------------------------


def test_the_api_keeps_a_log(cast, draft, hours, ada):
    log, kind = url("api_log", draft, "hours"), {"content_type": "application/json"}
    body = {"on": "2026-03-02", "minutes": 90, "what": "I watched."}
    made = ada.post(log, body, **kind, headers={"Idempotency-Key": "a"})
    assert made.status_code == 201
    assert ada.post(log, body, **kind, headers={"Idempotency-Key": "a"}).json() == made.json()
    assert ada.post(log, body, **kind).status_code == 200  # the very same entry
    one = url("api_log_entry", draft, made.json()["id"])
    assert ada.put(one, body | {"minutes": 100}, **kind).json()["minutes"] == 100
    (state,) = ada.get(url("api_work", draft)).json()["logs"]
    assert (state["criterion"], state["minutes"], state["minutes_min"], state["entries_min"]) == ("hours", 100, 180, 2)
    assert [each["what"] for each in state["entries"]] == ["I watched."]
    wrong = ada.post(log, body | {"on": "2126-03-02"}, **kind)
    assert (wrong.status_code, list(wrong.json()["errors"])) == (400, ["on"])
    assert ada.post(log, body | {"minutes": 0}, **kind).status_code == 400
    assert ada.delete(one).status_code == 204
    assert ada.delete(one).status_code == 404
    assert entries(cast, draft) == []


# --- Sums ------------------------------------------------------------------------------------------------------------


@given(st.lists(st.integers(1, 1440), max_size=30), st.integers(0, 60_000))
def test_the_sum_is_the_sum(minutes, needed):
    log = Criterion(part="log", log_minutes_min=needed)
    book = LogBook(log, tuple(SimpleNamespace(minutes=each) for each in minutes))
    assert book.minutes == sum(minutes)
    assert bool(book.problems) == (sum(minutes) < needed)


@given(st.integers(0, 100_000))
def test_no_minute_is_lost_in_words(minutes):
    words = in_hours(minutes).replace(" min", "").split(" h")
    hours, rest = (words[0], words[1].strip() or "0") if len(words) == 2 else ("0", words[0])
    assert int(hours) * 60 + int(rest) == minutes


def test_a_stopped_work_takes_no_entries(cast, draft, hours, ada):
    ada.post(url("work_stop", draft))
    assert ada.post(url("log_add", draft, "hours"), FORM).status_code == 409
    with cast.inside():
        assert Work.objects.get(id=draft.work_id).state == Work.State.WITHDRAWN
