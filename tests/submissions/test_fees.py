"""Paid mode: what is due before sending, and each way to settle it, once."""

from datetime import timedelta

import pytest
from django.db import DatabaseError, IntegrityError, transaction
from django.test import Client
from django.urls import reverse

from lib import clock
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions.handing_in import submit
from submissions.actions.paying import ask_fee, book_payment, redeem
from submissions.actions.vouchers import make_free, make_voucher
from submissions.actions.works import start_work
from submissions.models import Fee, Payment, Submission, Voucher, VoucherUse, Work
from submissions.payments import adapter
from tenants.models import AuditEntry, Membership, OutgoingMail, Role, Tenant
from tests.cast import make_user
from tests.submissions import stage
from tests.submissions.fee_stage import paid_edition

pytestmark = pytest.mark.django_db


@pytest.fixture
def ready(cast):
    """Ada's work is ready to be sent, but for the fee."""
    draft = stage.begin(cast, paid_edition(cast))
    stage.write_all(cast, draft)
    stage.make_promise(cast, draft)
    return draft


def go(user, name, *args, data=None, **query):
    client = Client()
    client.force_login(user)
    address = reverse(name, args=["lakeside", *args])
    return client.get(address, query) if data is None else client.post(address, data)


def fee_of(cast, draft):
    with cast.inside(), transaction.atomic():
        return Fee.objects.get(work=draft.work_id)


def test_a_fee_is_due_before_the_first_sending(cast, ready):
    assert "A fee of USD 49.50 is due" in go(cast.ada, "work", ready.work_id).content.decode()
    answer = go(cast.ada, "work_check", ready.work_id, data={})
    assert answer.status_code == 409
    with cast.inside(), transaction.atomic():
        with pytest.raises(RuleBroken, match="A fee of USD 49.50 is due"):
            submit(by=cast.by(cast.ada), submission=ready)
        due = {"submitted_at": clock.now(), "due_on": cast.lakeside.local_date()}
        with pytest.raises(IntegrityError, match="waits for its fee"), transaction.atomic():
            Submission.objects.filter(id=ready.id).update(state="submitted", **due)


def test_a_free_edition_has_no_fee(cast):
    draft = stage.begin(cast, stage.publish_edition(cast))
    assert go(cast.ada, "work_fee", draft.work_id).status_code == 404
    stage.send(cast, draft)
    with cast.inside(), transaction.atomic():
        assert not Fee.objects.exists()


def test_an_invoice_is_asked_for_printed_and_booked_as_paid(cast, ready):
    answer = go(cast.ada, "fee_ask", ready.work_id, data={})
    assert answer["Location"] == reverse("fee_invoice", args=["lakeside", ready.work_id])
    go(cast.ada, "fee_ask", ready.work_id, data={})  # a second click
    fee = fee_of(cast, ready)
    assert (fee.state, fee.invoice_number) == ("invoiced", 1)
    page = go(cast.ada, "fee_invoice", ready.work_id).content.decode()
    assert "Invoice 1" in page
    assert "USD 49.50" in page
    assert "data-print" in page
    assert OutgoingMail.objects.filter(kind="fee_invoice", to=cast.ada.email).count() == 1
    assert "Ada Alvarez" in go(cast.cleo, "fees").content.decode()
    assert go(cast.cleo, "fee", fee.id, data={"step": "paid", "reference": ""}).status_code == 422
    assert go(cast.cleo, "fee", fee.id, data={"step": "refund", "reference": "x"}).status_code == 422
    assert go(cast.cleo, "fee", fee.id, data={"step": "paid", "reference": "Transfer 77"}).status_code == 302
    again = go(cast.cleo, "fee", fee.id, data={"step": "paid", "reference": "Transfer 77"})
    assert again.status_code == 422
    with cast.inside(), transaction.atomic():
        kinds = [(each.kind, each.reference) for each in Payment.objects.all()]
        assert kinds == [("invoice", "Invoice 1"), ("payment", "Transfer 77")]
        with pytest.raises(DatabaseError), transaction.atomic():
            Payment.objects.all().update(cents=1)
        assert submit(by=cast.by(cast.ada), submission=ready).state == "submitted"
    csv = go(cast.cleo, "fees_csv").content.decode()
    assert "Transfer 77" in csv
    assert "49.50" in csv
    with cast.inside(), transaction.atomic():
        assert AuditEntry.objects.filter(verb="fees.exported").count() == 1


def test_an_invoice_can_be_cancelled_and_asked_for_anew_and_money_goes_back(cast, ready):
    go(cast.ada, "fee_ask", ready.work_id, data={})
    fee = fee_of(cast, ready)
    assert go(cast.cleo, "fee", fee.id, data={"step": "cancel", "reference": "Wrong person"}).status_code == 302
    assert "was cancelled" in go(cast.ada, "work_fee", ready.work_id).content.decode()
    go(cast.ada, "fee_ask", ready.work_id, data={})
    assert fee_of(cast, ready).invoice_number == 2
    go(cast.cleo, "fee", fee.id, data={"step": "paid", "reference": "T 1"})
    assert go(cast.cleo, "fee", fee.id, data={"step": "refund", "reference": "R 1"}).status_code == 302
    assert fee_of(cast, ready).state == "refunded"
    assert go(cast.ada, "work_check", ready.work_id, data={}).status_code == 409


def test_admins_waive_but_never_their_own(cast, ready):
    with cast.inside(), transaction.atomic():
        fee = ask_fee(by=cast.by(cast.ada), work=Work.objects.get(id=ready.work_id))
    assert go(cast.rao, "fee", fee.id).status_code == 403
    assert go(cast.cleo, "fee", fee.id, data={"step": "waive", "reference": "Pilot"}).status_code == 302
    assert fee_of(cast, ready).state == "waived"
    Membership.objects.filter(user=cast.ada).update(roles=[Role.EARNER, Role.ADMIN])
    with cast.inside(), transaction.atomic(), pytest.raises(NotAllowed):
        book_payment(by=cast.by(cast.ada), fee=fee, reference="x")


def test_a_voucher_counts_as_often_as_it_says_and_its_code_is_not_kept(cast, ready):
    answer = go(cast.cleo, "fee_vouchers", data={"label": "Pilot", "uses": "1", "expires_on": ""})
    code = answer.content.decode().partition("<code")[2].partition(">")[2].partition("<")[0]
    assert len(code) == 14
    with cast.inside(), transaction.atomic():
        voucher = Voucher.objects.get()
        assert code not in voucher.code_hash
        assert code.replace("-", "") not in str(voucher.__dict__)
    for wrong in ("", "ABCD-ABCD-ABCD"):
        assert go(cast.ada, "work_fee", ready.work_id, data={"code": wrong}).status_code == 422
    typed = f" {code.lower().replace('-', ' ')} "
    assert go(cast.ada, "work_fee", ready.work_id, data={"code": typed}).status_code == 302
    assert go(cast.ada, "work_fee", ready.work_id, data={"code": code}).status_code == 409  # settled, nothing used
    egon = make_user("Egon Eden", cast.lakeside, Role.EARNER)
    with cast.inside(), transaction.atomic():
        other = start_work(by=cast.by(egon), edition=ready.edition)
        with pytest.raises(Invalid, match="as often as it can be"):
            redeem(by=cast.by(egon), work=other, code=code)
        voucher.refresh_from_db()
        assert (voucher.used, VoucherUse.objects.count()) == (1, 1)
        with pytest.raises(IntegrityError, match="overdrawn"), transaction.atomic():
            Voucher.objects.update(used=2)


def test_a_voucher_runs_out_and_can_be_withdrawn(cast, ready):
    with cast.inside(), transaction.atomic():
        by, today = cast.by(cast.cleo), cast.lakeside.local_date()
        _one, old = make_voucher(by=by, label="Old", uses=5, expires_on=today)
        gone, new = make_voucher(by=by, label="New", uses=5)
        with pytest.raises(Invalid):
            make_voucher(by=by, label="Past", uses=5, expires_on=today - timedelta(days=1))
    with clock.at(clock.now() + timedelta(days=2)):
        answer = go(cast.ada, "work_fee", ready.work_id, data={"code": old})
        assert "has run out" in answer.content.decode()
    go(cast.cleo, "voucher_withdraw", gone.id, data={})
    assert go(cast.cleo, "voucher_withdraw", gone.id, data={}).status_code == 409
    assert "do not know this code" in go(cast.ada, "work_fee", ready.work_id, data={"code": new}).content.decode()


def test_a_rule_makes_it_free_for_a_group(cast, ready):
    assert go(cast.cleo, "fee_rules", data={"group": cast.lakeside.id}).status_code == 302
    assert "free for you" in go(cast.ada, "work_fee", ready.work_id).content.decode()
    assert go(cast.ada, "work_check", ready.work_id, data={}).status_code == 302
    assert fee_of(cast, ready).state == "waived"
    with cast.inside(), transaction.atomic():
        assert Payment.objects.get().actor is None
        with pytest.raises(Invalid):
            make_free(by=cast.by(cast.cleo), group=Tenant.objects.create(slug="x", name="Not a partner"))


def test_a_rule_for_ones_own_people_leaves_out_who_came_through_a_partner(cast, ready):
    with cast.inside(), transaction.atomic():
        make_free(by=cast.by(cast.cleo), group=cast.lakeside)
        Work.objects.filter(id=ready.work_id).update(via=cast.harbor)
    assert go(cast.ada, "work_check", ready.work_id, data={}).status_code == 409


def test_there_is_a_way_to_pay(settings):
    assert adapter().name == "Invoice"
    settings.PAYMENT_ADAPTER = "submissions.models.Fee"
    with pytest.raises(TypeError, match="no PaymentAdapter"):
        adapter()
