"""Never lost, never twice: real processes die in the middle of their work, and nobody notices but the log."""

import http.client
import threading
import time
from datetime import timedelta

import psutil
import pytest
from django.conf import settings
from django.test import Client
from django.urls import reverse

from assessment.models import Review
from badges import importing
from badges.actions import award
from badges.actions.many import Earned, award_many
from badges.models import Badge, BadgeEvent, Consumer, Delivery
from badges.tasks import award_import, mint_badges
from lib import clock
from lib.nudge import quiet
from submissions.models import Artifact, StoredFile, Submission
from submissions.tasks import sweep
from tenants.models import AuditEntry, OutgoingMail, User
from tests.assessment import stage as scoring
from tests.assessment.stage import inside
from tests.badges.made import best_results
from tests.cast import Cast
from tests.faults.conftest import Place, kill, wait_for
from tests.submissions import stage

pytestmark = [pytest.mark.django_db(transaction=True), pytest.mark.local]

MANY = 1_200  # several batches of a worker


def issued() -> int:
    return Badge.objects.filter(state=Badge.State.ISSUED).count()


def open_deliveries() -> int:
    return Delivery.objects.filter(done_at=None).count()


def nudge_worker(place: Place) -> None:
    """What an award does after commit, to the broker of this place."""
    from config.celery import app

    with app.connection_for_write(place.valkey.url) as connection:
        mint_badges.apply_async(connection=connection)


def test_a_worker_killed_while_it_mints_loses_nothing_and_mints_nothing_twice(cast: Cast, place: Place) -> None:
    edition = stage.publish_edition(cast)
    people = User.objects.bulk_create(User(email=f"earner{number}@example.org") for number in range(MANY))
    with inside(cast), quiet():
        results = best_results(edition)
        earned = [Earned(earner=person, results=results) for person in people]
        award_many(by=cast.by(cast.bela), earned=earned, edition=edition)
    assert open_deliveries() == MANY
    for _kill in range(3):
        before = issued()
        worker = place.worker(sweeps=False)
        nudge_worker(place)
        wait_for(lambda before=before: issued() >= before + 3, "the first badges", 60)
        kill(worker)
    assert 9 <= issued() < MANY, "the worker was meant to be killed in the middle"
    place.worker(sweeps=True)  # nobody nudges this one
    wait_for(lambda: open_deliveries() == 0, "the sweep", 120)

    assert issued() == MANY
    for kind in ("awarded", "issued"):
        assert BadgeEvent.objects.filter(kind=kind).count() == MANY
    assert Delivery.objects.exclude(error="").count() == 0
    with inside(cast):
        assert AuditEntry.objects.filter(verb="badge.issued").count() == MANY
    mails = OutgoingMail.objects.filter(kind="badge_issued")
    assert mails.count() == MANY
    # A mail that a killed worker had in hand is tried again two minutes later, and may then go out a second time.
    wait_for(lambda: not mails.exclude(state=OutgoingMail.State.SENT).exists(), "the mail", seconds=180)
    sent = "".join(file.read_text() for file in (place.data / "mail").glob("*"))
    for mail in mails:
        assert f"To: {mail.to}" in sent


class Caller:
    """A signed-in person who calls the web server of a place."""

    def __init__(self, place: Place, user) -> None:
        client = Client()
        client.force_login(user)
        self.port = place.port
        token = "a" * 32
        self.headers = {
            "Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies[settings.SESSION_COOKIE_NAME].value}; "
            f"{settings.CSRF_COOKIE_NAME}={token}",
            "X-CSRFToken": token,
        }

    def post(self, path: str, body, length: int, **headers: str) -> tuple[int, bytes]:
        """Send `body` (bytes, or pieces of them) and return status and answer."""
        connection = http.client.HTTPConnection("127.0.0.1", self.port, timeout=60)
        connection.request("POST", path, body, {**self.headers, "Content-Length": str(length), **headers})
        answer = connection.getresponse()
        return answer.status, answer.read()


def test_a_worker_killed_while_it_awards_a_list_awards_each_line_once(cast: Cast, place: Place) -> None:
    edition = stage.publish_edition(cast)
    many = 8 * importing.CHUNK  # so that no worker is through with it before it is killed
    text = "email\n" + "".join(f"person{number}@example.org\n" for number in range(many))
    with inside(cast), quiet():
        by = cast.by(cast.cleo)
        made = importing.read_in(by=by, thing=edition, file_name="many.csv", data=text.encode())
        importing.start(by=by, award_import=made)
    from config.celery import app

    for _kill in range(2):
        before = Badge.objects.count()
        worker = place.worker(sweeps=False)
        with app.connection_for_write(place.valkey.url) as connection:
            award_import.apply_async((str(cast.lakeside.id), str(made.id)), connection=connection)
        wait_for(lambda before=before: Badge.objects.count() > before, "the first badges", 60)
        kill(worker)
    with inside(cast):
        assert made.rows.filter(state="waiting").exists(), "the worker was meant to be killed in the middle"
        importing.catch_up()  # what the sweep does
        assert set(made.rows.values_list("state", flat=True)) == {"done"}
    assert Badge.objects.values("earner").distinct().count() == Badge.objects.count() == many
    assert BadgeEvent.objects.filter(kind="issued").count() == many
    assert issued() == many


def test_without_a_broker_a_decision_stands_and_the_badge_comes_later(cast: Cast, place: Place) -> None:
    edition = stage.publish_edition(cast)
    with quiet():
        sent = scoring.hand_in(cast, edition)
        scoring.waiting(cast)
        review = scoring.take(cast)
        scoring.fill(cast, review)
    place.web()
    bela = Caller(place, cast.bela)
    assert Caller(place, cast.ada).post(reverse("account_logout"), b"", 0)[0] == 302  # its first answer takes longest
    kill(place.broker)

    with inside(cast):
        scores = {f"line-{score.line_id}": str(score.level_id) for score in review.scores.all()}
    body = "&".join(f"{name}={value}" for name, value in {"token": str(review.token), **scores}.items()).encode()
    start = time.monotonic()
    form = {"Content-Type": "application/x-www-form-urlencoded"}
    status, answer = bela.post(reverse("review_finish", args=["lakeside", review.id]), body, len(body), **form)
    took = time.monotonic() - start
    assert status == 302, answer
    assert took < 8
    badge = Badge.objects.get()
    assert badge.state == Badge.State.AWARDED
    with inside(cast):
        assert Submission.objects.get(id=sent.id).state == Submission.State.PASSED
        assert Review.objects.get(id=review.id).state == Review.State.FINAL

    place.broker.start()  # with nothing in it: the nudge is lost
    worker = place.worker(sweeps=True)
    assert wait_for(lambda: Badge.objects.get().state == Badge.State.ISSUED, "the sweep", 30) < 30
    wait_for(lambda: open_deliveries() == 0, "what follows from the badge")
    place.queue().flushall()  # under a worker that runs
    with inside(cast), quiet():
        award(by=cast.by(cast.bela), earner=cast.dora, edition=edition, results=best_results(edition))
    wait_for(lambda: issued() == 2, "the sweep after the flush", 30)
    assert worker.exit_code() is None
    assert Delivery.objects.filter(consumer=Consumer.MINT, done_at=None).count() == 0


BOUNDARY = "a-line-that-is-in-no-file"
FILM = stage.box(b"ftyp", b"isom\0\0\0\0isom") + stage.box(b"moov", b"\0" * 40)
MEGABYTE = bytes(1_000_000)


def film(megabytes: int, cut_after: int | None = None):
    """A multipart body with a video of that size in pieces, and its length. It stops after `cut_after` pieces."""
    head = (
        f'--{BOUNDARY}\r\nContent-Disposition: form-data; name="file"; filename="lesson.mp4"\r\n'
        "Content-Type: video/mp4\r\n\r\n"
    ).encode()
    head += FILM + (megabytes * len(MEGABYTE) + 8).to_bytes(4) + b"mdat"
    tail = f"\r\n--{BOUNDARY}--\r\n".encode()

    def pieces():
        yield head
        for number in range(megabytes):
            if number == cut_after:
                return
            yield MEGABYTE
        yield tail

    return pieces(), len(head) + megabytes * len(MEGABYTE) + len(tail)


MULTIPART = {"Content-Type": f"multipart/form-data; boundary={BOUNDARY}", "Accept": "application/json"}


def upload_path(draft: Submission) -> str:
    return reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])


def test_a_web_server_killed_during_an_upload_leaves_no_half_file(cast: Cast, place: Place, settings) -> None:
    draft = stage.begin(cast, stage.publish_edition(cast))
    web = place.web()
    ada = Caller(place, cast.ada)
    pieces, length = film(30, cut_after=20)
    connection = http.client.HTTPConnection("127.0.0.1", place.port, timeout=30)
    connection.putrequest("POST", upload_path(draft))
    for name, value in {**ada.headers, **MULTIPART, "Content-Length": str(length)}.items():
        connection.putheader(name, value)
    connection.endheaders()
    for piece in pieces:
        connection.send(piece)
    incoming = place.data / "incoming"
    wait_for(lambda: any(file.stat().st_size > 1_000_000 for file in incoming.glob("*")), "the first megabytes")
    kill(web)

    with inside(cast):
        assert not Artifact.objects.exists()
    assert not [file for file in (place.data / "media").rglob("*") if file.is_file()]
    settings.FILE_UPLOAD_TEMP_DIR = incoming
    sweep()
    assert len(list(incoming.iterdir())) == 1  # for all the sweep knows, it is still on its way
    with clock.at(clock.now() + timedelta(days=2)):
        sweep()
    assert not list(incoming.iterdir())

    place.web()
    pieces, length = film(30)
    status, answer = ada.post(upload_path(draft), pieces, length, **MULTIPART)
    assert status == 302, answer
    with inside(cast):
        assert Artifact.objects.get().state == Artifact.State.READY


def test_a_large_upload_does_not_fill_the_memory(cast: Cast, place: Place) -> None:
    """300 MB pass through; the web server grows by less than a fifth of that."""
    draft = stage.begin(cast, stage.publish_edition(cast))
    web = place.web()
    ada = Caller(place, cast.ada)
    pieces, length = film(1)
    assert ada.post(upload_path(draft), pieces, length, **MULTIPART)[0] == 302
    before, peak, done = memory(web), 0, threading.Event()

    def watch() -> None:
        nonlocal peak
        while not done.is_set():
            peak = max(peak, memory(web))
            time.sleep(0.05)

    watcher = threading.Thread(target=watch)
    watcher.start()
    pieces, length = film(300)
    status, answer = ada.post(upload_path(draft), pieces, length, **MULTIPART)
    done.set()
    watcher.join()
    assert status == 302, answer
    with inside(cast):
        assert StoredFile.objects.order_by("-size").first().size > 300_000_000
    assert peak - before < 60_000_000


def memory(web) -> int:
    """Bytes in use by a program and all it has started."""
    process = psutil.Process(web.process.pid)
    return sum(each.memory_info().rss for each in [process, *process.children(recursive=True)])
