"""Badges from a list: what was understood is shown first, then every line brings one badge or says why not."""

import csv
import io
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from cryptography.fernet import Fernet
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import reverse

from badges import importing
from badges.actions import revoke
from badges.award_lists import MOST_BYTES, read_list
from badges.issuers import public_half
from badges.models import AwardImport, AwardImportRow, Badge, BadgeEvent
from badges.openbadges.signing import holds
from badges.tasks import award_import as task
from badges.tasks import sweep_imports
from credentials.actions.stacks import create_stack, publish_stack
from lib import clock
from lib.errors import Invalid
from tenants.models import AuditEntry, Membership, OutgoingMail, User
from tests.badges.made import minted, work_off
from tests.badges.test_minting import run_in_threads
from tests.credentials.sample import published

NOW = datetime(2026, 3, 20, 15, tzinfo=UTC)
ZONE = ZoneInfo("America/New_York")
LIST = "Email,Name,Awarded on,Reference\nnew@school.example,New Person,2026-03-02,R-1\nada@example.org,Other Name,,\n"


def read(text: str | bytes):
    return read_list(text.encode() if isinstance(text, str) else text, zone=ZONE, now=NOW)


def upload(client: Client, cast, thing, text: str | bytes = LIST, name: str = "list.csv"):
    client.force_login(cast.cleo)
    data = text.encode() if isinstance(text, str) else text
    return client.post(
        reverse("award_imports", args=["lakeside"]), {"thing": thing.id, "file": SimpleUploadedFile(name, data)}
    )


def uploaded(client: Client, cast, thing, text: str = LIST) -> AwardImport:
    answer = upload(client, cast, thing, text)
    assert answer.status_code == 302, answer.content.decode()
    with cast.inside(), transaction.atomic():
        return AwardImport.objects.get()


def address(name: str, made: AwardImport) -> str:
    return reverse(name, args=["lakeside", made.id])


def finish(cast, made: AwardImport) -> None:
    task(str(cast.lakeside.id), str(made.id))


def test_a_list_is_shown_confirmed_awarded_and_minted(cast, client):
    edition = published(cast)
    made = uploaded(client, cast, edition)
    page = client.get(address("award_import", made)).content.decode()
    assert "2 people get the badge when you confirm." in page
    assert "March 2, 2026" in page
    assert not Badge.objects.exists()

    answer = client.post(address("award_import_start", made), follow=True).content.decode()
    assert "0 of 2 lines are done" in answer
    finish(cast, made)
    page = client.get(address("award_import", made)).content.decode()
    assert "2 badges are awarded." in page
    work_off()

    new = User.objects.get(email="new@school.example")
    assert new.name == "New Person"
    assert not new.has_usable_password()
    assert Membership.objects.get(user=new).roles == ["earner"]
    badge = Badge.objects.get(earner=new)
    assert badge.state == Badge.State.ISSUED
    assert badge.awarded_at.astimezone(cast.lakeside.zone).strftime("%Y-%m-%d %H") == "2026-03-02 12"
    assert Badge.objects.get(earner=cast.ada).recipient_name == "Ada Alvarez"
    assert OutgoingMail.objects.filter(kind="badge_issued").count() == 2
    with cast.inside():
        entry = AuditEntry.objects.get(verb="badge.imported")
        assert (entry.actor, entry.facts["badges"]) == (cast.cleo, 2)
        assert AuditEntry.objects.filter(verb="badge.awarded", actor=cast.cleo).count() == 2
        made.refresh_from_db()
        assert made.state == AwardImport.State.DONE


def test_the_badges_of_a_list_are_written_signed(cast, client):
    made = uploaded(client, cast, published(cast))
    client.post(address("award_import_start", made))
    finish(cast, made)
    for badge in Badge.objects.all():
        assert [event.kind for event in badge.events.all()] == ["issued"]
        assert holds(bytes(badge.document), public_half(badge.key))
        assert "This badge is real and in good standing" in client.get(reverse("badge", args=[badge.id])).text
    with cast.inside():
        assert AuditEntry.objects.filter(verb="badge.issued", actor=None).count() == 2


def test_a_list_is_signed_later_when_the_key_is_out_of_reach(cast, client, settings):
    settings.KEY_CACHE_SECONDS, right = 0, settings.KEY_ENCRYPTION_KEY
    minted(cast, published(cast), cast.bela)  # so that there is a key
    made = uploaded(client, cast, published(cast, title="Another"))
    client.post(address("award_import_start", made))
    settings.KEY_ENCRYPTION_KEY = Fernet.generate_key().decode()
    finish(cast, made)
    mine = Badge.objects.exclude(earner=cast.bela)
    assert [badge.state for badge in mine] == ["awarded", "awarded"]
    work_off()
    assert not mine.filter(state="issued").exists()
    settings.KEY_ENCRYPTION_KEY = right
    with clock.at(clock.now() + timedelta(minutes=5)):
        work_off()
    assert [holds(bytes(badge.document), public_half(badge.key)) for badge in mine.all()] == [True, True]


def test_people_on_a_list_can_sign_in_with_a_link_to_their_address(cast, client):
    made = uploaded(client, cast, published(cast))
    client.post(address("award_import_start", made))
    finish(cast, made)
    Client().post(reverse("account_reset_password"), {"email": "new@school.example"})
    assert OutgoingMail.objects.filter(kind="password_reset", to="new@school.example").exists()


def test_a_stack_can_be_awarded_from_a_list(cast, client):
    edition = published(cast)
    with cast.inside():
        items = [edition.micro_credential]
        stack = create_stack(
            by=cast.by(cast.cleo), title="All of it", description="The skill.", needed=None, items=items
        )
        publish_stack(by=cast.by(cast.cleo), stack=stack)
    made = uploaded(client, cast, stack)
    client.post(address("award_import_start", made))
    finish(cast, made)
    assert Badge.objects.filter(stack=stack).count() == 2


def test_every_problem_is_shown_on_its_line_and_comes_back_as_a_file(cast, client):
    edition = published(cast)
    minted(cast, edition)  # ada holds it
    text = LIST + "nobody\n,No Address\nnew@school.example,Twice\ncleo@example.org\nx@school.example,X,2099-01-01\n"
    made = uploaded(client, cast, edition, text)
    page = client.get(address("award_import", made)).content.decode()
    for sentence in (
        "1 person gets the badge when you confirm.",
        "This person holds the badge already.",
        "This is not an email address.",
        "The email address is missing.",
        "This person is on line 2 already.",
        "You cannot award a badge to yourself.",
        "This date is still to come.",
    ):
        assert sentence in page
    answer = client.get(address("award_import_failed", made))
    rows = list(csv.DictReader(io.StringIO(answer.content.decode("utf-8-sig"))))
    assert [row["email"] for row in rows] == [
        "ada@example.org", "nobody", "", "new@school.example", "cleo@example.org", "x@school.example",
    ]  # fmt: skip
    assert all(row["problem"] for row in rows)
    again = upload(client, cast, edition, answer.content)  # the file of failed lines is itself a list
    assert again.status_code == 302


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        ("", "This file is empty"),
        ("\n \n", "This file is empty"),
        ("email,name\n", "This list names nobody"),
        ("name\nDana\n", "one of them has to be “email”"),
        ("dana@school.example\n", "one of them has to be “email”"),
        ("email,salary,\na@b.example,1,\n", "We do not know the columns: salary, (no name)"),
        ("email,e-mail\na@b.example,a@b.example\n", "A column comes twice"),
        (b"PK\x03\x04 and so on", "This is an Excel workbook"),
        ("email\n" + "x" * 200_000, "Line 2 cannot be read as CSV"),
    ],
)
def test_a_file_that_is_no_list_is_refused_with_a_sentence(text, sentence):
    with pytest.raises(Invalid) as refusal:
        read(text)
    assert sentence in refusal.value.message


def test_a_file_that_is_no_list_is_answered_on_the_form(cast, client):
    answer = upload(client, cast, published(cast), "name\nDana\n")
    assert answer.status_code == 422
    assert "one of them has to be “email”" in answer.content.decode()
    answer = upload(client, cast, published(cast, title="Other"), b"x" * (MOST_BYTES + 1))
    assert answer.status_code == 422
    assert "The limit is 10 MB." in answer.content.decode()
    with cast.inside():
        assert not AwardImport.objects.exists()


@pytest.mark.parametrize(
    "data",
    [
        "email;name\ndana@school.example;Dana Ruíz\n".encode("cp1252"),
        "\ufeffemail,name\r\ndana@school.example,Dana Ruíz\r\n".encode(),
        "email\tname\ndana@school.example\tDana Ruíz\n".encode("utf-16"),
        'Email , NAME\n\n DANA@school.example ,"Dana Ruíz"\n'.encode(),
    ],
    ids=["Excel in Europe", "CSV UTF-8", "Unicode text", "untidy"],
)
def test_lists_are_read_as_spreadsheets_write_them(data):
    [line] = read(data)
    assert (line.email, line.name, line.problem) == ("dana@school.example", "Dana Ruíz", "")


@pytest.mark.parametrize(
    ("cell", "problem"),
    [
        ("2026-03-19", ""),
        ("3/19/2026", ""),
        ("2026-03-20", ""),
        ("2026-03-21", "This date is still to come."),
        ("19.3.2026", "is not a date"),
        ("2026-02-30", "is not a date"),
        ("0026-03-19", "too long ago"),
        ("yesterday", "is not a date"),
    ],
)
def test_dates_are_days_where_the_tenant_is(cell, problem):
    [line] = read(f"email,awarded on\na@b.example,{cell}\n")
    assert problem in line.problem
    assert bool(problem) == bool(line.problem)
    assert bool(line.awarded_at) != bool(line.problem)
    assert line.awarded_at is None or line.awarded_at <= NOW


@pytest.mark.parametrize(
    ("row", "problem"),
    [
        ("a@b.example,Da\x00na,", "cannot be shown"),
        ("a@b.example," + "x" * 121 + ",", "longer than 120"),
        ("a@b.example,Dana," + "x" * 121, "longer than 120"),
        ("a@b.example,Ruíz, Dana,R", "more cells than columns"),
        ("dana at school,,", "not an email address"),
    ],
)
def test_lines_that_cannot_be_awarded_say_why(row, problem):
    [line] = read(f"email,name,reference\n{row}\n")
    assert problem in line.problem


def test_more_people_than_a_list_may_have_are_refused(monkeypatch):
    monkeypatch.setattr("badges.award_lists.MOST_ROWS", 2)
    with pytest.raises(Invalid):
        read("email\na@b.example\nb@b.example\nc@b.example\n")


def test_a_list_that_was_dropped_is_gone_and_one_that_runs_stays(cast, client):
    made = uploaded(client, cast, published(cast))
    client.post(address("award_import_drop", made))
    with cast.inside():
        assert not AwardImportRow.objects.exists()
    made = uploaded(client, cast, published(cast, title="Other"))
    assert client.post(address("award_import_start", made)).status_code == 302
    assert client.post(address("award_import_start", made)).status_code == 409
    assert client.post(address("award_import_drop", made)).status_code == 409


def test_only_admins_of_the_tenant_see_a_list(cast, client):
    made = uploaded(client, cast, published(cast))
    for user, status in ((cast.ada, 403), (cast.dora, 403), (cast.mallory, 404)):
        client.force_login(user)
        assert client.get(address("award_import", made)).status_code == status
        assert client.post(address("award_import_start", made)).status_code == status


def test_a_second_list_with_the_same_people_awards_nothing_twice(cast, client):
    edition = published(cast)
    made = uploaded(client, cast, edition)
    with cast.inside():
        second = importing.read_in(by=cast.by(cast.cleo), thing=edition, file_name="same.csv", data=LIST.encode())
        for each in (made, second):  # both were read before either was awarded
            importing.start(by=cast.by(cast.cleo), award_import=each)
            importing.work_off(each.id)
        assert set(second.rows.values_list("state", "problem")) == {("failed", "This person holds the badge already.")}
    assert Badge.objects.count() == 2


def test_one_line_that_cannot_be_awarded_does_not_stop_the_others(cast, client, monkeypatch):
    edition = published(cast)
    people = "".join(f"person{number}@school.example\n" for number in range(20))
    made = uploaded(client, cast, edition, "email\n" + people)
    client.post(address("award_import_start", made))
    enroll = importing.enroll

    def refuse_one(*, by, people):
        if "person7@school.example" in people:
            raise RuntimeError("a fault in us")
        return enroll(by=by, people=people)

    monkeypatch.setattr(importing, "enroll", refuse_one)
    finish(cast, made)
    assert Badge.objects.count() == 19
    with cast.inside():
        row = AwardImportRow.objects.get(state="failed")
        assert row.email == "person7@school.example"
        assert row.problem.startswith("Something went wrong")


def test_a_list_that_a_dead_worker_left_is_finished_by_the_sweep_and_old_ones_are_forgotten(cast, client, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 5)
    people = "".join(f"person{number}@school.example\n" for number in range(12))
    made = uploaded(client, cast, published(cast), "email\n" + people)
    client.post(address("award_import_start", made))
    award_many = importing.award_many

    def die_in_the_second_chunk(**what):
        badges = award_many(**what)
        if Badge.objects.count() > 5:
            raise KeyboardInterrupt  # what a kill looks like from inside
        return badges

    monkeypatch.setattr(importing, "award_many", die_in_the_second_chunk)
    with pytest.raises(KeyboardInterrupt), transaction.atomic():
        finish(cast, made)
    monkeypatch.setattr(importing, "award_many", award_many)
    sweep_imports()
    assert Badge.objects.count() == 12
    assert BadgeEvent.objects.filter(kind="issued").count() == 12
    with clock.at(clock.now() + timedelta(days=91)):
        sweep_imports()
    with cast.inside():
        assert not AwardImportRow.objects.exists()


@pytest.mark.django_db(transaction=True)
def test_workers_side_by_side_award_each_line_once(cast, client, monkeypatch):
    monkeypatch.setattr(importing, "CHUNK", 7)
    people = "".join(f"person{number}@school.example\n" for number in range(60))
    made = uploaded(client, cast, published(cast), "email\n" + people)
    client.post(address("award_import_start", made))

    def worker():
        finish(cast, made)
        connection.close()

    run_in_threads([worker] * 4)
    sweep_imports()
    assert Badge.objects.count() == 60
    with cast.inside(), transaction.atomic():
        assert AwardImportRow.objects.filter(state="done").count() == 60
        made.refresh_from_db()
        assert made.state == AwardImport.State.DONE


def test_someone_whose_badge_was_taken_back_can_get_it_again(cast, client):
    edition = published(cast)
    badge = minted(cast, edition)
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
    made = uploaded(client, cast, edition)
    client.post(address("award_import_start", made))
    finish(cast, made)
    assert Badge.objects.filter(earner=cast.ada).count() == 2
