"""What was done and mailed can be looked up by admins, in pages that stay put."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.urls import reverse

from lib import clock
from tenants import audit, mail
from tenants.models import AuditEntry, OutgoingMail
from tenants.tasks import MOST_TRIES, deliver
from tests.cast import Cast


@pytest.fixture
def admin(cast: Cast, client: Client) -> Client:
    client.force_login(cast.cleo)
    return client


def page(name: str, *args: object) -> str:
    return reverse(name, args=["lakeside", *args])


def sentences(text: str) -> list[str]:
    return re.findall(r'<th scope="row">(.*?)</th>', text)


def test_the_record_reads_as_sentences_and_can_be_narrowed(cast: Cast, admin: Client):
    with cast.inside():
        audit.record(cast.by(cast.cleo), "person.roles_changed", cast.lakeside, before=["earner"], after=["vetter"])
        audit.record(cast.by(cast.ada), "work.started", cast.ada)
    with cast.inside(cast.harbor):
        audit.record(cast.by(cast.mallory, cast.harbor), "work.started", cast.ada)
    text = admin.get(page("audit")).content.decode()
    assert sentences(text) == [
        "Ada Alvarez started a micro-credential as an earner",
        "Cleo Carter changed someone’s roles",
    ]
    assert "Vetter" in text
    assert len(sentences(admin.get(page("audit"), {"q": "ada"}).content.decode())) == 1
    assert len(sentences(admin.get(page("audit"), {"verb": "person.roles_changed"}).content.decode())) == 1
    assert len(sentences(admin.get(page("audit"), {"object": str(cast.ada.id)}).content.decode())) == 1
    assert "Nothing fits" in admin.get(page("audit"), {"q": "mallory"}).content.decode()
    assert admin.get(page("audit"), {"object": "x"}).status_code == 404


def test_the_record_is_read_in_pages_that_stay_put(cast: Cast, admin: Client, django_assert_max_num_queries):
    at = clock.now()
    with cast.inside():
        for number in range(120):
            with clock.at(at + timedelta(seconds=number // 2)):  # pairs share a moment
                audit.record(cast.by(cast.ada), "work.started", cast.ada, number=number)
    seen, address = [], page("audit")
    with django_assert_max_num_queries(30):
        while address:
            text = admin.get(address).content.decode()
            seen += [int(number) for number in re.findall(r"number:</span> (\d+)", text)]
            older = re.search(r'rel="next" href="([^"]+)"', text)
            address = page("audit") + older[1].replace("&amp;", "&") if older else ""
            with cast.inside():
                audit.record(cast.by(cast.ada), "work.started", cast.ada)  # while the admin reads
    assert seen == list(range(119, -1, -1))


def test_every_sentence_of_the_record_shows_without_markup_of_others(cast: Cast, admin: Client):
    cast.ada.name = "<b>Ada</b>"
    cast.ada.save()
    with cast.inside():
        audit.record(cast.by(cast.ada), "unknown.verb", cast.ada, note="<script>")
    text = admin.get(page("audit")).content.decode()
    assert "<b>Ada</b>" not in text
    assert "&lt;script&gt;" in text
    assert "unknown.verb" in text


def _mail(cast: Cast, number: int = 0) -> OutgoingMail:
    mail.post(
        "unknown_account",
        to="someone@example.org",
        subject=f"Subject {number}",
        dedupe_key=f"test:{number}",
        context={"email": "someone@example.org", "heading": "Hello"},
        tenant=cast.lakeside,
    )
    return OutgoingMail.objects.get(dedupe_key=f"test:{number}")


def test_mail_that_was_given_up_can_be_sent_again(cast: Cast, admin: Client, settings, mailoutbox):
    waiting = _mail(cast)
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1  # nobody listens there
    OutgoingMail.objects.filter(id=waiting.id).update(tries=MOST_TRIES - 1)
    assert not deliver(waiting.id)
    waiting.refresh_from_db()
    assert waiting.state == "gave_up"
    text = admin.get(page("mail_log"), {"state": "gave_up"}).content.decode()
    assert "Subject 0" in text
    assert "refused" in text
    assert admin.post(page("mail_resend", waiting.id)).status_code == 302
    with cast.inside():
        assert AuditEntry.objects.get().verb == "mail.resent"
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"
    assert deliver(waiting.id)
    assert [each.subject for each in mailoutbox] == ["Subject 0"]
    assert admin.post(page("mail_resend", waiting.id)).status_code == 409


def test_the_mail_log_shows_no_bodies_and_only_our_own(cast: Cast, admin: Client, django_assert_max_num_queries):
    for number in range(60):
        _mail(cast, number)
    OutgoingMail.objects.filter(dedupe_key="test:7").update(tenant=cast.harbor)
    with django_assert_max_num_queries(10):
        text = admin.get(page("mail_log")).content.decode()
    assert "1 to 50 of 59" in text
    assert "no account has this address" not in text
    theirs = OutgoingMail.objects.get(tenant=cast.harbor)
    assert admin.post(page("mail_resend", theirs.id)).status_code == 404
