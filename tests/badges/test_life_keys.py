"""Keys of an issuer: what seals them, what opens them, and where the world reads their public halves."""

import json
from datetime import timedelta

import boto3
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from django.core.checks import Tags, run_checks
from django.core.management import CommandError, call_command
from django.urls import reverse
from joserfc.jwk import ECKey
from moto import mock_aws

from badges import issuers, resigning
from badges.actions import revoke
from badges.actions.keys import withdraw
from badges.issuers import did_document_of, issuer_of, key_for, public_half, unlock, verification_method
from badges.models import Badge, SigningKey
from badges.vaults import VaultClosed
from lib import clock
from tenants.models import OutgoingMail
from tests.badges.made import minted, work_off
from tests.credentials.sample import published

Algorithm = SigningKey.Algorithm


@pytest.fixture
def issuer(cast):
    return issuer_of(cast.lakeside)


def test_an_issuer_has_one_active_key_of_each_kind(issuer):
    eddsa, es256 = key_for(issuer), key_for(issuer, Algorithm.ES256)
    assert key_for(issuer, Algorithm.EDDSA) == eddsa
    assert key_for(issuer, Algorithm.ES256) == es256
    public_half(eddsa).verify(unlock(eddsa).sign(b"badge"), b"badge")
    public_half(es256).verify(unlock(es256).sign(b"badge", ECDSA(hashes.SHA256())), b"badge", ECDSA(hashes.SHA256()))


def test_the_did_document_lists_both_kinds(issuer, client):
    eddsa, es256 = key_for(issuer), key_for(issuer, Algorithm.ES256)
    document = client.get(f"/i/{issuer.id}/did.json").json()
    assert document == did_document_of(issuer)
    by_id = {method["id"]: method for method in document["verificationMethod"]}
    assert document["assertionMethod"] == list(by_id)
    assert by_id[verification_method(eddsa)]["publicKeyMultibase"] == eddsa.public_multibase
    token_key = by_id[verification_method(es256)]
    assert token_key["type"] == "JsonWebKey"
    assert ECKey.import_key(token_key["publicKeyJwk"]).public_key == public_half(es256)
    assert "https://w3id.org/security/jwk/v1" in document["@context"]


def test_a_key_encryption_key_can_be_exchanged(issuer, settings):
    sealed_before = key_for(issuer)
    old, new = settings.KEY_ENCRYPTION_KEY, Fernet.generate_key().decode()
    settings.KEY_CACHE_SECONDS = 0
    settings.KEY_ENCRYPTION_KEY = f"{new},{old}"
    assert unlock(sealed_before).public_key() == public_half(sealed_before)
    call_command("seal_keys")
    settings.KEY_ENCRYPTION_KEY = new
    sealed_before.refresh_from_db()
    assert unlock(sealed_before).public_key() == public_half(sealed_before)
    settings.KEY_ENCRYPTION_KEY = old
    with pytest.raises(VaultClosed):
        unlock(sealed_before)


def test_a_key_sealed_for_one_issuer_does_not_open_for_another(issuer, cast, settings):
    settings.KEY_CACHE_SECONDS = 0
    stolen, other = key_for(issuer), issuer_of(cast.harbor)
    stolen.issuer = other
    with pytest.raises(VaultClosed, match="another issuer"):
        unlock(stolen)


@pytest.fixture
def kms(settings, monkeypatch):
    """A KMS with one key, and the settings that name it."""
    for name in ("AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"):
        monkeypatch.setenv(name, "testing")
    from badges.vaults.kms import _client_for

    _client_for.cache_clear()
    with mock_aws():
        client = boto3.client("kms", region_name="us-east-1")
        settings.KMS_REGION = "us-east-1"
        settings.KMS_KEY_ID = client.create_key()["KeyMetadata"]["KeyId"]
        yield client
    _client_for.cache_clear()


def test_keys_move_into_kms_and_back(issuer, kms, settings):
    settings.KEY_CACHE_SECONDS = 0
    key, token_key = key_for(issuer), key_for(issuer, Algorithm.ES256)
    for chosen in ("kms", "local"):
        settings.KEY_VAULT = chosen
        call_command("seal_keys")
        for each in (key, token_key):
            each.refresh_from_db()
            assert each.vault == chosen
            assert unlock(each).public_key() == public_half(each)


def test_kms_opens_a_key_only_for_its_issuer(issuer, cast, kms, settings):
    settings.KEY_VAULT, settings.KEY_CACHE_SECONDS = "kms", 0
    issuer.keys.all().delete()
    key = key_for(issuer)
    assert key.vault == "kms"
    key.issuer = issuer_of(cast.harbor)
    with pytest.raises(VaultClosed, match="KMS refused: InvalidCiphertext"):
        unlock(key)


def test_a_worker_signs_on_for_a_while_when_kms_is_away(issuer, kms, settings, monkeypatch):
    settings.KEY_VAULT = "kms"
    issuer.keys.all().delete()
    first = unlock(key_for(issuer))
    settings.KMS_ENDPOINT_URL = "http://127.0.0.1:9"  # nobody listens there
    key = SigningKey.objects.get(issuer=issuer)
    assert unlock(key) is first
    monkeypatch.setattr(issuers, "_opened", {})  # as in another worker
    with pytest.raises(VaultClosed, match="KMS cannot be asked"):
        unlock(key)


def test_an_admin_makes_a_new_key_and_the_old_one_still_verifies(cast, client):
    old = minted(cast, published(cast))
    client.force_login(cast.cleo)
    done = client.post(reverse("key_rotate", args=["lakeside"]), {"algorithm": "EdDSA"}, follow=True)
    assert "A new key signs from now on" in done.content.decode()
    assert client.post(reverse("key_rotate", args=["lakeside"]), {"algorithm": "none"}).status_code == 400
    new = minted(cast, published(cast, title="Another skill"))
    assert new.key != old.key
    for badge in (old, new):
        assert "real and in good standing" in verified(client, badge)
    text = client.get(reverse("manage_keys", args=["lakeside"])).content.decode()
    assert "Only checks" in text
    assert new.key.public_multibase in text


def verified(client, badge):
    document = bytes(Badge.objects.get(id=badge.id).document).decode()
    return client.post(reverse("verify"), {"text": document}).content.decode()


def test_a_withdrawn_key_counts_no_more_and_its_badges_are_signed_anew(cast, client, monkeypatch):
    monkeypatch.setattr(resigning, "AT_ONCE", 2)
    badges = [minted(cast, published(cast, title=f"Skill {n}")) for n in range(3)]
    saved = bytes(badges[0].document).decode()
    key = badges[0].key
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badges[2], reason="error")
    client.force_login(cast.cleo)
    address = reverse("key_withdraw", args=["lakeside", key.id])
    assert "This cannot be undone" in client.get(address).content.decode()
    assert client.post(address).status_code == 302
    assert client.post(address).status_code == 409
    key.refresh_from_db()
    assert key.public_multibase not in str(did_document_of(key.issuer))
    assert "could not confirm" in client.post(reverse("verify"), {"text": saved}).content.decode()
    assert resigning.ask_a_chunk() == 2
    work_off()
    assert "2 of 3 are done (66%)" in client.get(reverse("manage_keys", args=["lakeside"])).content.decode()
    while resigning.ask_a_chunk():
        work_off()
    assert not Badge.objects.filter(key=key).exists()
    fresh = Badge.objects.get(id=badges[0].id)
    assert fresh.revision == 2
    assert json.loads(bytes(fresh.document))["id"] == json.loads(saved)["id"]
    assert "real and in good standing" in verified(client, badges[0])
    assert "taken this badge back" in verified(client, badges[2])
    assert [mail.to for mail in OutgoingMail.objects.filter(kind="key_compromised")] == [cast.cleo.email]
    assert "are done" not in client.get(reverse("manage_keys", args=["lakeside"])).content.decode()


def test_a_badge_that_was_just_being_signed_with_a_withdrawn_key_is_found_later(cast):
    badge = minted(cast, published(cast))
    with cast.inside():
        withdraw(by=cast.by(cast.cleo), key=badge.key)
    while resigning.ask_a_chunk():
        work_off()
    Badge.objects.filter(id=badge.id).update(key=badge.key)  # as by a worker that had opened the key before
    key = SigningKey.objects.get(id=badge.key_id)
    with clock.at(key.compromised_at + timedelta(hours=2)):
        resigning.ask_a_chunk()
        work_off()
    badge.refresh_from_db()
    assert badge.key != key
    key.refresh_from_db()
    assert key.asked_all_at is not None


def test_keys_are_for_admins(cast, client):
    key = key_for(issuer_of(cast.lakeside))
    for person, status in ((cast.ada, 403), (cast.dora, 403), (cast.mallory, 404)):
        client.force_login(person)
        assert client.post(reverse("key_withdraw", args=["lakeside", key.id])).status_code == status
        assert client.post(reverse("key_rotate", args=["lakeside"]), {"algorithm": "EdDSA"}).status_code == status


def test_a_key_is_rotated_by_command(cast):
    key = key_for(issuer_of(cast.lakeside))
    call_command("rotate_key", "lakeside")
    key.refresh_from_db()
    assert key.retired_at is not None
    call_command("rotate_key", "lakeside", withdraw=key.public_multibase)
    key.refresh_from_db()
    assert key.compromised_at is not None
    for wrong in (("nowhere",), ("lakeside", "--withdraw", "z0")):
        with pytest.raises(CommandError):
            call_command("rotate_key", *wrong)


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"KEY_VAULT": "safe"}, "KEY_VAULT is “safe”"),
        ({"KEY_VAULT": "kms", "KMS_KEY_ID": ""}, "KMS_KEY_ID is not set"),
        ({"KEY_ENCRYPTION_KEY": "x"}, "not a Fernet key"),
        ({"KEY_CACHE_SECONDS": -1}, "KEY_CACHE_SECONDS"),
    ],
)
def test_a_mistake_in_the_set_up_is_explained(settings, changes, said):
    for name, value in changes.items():
        setattr(settings, name, value)
    assert any(said in problem.msg for problem in run_checks(tags=[Tags.security]))
