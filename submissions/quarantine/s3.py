"""Quarantine in an S3 store: multipart uploads whose parts the browser PUTs to the store itself."""

from base64 import b64encode
from collections.abc import Iterable, Iterator
from pathlib import Path
from typing import Any

from botocore.exceptions import ClientError

from submissions.files import ADDRESS_LIFE, CHUNK
from submissions.models import Upload
from submissions.quarantine.base import Address, PartHasher, Quarantine, Read

PREFIX = "quarantine/"
_GONE = {"NoSuchUpload", "NoSuchKey", "404"}


class S3Quarantine(Quarantine):
    """The parts of an unfinished multipart upload; after that one object under quarantine/."""

    def __init__(self, storage: Any) -> None:
        self.bucket = storage.bucket_name
        self.client = storage.connection.meta.client

    def begin(self, upload: Upload) -> str:
        made = self.client.create_multipart_upload(**self._place(upload), ChecksumAlgorithm="SHA256")
        return made["UploadId"]

    def address(self, upload: Upload, number: int, sha256: str) -> Address:
        checksum = b64encode(bytes.fromhex(sha256)).decode()
        parameters = self._multipart(upload) | {"PartNumber": number, "ChecksumSHA256": checksum}
        url = self.client.generate_presigned_url("upload_part", Params=parameters, ExpiresIn=ADDRESS_LIFE)
        return Address(url, {"x-amz-checksum-sha256": checksum})

    def stored(self, upload: Upload) -> dict[int, int]:
        if self._is_complete(upload):
            return {number: upload.size_of(number) for number in range(1, upload.parts + 1)}
        return {part["PartNumber"]: part["Size"] for part in self._parts(upload)}

    def read(self, upload: Upload, to: Path) -> Read:
        self._complete(upload)
        hasher = PartHasher(upload.part_size)
        try:
            body = self.client.get_object(**self._place(upload))["Body"]
        except ClientError as problem:
            raise _translated(problem) from problem
        with to.open("wb") as whole:
            for chunk in body.iter_chunks(CHUNK):
                whole.write(chunk)
                hasher.update(chunk)
        return hasher.result()

    def forget(self, upload: Upload, numbers: Iterable[int]) -> None:
        """A completed object cannot be opened again: begin anew. The store has compared each part's checksum itself."""
        self.drop(upload)
        upload.multipart_id = self.begin(upload)

    def publish(self, upload: Upload, checked: Path, key: str) -> None:
        """Copied inside the store, and only if it is the very object that was read; `checked` stays where it is."""
        place = self._place(upload)
        found = self.client.head_object(**place)
        self.client.copy_object(
            Bucket=self.bucket,
            Key=key,
            CopySource=place,
            CopySourceIfMatch=found["ETag"],
            ChecksumAlgorithm="SHA256",  # of the whole; what is copied has one made of the checksums of its parts
            MetadataDirective="REPLACE",
        )

    def drop(self, upload: Upload) -> None:
        try:
            self.client.abort_multipart_upload(**self._multipart(upload))
        except ClientError as problem:
            if _code(problem) not in _GONE:
                raise
        self.client.delete_object(**self._place(upload))

    def _place(self, upload: Upload) -> dict[str, str]:
        return {"Bucket": self.bucket, "Key": f"{PREFIX}{upload.tenant_id}/{upload.id}"}

    def _multipart(self, upload: Upload) -> dict[str, str]:
        return self._place(upload) | {"UploadId": upload.multipart_id}

    def _parts(self, upload: Upload) -> Iterator[dict[str, Any]]:
        pages = self.client.get_paginator("list_parts").paginate(**self._multipart(upload))
        try:
            for page in pages:
                yield from page.get("Parts", [])
        except ClientError as problem:
            raise _translated(problem) from problem

    def _is_complete(self, upload: Upload) -> bool:
        try:
            self.client.head_object(**self._place(upload))
        except ClientError as problem:
            if _code(problem) not in _GONE:
                raise
            return False
        return True

    def _complete(self, upload: Upload) -> None:
        """Ask the store to put the parts together, unless an earlier attempt has."""
        if self._is_complete(upload):
            return
        kept = ("PartNumber", "ETag", "ChecksumSHA256")
        parts = [{name: part[name] for name in kept if name in part} for part in self._parts(upload)]
        self.client.complete_multipart_upload(**self._multipart(upload), MultipartUpload={"Parts": parts})


def _code(problem: ClientError) -> str:
    return problem.response.get("Error", {}).get("Code", "")


def _translated(problem: ClientError) -> Exception:
    return FileNotFoundError(str(problem)) if _code(problem) in _GONE else problem
