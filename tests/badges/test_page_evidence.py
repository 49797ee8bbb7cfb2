"""Evidence beside a badge: chosen by its earner, signed into the badge, gone the moment it is taken back."""

import json
from uuid import uuid4

import pytest
from django.db import transaction
from django.urls import reverse

from badges.actions import revoke, share
from badges.models import Badge, SharedEvidence
from badges.showing import follow_deleted, show_evidence
from lib.errors import Invalid, NotAllowed, RuleBroken
from submissions.actions.evidence import add_text
from submissions.actions.purging import mark_gone
from submissions.models import Artifact, Preview, StoredFile, Students
from tenants.models import AuditEntry
from tests.assessment import stage as scoring
from tests.badges.independent import verify_with_pyoxigraph
from tests.badges.made import work_off
from tests.submissions import stage
from tests.submissions.keeping import add, furnish


@pytest.fixture
def badge(cast):
    """Ada's badge for work with a link, a file and a text."""
    edition = stage.publish_edition(cast)
    draft = scoring.write(cast, edition, cast.ada)
    furnish(cast, add(cast, draft, "plan.pdf").file)
    with scoring.inside(cast):
        plan = stage.criterion_of(edition, "plan")
        add_text(by=cast.by(cast.ada), submission=draft, criterion=plan, text="What I changed & why", name="Notes")
    scoring.send(cast, draft)
    scoring.score(cast, scoring.take(cast))
    work_off()
    return Badge.objects.get(earner=cast.ada)


def piece(cast, name: str) -> Artifact:
    with cast.inside():
        return Artifact.objects.select_related("file").get(name=name)


def show(cast, badge, *names: str, by=None, **given) -> list[SharedEvidence]:
    with cast.inside():
        chosen = [piece(cast, name).id for name in names]
        show_evidence(by=cast.by(by or cast.ada), badge=badge, artifacts=chosen, **given)
    work_off()
    badge.refresh_from_db()
    return list(SharedEvidence.objects.filter(badge=badge))


def address(badge, item, name="shared_evidence", *more) -> str:
    return reverse(name, args=[badge.id, item.id, *more])


def page(client, badge) -> str:
    return client.get(reverse("badge", args=[badge.id])).content.decode()


def set_students(cast, name, students):
    with cast.inside():
        Artifact.objects.filter(name=name).update(students=students, record_number="R-1")


def test_nothing_is_shown_unless_it_is_chosen(client, cast, badge):
    text = page(client, badge)
    assert "My plan" not in text
    assert "evidence" not in json.loads(bytes(badge.document))
    assert client.get(reverse("shared_evidence", args=[badge.id, piece(cast, "Notes").id])).status_code == 410


def test_what_is_chosen_is_on_the_page_and_in_the_signed_badge(client, cast, badge):
    before = badge.document_sha256
    [item] = show(cast, badge, "Notes")
    assert badge.document_sha256 != before
    text = page(client, badge)
    assert "This badge is real and in good standing" in text
    assert "Evidence that Ada chose to show" in text
    assert address(badge, item) in text
    assert "plan.pdf" not in text
    [told] = json.loads(bytes(badge.document))["evidence"]
    assert told["id"].endswith(address(badge, item))
    assert told["name"] == "Notes"
    assert told["genre"] == "Text"
    from badges.openbadges.keys import multikey_decode

    key = multikey_decode(badge.key.public_multibase).public_bytes_raw()
    assert verify_with_pyoxigraph(json.loads(bytes(badge.document)), key)
    with cast.inside():
        assert AuditEntry.objects.filter(verb="badge.evidence_shown").count() == 1


def test_the_earner_chooses_on_the_page_of_their_badge(client, cast, badge):
    form = reverse("badge_share", args=["lakeside", badge.id])
    client.force_login(cast.ada)
    seen = client.get(form).content.decode()
    for name in ("Notes", "plan.pdf", "My plan"):
        assert name in seen
    notes = str(piece(cast, "Notes").id)
    assert client.post(form, {"visibility": "unlisted", "evidence": [notes]}).status_code == 302
    assert "checked" in client.get(form).content.decode().split(notes)[1][:80]
    assert client.post(form, {"visibility": "unlisted", "evidence": [str(uuid4())]}).status_code == 422
    assert SharedEvidence.objects.get(badge=badge).name == "Notes"
    assert client.post(form, {"visibility": "unlisted"}).status_code == 302
    assert not SharedEvidence.objects.exists()


def test_choosing_the_same_again_signs_nothing_anew(cast, badge):
    show(cast, badge, "Notes")
    revision = badge.revision
    show(cast, badge, "Notes")
    assert badge.revision == revision


def test_a_text_a_link_and_a_preview_are_shown_to_anyone_and_kept_by_no_cache(client, cast, badge):
    items = {each.name: each for each in show(cast, badge, "Notes", "My plan", "plan.pdf")}
    texts = {name: client.get(address(badge, item)) for name, item in items.items()}
    for answer in texts.values():
        assert answer.status_code == 200
        assert "no-store" in answer["Cache-Control"]
        assert answer["X-Robots-Tag"] == "noindex"
    assert "What I changed &amp; why" in texts["Notes"].content.decode()
    assert 'href="https://example.org/plan"' in texts["My plan"].content.decode()


def test_an_original_is_a_download_that_does_nothing_and_is_given_only_where_there_is_no_preview(client, cast, badge):
    [item] = show(cast, badge, "plan.pdf")
    answer = client.get(address(badge, item, "shared_file"))
    assert answer.status_code == 200
    assert answer["Content-Disposition"].startswith("attachment")
    assert answer["X-Content-Type-Options"] == "nosniff"
    assert "sandbox" in answer["Content-Security-Policy"]
    file = piece(cast, "plan.pdf").file
    with cast.inside():
        facts = {"key": f"previews/{file.tenant_id}/{file.id}/page-7", "content_type": "image/webp", "size": 7}
        Preview.objects.create(file=file, kind=Preview.Kind.PAGE, **facts)
    assert client.get(address(badge, item, "shared_file")).status_code == 410
    preview = client.get(address(badge, item, "shared_preview", "page", 0))
    assert preview.status_code == 200
    assert preview["Content-Type"] == "image/webp"
    assert "no-store" in preview["Cache-Control"]
    assert client.get(address(badge, item, "shared_preview", "page", 5)).status_code == 410
    assert client.get(address(badge, item, "shared_captions", "en")).status_code == 200
    assert client.get(address(badge, item, "shared_captions", "fr")).status_code == 410


def test_what_is_taken_back_is_gone_at_once(client, cast, badge):
    [item] = show(cast, badge, "Notes")
    where = address(badge, item)
    assert client.get(where).status_code == 200
    show(cast, badge)
    answer = client.get(where)
    assert answer.status_code == 410
    assert "does not show this piece" in answer.content.decode()
    assert "What I changed" not in answer.content.decode()
    assert "evidence" not in json.loads(bytes(badge.document))


def test_a_private_badge_and_one_that_was_taken_back_show_no_evidence(client, cast, badge):
    [item] = show(cast, badge, "Notes")
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="private", show_name=True)
    client.force_login(cast.ada)
    assert client.get(address(badge, item)).status_code == 403
    client.logout()
    assert client.get(address(badge, item)).status_code == 403
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="unlisted", show_name=True)
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
    assert client.get(address(badge, item)).status_code == 410
    with pytest.raises(RuleBroken):
        show(cast, badge, "My plan")


def test_evidence_of_another_badge_is_not_found_through_this_one(client, cast, badge):
    [item] = show(cast, badge, "Notes")
    assert client.get(reverse("shared_evidence", args=[uuid4(), item.id])).status_code == 404


def test_nobody_but_the_earner_chooses_and_only_pieces_of_the_work_itself(cast, badge):
    for other in (cast.bela, cast.cleo):
        with pytest.raises(NotAllowed):
            show(cast, badge, "Notes", by=other)
    with cast.inside(), pytest.raises(Invalid):
        show_evidence(by=cast.by(cast.ada), badge=badge, artifacts=[uuid4()])


def test_a_piece_with_nothing_promised_about_students_stays_private(client, cast, badge):
    with cast.inside():
        facts = {"students": "", "record_number": "", "attested_version": "", "attested_at": None}
        Artifact.objects.filter(name="Notes").update(**facts)
    with pytest.raises(Invalid, match="stays private"):
        show(cast, badge, "Notes")
    client.force_login(cast.ada)
    form = reverse("badge_share", args=["lakeside", badge.id])
    seen = client.get(form).content.decode()
    assert "These pieces stay private" in seen
    answer = client.post(form, {"visibility": "unlisted", "evidence": [str(piece(cast, "Notes").id)]})
    assert answer.status_code == 422
    assert not SharedEvidence.objects.exists()


def test_students_who_can_be_recognized_need_releases_that_allow_everyone(client, cast, badge):
    set_students(cast, "Notes", Students.RELEASED)
    with pytest.raises(Invalid, match="releases allow everyone"):
        show(cast, badge, "Notes")
    client.force_login(cast.ada)
    form = reverse("badge_share", args=["lakeside", badge.id])
    typed = {"visibility": "public", "evidence": [str(piece(cast, "Notes").id)]}
    answer = client.post(form, typed)
    assert answer.status_code == 422
    assert "releases allow everyone" in answer.content.decode()
    badge.refresh_from_db()
    assert badge.visibility == "unlisted"
    assert client.post(form, typed | {"releases_allow": "on"}).status_code == 302
    assert SharedEvidence.objects.get().name == "Notes"


def test_when_a_file_is_deleted_the_page_says_so_and_the_badge_is_signed_without_it(client, cast, badge):
    [item] = show(cast, badge, "plan.pdf")
    with cast.inside(), transaction.atomic():
        mark_gone(StoredFile.objects.get(id=piece(cast, "plan.pdf").file_id))
    item.refresh_from_db()
    assert (item.name, item.description) == ("", "")
    assert item.gone_at is not None
    text = page(client, badge)
    assert "A piece that was shown here was deleted" in text
    assert "plan.pdf" not in text
    answer = client.get(address(badge, item))
    assert answer.status_code == 410
    assert "was deleted" in answer.content.decode()
    assert follow_deleted() == 1
    assert follow_deleted() == 0
    work_off()
    badge.refresh_from_db()
    assert "evidence" not in json.loads(bytes(badge.document))
    assert "This badge is real and in good standing" in page(client, badge)
