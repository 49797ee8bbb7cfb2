"""The hostile seventeen through every upload field: a sentence or a harmless copy, never a crash, never a script."""

import html
import re

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from submissions.models import Artifact, Preview, Rendering, Submission
from submissions.tasks import render
from tests.submissions.hostile import HOSTILE, MARK, SCRIPT
from tests.submissions.props import film
from tests.submissions.uploading import send

NAMES = sorted(HOSTILE)


@pytest.fixture
def ada(cast, client):
    client.force_login(cast.ada)
    return client


def upload(which: str) -> SimpleUploadedFile:
    name, content = HOSTILE[which]
    return SimpleUploadedFile(name, content)


def shown(cast, client, draft: Submission, artifact: Artifact) -> None:
    """Make the previews, and look at all that a page shows of the file."""
    with cast.inside():
        rendering = Rendering.objects.filter(file=artifact.file_id).first()
    if rendering is not None:
        render(str(cast.lakeside.id), str(rendering.id))
        with cast.inside():
            rendering = Rendering.objects.get(id=rendering.id)
        assert rendering.state in ("made", "failed")
        assert rendering.state == "made" or rendering.note
    original = client.get(reverse("artifact_file", args=["lakeside", artifact.id]))
    assert original["Content-Disposition"].startswith("attachment")
    assert original["Content-Type"] == "application/octet-stream"
    assert original["X-Content-Type-Options"] == "nosniff"
    with cast.inside():
        previews = list(Preview.objects.filter(file=artifact.file_id))
    for each in previews:
        answer = client.get(reverse("artifact_preview", args=["lakeside", artifact.id, each.kind, each.position]))
        assert answer["Content-Security-Policy"].startswith("sandbox")
        assert answer["X-Content-Type-Options"] == "nosniff"
        assert b"<script" not in b"".join(answer.streaming_content)
    page = client.get(reverse("artifact_view", args=["lakeside", draft.work_id, artifact.id]))
    assert page.status_code == 200
    assert SCRIPT not in page.content.decode()
    assert f"<img src=x onerror={MARK}" not in page.content.decode()


@pytest.mark.parametrize("which", NAMES)
def test_by_parts(cast, draft, ada, which):
    name, content = HOSTILE[which]
    sent = send(cast, ada, draft, name, content)
    if sent.artifact is None or sent.artifact.state == "refused":
        assert len(sent.detail) > 20
    else:
        shown(cast, ada, draft, sent.artifact)


@pytest.mark.parametrize("which", NAMES)
def test_by_the_plain_form(cast, draft, ada, which):
    address = reverse("artifact_upload", args=["lakeside", draft.work_id, "plan"])
    answer = ada.post(address, {"file": upload(which), "rev": "0"})
    assert answer.status_code in (302, 422)
    if answer.status_code == 422:
        assert re.search(r'<a href="#file">[^<]{20,}', answer.content.decode())
    else:
        with cast.inside():
            artifact = Artifact.objects.get(kind="file")
        shown(cast, ada, draft, artifact)


@pytest.mark.parametrize("which", NAMES)
def test_by_the_api(draft, ada, which):
    address = reverse("api_artifact_upload", args=["lakeside", draft.work_id, "plan"])
    answer = ada.post(address, {"file": upload(which)})
    assert answer.status_code in (201, 400)
    assert answer.status_code == 201 or len(answer.json()["detail"]) > 20


@pytest.mark.parametrize("which", NAMES)
def test_as_the_logo_of_a_tenant(cast, client, which):
    client.force_login(cast.cleo)
    answer = client.post(reverse("logo_save", args=["lakeside"]), {"logo": upload(which), "alt": "A heron"})
    assert answer.status_code in (302, 422)
    cast.lakeside.refresh_from_db()
    if cast.lakeside.logo_digest:
        logo = client.get(reverse("logo", args=["lakeside", cast.lakeside.logo_digest]))
        assert logo["Content-Type"].startswith("image/")
        content = b"".join(logo.streaming_content) if logo.streaming else logo.content
        assert MARK.encode() not in content


@pytest.mark.parametrize("which", NAMES)
def test_as_captions(cast, draft, ada, which):
    artifact = film(cast, draft)
    address = reverse("captions_edit", args=["lakeside", draft.work_id, artifact.id, "es"])
    answer = ada.post(address, {"rev": "0", "text": "", "file": upload(which)})
    assert answer.status_code == 422
    assert SCRIPT not in answer.content.decode()


@pytest.mark.parametrize("which", NAMES)
def test_as_an_edition_to_import(cast, client, which):
    client.force_login(cast.dora)
    answer = client.post(reverse("author_import", args=["lakeside"]), {"file": upload(which), "text": ""})
    assert answer.status_code == 422
    assert SCRIPT not in answer.content.decode()


@pytest.mark.parametrize("which", NAMES)
def test_as_a_badge_to_check(db, client, which):
    answer = client.post(reverse("verify"), {"file": upload(which)})
    assert answer.status_code in (200, 422)
    assert SCRIPT not in html.unescape(re.sub(r"<(pre|code)[^>]*>.*?</\1>", "", answer.content.decode(), flags=re.S))


def test_none_of_it_stays_where_it_could_be_found(cast, draft, ada):
    """What was refused left nothing in storage."""
    for which in NAMES:
        name, content = HOSTILE[which]
        sent = send(cast, ada, draft, name, content)
        if sent.artifact is not None:
            ada.post(reverse("artifact_remove", args=["lakeside", draft.work_id, sent.artifact.id]))
    with cast.inside():
        kept = set(Artifact.objects.filter(file__isnull=False).values_list("file__key", flat=True))
    folder = f"evidence/{cast.lakeside.id}/{draft.work_id}"
    _folders, files = default_storage.listdir(folder)
    assert {f"{folder}/{name}" for name in files} == kept
