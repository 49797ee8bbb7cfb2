"""Keys of an issuer: what seals them, what opens them, and where the world reads their public halves."""

import boto3
import pytest
from cryptography.fernet import Fernet
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.ec import ECDSA
from django.core.management import call_command
from joserfc.jwk import ECKey
from moto import mock_aws

from badges import issuers
from badges.issuers import did_document_of, issuer_of, key_for, public_half, unlock, verification_method
from badges.models import SigningKey
from badges.vaults import VaultClosed

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
