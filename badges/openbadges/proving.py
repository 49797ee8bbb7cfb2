"""The steps `proof` and `issuer`: does the signature fit, and is the key the issuer's?"""

from datetime import UTC, datetime
from typing import Any

from joserfc.jwk import ECKey, RSAKey

from badges.openbadges import proof
from badges.openbadges.errors import BadgeError, KeyInvalid, ProofInvalid, gettext_noop
from badges.openbadges.jws import Token, check_header, check_signature, key_from_jwk, same_key
from badges.openbadges.keys import assertion_key, assertion_method
from badges.openbadges.report import Step
from badges.openbadges.sources import Sources, is_web_address, site_of
from badges.openbadges.values import dicts, issuer_id, moment, step_from

PROOF_OK = gettext_noop("The signature fits. Nothing was changed since the badge was signed.")
PROOF_LATE = gettext_noop("The signature was dated %(date)s, which is still to come.")
PROOF_EXPIRED = gettext_noop("The signature ran out on %(date)s.")
PROOF_NO_KEY = gettext_noop("We could not check the signature without the key of the issuer.")
ISSUER_OK = gettext_noop("The key belongs to the issuer, %(issuer)s.")
ISSUER_BAD = gettext_noop("The badge names %(issuer)s as issuer, but somebody else signed it.")
ISSUER_NO_KEY = gettext_noop("The token does not say which key it was signed with.")
ISSUER_OWN_KEY = gettext_noop("The badge brings its own key, and %(issuer)s does not list that key as theirs.")
CLAIM = gettext_noop("The token says “%(claim)s” differently from the badge inside it.")
AFTER_FAILURE = gettext_noop("We did not check this, because of the problem above.")

CLAIMS = {"iss", "jti", "sub", "nbf", "exp", "iat", "aud", "vc", "cnf"}


def embedded_proof_steps(credential: dict[str, Any], sources: Sources, now: datetime) -> list[Step]:
    """For a credential with a Data Integrity proof inside (eddsa-rdfc-2022)."""
    try:
        the_proof = proof.the_proof(credential)
    except BadgeError as error:
        return [step_from("proof", error), Step("issuer", "skipped", AFTER_FAILURE)]
    method = the_proof["verificationMethod"]
    try:
        key = assertion_key(sources.controller(method.partition("#")[0]), method)
    except BadgeError as error:
        return [Step("proof", "skipped", PROOF_NO_KEY), step_from("issuer", error)]
    issuer = issuer_id(credential)
    belongs = method.partition("#")[0] == issuer
    issuer_step = Step("issuer", "ok" if belongs else "failed", ISSUER_OK if belongs else ISSUER_BAD, _shown(issuer))
    try:
        proof.verify(credential, key)
        return [_proof_dates_step(the_proof, now), issuer_step]
    except BadgeError as error:
        return [step_from("proof", error), issuer_step]


def token_proof_steps(token: Token, credential: dict[str, Any], sources: Sources) -> list[Step]:
    """For a credential in a token (Open Badges 3.0, section 8.2.4, “Verify a Credential”)."""
    issuer = issuer_id(credential)
    try:
        check_header(token)
    except BadgeError as error:
        return [step_from("proof", error), Step("issuer", "skipped", AFTER_FAILURE)]
    try:
        key, belongs = _key_of(token, issuer, sources)
    except BadgeError as error:
        return [Step("proof", "skipped", PROOF_NO_KEY), step_from("issuer", error)]
    if belongs is None:
        issuer_step = Step("issuer", "ok", ISSUER_OK, _shown(issuer))
    else:
        issuer_step = Step("issuer", "failed", belongs, _shown(issuer))
    try:
        check_signature(token, key)
        _check_claims(token, credential)
    except BadgeError as error:
        return [step_from("proof", error), issuer_step]
    return [Step("proof", "ok", PROOF_OK), issuer_step]


def credential_of(token: Token) -> dict[str, Any]:
    """The credential in a token: its claim `vc` (VC-JWT), or all of it but the claims of JWT (VC-JOSE).

    An end that only the claim `exp` names is the end of the credential (Open Badges 3.0, section 8.2.4.1).
    """
    inside = token.payload.get("vc")
    if not isinstance(inside, dict):
        inside = {name: value for name, value in token.payload.items() if name not in CLAIMS}
    end = _numeric(token.payload.get("exp"))
    if end is None or "validUntil" in inside or "expirationDate" in inside:
        return inside
    return {**inside, "validUntil": proof.timestamp(end)}


def _key_of(token: Token, issuer: str, sources: Sources) -> tuple[RSAKey | ECKey, str | None]:
    """The key that a token names or brings, and why it is not the issuer's, or None when it is."""
    name, brought = token.header.get("kid"), token.header.get("jwk")
    if isinstance(name, str) and (is_web_address(name) or name.startswith("did:")):
        return _named_key(name, issuer, sources)
    if isinstance(brought, dict):
        key = key_from_jwk(brought)
        return key, None if _lists(sources.controller(issuer), key) else ISSUER_OWN_KEY
    if isinstance(name, str) and name:  # a bare name: the issuer has to know it
        return _named_key(f"{issuer}#{name.lstrip('#')}", issuer, sources)
    raise KeyInvalid(ISSUER_NO_KEY, code="key-missing")


def _named_key(name: str, issuer: str, sources: Sources) -> tuple[RSAKey | ECKey, str | None]:
    """`name` leads to a key in the issuer's own document, to a JWK, or to a set of JWKs on the issuer's site.

    Open Badges 3.0 asks no more than that `kid` can be dereferenced. A key from somewhere else proves nothing about
    the issuer, so it must at least be served by the site that the issuer's id names.
    """
    base, _hash, fragment = name.partition("#")
    document = sources.controller(base)
    if document.get("id") == base and not document.get("kty"):
        key = key_from_jwk(assertion_method(document, name).get("publicKeyJwk"))
        return key, None if base == issuer else ISSUER_BAD
    keys = [document] if document.get("kty") else dicts(document.get("keys"))
    named = [key for key in keys if key.get("kid") in (name, fragment or name)] or keys
    if len(named) != 1:
        raise KeyInvalid(ISSUER_NO_KEY, code="key-missing")
    site = site_of(base)
    return key_from_jwk(named[0]), None if site and site == site_of(issuer) else ISSUER_BAD


def _lists(document: dict[str, Any], key: RSAKey | ECKey) -> bool:
    """Whether the issuer's own document has this key, as verification method or as JWK."""
    listed = [method.get("publicKeyJwk") for method in dicts(document.get("verificationMethod"))]
    listed += [method.get("publicKeyJwk") for method in dicts(document.get("assertionMethod"))]
    keys = document.get("jwks")
    listed += dicts(keys.get("keys")) if isinstance(keys, dict) else []
    listed += dicts(document.get("publicKey"))
    for jwk in listed:
        try:
            if same_key(key_from_jwk(jwk), key):
                return True
        except BadgeError:
            continue
    return False


def _check_claims(token: Token, credential: dict[str, Any]) -> None:
    """The claims of the token must say what the credential says; only `iss` has to be there with a `vc` claim."""
    subject = credential.get("credentialSubject")
    said = {
        "iss": issuer_id(credential),
        "jti": credential.get("id"),
        "sub": subject.get("id") if isinstance(subject, dict) else None,
    }
    for claim, value in said.items():
        needed = claim == "iss" and "vc" in token.payload
        if (claim in token.payload or needed) and token.payload.get(claim) != value:
            raise ProofInvalid(CLAIM, code="token-claim", claim=claim)
    dates = {"nbf": ("validFrom", "issuanceDate"), "exp": ("validUntil", "expirationDate")}
    for claim, names in dates.items():
        if claim in token.payload:
            date = next((moment(credential[name]) for name in names if name in credential), None)
            if date is None or _numeric(token.payload[claim]) != date.replace(microsecond=0):
                raise ProofInvalid(CLAIM, code="token-claim", claim=claim)


def _numeric(value: object) -> datetime | None:
    """A NumericDate (RFC 7519, section 2), to the second."""
    try:
        return datetime.fromtimestamp(int(value), UTC) if isinstance(value, (int, float)) else None
    except (ValueError, OverflowError, OSError):
        return None


def _proof_dates_step(the_proof: dict[str, Any], now: datetime) -> Step:
    created, expires = moment(the_proof.get("created")), moment(the_proof.get("expires"))
    if created and created > now:
        return Step("proof", "failed", PROOF_LATE, {"date": created.date()})
    if expires and expires <= now:
        return Step("proof", "failed", PROOF_EXPIRED, {"date": expires.date()})
    return Step("proof", "ok", PROOF_OK)


def _shown(issuer: str) -> dict[str, object]:
    return {"issuer": issuer[:200]}
