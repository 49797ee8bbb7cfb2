"""The same promises when evidence is kept in an S3 store, set up as operators do it (moto stands in for a store)."""

import time
import urllib.request
from base64 import b64encode
from hashlib import sha256
from urllib.parse import parse_qs, urlsplit

import pytest
from django.core.management import call_command
from django.urls import reverse

from submissions import files
from submissions.models import Artifact, Response, Upload
from submissions.tasks import drop_parts
from tests.submissions import stage
from tests.submissions.uploading import addresses, begin, put, send

pytestmark = pytest.mark.filterwarnings("ignore::DeprecationWarning")


def test_a_file_goes_to_the_store_under_a_name_that_says_nothing(cast, draft, client, store):
    client.force_login(cast.ada)
    artifact = send(cast, client, draft, "plan.pdf", stage.pdf()).artifact
    assert artifact.state == Artifact.State.READY
    assert store.keys() == [artifact.file.key]
    assert "plan.pdf" not in artifact.file.key
    stored = store.client.get_object(Bucket=store.bucket, Key=artifact.file.key)["Body"].read()
    assert stored == stage.pdf()


@pytest.mark.parametrize("how", ["by parts", "plain form"])
def test_a_file_larger_than_one_part_arrives_whole(cast, draft, client, store, how):
    film = stage.video() + stage.box(b"mdat", bytes(range(256)) * 80_000)  # 20 MB
    client.force_login(cast.ada)
    if how == "by parts":
        assert send(cast, client, draft, "lesson.mp4", film).artifact.state == "ready"
    else:
        assert plain(client, draft, "lesson.mp4", film).status_code == 302
    [key] = store.keys()
    assert store.client.get_object(Bucket=store.bucket, Key=key)["Body"].read() == film
    assert "Uploads" not in store.client.list_multipart_uploads(Bucket=store.bucket)


def plain(client, draft, name, content):
    url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
    return client.post(url, {"file": stage.upload(name, content), "rev": "0"})


def test_the_address_of_a_file_opens_without_an_account_for_five_minutes(cast, draft, client, store):
    client.force_login(cast.ada)
    artifact = send(cast, client, draft, "plan.pdf", stage.pdf()).artifact
    answer = client.get(files.address_of(artifact, cast.ada, tenant=cast.lakeside))
    assert answer.status_code == 302
    with urllib.request.urlopen(answer["Location"]) as fetched:
        assert fetched.read() == stage.pdf()
        assert fetched.headers["Content-Type"] == "application/octet-stream"
        assert "plan.pdf" in fetched.headers["Content-Disposition"]
        assert "attachment" in fetched.headers["Content-Disposition"]
    signed = parse_qs(urlsplit(answer["Location"]).query)
    assert signed["X-Amz-Algorithm"] == ["AWS4-HMAC-SHA256"]
    assert signed["X-Amz-Expires"] == ["300"]


def test_the_address_of_a_part_is_signed_for_one_part_with_one_checksum(cast, draft, client, store):
    client.force_login(cast.ada)
    begun = begin(client, draft, "plan.pdf", 400).json()
    [address] = addresses(client, begun, {1: b"x" * 400}).json().values()
    signed = parse_qs(urlsplit(address["url"]).query)
    assert signed["X-Amz-Expires"] == ["300"]
    assert signed["partNumber"] == ["1"]
    assert "x-amz-checksum-sha256" in signed["X-Amz-SignedHeaders"][0]
    assert address["headers"] == {"x-amz-checksum-sha256": b64encode(sha256(b"x" * 400).digest()).decode()}


def test_pages_may_show_and_send_to_the_store_and_nothing_else(cast, draft, client, store):
    client.force_login(cast.ada)
    page = client.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"]))
    policy = dict(each.strip().split(" ", 1) for each in page["Content-Security-Policy"].split(";") if " " in each)
    for kind in ("img-src", "media-src", "frame-src", "connect-src"):
        assert store.endpoint in policy[kind]
    assert store.endpoint not in policy["script-src"]


def test_a_bucket_is_told_who_may_send_and_what_to_sweep(store, settings):
    settings.BASE_URL = "https://laurel.example.org"
    call_command("bucket", verbosity=0)
    [rule] = store.client.get_bucket_cors(Bucket=store.bucket)["CORSRules"]
    assert rule["AllowedOrigins"] == ["https://laurel.example.org"]
    assert rule["AllowedMethods"] == ["PUT", "GET", "HEAD"]
    rules = store.client.get_bucket_lifecycle_configuration(Bucket=store.bucket)["Rules"]
    assert [rule["AbortIncompleteMultipartUpload"]["DaysAfterInitiation"] for rule in rules] == [7]
    assert rules[0]["Filter"] == {"Prefix": "quarantine/"}


@pytest.mark.parametrize("trouble", ["no bucket", "no server"])
def test_a_store_that_is_gone_is_said_and_words_are_still_saved(cast, draft, client, store, trouble):
    if trouble == "no bucket":
        store.client.delete_bucket(Bucket=store.bucket)
    else:
        store.server.stop()
    start = time.monotonic()
    client.force_login(cast.ada)
    refused = begin(client, draft, "plan.pdf", 400)
    answer = plain(client, draft, "plan.pdf", stage.pdf())
    assert time.monotonic() - start < 30
    assert (refused.status_code, answer.status_code) == (503, 503)
    assert refused.json()["detail"].startswith("We could not store this file just now.")
    with cast.inside():
        assert not Artifact.objects.exclude(state="uploading").exists()
    address = reverse("work_criterion", args=["lakeside", draft.work_id, "plan"])
    assert client.post(address, {"answer-look": "Look at page two."}).status_code == 302
    with cast.inside():
        assert Response.objects.get().text == "Look at page two."


def test_a_store_that_went_away_later_does_not_break_the_page(cast, draft, client, store):
    client.force_login(cast.ada)
    send(cast, client, draft, "plan.pdf", stage.pdf())
    store.server.stop()
    page = client.get(reverse("work_criterion", args=["lakeside", draft.work_id, "plan"]))
    assert page.status_code == 200
    assert "plan.pdf" in page.content.decode()


def test_what_is_removed_before_it_was_finished_leaves_nothing_in_the_store(cast, draft, client, store):
    client.force_login(cast.ada)
    begun = begin(client, draft, "lesson.mp4", 20_000_000).json()
    part = b"x" * begun["part_size"]
    [address] = addresses(client, begun, {1: part}).json().values()
    assert put(client, address, part) == 200
    assert client.post(begun["remove"], HTTP_HX_REQUEST="true").status_code == 200
    with cast.inside():
        upload = Upload.objects.get()
    drop_parts(str(cast.lakeside.id), str(upload.id))
    assert store.keys() == []
    assert "Uploads" not in store.client.list_multipart_uploads(Bucket=store.bucket)
    with cast.inside():
        assert Upload.objects.get().dropped_at is not None
