"""An S3 store to test against: moto's server, set up as operators set theirs up."""

import runpy
from collections.abc import Iterator
from pathlib import Path

import boto3
from django.conf import settings as django_settings
from moto.server import ThreadedMotoServer

from lib.ids import uuid7


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


def running_store(settings, monkeypatch) -> Iterator[Store]:
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
    try:
        yield store
    finally:
        store.server.stop()
