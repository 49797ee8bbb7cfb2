"""An edition's way from draft to published, and what each step refuses."""

import pytest

from credentials.actions.editions import import_edition, new_edition, publish, retire, return_to_author, send_to_vetting
from credentials.exchange import export_edition
from credentials.models import Edition, SearchWord
from lib.canonical import content_hash
from lib.errors import NotAllowed, RuleBroken
from tenants.models import AuditEntry, OutgoingMail
from tests.credentials.sample import draft, published, sample, sent

State = Edition.State


def test_publishing_hashes_the_text_and_puts_it_in_the_catalog(cast):
    edition = published(cast)
    assert edition.state == State.PUBLISHED
    assert edition.vetter == cast.vito
    assert edition.number == 1
    assert edition.content_hash == content_hash(sample())
    edition.refresh_from_db()
    assert edition.search
    assert SearchWord.objects.filter(word="questions").exists()
    with cast.inside():
        verbs = set(AuditEntry.objects.filter(object_id=edition.id).values_list("verb", flat=True))
    assert {"edition.imported", "edition.sent_to_vetting", "edition.published"} <= verbs


def test_mails_go_both_ways(cast):
    edition = sent(cast)
    assert list(OutgoingMail.objects.values_list("kind", "to")) == [("edition_to_vet", cast.vito.email)]
    with cast.inside():
        notes = [{"section": "rubric", "kind": "must_fix", "text": "Say what <most> means."}]
        return_to_author(by=cast.by(cast.vito), edition=edition, notes=notes)
    mail = OutgoingMail.objects.get(kind="edition_returned")
    assert mail.to == cast.dora.email
    assert "Say what <most> means." in mail.text
    assert "Say what &lt;most&gt; means." in mail.html
    with cast.inside():
        publish(by=cast.by(cast.vito), edition=send_to_vetting(by=cast.by(cast.dora), edition=edition))
    assert OutgoingMail.objects.filter(kind="edition_published", to=cast.dora.email).count() == 1
    assert OutgoingMail.objects.filter(kind="edition_to_vet").count() == 2  # one a round


def test_a_new_edition_replaces_the_old_one_when_it_is_published(cast):
    old = published(cast)
    with cast.inside():
        new = new_edition(by=cast.by(cast.dora), micro_credential=old.micro_credential)
        assert new.number == 2
        assert new.state == State.DRAFT
        assert export_edition(new) == sample()
        old.refresh_from_db()
        assert old.state == State.PUBLISHED
        publish(by=cast.by(cast.vito), edition=send_to_vetting(by=cast.by(cast.dora), edition=new))
    old.refresh_from_db()
    assert old.state == State.SUPERSEDED
    assert export_edition(old) == sample()


def test_there_is_one_open_draft_at_a_time(cast):
    edition = published(cast)
    with cast.inside():
        new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)
        with pytest.raises(RuleBroken, match="already an open draft"):
            new_edition(by=cast.by(cast.dora), micro_credential=edition.micro_credential)


def test_the_author_cannot_vet_even_with_the_role(cast):
    from tenants.models import Membership

    Membership.objects.filter(user=cast.dora).update(roles=["author", "vetter"])
    edition = sent(cast)
    with cast.inside(), pytest.raises(NotAllowed):
        publish(by=cast.by(cast.dora), edition=edition)


def test_people_of_another_tenant_cannot_touch_an_edition(cast):
    edition = draft(cast)
    with cast.inside(cast.harbor):
        by = cast.by(cast.mallory, cast.harbor)
        for action in (send_to_vetting, publish, retire):
            with pytest.raises(NotAllowed):
                action(by=by, edition=edition)
        with pytest.raises(NotAllowed):
            new_edition(by=by, micro_credential=edition.micro_credential)
        with pytest.raises(NotAllowed):
            import_edition(by=by, data=sample(), micro_credential=edition.micro_credential)


def test_an_incomplete_draft_is_not_sent(cast):
    edition = draft(cast, competency="", topics=[])
    with cast.inside(), pytest.raises(RuleBroken) as refusal:
        send_to_vetting(by=cast.by(cast.dora), edition=edition)
    assert [gap.section for gap in refusal.value.facts["gaps"]] == ["basics", "competency"]


def test_a_return_needs_a_note_about_what_to_change(cast):
    edition = sent(cast)
    with cast.inside():
        for notes in ([], [{"section": "basics", "kind": "praise", "text": "Fine title."}]):
            with pytest.raises(RuleBroken, match="at least one note"):
                return_to_author(by=cast.by(cast.vito), edition=edition, notes=notes)


def test_only_an_admin_retires(cast):
    edition = published(cast)
    with cast.inside():
        with pytest.raises(NotAllowed):
            retire(by=cast.by(cast.dora), edition=edition)
        assert retire(by=cast.by(cast.cleo), edition=edition).state == State.RETIRED
        with pytest.raises(RuleBroken):
            retire(by=cast.by(cast.cleo), edition=edition)


def test_the_same_title_twice_gets_another_address(cast):
    first, second = draft(cast), draft(cast)
    assert first.micro_credential.slug == "asking-better-questions"
    assert second.micro_credential.slug == "asking-better-questions-lakeside"
