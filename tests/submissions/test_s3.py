"""The same promises when evidence is kept in an S3 store (moto stands in for one)."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from lib.ids import uuid7
from submissions.models import Artifact
from tests.submissions import stage

moto_server = pytest.importorskip("moto.server")


@pytest.fixture
def bucket(settings):
    import boto3

    server = moto_server.ThreadedMotoServer(port=0)
    server.start()
    host, port = server.get_host_and_port()
    endpoint = f"http://{host}:{port}"
    keys = {"access_key": "a", "secret_key": "b", "region_name": "us-east-1"}
    client = boto3.client(
        "s3", endpoint_url=endpoint, aws_access_key_id="a", aws_secret_access_key="b", region_name="us-east-1"
    )
    name = f"evidence-{uuid7().hex}"  # moto keeps what it has for the whole run
    client.create_bucket(Bucket=name)
    options = {"bucket_name": name, "endpoint_url": endpoint, "file_overwrite": False, "max_memory_size": 1000}
    s3 = {"BACKEND": "storages.backends.s3.S3Storage", "OPTIONS": {**options, **keys, "addressing_style": "path"}}
    settings.STORAGES = {**settings.STORAGES, "default": s3}
    yield client
    server.stop()


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_file_goes_to_the_store_is_read_back_and_handed_out_by_a_signed_address(cast, draft, client, bucket):
    client.force_login(cast.ada)
    url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
    file = SimpleUploadedFile("plan.pdf", stage.pdf())
    assert client.post(url, {"file": file}, HTTP_ACCEPT="application/json").status_code == 200
    with cast.inside():
        artifact = Artifact.objects.get()
        assert artifact.state == "ready"
    stored = bucket.get_object(Bucket=default_storage.bucket_name, Key=artifact.storage_key)["Body"].read()
    assert stored == stage.pdf()
    answer = client.get(reverse("artifact_file", args=["lakeside", artifact.id]))
    assert answer.status_code == 302
    assert artifact.storage_key in answer["Location"]
    assert "Signature" in answer["Location"]
    assert "response-content-disposition" in answer["Location"]


@pytest.mark.filterwarnings("ignore::DeprecationWarning")
def test_a_store_that_is_gone_is_said(cast, draft, client, bucket):
    bucket.delete_bucket(Bucket=default_storage.bucket_name)
    client.force_login(cast.ada)
    url = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
    file = SimpleUploadedFile("plan.pdf", stage.pdf())
    answer = client.post(url, {"file": file}, HTTP_ACCEPT="application/json")
    assert answer.status_code == 503
    with cast.inside():
        assert not Artifact.objects.exists()
