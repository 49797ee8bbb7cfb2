"""Settling where two readers differ, over HTTP: who may, what they see, and what comes of it."""

from datetime import timedelta

import pytest
from django.db import IntegrityError, connection, transaction
from django.test import Client
from django.urls import reverse

from assessment.actions.deciding import finish
from assessment.actions.marking import add_mark
from assessment.actions.settling import claim_settling, finish_settling
from assessment.models import LEASE, Conflict, Decision, DecisionLine, Review, SettledLine, Settling
from badges.models import Badge
from credentials.models import RubricLevel
from lib import clock
from submissions.models import Artifact, Submission
from submissions.places import Place
from tenants.models import AuditEntry, Membership, OutgoingMail, Role, Scope, User
from tests.assessment import stage
from tests.assessment.test_api import Script
from tests.assessment.test_marks import line_of, put
from tests.cast import make_user
from tests.submissions.props import film

pytestmark = pytest.mark.django_db


class Browser:
    """Someone's browser at the pages of settling."""

    def __init__(self, user):
        self.client = Client()
        self.client.force_login(user)

    def get(self, name, *args, **more):
        return self.client.get(reverse(name, args=["lakeside", *args]), **more)

    def post(self, name, *args, **data):
        return self.client.post(reverse(name, args=["lakeside", *args]), data)


@pytest.fixture
def sana(cast):
    return Browser(stage.senior(cast))


def filled(cast, settling, **changes):
    """The form with the best level and a reason on every line."""
    with cast.inside():
        data = {"token": settling.token}
        for row in SettledLine.objects.filter(settling=settling).select_related("line"):
            data[f"level-{row.line_id}"] = str(row.line.levels.first().id)
            data[f"reason-{row.line_id}"] = stage.REASON
    return data | changes


def test_from_the_mail_to_the_decision(cast, sana):
    settling = stage.differ(cast)
    assert OutgoingMail.objects.get(kind="review_to_settle").to == "sana@example.org"
    assert settling.submission.code in sana.get("settlings").content.decode()
    assert sana.post("settling_claim").status_code == 302
    with cast.inside():
        settling.refresh_from_db()
    answer = sana.post("settling_finish", settling.id, **filled(cast, settling))
    assert answer.status_code == 302
    with cast.inside():
        decision = Decision.objects.get()
        assert decision.outcome == Decision.Outcome.PASSED
        line = DecisionLine.objects.get(decision=decision, line__key="plans")
        assert (line.level.name, line.review.assessor.name, line.comment) == ("Yes", "Otto Ost", "")
        verbs = set(AuditEntry.objects.filter(verb__startswith="settling.").values_list("verb", flat=True))
        assert verbs == {"settling.opened", "settling.claimed", "settling.saved", "settling.finished"}
    assert Badge.objects.count() == 1


def test_only_the_lines_that_differ_are_open_and_nobody_is_named(cast, sana):
    settling = stage.take_to_settle(cast) if stage.differ(cast) else None
    page = sana.get("settling", settling.id).content.decode()
    guide = page.partition('id="settle"')[2]
    assert "Plans three checks" in guide
    assert "Knows the class" not in guide
    assert "Reader A" in guide
    assert "Reader B" in guide
    assert stage.COMMENT in guide
    for name in ("Bela", "Otto", "Ada", "Alvarez"):
        assert name not in page


def test_marks_of_both_readers_lead_into_the_evidence(cast, sana):
    draft = stage.write(cast, stage.publish_with(cast, "Read by two", plan="two"), cast.ada)
    lesson = film(cast, draft)
    stage.send(cast, draft)
    for reader, below in ((cast.bela, ("plans",)), (make_user("Otto Ost", cast.lakeside, Role.ASSESSOR), ())):
        review = stage.take(cast, reader)
        put(cast, review, lesson, Place(seconds=151), line_of(cast, review), f"Says {reader.name.split()[0][::-1]}")
        stage.score(cast, review, below=below)
    settling = stage.take_to_settle(cast)
    page = sana.get("settling", settling.id).content.decode()
    assert "Says aleB" in page
    assert "Says ottO" in page
    assert f"?piece={lesson.id}&amp;t=151#a-{lesson.id}" in page
    assert reverse("settling_evidence", args=["lakeside", settling.id, lesson.id]) in page
    opened = sana.get("settling_evidence", settling.id, lesson.id)
    assert opened.status_code == 302
    stage.settle(cast, settling)
    assert sana.get("settling_evidence", settling.id, lesson.id).status_code == 404  # only while it is in hand
    assert sana.get("settling", settling.id).status_code == 200


def test_the_reason_goes_to_both_readers_as_a_note_to_learn_from(cast):
    stage.differ(cast)
    stage.settle(cast, stage.take_to_settle(cast))
    mails = OutgoingMail.objects.filter(kind="review_settled").order_by("to")
    assert [mail.to for mail in mails] == ["bela@example.org", "otto@example.org"]
    for mail in mails:
        assert stage.REASON in mail.text
        assert "Sana" not in mail.text + mail.html
    assert "You gave “Not yet”. Now it is “Yes”." in mails[0].text
    with cast.inside():
        review = Review.objects.get(assessor=cast.bela)
    page = Browser(cast.bela).get("review", review.id).content.decode()
    assert stage.REASON in page
    assert "Otto" not in page
    assert "Settled: read why" in Browser(cast.bela).get("reviews_done").content.decode()


def test_below_the_pass_level_the_earner_reads_the_comment_that_fits_or_else_the_reason(cast):
    stage.differ(cast, below=("plans",))
    decision = stage.settle(cast, stage.take_to_settle(cast), below=("plans",))
    with cast.inside():
        assert DecisionLine.objects.get(decision=decision, line__key="plans").comment == stage.COMMENT
        again = Submission.objects.get(work=decision.submission.work_id, number=2)
    stage.send(cast, again)
    for reader in (cast.bela, User.objects.get(email="otto@example.org")):
        review = stage.take(cast, reader)
        stage.fill(cast, review)
        if reader == cast.bela:  # both see it as met, but not as well; the settler does not see it at all
            with stage.inside(cast):
                level = RubricLevel.objects.get(line__key="plans", line__edition=review.edition, position=1)
                review.scores.update(level=level, comment="Near.")
        with stage.inside(cast):
            finish(by=cast.by(reader), review=review, token=review.token)
    final = stage.settle(cast, stage.take_to_settle(cast), below=("plans",))
    with cast.inside():
        assert DecisionLine.objects.get(decision=final, line__key="plans").comment == "Near."


@pytest.mark.parametrize("who", ["reader", "earner", "knows"])
def test_who_read_it_earned_it_or_knows_the_earner_is_not_offered_it(cast, who):
    settling = stage.differ(cast)
    user = cast.ada if who == "earner" else cast.bela if who == "reader" else stage.senior(cast)
    Membership.objects.filter(user=user).update(roles=[Role.SENIOR, Role.EARNER, Role.ASSESSOR])
    if who == "knows":
        with cast.inside():
            Conflict.objects.create(assessor=user, earner=cast.ada)
    browser = Browser(user)
    assert settling.submission.code not in browser.get("settlings").content.decode()
    assert browser.post("settling_claim").status_code == 302
    picked = browser.post("settling_claim", settling=settling.id)
    assert picked.status_code == (403 if who == "earner" else 409)
    with cast.inside():
        settling.refresh_from_db()
        assert settling.state == Settling.State.WAITING


def test_an_assessor_who_is_not_senior_cannot_settle(cast):
    stage.differ(cast)
    una = Browser(make_user("Una Uhl", cast.lakeside, Role.ASSESSOR))
    assert una.get("settlings").status_code == 403
    assert una.post("settling_claim").status_code == 403


def test_without_a_senior_assessor_the_admins_are_told(cast):
    stage.differ(cast)
    mail = OutgoingMail.objects.get(kind="review_to_settle")
    assert mail.to == cast.cleo.email
    assert "give someone the role “Senior assessor”" in mail.text


def test_what_is_missing_is_said_line_by_line_and_the_draft_is_kept(cast, sana):
    stage.differ(cast, below=("plans", "reach"))
    settling = stage.take_to_settle(cast)
    with cast.inside():
        plans, reach = SettledLine.objects.filter(settling=settling)
    data = filled(cast, settling, **{f"level-{plans.line_id}": "", f"reason-{reach.line_id}": "  "})
    answer = sana.post("settling_finish", settling.id, **data)
    page = answer.content.decode()
    assert answer.status_code == 422
    assert "Line 2, “Plans three checks”, needs a level." in page
    assert "Line 3, “Checks reach every student”, needs a reason." in page
    with cast.inside():
        assert not Decision.objects.exists()
        plans.refresh_from_db()
        assert plans.reason == stage.REASON


def test_settling_twice_is_settling_once(cast, sana):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    data = filled(cast, settling)
    assert sana.post("settling_finish", settling.id, **data).status_code == 302
    assert sana.post("settling_finish", settling.id, **data).status_code == 302
    late = sana.post("settling_save", settling.id, **data)
    assert late.status_code == 409
    assert "You have settled this." in late.content.decode()
    with cast.inside():
        assert Decision.objects.count() == 1
    assert OutgoingMail.objects.filter(kind="review_settled").count() == 2


def test_who_comes_too_late_is_told_and_keeps_what_was_written(cast, sana):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    tess = make_user("Tess Thorn", cast.lakeside, Role.SENIOR)
    with clock.at(clock.now() + LEASE + timedelta(minutes=1)):
        taken = stage.take_to_settle(cast, tess)
    assert taken.token == settling.token + 1
    late = sana.post("settling_save", settling.id, **filled(cast, settling))
    assert late.status_code == 409
    assert "someone else took this over" in late.content.decode()
    assert stage.REASON in late.content.decode()
    with cast.inside():
        assert not SettledLine.objects.exclude(reason="").exists()
        assert Settling.objects.filter(state__in=["waiting", "claimed", "final"]).count() == 1


@pytest.mark.parametrize("name", ["settling_release", "settling_conflict"])
def test_it_can_be_given_back(cast, sana, name):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    assert sana.post(name, settling.id, token=99).status_code == 409
    assert sana.post(name, settling.id, token=settling.token).status_code == 302
    with cast.inside():
        assert Settling.objects.get(state="waiting").token == settling.token
        offered = claim_settling(by=cast.by(stage.senior(cast)))
    assert (offered is None) == (name == "settling_conflict")


def test_autosave_keeps_a_draft_and_renews_the_lease(cast, sana):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    url = reverse("settling_save", args=["lakeside", settling.id])
    answer = sana.client.post(url, filled(cast, settling), headers={"accept": "application/json"})
    assert set(answer.json()) == {"saved_at", "lease_until"}
    assert stage.REASON in sana.get("settling", settling.id).content.decode()


def test_a_level_of_another_line_is_refused(cast, sana):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    with cast.inside():
        row = SettledLine.objects.get(settling=settling)
        other = RubricLevel.objects.filter(line__key="knows", line__edition=settling.edition).first()
    answer = sana.post("settling_save", settling.id, **filled(cast, settling, **{f"level-{row.line_id}": other.id}))
    assert answer.status_code == 422
    assert "Choose one of the levels of this line." in answer.content.decode()


# Readers are blind until both are final


def test_a_reader_sees_nothing_of_the_other_before_the_decision_nor_on_the_page_of_their_own_reading_after(cast):
    stage.hand_in(cast, stage.publish_with(cast, "Read by two", plan="two"))
    one = stage.take(cast)
    stage.fill(cast, one, below=("plans",), comment="Bela saw one check.")
    with stage.inside(cast):
        place = {"artifact": Artifact.objects.get(submission=one.submission), "place": Place(page=None)}
        add_mark(by=cast.by(cast.bela), review=one, token=one.token, note="Bela looked here", **place)
    stage.score(cast, one, below=("plans",))
    otto = make_user("Otto Ost", cast.lakeside, Role.ASSESSOR)
    two = stage.take(cast, otto)
    browser = Browser(otto)
    api = f"/api/v1/t/lakeside/reviews/{two.id}/"
    for page in (browser.get("review", two.id), browser.get("queue"), browser.client.get(api)):
        text = page.content.decode()
        assert page.status_code == 200
        assert "Bela" not in text
        assert stage.COMMENT not in text
        assert "borderline" not in text
        assert str(one.id) not in text
    assert browser.get("review", one.id).status_code == 404
    assert browser.client.get(f"/api/v1/t/lakeside/reviews/{one.id}/").status_code == 404
    stage.score(cast, two)
    assert "Bela looked here" not in browser.get("review", two.id).content.decode()


# The API


def api(user):
    script = Script(user, Scope.REVIEW)
    return lambda method, path, body=None: getattr(script.client, method)(
        f"/api/v1/t/lakeside/settlings/{path}", data=body, content_type="application/json"
    )


def test_a_script_settles_as_a_person_does(cast):
    settling = stage.differ(cast)
    call = api(stage.senior(cast))
    listed = call("get", "").json()["results"]
    assert [each["code"] for each in listed] == [settling.submission.code]
    taken = call("post", "claim/", {}).json()
    path, token = f"{taken['id']}/", taken["token"]
    (line,) = taken["lines"]
    assert [(each["reader"], each["level"]) for each in line["readings"]] == [("A", 2), ("B", 0)]
    assert taken["evidence"]
    agreed = call("patch", f"{path}words/", {"token": token, "words": [{"line": "knows", "level": 0, "reason": "x"}]})
    assert agreed.status_code == 400
    assert "The readers agree on “Knows the class”, so there is nothing to settle." in agreed.content.decode()
    for words in ([{"line": "none", "level": 0}], [{"line": "plans", "level": 9}]):
        assert call("patch", f"{path}words/", {"token": token, "words": words}).status_code == 400
    silent = call("patch", f"{path}words/", {"token": token, "words": [{"line": "plans", "level": 0}]})
    assert silent.json()["lines"][0]["level"] == 0
    missing = call("post", f"{path}finish/", {"token": token})
    assert missing.status_code == 400
    assert "needs a reason" in missing.content.decode()
    stale = call("patch", f"{path}words/", {"token": token + 1, "words": []})
    assert stale.status_code == 409
    call("patch", f"{path}words/", {"token": token, "words": [{"line": "plans", "reason": stage.REASON}]})
    assert call("post", f"{path}finish/", {"token": token}).json() == {"state": "final", "outcome": "passed"}
    assert call("post", f"{path}finish/", {"token": token}).json() == {"state": "final", "outcome": "passed"}
    assert call("patch", f"{path}words/", {"token": token, "words": []}).status_code == 409


def test_the_api_is_for_senior_assessors_only(cast):
    stage.differ(cast)
    assert api(cast.bela)("get", "").status_code == 403
    assert api(stage.senior(cast))("get", "?state=final").status_code == 400


# What the database itself refuses


def refused(match):
    return pytest.raises(IntegrityError, match=match)


def test_nobody_settles_their_own_or_what_they_have_read(cast):
    settling = stage.differ(cast)
    claimed = {"state": "claimed", "token": 1, "lease_until": clock.now()}
    with stage.inside(cast):
        for user, match in ((cast.ada, "nobody_settles_their_own"), (cast.bela, "cannot settle it")):
            with refused(match), transaction.atomic():
                Settling.objects.filter(id=settling.id).update(settler=user, **claimed)


def test_there_is_one_settling_a_submission_and_it_is_not_final_without_level_and_reason(cast):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    with stage.inside(cast):
        with refused("lacks a level or a reason"), transaction.atomic():
            Settling.objects.filter(id=settling.id).update(state="final", finished_at=clock.now())
        same = {"submission": settling.submission, "edition": settling.edition, "earner": cast.ada}
        with refused("one_live_settling_a_submission"), transaction.atomic():
            Settling.objects.create(**same, due_on=settling.due_on)


def test_what_was_settled_stays_and_a_settled_level_belongs_to_its_line(cast):
    stage.differ(cast)
    settling = stage.take_to_settle(cast)
    with stage.inside(cast):
        row = SettledLine.objects.get(settling=settling)
        other = RubricLevel.objects.filter(line__key="knows", line__edition=settling.edition).first()
        with refused("level_of_its_line"), transaction.atomic():
            SettledLine.objects.filter(id=row.id).update(level=other)
            connection.check_constraints()
    stage.settle(cast, settling)
    with stage.inside(cast):
        for change in (
            lambda: SettledLine.objects.filter(id=row.id).update(reason="Other"),
            lambda: SettledLine.objects.filter(id=row.id).delete(),
        ):
            with refused("this is settled"), transaction.atomic():
                change()


@pytest.mark.django_db(transaction=True)
def test_ten_clicks_on_claim_and_ten_on_settle_at_once_are_one_each(cast):
    stage.differ(cast)
    seniors = [make_user(f"Senior{n} S", cast.lakeside, Role.SENIOR) for n in range(10)]
    claims = stage.together(cast, lambda user: claim_settling(by=cast.by(user)), seniors)
    (settling,) = [each for each in claims if each is not None]
    by = cast.by(settling.settler)
    with stage.inside(cast):
        row = settling.words.select_related("line").get()
        SettledLine.objects.filter(id=row.id).update(level=row.line.levels.first(), reason=stage.REASON)
    done = stage.together(
        cast, lambda _n: finish_settling(by=by, settling=settling, token=settling.token).id, range(10)
    )
    assert len(set(done)) == 1
    assert Badge.objects.count() == 1
