"""A tenant as issuer: its DID, its profile, its keys. Addresses use ids, so renaming a tenant breaks no badge."""

import time

from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, EllipticCurvePrivateKey
from cryptography.hazmat.primitives.asymmetric.ec import generate_private_key as generate_ec_key
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import RSAPrivateKey
from cryptography.hazmat.primitives.asymmetric.rsa import generate_private_key as generate_rsa_key
from cryptography.hazmat.primitives.serialization import Encoding, NoEncryption, PrivateFormat, load_der_private_key
from django.conf import settings
from django.db import IntegrityError, transaction
from django.urls import reverse

from badges.models import Issuer, SigningKey
from badges.openbadges.content import IssuerProfile, Picture
from badges.openbadges.keys import (
    PublicKey,
    did_document,
    did_web,
    key_id,
    multikey_decode,
    multikey_encode,
    p256_decode,
    rsa_decode,
)
from badges.vaults import vault
from tenants.mail import absolute
from tenants.models import Tenant

Algorithm = SigningKey.Algorithm
PrivateKey = Ed25519PrivateKey | EllipticCurvePrivateKey | RSAPrivateKey
GENERATE = {
    Algorithm.EDDSA: Ed25519PrivateKey.generate,
    Algorithm.ES256: lambda: generate_ec_key(SECP256R1()),
    Algorithm.RS256: lambda: generate_rsa_key(public_exponent=65537, key_size=2048),
}
DECODE = {Algorithm.EDDSA: multikey_decode, Algorithm.ES256: p256_decode, Algorithm.RS256: rsa_decode}

_opened: dict[bytes, tuple[float, PrivateKey]] = {}  # keys this process has opened, by their sealed form


def issuer_of(tenant: Tenant) -> Issuer:
    """The issuer of a tenant, made with its first key when the tenant awards for the first time."""
    issuer, _made = Issuer.objects.get_or_create(tenant=tenant)
    key_for(issuer)
    return issuer


def did_of(issuer: Issuer) -> str:
    """The did:web of an issuer (did:web method, section 3.1); its document is served at `issuer_did`."""
    return did_web(absolute(reverse("issuer_profile", args=[issuer.id])))


def did_document_of(issuer: Issuer) -> dict:
    """The DID document with every key the issuer ever signed with and still stands for, newest first.

    Those for proofs come before those for tokens, since some verifiers look at the first one only.
    """
    keys = issuer.keys.filter(compromised_at=None).order_by("-created_at", "-id")
    keys = sorted(keys, key=lambda key: key.algorithm != Algorithm.EDDSA)
    return did_document(did_of(issuer), [public_half(key) for key in keys])


def profile_of(issuer: Issuer) -> IssuerProfile:
    """What badges say about their issuer."""
    tenant = issuer.tenant
    return IssuerProfile(
        id=did_of(issuer),
        name=tenant.name,
        url=tenant.website or absolute(reverse("tenant_home", args=[tenant.slug])),
        email=tenant.contact_email,
        description=tenant.description,
        image=Picture(url=absolute(tenant.logo_url), caption=tenant.logo_alt) if tenant.logo_url else None,
    )


def active_key(issuer: Issuer) -> SigningKey:
    """The key that signs badges today."""
    return issuer.keys.get(algorithm=Algorithm.EDDSA, retired_at=None)


def key_for(issuer: Issuer, algorithm: SigningKey.Algorithm = Algorithm.EDDSA) -> SigningKey:
    """The key with which an issuer signs today by `algorithm`, made when there is none."""
    there = issuer.keys.filter(algorithm=algorithm, retired_at=None).first()
    if there is not None:
        return there
    try:
        with transaction.atomic():
            return new_key(issuer, algorithm)
    except IntegrityError:  # another worker made it just now
        return issuer.keys.get(algorithm=algorithm, retired_at=None)


def new_key(issuer: Issuer, algorithm: SigningKey.Algorithm) -> SigningKey:
    """A fresh key, sealed by the vault of this installation. The caller has retired the one before."""
    private = GENERATE[algorithm]()
    return SigningKey.objects.create(
        issuer=issuer,
        algorithm=algorithm,
        public_multibase=multikey_encode(private.public_key()),
        vault=settings.KEY_VAULT,
        private_encrypted=vault(settings.KEY_VAULT).seal(_as_bytes(private), issuer.id),
    )


def unlock(key: SigningKey) -> PrivateKey:
    """The private half of a key: Ed25519, P-256 or RSA, by its algorithm. Raises VaultClosed.

    An opened key stays in this process for KEY_CACHE_SECONDS, so that minting many badges asks the vault once.
    """
    sealed, now = bytes(key.private_encrypted), time.monotonic()
    for each, (until, _private) in list(_opened.items()):
        if until <= now:
            _opened.pop(each, None)
    kept = _opened.get(sealed)
    if kept is None:
        private = _from_bytes(vault(key.vault).open(sealed, key.issuer_id), key.algorithm)
        kept = _opened[sealed] = (now + settings.KEY_CACHE_SECONDS, private)
    return kept[1]


def public_half(key: SigningKey) -> PublicKey:
    """The public half of a key."""
    return DECODE[key.algorithm](key.public_multibase)


def verification_method(key: SigningKey) -> str:
    """The address of a key inside the DID document of its issuer."""
    return key_id(did_of(key.issuer), public_half(key))


def reseal(key: SigningKey) -> None:
    """Seal a key by the vault of this installation, whatever vault held it before."""
    private = vault(key.vault).open(bytes(key.private_encrypted), key.issuer_id)
    key.vault, key.private_encrypted = settings.KEY_VAULT, vault(settings.KEY_VAULT).seal(private, key.issuer_id)
    key.save(update_fields=["vault", "private_encrypted"])


def _as_bytes(private: PrivateKey) -> bytes:
    if isinstance(private, Ed25519PrivateKey):
        return private.private_bytes_raw()
    return private.private_bytes(Encoding.DER, PrivateFormat.PKCS8, NoEncryption())


def _from_bytes(data: bytes, algorithm: str) -> PrivateKey:
    if algorithm == Algorithm.EDDSA:
        return Ed25519PrivateKey.from_private_bytes(data)
    return load_der_private_key(data, password=None)
