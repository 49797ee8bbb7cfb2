"""Badges from elsewhere: brought into a passport, checked again, and accepted as something of ours."""

import json
from datetime import timedelta

import pytest
from allauth.account.models import EmailAddress
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from badges.actions import outside as actions
from badges.completing import catch_up, progress
from badges.models import AcceptedIssuer, Badge, Equivalence, OutsideBadge, OutsideDelivery
from badges.tasks import complete_stacks, follow_outside, mint_badges, recheck_outside
from config.site.export import collect
from credentials.actions.stacks import create_stack, publish_stack
from lib import clock
from tenants.models import AuditEntry
from tests.badges.made import minted
from tests.credentials.sample import published
from tests.webserver import answer

State = OutsideBadge.State


@pytest.fixture
def bring(client, cast):
    """Hand a badge in as Ada, or as someone else."""

    def bring(user=None, **given):
        client.force_login(user or cast.ada)
        return client.post(reverse("outside_import", args=["lakeside"]), given)

    return bring


def brought(bring, outside, **changes):
    reply = bring(text=json.dumps(outside.badge(**changes)))
    assert reply.status_code == 302, reply.content.decode()
    return OutsideBadge.objects.latest("added_at")


def accepted(cast, outside, micro_credential=None, tenant=None, by=None):
    with cast.inside(tenant):
        member = cast.by(by or cast.cleo, tenant)
        issuer = actions.accept_issuer(by=member, issuer_id=outside.did, name="Riverside University")
        if micro_credential:
            actions.add_equivalence(
                by=member,
                accepted=issuer,
                achievement_id=outside.server.url("/achievements/9"),
                achievement_name="Reading Data",
                micro_credential=micro_credential,
            )
    return issuer


def day_after():
    return clock.at(clock.now() + timedelta(days=1, hours=1))


def test_a_badge_of_ones_own_from_elsewhere_goes_into_the_passport(bring, cast, outside, client):
    badge = brought(bring, outside)
    assert (badge.earner, badge.state, badge.form, badge.visibility) == (cast.ada, State.GOOD, "ob3", "private")
    assert (badge.title, badge.issuer_id, badge.issuer_name) == ("Reading Data", outside.did, "Riverside University")
    assert json.loads(bytes(badge.data)) == outside.badge()
    with cast.inside():
        assert AuditEntry.objects.get(verb="outside.added").object_id == badge.id
    page = client.get(reverse("outside_badge", args=["lakeside", badge.id])).content.decode()
    assert "Reading Data" in page
    assert "The signature fits" in page
    assert "Reading Data" in client.get(reverse("outside_import", args=["lakeside"])).content.decode()


def test_every_form_can_be_brought(bring, outside):
    assert bring(text=outside.token()).status_code == 302
    assert bring(address=outside.assertion()["id"]).status_code == 302
    kept = OutsideBadge.objects.get(form="ob2")
    assert kept.address == outside.server.url("/2/assertions/1")
    assert bring(file=SimpleUploadedFile("b.jwt", outside.signed_assertion().encode())).status_code == 302
    assert {each.form for each in OutsideBadge.objects.all()} == {"ob3-jwt", "ob2"}


def test_bringing_a_badge_twice_keeps_one(bring, outside):
    first, second = brought(bring, outside), brought(bring, outside)
    assert first == second
    assert OutsideBadge.objects.count() == 1


def test_the_badge_of_somebody_else_is_refused(bring, outside, cast):
    reply = bring(text=json.dumps(outside.badge(email="egon@example.org")))
    assert reply.status_code == 422
    assert "not issued to an email address of yours" in reply.content.decode()
    assert not OutsideBadge.objects.exists()
    EmailAddress.objects.create(user=cast.ada, email="egon@example.org", verified=False)
    assert bring(text=json.dumps(outside.badge(email="egon@example.org"))).status_code == 422
    EmailAddress.objects.update(verified=True)
    assert bring(text=json.dumps(outside.badge(email="egon@example.org"))).status_code == 302


def test_a_badge_for_a_telephone_belongs_to_nobody_here(bring, outside):
    made = outside.assertion(recipient={"type": "telephone", "hashed": False, "identity": "ada@example.org"})
    assert bring(text=json.dumps(made)).status_code == 422


def test_what_does_not_hold_is_refused_with_every_step(bring, outside):
    reply = bring(text=json.dumps({**outside.badge(), "name": "Better"}))
    text = reply.content.decode()
    assert reply.status_code == 422
    assert "cannot be added" in text
    assert "Something was changed after the badge was signed" in text
    outside.revoked = {7}
    outside.serve_status()
    assert "not in good standing" in bring(text=json.dumps(outside.badge())).content.decode()
    assert bring(text="hello").status_code == 422
    assert not OutsideBadge.objects.exists()


def test_a_badge_that_is_taken_back_later_is_noticed(bring, outside):
    badge = brought(bring, outside)
    outside.revoked = {7}
    outside.serve_status()
    assert recheck_outside() == 0  # not its turn yet
    with day_after():
        assert recheck_outside() == 1
        assert recheck_outside() == 0
    badge.refresh_from_db()
    assert badge.state == State.REVOKED
    assert any("taken this badge back" in each["template"] for each in badge.report)
    assert badge.verified_at < badge.checked_at


def test_a_server_that_is_down_for_a_while_takes_nothing_away(bring, outside):
    badge = brought(bring, outside)
    kept = dict(outside.server.plays)
    outside.server.plays.clear()
    with day_after():
        recheck_outside()
        badge.refresh_from_db()
        assert badge.state == State.UNREACHABLE
        assert badge.is_in_force
        outside.server.plays.update(kept)
    with clock.at(clock.now() + timedelta(days=3)):
        recheck_outside()
    badge.refresh_from_db()
    assert badge.state == State.GOOD


@pytest.mark.parametrize(
    ("happened", "state"),
    [("expired", State.EXPIRED), ("key withdrawn", State.BROKEN), ("hosted copy gone", State.REVOKED)],
)
def test_other_ends_of_a_badge_are_told_apart(bring, outside, happened, state):
    if happened == "hosted copy gone":
        made = outside.assertion()
        assert bring(address=made["id"]).status_code == 302
        outside.serve("/2/assertions/1", {"@context": made["@context"], "id": made["id"], "revoked": True}, "410 Gone")
    elif happened == "expired":
        brought(bring, outside, valid_until=clock.now() + timedelta(hours=2))
    else:
        brought(bring, outside)
        outside.serve("/issuers/1/did.json", {"id": outside.did, "verificationMethod": [], "assertionMethod": []})
    with day_after():
        recheck_outside()
    assert OutsideBadge.objects.get().state == state


def test_the_earner_shows_hides_and_removes_a_badge_and_nobody_else_can(bring, outside, client, cast):
    badge = brought(bring, outside)
    address = reverse("outside_badge", args=["lakeside", badge.id])
    assert client.post(address, {"visibility": "public"}).status_code == 302
    assert client.post(address, {"visibility": "x"}).status_code == 422
    badge.refresh_from_db()
    assert badge.visibility == "public"
    remove = reverse("outside_remove", args=["lakeside", badge.id])
    client.force_login(cast.bela)
    assert client.get(address).status_code == 404
    assert client.post(remove).status_code == 404
    client.force_login(cast.ada)
    assert client.post(remove).status_code == 302
    badge.refresh_from_db()
    assert (badge.state, bytes(badge.data), badge.report) == (State.REMOVED, b"", [])
    assert client.get(address).status_code == 404
    assert brought(bring, outside).id != badge.id


def test_a_copy_of_ones_data_holds_the_badges_from_elsewhere(bring, outside, cast):
    badge = brought(bring, outside)
    data, _files = collect(cast.ada)
    (told,) = data["outside_badges"]
    assert (told["number"], told["state"], told["file"]) == (
        badge.credential_id,
        "good",
        f"badges/elsewhere/{badge.id}",
    )


# What it counts for


@pytest.fixture
def stack(cast):
    """A stack of two micro-credentials, of which Ada holds one as our badge."""
    first, second = published(cast, title="Asking"), published(cast, title="Reading Data")
    with cast.inside():
        made = create_stack(
            by=cast.by(cast.cleo),
            title="Data Leader",
            description="Both.",
            items=[first.micro_credential, second.micro_credential],
            needed=None,
        )
        publish_stack(by=cast.by(cast.cleo), stack=made)
    minted(cast, first)
    made.second = second.micro_credential
    return made


def stack_badge(stack):
    return Badge.objects.filter(stack=stack).order_by("-awarded_at").first()


def settle():
    follow_outside()
    mint_badges()
    complete_stacks()


def test_an_accepted_badge_completes_a_stack_and_its_end_takes_the_stack_back(bring, outside, cast, stack):
    brought(bring, outside)
    settle()
    assert stack_badge(stack) is None  # nobody accepts the issuer yet
    accepted(cast, outside, stack.second)
    assert progress(stack, cast.ada) == (2, 2)
    settle()
    assert stack_badge(stack).state == Badge.State.ISSUED
    outside.revoked = {7}
    outside.serve_status()
    with day_after():
        recheck_outside()
        settle()
    assert stack_badge(stack).state == Badge.State.REVOKED
    assert progress(stack, cast.ada) == (1, 2)
    assert not OutsideDelivery.objects.filter(consumer="stacks", done_at=None).exists()


def test_a_badge_on_hold_elsewhere_does_not_count_and_its_return_does(bring, outside, cast, stack):
    accepted(cast, outside, stack.second)
    badge = brought(bring, outside)
    settle()
    OutsideBadge.objects.update(state=State.SUSPENDED)
    badge.refresh_from_db()
    actions.announce(badge)
    settle()
    assert stack_badge(stack).state == Badge.State.REVOKED
    OutsideBadge.objects.update(state=State.GOOD)
    actions.announce(badge)
    settle()
    assert stack_badge(stack).state == Badge.State.ISSUED


def test_what_another_tenant_accepts_counts_nothing_here(bring, outside, cast, stack):
    elsewhere = AcceptedIssuer.objects.create(
        tenant=cast.harbor, issuer_id=outside.did, name="R", added_by=cast.mallory
    )
    Equivalence.objects.create(
        accepted=elsewhere,
        achievement_id=outside.server.url("/achievements/9"),
        achievement_name="R",
        micro_credential=stack.second,
    )
    brought(bring, outside)
    settle()
    assert progress(stack, cast.ada) == (1, 2)
    assert stack_badge(stack) is None


def test_a_stack_published_later_counts_badges_from_elsewhere(bring, outside, cast):
    only = published(cast, title="Reading Data")
    accepted(cast, outside, only.micro_credential)
    brought(bring, outside)
    settle()
    with cast.inside():
        made = create_stack(
            by=cast.by(cast.cleo), title="One", description="One.", items=[only.micro_credential], needed=None
        )
        publish_stack(by=cast.by(cast.cleo), stack=made)
    catch_up()
    assert stack_badge(made) is not None


# Accepting issuers


def test_an_admin_finds_an_issuer_by_a_badge_accepts_it_and_says_what_counts(client, outside, cast):
    edition = published(cast, title="Reading Data")
    client.force_login(cast.cleo)
    new = reverse("accepted_issuer_new", args=["lakeside"])
    found = client.post(new, {"look": "1", "text": json.dumps(outside.badge())})
    assert found.status_code == 200
    assert outside.did in found.content.decode()
    assert "vouches for it" in found.content.decode()
    seen = {"achievement_id": outside.server.url("/achievements/9"), "achievement_name": "Reading Data"}
    reply = client.post(new, {"issuer_id": outside.did, "name": "Riverside", "note": "A partner.", **seen})
    issuer = AcceptedIssuer.objects.get()
    assert reply.status_code == 302
    assert outside.server.url("/achievements/9").split("/")[-1] in reply["Location"]
    form = client.get(reply["Location"]).content.decode()
    assert seen["achievement_id"] in form
    page = reverse("accepted_issuer", args=["lakeside", issuer.id])
    assert client.post(page, {**seen, "micro_credential": edition.micro_credential_id}).status_code == 302
    assert client.post(page, {**seen, "micro_credential": edition.micro_credential_id}).status_code == 409
    assert client.post(page, seen).status_code == 422
    equivalence = Equivalence.objects.get()
    assert "counts as" in client.get(page).content.decode()
    assert client.post(reverse("equivalence_remove", args=["lakeside", issuer.id, equivalence.id])).status_code == 302
    assert client.post(new, {"issuer_id": outside.did, "name": "Again"}).status_code == 409
    assert client.post(new, {"issuer_id": "Riverside", "name": "R"}).status_code == 422
    assert "Riverside" in client.get(reverse("accepted_issuers", args=["lakeside"])).content.decode()
    assert client.post(reverse("accepted_issuer_remove", args=["lakeside", issuer.id])).status_code == 302
    assert not AcceptedIssuer.objects.exists()
    with cast.inside():
        verbs = set(AuditEntry.objects.values_list("verb", flat=True))
    assert {"issuer.accepted", "issuer.equivalence_added", "issuer.equivalence_removed"} <= verbs
    assert "issuer.no_longer_accepted" in verbs


def test_a_badge_that_does_not_hold_shows_no_issuer(client, outside, cast):
    client.force_login(cast.cleo)
    forged = json.dumps({**outside.badge(), "name": "Better"})
    reply = client.post(reverse("accepted_issuer_new", args=["lakeside"]), {"look": "1", "text": forged})
    assert reply.status_code == 422
    assert "does not show who its issuer is" in reply.content.decode()
    outside.server.on("/missing", answer(b"", "404 Not Found"))
    gone = {"look": "1", "address": outside.server.url("/missing")}
    assert client.post(reverse("accepted_issuer_new", args=["lakeside"]), gone).status_code == 422


def test_no_longer_accepting_an_issuer_settles_the_stacks(bring, outside, cast, stack):
    issuer = accepted(cast, outside, stack.second)
    brought(bring, outside)
    settle()
    assert stack_badge(stack).state == Badge.State.ISSUED
    with cast.inside():
        actions.stop_accepting(by=cast.by(cast.cleo), accepted=issuer)
    settle()
    assert stack_badge(stack).state == Badge.State.REVOKED
