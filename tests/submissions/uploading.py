"""Sending a file as upload.js does: begun, its parts PUT where the server says, finished, and then checked."""

import hashlib
from dataclasses import dataclass
from urllib.request import Request, urlopen

from django.test import Client
from django.urls import reverse

from submissions.models import Artifact, Submission, Upload
from submissions.tasks import check_upload, drop_parts
from tests.cast import Cast


@dataclass(frozen=True)
class Sent:
    """What became of a file: the last answer of the server, and the row of the artifact if there is one."""

    status: int
    detail: str = ""
    artifact: Artifact | None = None
    html: str = ""


def begin(client: Client, draft: Submission, name: str, size: int, key: str = "plan", slug: str = "lakeside"):
    """The answer to the first request."""
    url = reverse("upload_begin", args=[slug, draft.work_id, key])
    return client.post(url, {"name": name, "size": size}, HTTP_ACCEPT="application/json")


def pieces(content: bytes, part_size: int) -> dict[int, bytes]:
    """The parts of a content, from 1 on."""
    return {n + 1: content[at : at + part_size] for n, at in enumerate(range(0, len(content), part_size))}


def addresses(client: Client, begun: dict, parts: dict[int, bytes]):
    """The answer to the request for addresses of parts."""
    body = {"part": [f"{number}:{hashlib.sha256(part).hexdigest()}" for number, part in parts.items()]}
    return client.post(begun["addresses"], body, HTTP_ACCEPT="application/json")


def put(client: Client, address: dict, part: bytes) -> int:
    """PUT a part to where it belongs, and return the status of the answer."""
    if address["url"].startswith("/"):
        return client.put(address["url"], part, content_type="application/octet-stream").status_code
    headers = {"Content-Type": "", **address["headers"]}  # as browsers do, and not the form type of urllib
    with urlopen(Request(address["url"], data=part, headers=headers, method="PUT"), timeout=30) as answer:
        return answer.status


def send_parts(client: Client, begun: dict, content: bytes) -> None:
    """Send whatever is not there yet."""
    missing = {n: part for n, part in pieces(content, begun["part_size"]).items() if str(n) not in begun["have"]}
    while missing:
        some = dict(list(missing.items())[:32])
        for number, address in addresses(client, begun, some).json().items():
            assert put(client, address, some[int(number)]) in (200, 204)
            del missing[int(number)]


def arrive(client: Client, draft: Submission, name: str, content: bytes, key: str = "plan", slug: str = "lakeside"):
    """Send a whole file, without having it checked. Returns the answer to the request that ended it, and `begun`."""
    answer = begin(client, draft, name, len(content), key, slug)
    if answer.status_code != 200:
        return answer, {}
    begun = answer.json()
    send_parts(client, begun, content)
    return client.post(begun["finish"], HTTP_ACCEPT="application/json"), begun


def send(cast: Cast, client: Client, draft: Submission, name: str, content: bytes, key: str = "plan") -> Sent:
    """Send a whole file and let the worker check it."""
    answer, begun = arrive(client, draft, name, content, key)
    if answer.status_code != 202:
        return Sent(answer.status_code, answer.json()["detail"])
    with cast.inside():
        upload = Upload.objects.get(artifact=begun["artifact"])
    for task in (check_upload, drop_parts):
        task(str(cast.lakeside.id), str(upload.id))
    with cast.inside():
        artifact = Artifact.objects.select_related("file").get(id=begun["artifact"])
    html = client.get(begun["row"], HTTP_HX_REQUEST="true").content.decode()
    return Sent(200, artifact.refusal, artifact, html)
