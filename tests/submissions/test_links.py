"""Links: opened as reviewers would, before sending and before scoring; earners hear of those that do not open."""

import base64
import html
import json
from datetime import timedelta
from ipaddress import ip_network

import pytest
import redis
from django.urls import reverse

from lib import clock
from submissions.actions.evidence import add_link
from submissions.actions.links import STALE
from submissions.models import Artifact
from submissions.tasks import check_link, sweep
from tenants.models import AuditEntry, OutgoingMail
from tests.assessment import stage as scoring
from tests.submissions import stage
from tests.webserver import answer, running


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


@pytest.fixture
def outside(settings):
    """A web server that stands for the world: /open is a page, /closed asks to sign in, /gone is not there."""
    settings.FETCH_ALLOWED_NETWORKS = [ip_network("127.0.0.0/8")]
    with running() as server:
        page = b"<title>Our wall &amp; more</title><p>Look</p>"
        server.on("/open", answer(page, content_type="text/html"))
        server.on("/closed", answer(b"", "403 Forbidden"))
        yield server


def added(cast, draft, url: str) -> Artifact:
    with cast.inside():
        plan = stage.criterion_of(draft.edition, "plan")
        return add_link(by=cast.by(cast.ada), submission=draft, criterion=plan, url=url)


def now(cast, artifact: Artifact) -> Artifact:
    with cast.inside():
        return Artifact.objects.get(id=artifact.id)


def opened(cast, artifact: Artifact) -> Artifact:
    check_link(str(cast.lakeside.id), str(artifact.id))
    return now(cast, artifact)


def test_a_link_that_opens_says_so_with_its_title_and_when(cast, draft, ada, outside):
    artifact = added(cast, draft, outside.url("/open"))
    assert artifact.link_state == "unchecked"
    artifact = opened(cast, artifact)
    assert (artifact.link_state, artifact.link_title) == ("open", "Our wall & more")
    assert artifact.link_checked_at is not None
    page = ada.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])).content.decode()
    assert "Our wall &amp; more" in page


@pytest.mark.parametrize("path", ["/closed", "/gone"])
def test_a_link_that_does_not_open_is_said_before_sending_and_does_not_keep_from_it(cast, draft, ada, outside, path):
    stage.write_all(cast, draft)
    artifact = opened(cast, added(cast, draft, outside.url(path)))
    stage.make_promise(cast, draft)
    assert artifact.link_state == "closed"
    part = ada.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])).content.decode()
    assert "Check again" in part
    check = reverse("work_check", args=["lakeside", draft.work_id])
    assert artifact.link_reason in html.unescape(ada.get(check).content.decode())
    assert ada.post(check).status_code == 302


def test_a_private_address_is_never_opened(cast, draft, ada):
    artifact = opened(cast, added(cast, draft, "http://169.254.169.254/latest/meta-data/"))
    assert artifact.link_state == "closed"
    assert artifact.link_title == ""


def test_what_no_worker_opened_is_asked_for_again_by_the_sweep(cast, draft, settings):
    artifact = added(cast, draft, "https://example.org/a")
    broker = redis.Redis.from_url(settings.CELERY_BROKER_URL)
    broker.delete("outside")
    with clock.at(clock.now() + timedelta(minutes=2)):
        sweep()
    waiting = b"".join(broker.lrange("outside", 0, -1)).decode()
    assert str(artifact.id) in base64.b64decode(json.loads(waiting)["body"]).decode()


def test_a_link_can_be_checked_again_after_it_was_shared(cast, draft, ada, outside):
    artifact = opened(cast, added(cast, draft, outside.url("/closed")))
    outside.on("/closed", answer(b"<title>Shared</title>", content_type="text/html"))
    address = reverse("link_recheck", args=["lakeside", draft.work_id, artifact.id])
    assert ada.post(address, {"rev": "0", "answer-look": "Not lost"}).status_code == 302
    assert now(cast, artifact).link_state == "unchecked"
    assert opened(cast, artifact).link_state == "open"
    with cast.inside():
        assert AuditEntry.objects.filter(verb="link.rechecked").count() == 1
    row = ada.post(address, HTTP_HX_REQUEST="true", follow=True).content.decode()
    assert "We are checking if reviewers can open it" in row


def woken(monkeypatch) -> list[str]:
    """The artifacts whose links the workers are asked to open."""
    asked = []
    monkeypatch.setattr("submissions.actions.links.wake", lambda task, row: asked.append(row.url))
    return asked


def test_every_link_is_opened_again_when_work_is_sent_and_old_ones_before_scoring(cast, draft, monkeypatch, outside):
    url = outside.url("/open")
    opened(cast, added(cast, draft, url))
    asked = woken(monkeypatch)
    stage.send(cast, draft)
    assert url in asked
    asked.clear()
    scoring.take(cast)
    assert url not in asked  # it was opened less than an hour ago


def test_links_that_were_opened_long_ago_are_opened_before_scoring(cast, draft, monkeypatch, outside):
    url = outside.url("/open")
    opened(cast, added(cast, draft, url))
    stage.send(cast, draft)
    asked = woken(monkeypatch)
    with clock.at(clock.now() + STALE + timedelta(minutes=1)):
        scoring.take(cast)
    assert url in asked


def test_the_earner_hears_once_when_reviewers_cannot_open_a_link(cast, draft, outside):
    artifact = opened(cast, added(cast, draft, outside.url("/open")))
    stage.send(cast, draft)
    outside.on("/open", answer(b"", "403 Forbidden"))
    opened(cast, artifact)
    opened(cast, artifact)
    mail = OutgoingMail.objects.get(kind="link_closed")
    assert mail.to == cast.ada.email
    assert outside.url("/open") in mail.text


def test_only_the_earner_can_have_a_link_checked(cast, draft, client, outside):
    artifact = added(cast, draft, outside.url("/open"))
    client.force_login(stage.other_earner(cast))
    assert client.post(reverse("link_recheck", args=["lakeside", draft.work_id, artifact.id])).status_code == 404
