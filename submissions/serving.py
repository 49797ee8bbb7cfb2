"""Answering with a stored file so that it can do no harm: fixed type, no sniffing, a sandbox, ranges for video."""

import re
from typing import IO

from django.core.files.storage import default_storage
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.utils.http import content_disposition_header

from submissions import files
from submissions.models import Captions, Preview, StoredFile

_CSP = (
    "sandbox allow-popups; default-src 'none'; img-src 'self' data:; media-src 'self'; style-src 'unsafe-inline'; "
    "frame-ancestors 'self'"
)


def original(file: StoredFile, *, name: str, wanted: str = "") -> HttpResponse:
    """What someone uploaded, byte for byte, as a download under `name`. `wanted`: a Range header."""
    return _answer(file.key, file.size, file.content_type, name=name, inline=False, wanted=wanted)


def preview(made: Preview, *, wanted: str = "") -> HttpResponse:
    """A preview, to show in a page. `wanted`: a Range header."""
    name = f"{made.kind}-{made.position + 1}"
    return _answer(made.key, made.size, made.content_type, name=name, inline=True, wanted=wanted)


def archive(key: str, size: int, *, name: str, wanted: str = "") -> HttpResponse:
    """A file that we made for someone to keep, as a download under `name`. `wanted`: a Range header."""
    return _answer(key, size, "application/zip", name=name, inline=False, wanted=wanted)


def captions(made: Captions) -> HttpResponse:
    """Captions, as text that nobody takes for anything else. They are in the database, so no storage is asked."""
    response = HttpResponse(made.text, content_type="text/vtt; charset=utf-8")
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = _CSP
    response["Cache-Control"] = "private, no-cache"
    return response


def _answer(key: str, size: int, content_type: str, *, name: str, inline: bool, wanted: str) -> HttpResponse:
    """The stored object `key`. Of a Range (RFC 9110, 14.2) one range is served, others are ignored.

    Storage that has addresses of its own is redirected to. Raises files.StorageDown (503).
    """
    content_type = content_type if inline else "application/octet-stream"
    disposition = content_disposition_header(not inline, name)
    try:
        default_storage.path(key)
    except NotImplementedError:
        parameters = {"ResponseContentDisposition": disposition, "ResponseContentType": content_type}
        return HttpResponseRedirect(default_storage.url(key, parameters=parameters, expire=files.life_of(content_type)))
    try:
        stored = default_storage.open(key)
    except files.STORAGE_ERRORS as problem:
        raise files.StorageDown from problem
    response = _whole_or_part(stored, size, content_type, wanted)
    response["Content-Disposition"] = disposition
    response["X-Content-Type-Options"] = "nosniff"
    response["X-Frame-Options"] = "SAMEORIGIN"
    response["Content-Security-Policy"] = _CSP
    response["Cache-Control"] = f"private, max-age={files.ADDRESS_LIFE}"
    return response


def _whole_or_part(stored: IO[bytes], size: int, content_type: str, wanted: str) -> HttpResponse:
    match = re.fullmatch(r"bytes=(\d{0,18})-(\d{0,18})", wanted.strip())
    if match is None or match.groups() == ("", ""):
        response = FileResponse(stored, content_type=content_type)
    else:
        first, last = _bounds(*match.groups(), size=size)
        if first > last or first >= size:
            stored.close()
            return HttpResponse(status=416, headers={"Content-Range": f"bytes */{size}"})
        stored.seek(first)
        response = FileResponse(_Slice(stored, last - first + 1), status=206, content_type=content_type)
        response["Content-Range"] = f"bytes {first}-{last}/{size}"
        response["Content-Length"] = last - first + 1
    response["Accept-Ranges"] = "bytes"
    return response


def _bounds(first: str, last: str, *, size: int) -> tuple[int, int]:
    """First and last byte; "-500" means the last 500."""
    if not first:
        return max(0, size - int(last)), size - 1
    return int(first), min(int(last), size - 1) if last else size - 1


class _Slice:
    """The next `length` bytes of an open file, as FileResponse reads them."""

    def __init__(self, stored: IO[bytes], length: int) -> None:
        self.stored, self.left = stored, length

    def read(self, amount: int = -1) -> bytes:
        """At most `amount` bytes, and never past the end of the slice."""
        amount = self.left if amount < 0 else min(amount, self.left)
        chunk = self.stored.read(amount)
        self.left -= len(chunk)
        return chunk

    def close(self) -> None:
        """Close the file."""
        self.stored.close()
