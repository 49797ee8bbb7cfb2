"""Money, votes and appeals when many come at the same moment, on real Postgres."""

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest
from django.db import connection

from assessment.actions.appealing import file_appeal
from assessment.actions.casework import name_panel, open_case, reply, vote
from assessment.actions.deciding import decide, finish
from assessment.models import Appeal, Case, Decision, DecisionLine, Finding, Vote
from badges.models import Badge
from lib.errors import LaurelError, RuleBroken
from submissions.actions.handing_in import promise, submit
from submissions.actions.paying import book_payment, invoice, redeem
from submissions.actions.vouchers import make_voucher
from submissions.actions.works import start_work
from submissions.models import Fee, Payment, Submission, Voucher, VoucherUse
from tenants.models import Role
from tests.assessment import stage
from tests.cast import make_cast, make_user
from tests.submissions.fee_stage import paid_edition
from tests.submissions.stage import attest_ready, publish_edition

pytestmark = pytest.mark.django_db(transaction=True)


def together(*jobs):
    """Run all jobs at the same moment, each on a connection of its own; returns what they returned or raised."""
    start = Barrier(len(jobs))

    def run(job):
        try:
            start.wait(timeout=20)
            return job()
        except LaurelError as refusal:  # handed back, so that the test can look at all of them
            return refusal
        finally:
            connection.close()

    with ThreadPoolExecutor(len(jobs)) as pool:
        return list(pool.map(run, jobs))


@pytest.fixture
def cast(transactional_db):
    return make_cast()


def in_lakeside(cast, action, **given):
    def job():
        with stage.inside(cast):
            return action(**given)

    return job


def refused(results):
    return [each for each in results if isinstance(each, LaurelError)]


def test_a_voucher_with_three_uses_settles_three_of_eight_fees(cast):
    people = [make_user(f"Earner{n} Person", cast.lakeside, Role.EARNER) for n in range(8)]
    edition = paid_edition(cast)
    with stage.inside(cast):
        _voucher, code = make_voucher(by=cast.by(cast.cleo), label="Pilot", uses=3)
        works = [start_work(by=cast.by(user), edition=edition) for user in people]
    jobs = [in_lakeside(cast, redeem, by=cast.by(work.earner), work=work, code=code) for work in works]
    results = together(*jobs)
    assert len(refused(results)) == 5
    with stage.inside(cast):
        assert Voucher.objects.get().used == 3
        assert sorted(VoucherUse.objects.values_list("number", flat=True)) == [1, 2, 3]
        assert Fee.objects.filter(state="voucher").count() == 3


def test_one_fee_and_one_voucher_use_for_many_clicks(cast):
    edition = paid_edition(cast)
    by = cast.by(cast.ada)
    with stage.inside(cast):
        _voucher, code = make_voucher(by=cast.by(cast.cleo), label="Pilot", uses=9)
        work = start_work(by=by, edition=edition)
    together(*[in_lakeside(cast, redeem, by=by, work=work, code=code)] * 6)
    with stage.inside(cast):
        assert (Fee.objects.count(), Voucher.objects.get().used) == (1, 1)


def test_invoice_numbers_have_no_gaps_and_a_payment_is_booked_once(cast):
    people = [make_user(f"Earner{n} Person", cast.lakeside, Role.EARNER) for n in range(6)]
    edition = paid_edition(cast)
    with stage.inside(cast):
        works = [start_work(by=cast.by(user), edition=edition) for user in people]
    fees = together(*[in_lakeside(cast, invoice, by=cast.by(work.earner), work=work) for work in works])
    assert sorted(fee.invoice_number for fee in fees) == [1, 2, 3, 4, 5, 6]
    booking = in_lakeside(cast, book_payment, by=cast.by(cast.cleo), fee=fees[0], reference="Transfer 1")
    assert len(refused(together(*[booking] * 5))) == 4
    with stage.inside(cast):
        assert Payment.objects.filter(fee=fees[0], kind="payment").count() == 1


def told_not_yet(cast, title="Checking"):
    stage.hand_in(cast, publish_edition(cast, title))
    told = stage.score(cast, stage.take(cast), below=("plans",))
    with stage.inside(cast):
        line = DecisionLine.objects.get(decision=told, line__key="plans")
        draft = Submission.objects.get(work=told.submission.work_id, number=2)
    return told, line, draft


def test_of_an_appeal_and_the_next_try_sent_at_once_one_is_refused(cast):
    by = cast.by(cast.ada)
    for told, line, draft in [told_not_yet(cast, f"Checking {number}") for number in range(4)]:
        with stage.inside(cast):
            attest_ready(by, draft)
            promise(by=by, submission=draft, own_work=True, protected=True, used_ai=False)
        results = together(
            in_lakeside(cast, file_appeal, by=by, decision=told, reasons={line.id: "Look at page 3."}),
            in_lakeside(cast, submit, by=by, submission=draft),
        )
        assert len(refused(results)) == 1, results
        with stage.inside(cast):
            draft.refresh_from_db()
            assert (draft.state == "submitted") != Appeal.objects.filter(decision=told).exists()


def test_filing_an_appeal_many_times_at_once_is_filing_it_once(cast):
    told, line, _draft = told_not_yet(cast)
    job = in_lakeside(cast, file_appeal, by=cast.by(cast.ada), decision=told, reasons={line.id: "Look at page 3."})
    assert refused(together(*[job] * 5)) == []
    with stage.inside(cast):
        assert Appeal.objects.count() == 1


def test_an_appeal_that_is_finished_twice_awards_one_badge(cast):
    told, line, _draft = told_not_yet(cast)
    nora = make_user("Nora North", cast.lakeside, Role.ASSESSOR)
    with stage.inside(cast):
        file_appeal(by=cast.by(cast.ada), decision=told, reasons={line.id: "Look at page 3."})
    held = stage.take(cast, nora)
    stage.fill(cast, held)
    together(*[in_lakeside(cast, finish, by=cast.by(nora), review=held, token=held.token)] * 4)
    assert Badge.objects.filter(earner=cast.ada).count() == 1


def test_everyone_votes_at_once_and_often_and_each_counts_once(cast):
    panel = [make_user(f"Panel{n} Person", cast.lakeside, Role.ASSESSOR) for n in range(3)]
    sent = stage.hand_in(cast, publish_edition(cast))
    with stage.inside(cast):
        case = open_case(by=cast.by(cast.cleo), submission=sent, concern="Page 2 is on the web.")
        name_panel(by=cast.by(cast.cleo), case=case, users=[user.id for user in panel])
        reply(by=cast.by(cast.ada), case=Case.objects.get(id=case.id), text="I wrote it.")
    jobs = [
        in_lakeside(cast, vote, by=cast.by(user), case=case, upheld=yes, reason="Because.")
        for user in panel
        for yes in (True, True)
    ]
    results = together(*jobs)
    assert len(refused(results)) == 3
    with stage.inside(cast):
        assert Vote.objects.count() == 3
        assert Finding.objects.get().votes_for == 3
        assert Case.objects.get().state == Case.State.TOLD


def test_a_case_and_the_last_score_at_once_never_give_a_badge_while_the_case_is_open(cast):
    sent = stage.hand_in(cast, publish_edition(cast))
    held = stage.take(cast)
    stage.fill(cast, held)
    together(
        in_lakeside(cast, finish, by=cast.by(cast.bela), review=held, token=held.token),
        in_lakeside(cast, open_case, by=cast.by(cast.cleo), submission=sent, concern="Page 2 is on the web."),
    )
    with stage.inside(cast):
        case = Case.objects.get()
        made = Decision.objects.filter(submission=sent).first()
        assert made is None or made.decided_at <= case.opened_at
        assert decide(by=cast.by(cast.bela), submission=sent) == made
        with pytest.raises(RuleBroken):
            open_case(by=cast.by(cast.rao), submission=sent, concern="Again.")
