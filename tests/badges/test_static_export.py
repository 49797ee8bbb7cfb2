"""What an issuer has given out, served by a plain file server: it verifies there, by software that is not ours."""

import base64
import gzip
import io
import json
import threading
import zipfile
from functools import partial
from http.server import SimpleHTTPRequestHandler, ThreadingHTTPServer
from urllib.error import HTTPError
from urllib.parse import unquote
from urllib.request import urlopen

import pytest
from django.conf import settings
from django.core.management import CommandError, call_command
from django.urls import reverse
from joserfc import jws
from joserfc.jwk import ECKey

from badges.actions import revoke, share
from badges.models import Badge
from badges.openbadges.baking import unbake_png, unbake_svg
from config.site.tasks import make_export
from submissions.models import DataExport
from tenants.models import AuditEntry
from tests.badges.independent import BASE58, verify_with_pyoxigraph
from tests.badges.made import minted
from tests.badges.node import verify_with_node
from tests.credentials.sample import published

PAGE = reverse("issuer_archive", args=["lakeside"])


class Quiet(SimpleHTTPRequestHandler):
    """The file server of Python, without a log."""

    def log_message(self, *args: object) -> None:
        pass


class Served:
    """A folder at an address. Reads what was at the address of Laurel from there."""

    def __init__(self, folder, address: str) -> None:
        self.folder, self.address = folder, address

    def get(self, address: str) -> bytes:
        assert address.startswith(settings.BASE_URL), address
        with urlopen(self.address + address.removeprefix(settings.BASE_URL)) as answer:
            return answer.read()

    def resolve(self, did: str) -> dict:
        """did:web method, section 3.2, but for the port on which the test serves."""
        host, *path = did.removeprefix("did:web:").split(":")
        assert unquote(host) == settings.BASE_URL.split("//")[1]
        document = json.loads(self.get(f"{settings.BASE_URL}/{'/'.join(path)}/did.json"))
        assert document["id"] == did
        return document


@pytest.fixture
def three(cast):
    """Badges of Ada: public and named, with the link only and without the name, private."""
    made = [minted(cast, published(cast, title=title)) for title in ("Open", "By link", "Closed")]
    with cast.inside():
        for badge, seen in zip(made, ("public", "unlisted", "private"), strict=True):
            share(by=cast.by(cast.ada), badge=badge, visibility=seen, show_name=seen == "public")
    return made


@pytest.fixture
def served(cast, three, tmp_path):
    folder = tmp_path / "site"
    call_command("export_issuer", "lakeside", str(folder), stdout=io.StringIO())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield Served(folder, f"http://127.0.0.1:{server.server_port}")
    server.shutdown()
    server.server_close()


def key_of(served: Served, credential: dict) -> bytes:
    """The 32 bytes of the Ed25519 key that a credential names, found by its DID."""
    method = credential["proof"]["verificationMethod"]
    document = served.resolve(method.split("#")[0])
    assert method in document["assertionMethod"]
    [text] = [each["publicKeyMultibase"] for each in document["verificationMethod"] if each["id"] == method]
    number = 0
    for character in text[1:]:
        number = number * 58 + BASE58.index(character)
    data = number.to_bytes(34)
    assert data[:2] == b"\xed\x01"
    return data[2:]


def is_revoked(served: Served, credential: dict) -> bool:
    """W3C Bitstring Status List 1.0, from the words of the standard."""
    entry = credential["credentialStatus"]
    listed = json.loads(served.get(entry["statusListCredential"]))
    assert verify_with_pyoxigraph(listed, key_of(served, listed))
    assert "validUntil" not in listed, "a copy has to hold for as long as it lies there"
    text = listed["credentialSubject"]["encodedList"][1:]
    bits = gzip.decompress(base64.urlsafe_b64decode(text + "=" * (-len(text) % 4)))
    index = int(entry["statusListIndex"])
    return bool(bits[index // 8] >> (7 - index % 8) & 1)


def test_a_badge_verifies_from_the_folder_alone(served, three):
    address = f"{settings.BASE_URL}/b/{three[0].id}"
    credential = json.loads(served.get(f"{address}.json"))
    assert credential["id"] == address
    assert verify_with_pyoxigraph(credential, key_of(served, credential))
    assert verify_with_node(credential, served.resolve(credential["issuer"]["id"]))["verified"]
    assert not is_revoked(served, credential)
    changed = json.loads(served.get(f"{address}.json"))
    changed["name"] = "Something grander"
    assert not verify_with_pyoxigraph(changed, key_of(served, credential))


def test_every_address_in_it_is_there(served, three):
    credential = json.loads(served.get(f"{settings.BASE_URL}/b/{three[0].id}.json"))
    achievement = credential["credentialSubject"]["achievement"]
    assert b"Open" in served.get(credential["id"])
    assert b"Open" in served.get(achievement["criteria"]["id"])
    assert json.loads(served.get(f"{achievement['id']}.json"))["id"] == achievement["id"]
    assert served.get(achievement["image"]["id"]).startswith(b"\x89PNG")
    profile = json.loads((served.folder / f"i/{three[0].issuer_id}/profile.json").read_bytes())
    assert profile["id"] == credential["issuer"]["id"]


def test_pictures_token_and_the_old_form_are_there(served, three):
    stem = f"{settings.BASE_URL}/b/{three[1].id}"
    document = json.loads(served.get(f"{stem}.json"))
    assert json.loads(unbake_png(served.get(f"{stem}.png"))) == json.loads(unbake_svg(served.get(f"{stem}.svg")))
    token = served.get(f"{stem}.jwt").decode()
    header = json.loads(base64.urlsafe_b64decode(token.split(".")[0] + "=="))
    keys = served.resolve(document["issuer"]["id"])["verificationMethod"]
    [key] = [each["publicKeyJwk"] for each in keys if each["id"] == header["kid"]]
    assert jws.deserialize_compact(token, ECKey.import_key(key), algorithms=["ES256"])
    assertion = json.loads(served.get(f"{settings.BASE_URL}/ob2/{three[1].id}.json"))
    badge_class = json.loads(served.get(assertion["badge"]))
    assert json.loads(served.get(badge_class["issuer"]))["type"] == "Issuer"
    assert served.get(assertion["image"])


def test_private_badges_and_names_are_left_out(served, three):
    _public, unlisted, private = three
    for path in (f"b/{private.id}", f"b/{private.id}.json", f"b/{private.id}.jwt", f"ob2/{private.id}.json"):
        with pytest.raises(HTTPError) as refused:
            served.get(f"{settings.BASE_URL}/{path}")
        assert refused.value.code == 404
    assert b"Ada" not in served.get(f"{settings.BASE_URL}/b/{unlisted.id}")
    index = served.get(f"{settings.BASE_URL}/").decode()
    assert "Ada Alvarez" in index
    assert str(unlisted.id) not in index, "who has the address can open it; a list would tell everyone"
    everything = b"".join(path.read_bytes() for path in served.folder.rglob("*") if path.is_file())
    assert str(private.id).encode() not in everything
    assert b"ada@example.org" not in everything


def test_a_badge_taken_back_shows_as_revoked(cast, three, tmp_path):
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=three[0], reason="error")
    folder = tmp_path / "site"
    call_command("export_issuer", "lakeside", str(folder), stdout=io.StringIO())
    server = ThreadingHTTPServer(("127.0.0.1", 0), partial(Quiet, directory=folder))
    threading.Thread(target=server.serve_forever, daemon=True).start()
    try:
        served = Served(folder, f"http://127.0.0.1:{server.server_port}")
        credential = json.loads(served.get(f"{settings.BASE_URL}/b/{three[0].id}.json"))
        assert verify_with_pyoxigraph(credential, key_of(served, credential))
        assert is_revoked(served, credential)
        other = json.loads(served.get(f"{settings.BASE_URL}/b/{three[1].id}.json"))
        assert not is_revoked(served, other)
        assert "Taken back" in served.get(credential["id"]).decode()
        assert json.loads(served.get(f"{settings.BASE_URL}/ob2/{three[0].id}.json"))["revoked"] is True
    finally:
        server.shutdown()
        server.server_close()


def test_links_between_the_pages_lead_somewhere(served, three):
    import re

    for path in served.folder.rglob("*"):
        if path.is_file() and path.read_bytes().startswith(b"<!doctype html>"):
            for address in re.findall(r'(?:href|src)="([^"]+)"', path.read_text()):
                assert (path.parent / address).resolve().is_file(), f"{path}: {address}"


def test_an_admin_has_it_packed_and_downloads_it(client, cast, three):
    client.force_login(cast.cleo)
    assert client.post(PAGE).status_code == 302
    export = DataExport.objects.get(kind="issuer")
    assert "Being made" in client.get(PAGE).content.decode()
    make_export(str(export.id))
    assert reverse("export_file", args=[export.id]) in client.get(PAGE).content.decode()
    answer = client.get(reverse("export_file", args=[export.id]))
    packed = zipfile.ZipFile(io.BytesIO(answer.getvalue()))
    assert packed.testzip() is None
    assert packed.read(f"b/{three[0].id}.json") == bytes(Badge.objects.get(id=three[0].id).document)
    with cast.inside():
        assert AuditEntry.objects.filter(verb="issuer.archived", actor=cast.cleo).count() == 1
    client.force_login(cast.ada)
    assert client.post(PAGE).status_code == 403
    assert client.get(reverse("export_file", args=[export.id])).status_code == 404


def test_a_tenant_that_has_issued_nothing_is_told_so(cast, tmp_path):
    with pytest.raises(CommandError, match="issued nothing"):
        call_command("export_issuer", "harbor", str(tmp_path))
