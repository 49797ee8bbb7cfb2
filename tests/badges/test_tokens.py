"""Badges as tokens: what is in them, and that software which is not ours accepts them and refuses changed ones."""

import base64
import json
from datetime import datetime

import jsonschema
import pytest
from cryptography.hazmat.primitives.asymmetric.ec import SECP256R1, generate_private_key
from django.urls import reverse
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey

from badges.actions import revoke, share
from badges.models import SigningKey
from badges.openbadges.contexts import ACHIEVEMENT_CREDENTIAL_SCHEMA, schema
from badges.openbadges.documents import compose
from badges.openbadges.errors import DocumentInvalid
from badges.openbadges.keys import public_jwk
from badges.openbadges.tokens import payload, sign_token
from tests.badges.made import minted
from tests.badges.node import verify_with_node
from tests.badges.samples import award
from tests.credentials.sample import published

PRIVATE = generate_private_key(SECP256R1())
JWK = public_jwk(PRIVATE.public_key())


def parts(token: str) -> tuple[dict, dict]:
    header, body, _signature = token.split(".")
    return tuple(json.loads(base64.urlsafe_b64decode(each + "=" * (-len(each) % 4))) for each in (header, body))


def signed(**changes) -> str:
    credential = compose(award(**changes))
    return sign_token(credential, PRIVATE, algorithm="ES256", key_id="did:web:x#key", public_jwk=JWK)


def test_the_claims_repeat_what_the_credential_says():
    credential = compose(award())
    header, claims = parts(signed())
    public = {name: JWK[name] for name in ("kty", "crv", "x", "y")}
    assert header == {"alg": "ES256", "typ": "JWT", "kid": "did:web:x#key", "jwk": public}
    assert (claims["iss"], claims["jti"]) == (credential["issuer"]["id"], credential["id"])
    assert claims["sub"] == claims["credentialSubject"]["id"]
    assert claims["nbf"] == int(datetime.fromisoformat(credential["validFrom"]).timestamp())
    for name, value in credential.items():
        if name != "credentialSubject":
            assert claims[name] == value
    assert "proof" not in claims
    jsonschema.Draft201909Validator(schema(ACHIEVEMENT_CREDENTIAL_SCHEMA)).validate(claims)


def test_the_end_of_a_badge_is_the_end_of_its_token():
    plain = payload({**compose(award()), "validUntil": "2027-01-01T00:00:00Z"})
    assert plain["exp"] == 1798761600
    without = {name: value for name, value in compose(award()).items() if name != "validUntil"}
    assert "exp" not in payload(without)


def test_a_token_that_was_changed_is_refused():
    token = signed()
    key = ECKey.import_key(JWK)
    assert json.loads(jws.deserialize_compact(token, key, algorithms=["ES256"]).payload)["jti"]
    header, body, signature = token.split(".")
    claims = parts(token)[1] | {"sub": "did:example:someone-else"}
    other = base64.urlsafe_b64encode(json.dumps(claims).encode()).rstrip(b"=").decode()
    for changed in (f"{header}.{other}.{signature}", f"{header}.{body}.{signature[:-4]}AAAA"):
        with pytest.raises(JoseError):
            jws.deserialize_compact(changed, key, algorithms=["ES256"])


def test_a_private_key_never_gets_into_a_token_and_only_known_algorithms_are_used():
    credential = compose(award())
    for more in ({"public_jwk": {**JWK, "d": "secret"}}, {"algorithm": "HS256"}, {"algorithm": "none"}):
        given = {"algorithm": "ES256", "key_id": "did:web:x#key", "public_jwk": JWK, **more}
        with pytest.raises(DocumentInvalid):
            sign_token(credential, PRIVATE, **given)


def test_a_badge_is_given_as_a_token_that_its_did_document_vouches_for(client, cast):
    badge = minted(cast, published(cast))
    address = reverse("badge_jwt", args=[badge.id])
    answer = client.get(address)
    assert answer["Content-Type"] == "application/vc+jwt"
    assert answer["Access-Control-Allow-Origin"] == "*"
    header, claims = parts(answer.content.decode())
    did = client.get(reverse("issuer_did", args=[badge.issuer_id])).json()
    [method] = [each for each in did["verificationMethod"] if each["id"] == header["kid"]]
    assert header["kid"] in did["assertionMethod"]
    key = ECKey.import_key(method["publicKeyJwk"])
    assert jws.deserialize_compact(answer.content.decode(), key, algorithms=["ES256"])
    document = json.loads(bytes(badge.document))
    assert claims["issuer"] == document["issuer"]
    assert claims["credentialSubject"]["achievement"] == document["credentialSubject"]["achievement"]
    assert claims["credentialStatus"] == document["credentialStatus"], "taking it back reaches the token too"
    again = client.get(address, headers={"if-none-match": answer["ETag"]})
    assert again.status_code == 304
    assert SigningKey.objects.filter(algorithm="ES256").count() == 1


def test_a_token_for_verifiers_that_read_only_rsa(client, cast):
    badge = minted(cast, published(cast))
    token = client.get(reverse("badge_jwt", args=[badge.id]), {"alg": "RS256"}).content.decode()
    header, _claims = parts(token)
    assert header["alg"] == "RS256"
    assert len(token.split(".")[0]) <= 512, "some libraries take no longer header"
    did = client.get(reverse("issuer_did", args=[badge.issuer_id])).json()
    [method] = [each for each in did["verificationMethod"] if each["id"] == header["kid"]]
    key = RSAKey.import_key(method["publicKeyJwk"])
    assert not key.is_private
    assert jws.deserialize_compact(token, key, algorithms=["RS256"])
    assert verify_with_node(json.loads(bytes(badge.document)), did)["verified"], "the badge itself as before"
    for other in ("none", "HS256", "EdDSA"):
        refused = client.get(reverse("badge_jwt", args=[badge.id]), {"alg": other})
        assert refused.status_code == 400


def test_a_token_is_for_those_who_may_see_the_badge(client, cast):
    badge = minted(cast, published(cast))
    address = reverse("badge_jwt", args=[badge.id])
    with cast.inside():
        revoke(by=cast.by(cast.cleo), badge=badge, reason="error")
        share(by=cast.by(cast.ada), badge=badge, visibility="private", show_name=False)
    assert client.get(address).status_code == 404
    client.force_login(cast.ada)
    assert "private" in client.get(address)["Cache-Control"]
