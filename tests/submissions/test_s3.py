"""The same promises when evidence is kept in an S3 store, set up as operators do it (moto stands in for a store)."""

import runpy
import time
import urllib.request
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import boto3
import pytest
from django.conf import settings as django_settings
from django.urls import reverse
from moto.server import ThreadedMotoServer

from lib.ids import uuid7
from submissions import files
from submissions.models import Artifact, Response
from tests.submissions import stage

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


class Store:
    """A running S3 server with one bucket, as a client of its own sees it."""

    def __init__(self) -> None:
        self.server = ThreadedMotoServer(port=0)
        self.server.start()
        host, port = self.server.get_host_and_port()
        self.endpoint = f"http://{host}:{port}"
        self.bucket = f"evidence-{uuid7().hex}"  # moto keeps what it has for the whole run
        self.client = boto3.client(
            "s3",
            endpoint_url=self.endpoint,
            aws_access_key_id="key",
            aws_secret_access_key="secret",
            region_name="us-east-1",
        )
        self.client.create_bucket(Bucket=self.bucket)

    def keys(self) -> list[str]:
        return [each["Key"] for each in self.client.list_objects_v2(Bucket=self.bucket).get("Contents", [])]


@pytest.fixture
def store(settings, monkeypatch):
    """The project's own settings, read again with the variables of docs/operations.md."""
    store = Store()
    variables = {
        "S3_BUCKET": store.bucket,
        "S3_ENDPOINT_URL": store.endpoint,
        "S3_ACCESS_KEY_ID": "key",
        "S3_SECRET_ACCESS_KEY": "secret",
        "S3_REGION": "us-east-1",
    }
    for name, value in variables.items():
        monkeypatch.setenv(name, value)
    read = runpy.run_path(str(Path(django_settings.ROOT) / "config/settings.py"))
    settings.STORAGES = {**settings.STORAGES, "default": read["STORAGES"]["default"]}
    settings.CONTENT_SECURITY_POLICY = read["CONTENT_SECURITY_POLICY"]
    yield store
    store.server.stop()


def send(client, cast, draft, content=None):
    client.force_login(cast.ada)
    file = stage.upload("plan.pdf", content or stage.pdf())
    url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
    return client.post(url, {"file": file}, HTTP_ACCEPT="application/json")


def test_a_file_goes_to_the_store_under_a_name_that_says_nothing(cast, draft, client, store):
    assert send(client, cast, draft).status_code == 200
    with cast.inside():
        artifact = Artifact.objects.get()
        assert artifact.state == Artifact.State.READY
    assert store.keys() == [artifact.storage_key]
    assert "plan.pdf" not in artifact.storage_key
    stored = store.client.get_object(Bucket=store.bucket, Key=artifact.storage_key)["Body"].read()
    assert stored == stage.pdf()


def test_a_file_larger_than_one_part_arrives_whole(cast, draft, client, store):
    film = stage.video() + stage.box(b"mdat", bytes(range(256)) * 80_000)  # 20 MB, sent in parts
    client.force_login(cast.ada)
    url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
    answer = client.post(url, {"file": stage.upload("lesson.mp4", film)}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 200
    [key] = store.keys()
    assert store.client.get_object(Bucket=store.bucket, Key=key)["Body"].read() == film


def test_the_address_of_a_file_opens_without_an_account_for_five_minutes(cast, draft, client, store):
    send(client, cast, draft)
    with cast.inside():
        artifact = Artifact.objects.get()
    answer = client.get(files.address_of(artifact, cast.ada, tenant=cast.lakeside))
    assert answer.status_code == 302
    with urllib.request.urlopen(answer["Location"]) as fetched:
        assert fetched.read() == stage.pdf()
        assert fetched.headers["Content-Type"] == "application/pdf"
        assert "plan.pdf" in fetched.headers["Content-Disposition"]
    signed = parse_qs(urlsplit(answer["Location"]).query)
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["300"]


def test_pages_may_show_what_the_store_serves_and_nothing_else(cast, draft, client, store):
    client.force_login(cast.ada)
    page = client.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"]))
    policy = dict(each.strip().split(" ", 1) for each in page["Content-Security-Policy"].split(";") if " " in each)
    for kind in ("img-src", "media-src", "frame-src"):
        assert store.endpoint in policy[kind]
    assert store.endpoint not in policy["script-src"]


@pytest.mark.parametrize("trouble", ["no bucket", "no server"])
def test_a_store_that_is_gone_is_said_and_words_are_still_saved(cast, draft, client, store, trouble):
    if trouble == "no bucket":
        store.client.delete_bucket(Bucket=store.bucket)
    else:
        store.server.stop()
    start = time.monotonic()
    answer = send(client, cast, draft)
    assert time.monotonic() - start < 15
    assert answer.status_code == 503
    assert answer.json()["detail"].startswith("We could not store this file just now.")
    with cast.inside():
        assert not Artifact.objects.exists()
    address = reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])
    assert client.post(address, {"answer-look": "Look at page two."}).status_code == 302
    with cast.inside():
        assert Response.objects.get().text == "Look at page two."


def test_a_store_that_went_away_later_does_not_break_the_page(cast, draft, client, store):
    send(client, cast, draft)
    store.server.stop()
    page = client.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"]))
    assert page.status_code == 200
    assert "plan.pdf" in page.content.decode()


def test_what_is_removed_is_deleted_from_the_store(cast, draft, client, store, django_capture_on_commit_callbacks):
    send(client, cast, draft)
    with cast.inside():
        artifact = Artifact.objects.get()
    url = reverse("artifact_remove", args=["lakeside", draft.work_id, artifact.id])
    with django_capture_on_commit_callbacks(execute=True):
        client.post(url, HTTP_HX_REQUEST="true")
    assert store.keys() == []
