"""A tenant as issuer: its DID, its profile, its keys. Addresses use ids, so renaming a tenant breaks no badge."""

from functools import lru_cache

from cryptography.fernet import Fernet
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey
from django.conf import settings
from django.urls import reverse

from badges.models import Issuer, SigningKey
from badges.openbadges.content import IssuerProfile, Picture
from badges.openbadges.keys import did_document, did_web, key_id, multikey_decode, multikey_encode
from tenants.mail import absolute
from tenants.models import Tenant


def issuer_of(tenant: Tenant) -> Issuer:
    """The issuer of a tenant, made with its first key when the tenant awards for the first time."""
    issuer, _made = Issuer.objects.get_or_create(tenant=tenant)
    if not issuer.keys.filter(algorithm=SigningKey.Algorithm.EDDSA, retired_at=None).exists():
        private = Ed25519PrivateKey.generate()
        SigningKey.objects.get_or_create(
            issuer=issuer,
            algorithm=SigningKey.Algorithm.EDDSA,
            retired_at=None,
            defaults={
                "public_multibase": multikey_encode(private.public_key()),
                "private_encrypted": _fernet().encrypt(private.private_bytes_raw()),
            },
        )
    return issuer


def did_of(issuer: Issuer) -> str:
    """The did:web of an issuer (did:web method, section 3.1); its document is served at `issuer_did`."""
    return did_web(absolute(reverse("issuer_profile", args=[issuer.id])))


def did_document_of(issuer: Issuer) -> dict:
    """The DID document with every key the issuer ever signed with and still stands for, newest first."""
    keys = issuer.keys.filter(algorithm=SigningKey.Algorithm.EDDSA, compromised_at=None).order_by("-created_at")
    keys = [multikey_decode(key.public_multibase) for key in keys]
    return did_document(did_of(issuer), keys)


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
    return issuer.keys.get(algorithm=SigningKey.Algorithm.EDDSA, retired_at=None)


def unlock(key: SigningKey) -> Ed25519PrivateKey:
    """The private half of a key. Raises cryptography.fernet.InvalidToken when KEY_ENCRYPTION_KEY is another one."""
    return Ed25519PrivateKey.from_private_bytes(_fernet().decrypt(bytes(key.private_encrypted)))


def public_half(key: SigningKey) -> Ed25519PublicKey:
    """The public half of a key."""
    return multikey_decode(key.public_multibase)


def verification_method(key: SigningKey) -> str:
    """The address of a key inside the DID document of its issuer."""
    return key_id(did_of(key.issuer), public_half(key))


@lru_cache(maxsize=1)
def _fernet() -> Fernet:
    return Fernet(settings.KEY_ENCRYPTION_KEY)
