"""Tell an S3 bucket what Laurel needs of it, and leave the other rules there alone. Safe to run again."""

from typing import Any

from botocore.exceptions import ClientError
from django.conf import settings
from django.core.files.storage import default_storage
from django.core.management.base import BaseCommand, CommandError

from submissions.quarantine.s3 import PREFIX

ID = "laurel-unfinished-uploads"
DAYS = 7


class Command(BaseCommand):
    """Browsers may PUT parts from our pages (CORS), and uploads that nobody finished go away (lifecycle)."""

    help = "Set CORS and the lifecycle of unfinished uploads on the S3 bucket"

    def handle(self, *args: Any, **options: Any) -> None:
        """Set both, the second also where the store refuses the first; fail if either was refused."""
        if not hasattr(default_storage, "bucket"):
            raise CommandError("Evidence is kept on local disk: S3_BUCKET is not set.")
        client, bucket = default_storage.connection.meta.client, default_storage.bucket_name
        refusals = []
        for name, configure in {"CORS": _allow_pages, "lifecycle": _sweep_unfinished}.items():
            try:
                configure(client, bucket)
                self.stdout.write(f"{name}: set")
            except ClientError as problem:
                refusals.append(f"{name}: {problem}")
        if refusals:
            raise CommandError("The store refused:\n" + "\n".join(refusals))


def _allow_pages(client: Any, bucket: str) -> None:
    rule = {
        "AllowedOrigins": [settings.BASE_URL],
        "AllowedMethods": ["PUT", "GET", "HEAD"],
        "AllowedHeaders": ["x-amz-checksum-sha256", "content-type", "range"],
        "MaxAgeSeconds": 3600,
    }
    there = _there(client.get_bucket_cors, bucket, "CORSRules")
    others = [each for each in there if each["AllowedOrigins"] != rule["AllowedOrigins"]]
    client.put_bucket_cors(Bucket=bucket, CORSConfiguration={"CORSRules": [*others, rule]})


def _sweep_unfinished(client: Any, bucket: str) -> None:
    rule = {
        "ID": ID,
        "Status": "Enabled",
        "Filter": {"Prefix": PREFIX},
        "AbortIncompleteMultipartUpload": {"DaysAfterInitiation": DAYS},
        "Expiration": {"Days": 2 * DAYS},  # what was put together and then never checked
    }
    others = [each for each in _there(client.get_bucket_lifecycle_configuration, bucket, "Rules") if each["ID"] != ID]
    client.put_bucket_lifecycle_configuration(Bucket=bucket, LifecycleConfiguration={"Rules": [*others, rule]})


def _there(get: Any, bucket: str, name: str) -> list[dict[str, Any]]:
    """The rules a bucket has; none when it never had any."""
    try:
        return get(Bucket=bucket)[name]
    except ClientError as problem:
        if problem.response["Error"]["Code"].startswith("NoSuch") and "Bucket" not in problem.response["Error"]["Code"]:
            return []
        raise
