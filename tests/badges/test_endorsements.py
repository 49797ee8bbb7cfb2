"""Endorsements: given by recognizers of other organizations, signed, carried by badges, withdrawn."""

import json
from datetime import timedelta

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse
from jsonschema import Draft201909Validator
from referencing import Registry

from badges.actions import keys, revoke, share
from badges.checking import check
from badges.endorsements import MOST_CARRIED, carried
from badges.endorsing import CHUNK, endorse, renew_signatures, spread, withdraw
from badges.issuers import active_key, did_document_of, did_of, public_half
from badges.models import Badge, BadgeEvent, Endorsement, SigningKey
from badges.openbadges import proof
from badges.openbadges.contexts import ACHIEVEMENT_CREDENTIAL_SCHEMA, schema
from badges.openbadges.errors import ProofInvalid
from badges.tasks import spread_endorsements
from badges.vaults import VaultClosed
from lib import clock
from lib.errors import NotAllowed, RuleBroken
from tenants.models import AuditEntry, Membership, Role, Tenant
from tests.badges.independent import verify_with_pyoxigraph
from tests.badges.made import awarded, minted, work_off
from tests.badges.node import verify_with_node
from tests.badges.wallet import browser_of
from tests.cast import Cast, make_user
from tests.credentials.sample import draft, published

WORDS = "We hired three who have it.\n\nThey ask better questions."


@pytest.fixture
def edition(cast):
    return published(cast)


@pytest.fixture
def harbor(cast) -> Client:
    """The browser of Mallory, who recognizes for Harbor."""
    return browser_of(cast.mallory)


def give(cast: Cast, thing, comment: str = WORDS) -> Endorsement:
    """Harbor endorses something of Lakeside, and workers do what follows."""
    with cast.inside(cast.harbor):
        made = endorse(by=cast.by(cast.mallory, cast.harbor), thing=thing, comment=comment)
    settle()
    return made


def settle() -> None:
    spread_endorsements()
    work_off()


def document(badge: Badge) -> dict:
    badge.refresh_from_db()
    return json.loads(bytes(badge.document))


def endorse_url(thing, kind: str = "e") -> str:
    if kind == "b":
        return reverse("endorse_badge", args=["harbor", thing.id])
    return reverse("endorse_thing", args=["harbor", kind, thing.id])


# --- Giving --------------------------------------------------------------------------------------------------------


def test_a_recognizer_endorses_an_edition_from_its_page(cast, edition, harbor):
    page = harbor.get(reverse("endorsed_by", args=["e", edition.id])).content.decode()
    assert endorse_url(edition) in page
    assert "No organization has endorsed it yet." in page
    sent = harbor.post(endorse_url(edition), {"comment": WORDS})
    made = Endorsement.objects.get()
    assert sent["Location"] == reverse("endorsement", args=[made.id])
    assert (made.tenant, made.edition, made.by, made.comment) == (cast.harbor, edition, cast.mallory, WORDS)
    with cast.inside(cast.harbor), transaction.atomic():
        assert AuditEntry.objects.filter(verb="endorsement.given", object_id=made.id).exists()
    seen = Client().get(reverse("endorsed_by", args=["e", edition.id])).content.decode()
    assert "They ask better questions." in seen
    assert "Harbor District" in seen
    assert endorse_url(edition) not in seen


@pytest.mark.parametrize("comment", ["", "   ", "x" * 1001, "nul\x00", "bell\x07"])
def test_words_that_will_not_do_are_refused_and_kept(edition, harbor, comment):
    answer = harbor.post(endorse_url(edition), {"comment": comment})
    assert answer.status_code == 422
    assert not Endorsement.objects.exists()
    if comment.startswith("x"):
        assert comment in answer.content.decode()


def test_an_organization_cannot_endorse_its_own(cast, edition):
    with cast.inside(), pytest.raises(RuleBroken, match="your own organization"):
        endorse(by=cast.by(cast.rao), thing=edition, comment=WORDS)
    page = browser_of(cast.rao).get(reverse("endorsed_by", args=["e", edition.id])).content.decode()
    assert "/endorse/" not in page


def test_only_recognizers_endorse(cast, edition):
    earner = make_user("Hana Holt", cast.harbor, Role.EARNER)
    assert browser_of(earner).post(endorse_url(edition), {"comment": WORDS}).status_code == 403
    assert browser_of(cast.ada).post(endorse_url(edition), {"comment": WORDS}).status_code == 404
    with cast.inside(cast.harbor), pytest.raises(NotAllowed):
        endorse(by=cast.by(earner, cast.harbor), thing=edition, comment=WORDS)


def test_an_organization_endorses_a_thing_once(cast, edition, harbor):
    give(cast, edition)
    assert harbor.post(endorse_url(edition), {"comment": "Again."}).status_code == 409
    assert Endorsement.objects.count() == 1


def test_nobody_endorses_their_own_badge(cast, edition):
    Membership.objects.create(tenant=cast.harbor, user=cast.ada, roles=[Role.RECOGNIZER])
    answer = browser_of(cast.ada).post(endorse_url(minted(cast, edition), "b"), {"comment": WORDS})
    assert answer.status_code == 403


def test_a_badge_must_be_seen_and_in_good_standing(cast, edition, harbor):
    badge = minted(cast, edition)
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="private", show_name=True)
    assert harbor.post(endorse_url(badge, "b"), {"comment": WORDS}).status_code == 404
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="unlisted", show_name=True)
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
    assert harbor.post(endorse_url(badge, "b"), {"comment": WORDS}).status_code == 409


def test_a_badge_that_ran_out_is_not_endorsed(cast, edition, harbor):
    badge = minted(cast, edition)
    Badge.objects.filter(id=badge.id).update(expires_at=clock.now() - timedelta(days=1))
    assert harbor.post(endorse_url(badge, "b"), {"comment": WORDS}).status_code == 409


def test_drafts_do_not_exist_for_others(cast, harbor):
    assert harbor.get(endorse_url(draft(cast))).status_code == 404


# --- In badges -----------------------------------------------------------------------------------------------------


def test_badges_carry_what_was_endorsed_before_and_after_they_were_made(cast, edition):
    early = minted(cast, edition)
    first = early.document_sha256
    made = give(cast, edition)
    late = minted(cast, edition, cast.bela)
    for badge in (early, late):
        signed = document(badge)
        [inner] = signed["credentialSubject"]["achievement"]["endorsement"]
        assert inner == json.loads(bytes(made.document))
        assert inner["credentialSubject"]["endorsementComment"] == WORDS
        assert inner["credentialSubject"]["id"] == signed["credentialSubject"]["achievement"]["id"]
        assert inner["issuer"]["id"] == did_of(made.issuer)
        assert check(bytes(badge.document)).in_force
    assert (early.revision, late.revision) == (2, 1)
    assert early.document_sha256 != first


def test_one_badge_can_be_endorsed_by_itself(cast, edition, harbor):
    mine, other = minted(cast, edition), minted(cast, edition, cast.bela)
    assert harbor.post(endorse_url(mine, "b"), {"comment": WORDS}).status_code == 302
    settle()
    [inner] = document(mine)["endorsement"]
    assert inner["credentialSubject"]["id"] == document(mine)["id"]
    assert "endorsement" not in document(other)


def test_other_verifiers_agree(cast, edition):
    """The schema of 1EdTech, pyoxigraph and the JavaScript verifier, for the badge and for what it carries."""
    badge = minted(cast, edition)
    give(cast, edition)
    give(cast, badge, "This one in particular.")
    signed = document(badge)
    Draft201909Validator(schema(ACHIEVEMENT_CREDENTIAL_SCHEMA), registry=Registry()).validate(signed)
    inner = [*signed["credentialSubject"]["achievement"]["endorsement"], *signed["endorsement"]]
    assert len(inner) == 2
    endorser = Endorsement.objects.first().issuer
    signers = [(signed, badge.issuer), *((each, endorser) for each in inner)]
    for credential, issuer in signers:
        assert verify_with_pyoxigraph(credential, public_half(active_key(issuer)).public_bytes_raw())
        result = verify_with_node(credential, did_document_of(issuer))
        assert result["verified"], result
    for forged in (_with_words(signed, "achievement"), _with_words(signed, "badge")):
        assert not check(json.dumps(forged).encode()).in_force
        assert not verify_with_pyoxigraph(forged, public_half(active_key(badge.issuer)).public_bytes_raw())


def _with_words(signed: dict, where: str) -> dict:
    forged = json.loads(json.dumps(signed))
    place = forged["credentialSubject"]["achievement"] if where == "achievement" else forged
    place["endorsement"][0]["credentialSubject"]["endorsementComment"] = "Something else."
    return forged


def test_a_document_carries_twenty_at_most_the_oldest(cast, edition):
    for number in range(MOST_CARRIED + 2):
        tenant = Tenant.objects.create(slug=f"t{number}", name=f"Tenant {number}")
        user = make_user(f"U{number} Person", tenant, Role.RECOGNIZER)
        with cast.inside(tenant):
            endorse(by=cast.by(user, tenant), thing=edition, comment=f"Number {number}.")
    comments = [each["credentialSubject"]["endorsementComment"] for each in carried(edition)]
    assert comments == [f"Number {number}." for number in range(MOST_CARRIED)]


def test_many_badges_follow_in_chunks_each_signed_anew_once(cast, edition, monkeypatch):
    monkeypatch.setattr("badges.endorsing.CHUNK", 2)
    badges = [minted(cast, edition, make_user(f"E{n} Earner", cast.lakeside, Role.EARNER)) for n in range(5)]
    with cast.inside(cast.harbor):
        endorse(by=cast.by(cast.mallory, cast.harbor), thing=edition, comment=WORDS)
    rounds = 0
    while spread():
        rounds += 1
    assert rounds == 3
    work_off()
    changed = BadgeEvent.objects.filter(kind=BadgeEvent.Kind.CHANGED).values_list("badge_id", flat=True)
    assert sorted(changed) == sorted(badge.id for badge in badges)
    assert all("endorsement" in document(badge)["credentialSubject"]["achievement"] for badge in badges)
    assert CHUNK > 2


def test_a_badge_that_waits_to_be_signed_gets_it_at_once(cast, edition):
    badge = awarded(cast, edition)
    give(cast, edition)
    assert "endorsement" in document(badge)["credentialSubject"]["achievement"]
    assert badge.revision == 1


def test_what_a_stolen_key_signed_is_not_carried(cast, edition):
    made = give(cast, edition)
    now = clock.now()
    SigningKey.objects.filter(id=made.key_id).update(retired_at=now, compromised_at=now)
    assert carried(edition) == ()


# --- After a key was withdrawn ---------------------------------------------------------------------------------------


def withdraw_key(cast, key) -> None:
    with cast.inside(cast.harbor):
        keys.withdraw(by=cast.by(cast.mallory, cast.harbor), key=key)


def test_endorsements_are_signed_anew_when_their_key_is_withdrawn(cast, edition):
    badge, bare = minted(cast, edition), minted(cast, published(cast, title="Another skill"), cast.bela)
    made, single = give(cast, edition), give(cast, badge, "This one.")
    old = {each.id: json.loads(bytes(each.document)) for each in (made, single)}
    stolen = made.key
    withdraw_key(cast, stolen)
    assert carried(edition) == ()
    settle()
    for each in (made, single):
        each.refresh_from_db()
        new = json.loads(bytes(each.document))
        assert each.key == active_key(each.issuer) != stolen
        assert {**new, "proof": None} == {**old[each.id], "proof": None}
        proof.verify(new, public_half(each.key))
        assert verify_with_pyoxigraph(new, public_half(each.key).public_bytes_raw())
        with pytest.raises(ProofInvalid):
            proof.verify(new, public_half(stolen))
        assert old[each.id]["proof"]["verificationMethod"] not in str(did_document_of(each.issuer))
    signed = document(badge)
    assert signed["credentialSubject"]["achievement"]["endorsement"] == [json.loads(bytes(made.document))]
    assert signed["endorsement"] == [json.loads(bytes(single.document))]
    assert check(bytes(badge.document)).in_force
    with cast.inside(cast.harbor), transaction.atomic():
        assert AuditEntry.objects.filter(verb="endorsement.signed_anew", actor=None).count() == 2
    revisions = [Badge.objects.get(id=each.id).revision for each in (badge, bare)]
    settle()  # once is enough
    assert [Badge.objects.get(id=each.id).revision for each in (badge, bare)] == revisions
    assert revisions[1] == 1


def test_what_is_not_in_force_is_not_signed_anew(cast, edition):
    made = give(cast, edition)
    with cast.inside(cast.harbor):
        withdraw(by=cast.by(cast.mallory, cast.harbor), endorsement=made)
    withdraw_key(cast, made.key)
    assert renew_signatures() == 0
    rotated = give(cast, edition, "Again.")
    with cast.inside(cast.harbor):
        keys.rotate(by=cast.by(cast.mallory, cast.harbor))
    assert renew_signatures() == 0
    assert Endorsement.objects.get(id=rotated.id).key == rotated.key


@pytest.mark.django_db(transaction=True)
def test_signing_anew_goes_on_after_a_kill_and_past_one_that_fails(cast, edition, monkeypatch):
    made = [give(cast, each) for each in (edition, *(published(cast, title=f"Skill {n}") for n in range(2)))]
    withdraw_key(cast, made[0].key)
    sign, calls = proof.sign, []

    def failing(unsigned, *given, **more):
        calls.append(unsigned["id"])
        if len(calls) == 1:
            raise VaultClosed("Not now.")
        if len(calls) == 3:
            raise KeyboardInterrupt  # as a process that ends here
        return sign(unsigned, *given, **more)

    monkeypatch.setattr(proof, "sign", failing)
    with pytest.raises(KeyboardInterrupt):
        renew_signatures()
    monkeypatch.setattr(proof, "sign", sign)
    left = Endorsement.objects.filter(key__compromised_at__isnull=False)
    assert set(left) == {made[0], made[2]}
    assert renew_signatures() == 2
    assert not left.all().exists()
    assert Endorsement.objects.filter(spread_at=None).count() == 3


# --- Withdrawing, and the address ----------------------------------------------------------------------------------


def test_a_withdrawn_endorsement_leaves_the_badges_and_says_so(cast, edition, harbor):
    badge = minted(cast, edition)
    made, single = give(cast, edition), give(cast, badge, "This one.")
    for each in (made, single):
        sent = harbor.post(reverse("endorsement_withdraw", args=["harbor", each.id]))
        assert sent["Location"] == reverse("endorsements", args=["harbor"])
    settle()
    signed = document(badge)
    assert "endorsement" not in signed["credentialSubject"]["achievement"]
    assert "endorsement" not in signed
    assert check(bytes(badge.document)).in_force
    address = reverse("endorsement", args=[made.id])
    page = Client().get(address)
    assert "This endorsement was withdrawn" in page.content.decode()
    assert "They ask better questions." not in page.content.decode()
    machine = Client().get(address, headers={"Accept": "application/vc+ld+json"})
    assert (machine.status_code, machine.json()["status"]) == (410, 410)
    assert "Harbor District" not in Client().get(reverse("endorsed_by", args=["e", edition.id])).content.decode()
    assert harbor.post(reverse("endorsement_withdraw", args=["harbor", made.id])).status_code == 409


def test_only_the_endorser_withdraws(cast, edition):
    made = give(cast, edition)
    address = reverse("endorsement_withdraw", args=["lakeside", made.id])
    assert browser_of(cast.rao).post(address).status_code == 404
    with cast.inside(), pytest.raises(Endorsement.DoesNotExist):
        withdraw(by=cast.by(cast.rao), endorsement=made)


def test_it_can_be_said_anew_after_it_was_withdrawn(cast, edition):
    with cast.inside(cast.harbor):
        withdraw(by=cast.by(cast.mallory, cast.harbor), endorsement=give(cast, edition))
    badge = minted(cast, edition)
    give(cast, edition, "Better words.")
    [inner] = document(badge)["credentialSubject"]["achievement"]["endorsement"]
    assert inner["credentialSubject"]["endorsementComment"] == "Better words."


def test_its_address_gives_the_signed_bytes_to_machines_and_a_page_to_people(cast, edition):
    made = give(cast, edition)
    address = reverse("endorsement", args=[made.id])
    machine = Client().get(address, headers={"Accept": "application/vc+ld+json"})
    assert machine.content == bytes(made.document)
    assert machine.json()["id"].endswith(address)
    again = Client().get(address, headers={"Accept": "application/vc+ld+json", "If-None-Match": machine["ETag"]})
    assert again.status_code == 304
    proof.verify(machine.json(), public_half(active_key(made.issuer)))
    page = Client().get(address, headers={"Accept": "text/html"})
    assert "Harbor District endorses" in page.content.decode()


def test_an_endorsement_of_a_private_badge_is_for_its_earner(cast, edition):
    badge = minted(cast, edition)
    made = give(cast, badge)
    with cast.inside():
        share(by=cast.by(cast.ada), badge=badge, visibility="private", show_name=True)
    address = reverse("endorsement", args=[made.id])
    assert Client().get(address).status_code == 404
    assert browser_of(cast.ada).get(address).status_code == 200


def test_the_list_shows_what_was_given_and_to_whom(cast, edition, harbor):
    give(cast, minted(cast, edition), "This one.")
    page = harbor.get(reverse("endorsements", args=["harbor"])).content.decode()
    assert "the badge of Ada Alvarez" in page
    assert "Withdraw" in page
