"""Signing by template gives what the general canonicalizer gives, to the byte, or leaves it to that one."""

import copy
import hashlib
import json
import random
from collections import Counter
from dataclasses import replace
from datetime import datetime

import pytest
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey
from hypothesis import given, settings
from hypothesis import strategies as st

from badges.openbadges import contexts, documents, keys, proof, signing
from badges.openbadges.canonical import canonical_nquads
from badges.openbadges.compiling import compile_template
from badges.openbadges.content import Award, Evidence
from badges.openbadges.errors import BadgeError
from badges.openbadges.second_opinion import canonical_by_pyoxigraph
from badges.openbadges.signing import Press, Shape, TemplateWrong
from badges.openbadges.slots import paths_of, taken_out, values_of
from badges.openbadges.template import NotByTemplate
from tests.badges import generated, samples
from tests.badges.node import verify_with_node

SHAPES = 25
OF_EACH = 50
PARTS = 4  # of the run, for the workers that share it


def outcome(canonicalize, *args) -> bytes | str:
    try:
        return canonicalize(*args)
    except NotByTemplate:
        return "not by template"
    except BadgeError as refusal:
        return refusal.code


def template_of(award: Award):
    document = documents.compose(award)
    paths = paths_of(document)
    taken_out(document, paths)
    return compile_template(documents.serialize(document), paths)


@pytest.mark.parametrize("part", range(PARTS))
def test_five_thousand_badges_come_out_the_same(part):
    chance = random.Random(f"laurel-{part}")
    counted = Counter()
    for _shape in range(SHAPES):
        first = generated.award(chance)
        try:
            template = template_of(first)
        except BadgeError:  # the fixed part may not be signed
            template = None
        for _award in range(OF_EACH):
            award = generated.filled(chance, first)
            document = documents.compose(award)
            general = outcome(canonical_nquads, document)
            if template is None:
                assert isinstance(general, str)
                continue
            by_template = outcome(template.canonical, values_of(award))
            counted[by_template if isinstance(by_template, str) else "the same"] += 1
            if by_template != "not by template":
                assert by_template == general
                assert template.document(values_of(award)) == documents.serialize(document)
    assert counted["the same"] > 0.5 * SHAPES * OF_EACH
    assert counted["not by template"] > 0.05 * SHAPES * OF_EACH


def by_shape(award: Award) -> Shape:
    """A shape that has seen its first badge, so that it uses its template."""
    document = documents.compose(award)
    paths = paths_of(document)
    taken_out(document, paths)
    shape = Shape(documents.serialize(document), paths)
    shape.canonical(values_of(award))
    return shape


TWO_ALIKE = (Evidence(name="Plan", narrative="Same"), Evidence(name="Plan", narrative="Same"))
SAME_ADDRESS = (Evidence(id=f"{samples.HOST}/e/1", name="One"), Evidence(id=f"{samples.HOST}/e/1", name="Two"))
OF_THE_ISSUER = (Evidence(id=samples.DID, name="One"), Evidence(id=f"{samples.HOST}/e/2", name="Two"))


@pytest.mark.parametrize("evidence", [TWO_ALIKE, SAME_ADDRESS, OF_THE_ISSUER], ids=["tie", "twice", "of the issuer"])
def test_what_a_template_cannot_do_for_certain_goes_through_the_general_canonicalizer(evidence):
    award = samples.award(evidence=evidence)
    with pytest.raises(NotByTemplate):
        template_of(award).canonical(values_of(award))
    assert by_shape(award).canonical(values_of(award)) == canonical_nquads(documents.compose(award))


@pytest.mark.parametrize("text", [*generated.HIDDEN, "\ud800"])
def test_hidden_characters_are_refused_the_same_way(text):
    shape = by_shape(samples.award(narrative="Fine"))
    hidden = replace(samples.award(), narrative=text)
    assert outcome(shape.canonical, values_of(hidden)) == "character"


@pytest.mark.parametrize(
    ("fixed", "value"), [("\U0001f389", "\ue000"), ("\uff01", "\U0001f389"), ("fine", "\U0001f389 \ue000")]
)
def test_texts_that_javascript_sorts_otherwise_are_refused_the_same_way(fixed, value):
    first = samples.award(achievement=samples.achievement(name=fixed), narrative="Fine")
    shape = by_shape(first)
    award = replace(first, narrative=value)
    expected = outcome(canonical_nquads, documents.compose(award))
    assert outcome(shape.canonical, values_of(award)) == expected
    assert (expected == "utf-16-order") == (fixed != "fine")


SMALL = samples.award(
    achievement=samples.achievement(lines=(), alignments=(), related=(), tags=(), credits=None),
    results=(),
    evidence=(Evidence(name="x", narrative="x", id="urn:uuid:1"),),
)
OF_SMALL = by_shape(SMALL)


@settings(max_examples=150, deadline=None)
@given(
    st.text(min_size=1, max_size=40),
    st.text(min_size=1, max_size=40),
    st.from_regex(r"https?://[^\s<>]{1,30}", fullmatch=True),
)
def test_whatever_is_written_as_evidence_comes_out_the_same(name, narrative, address):
    award = replace(SMALL, evidence=(Evidence(name=name, narrative=narrative, id=address),))
    assert outcome(OF_SMALL.canonical, values_of(award)) == outcome(canonical_nquads, documents.compose(award))


def test_a_press_writes_the_bytes_that_signing_one_by_one_gives():
    press = Press(samples.PRIVATE_KEY, samples.METHOD)
    for number in range(4):
        status = replace(samples.award().status, index=number)
        award = samples.award(id=f"{samples.HOST}/b/{number}", status=status)
        one = documents.serialize(samples.signed(documents.compose(award)))
        assert press.sign(award, samples.NOW) == one
        assert signing.holds(one, samples.PUBLIC_KEY)


def test_a_node_verifier_accepts_what_a_press_signs():
    press = Press(samples.PRIVATE_KEY, samples.METHOD)
    awards = [samples.award(narrative=f"“{number}” \\ \n \U0001f389") for number in range(3)]
    signed = [json.loads(press.sign(award, samples.NOW)) for award in awards]
    assert verify_with_node(signed[-1], samples.DID_DOCUMENT)["verified"]


def test_a_press_checks_what_composing_checks():
    press = Press(samples.PRIVATE_KEY, samples.METHOD)
    for _time in range(3):
        press.sign(samples.award(), samples.NOW)
    what = samples.award()
    wrong = [
        replace(what, valid_until=what.valid_from),
        replace(what, results=(replace(what.results[0], level="https://other.example/level"), what.results[1])),
        replace(what, id=" "),
    ]
    for award in wrong:
        with pytest.raises(BadgeError):
            press.sign(award, samples.NOW)


def test_a_changed_badge_holds_no_more_whatever_was_changed():
    press = Press(samples.PRIVATE_KEY, samples.METHOD)
    for _time in range(3):
        document = press.sign(samples.award(), samples.NOW)
        assert signing.holds(document, samples.PUBLIC_KEY)
    other = Ed25519PrivateKey.generate()
    assert not signing.holds(document, other.public_key())
    parsed = json.loads(document)
    changes = [
        {**parsed, "name": "Something grander"},
        {**parsed, "id": "https://badges.example.edu/b/other"},
        {**parsed, "undefined": "more"},
        {**parsed, "validUntil": "2099-01-01T00:00:00Z"},
        {**parsed, "evidence": parsed["evidence"][:1]},
        {**parsed, "credentialStatus": {**parsed["credentialStatus"], "statusListIndex": "78"}},
        {**parsed, "proof": {**parsed["proof"], "created": "2026-03-24T12:00:01Z"}},
        {**parsed, "proof": {**parsed["proof"], "proofPurpose": "authentication"}},
        {**parsed, "proof": [parsed["proof"], parsed["proof"]]},
        {**parsed, "proof": {**parsed["proof"], "proofValue": "z" + keys.base58btc_encode(b"\1" * 64)}},
        {**parsed, "proof": {**parsed["proof"], "proofValue": "z0"}},
        {key: value for key, value in parsed.items() if key != "proof"},
    ]
    for changed in changes:
        for _time in range(3):  # the general way, and by template
            assert not signing.holds(json.dumps(changed).encode(), samples.PUBLIC_KEY)
    for nonsense in (b"", b"[]", b"null", b"{", b'{"proof": {}}', b"\xff"):
        assert not signing.holds(nonsense, samples.PUBLIC_KEY)


def test_a_badge_with_signed_endorsements_inside_goes_by_template_too():
    """They are graphs of their own in RDF, with blank nodes as names."""
    endorsements = tuple(
        samples.signed(
            documents.compose_endorsement(
                f"{samples.HOST}/endorsements/{number}",
                issuer=samples.award().issuer,
                subject_id=samples.achievement().id,
                name="An endorsement",
                comment="Counts here.",
                valid_from=samples.NOW,
            )
        )
        for number in range(2)
    )
    award = samples.award(achievement=samples.achievement(endorsements=endorsements))
    document = documents.compose(award)
    by_template = template_of(award).canonical(values_of(award))
    assert by_template == canonical_nquads(document)
    assert by_template == canonical_by_pyoxigraph(document)


def test_a_template_that_is_wrong_stops_loudly_and_is_not_used_again(monkeypatch):
    """What the first check would find if a template were wrong: here the label that comes last is lost."""
    award = samples.award()
    shape = by_shape(award)
    right = canonical_nquads(documents.compose(award))
    compiled = compile_template(shape.skeleton, shape.paths)
    wrong = replace(compiled, labels=(*compiled.labels[:-1], b"_:c14n99"))
    monkeypatch.setattr(signing, "compile_template", lambda *_: wrong)
    with pytest.raises(TemplateWrong):
        shape.canonical(values_of(award))
    assert shape.canonical(values_of(award)) == right


@pytest.mark.parametrize("made", [2, 64, 3 * signing.CHECKED_EVERY])
def test_samples_are_compared_again(made, monkeypatch):
    award = samples.award()
    shape = by_shape(award)
    monkeypatch.setattr(signing, "canonical_by_pyoxigraph", lambda document: b"something else")
    shape.made = made + 5
    shape.canonical(values_of(award))  # no sample
    shape.made = made
    with pytest.raises(TemplateWrong):
        shape.canonical(values_of(award))


def test_no_context_has_a_term_that_could_stand_for_the_start_of_an_address():
    schemes = {"http", "https", "urn", "did", "mailto"}
    for url in contexts.CONTEXT_FILES:
        assert not schemes & set(_terms(contexts.context(url)))


def _terms(value) -> set[str]:
    if isinstance(value, list):
        return set().union(*map(_terms, value))
    return set(value).union(*map(_terms, value.values())) if isinstance(value, dict) else set()


ALUMNI = {
    "@context": ["https://www.w3.org/ns/credentials/v2", "https://www.w3.org/ns/credentials/examples/v2"],
    "id": "urn:uuid:58172aac-d8ba-11ed-83dd-0b3aef56cc33",
    "type": ["VerifiableCredential", "AlumniCredential"],
    "name": "Alumni Credential",
    "description": "A minimum viable example of an Alumni Credential.",
    "issuer": "https://vc.example/issuers/5678",
    "validFrom": "2023-01-01T00:00:00Z",
    "credentialSubject": {"id": "did:example:abcdefgh", "alumniOf": "The School of Examples"},
}
ALUMNI_KEY = "z6MkrJVnaZkeFzdQyMZu1cgjg7k1pZZ6pvBQ7XJPt4swbTQ2"
ALUMNI_PRIVATE = "z3u2en7t5LR2WtQH5PfFqMqwVHBeXouLzo6haApm8XHqvjxq"
ALUMNI_METHOD = f"https://vc.example/issuers/5678#{ALUMNI_KEY}"
ALUMNI_CREATED = "2023-02-24T23:36:38Z"
ALUMNI_DOCUMENT_HASH = "517744132ae165a5349155bef0bb0cf2258fff99dfe1dbd914b938d775a36017"
ALUMNI_CONFIG_HASH = "4c4d3890a157f8d611b13c265c2c22f39aa0a567c7c7dd9ba3e45cd579784eeb"
ALUMNI_PROOF = "z21EVs3eXERqTn4acNHT9viboqgzUaQ3kTmhPT3eA8qrVPE7CrQq78WkzctnMX5W4CrzcKnHw8V6dvy5pgWYCU5e9"


@pytest.fixture
def _examples_vocabulary(monkeypatch, tmp_path):
    """The vocabulary of W3C's examples, which the product does not know."""
    file = tmp_path / "examples-v2.json"
    file.write_text('{"@context": {"@vocab": "https://www.w3.org/ns/credentials/examples#"}}')
    monkeypatch.setitem(contexts.CONTEXT_FILES, ALUMNI["@context"][1], str(file))
    yield
    contexts.context.cache_clear()


@pytest.mark.usefixtures("_examples_vocabulary")
def test_the_vector_of_the_w3c_comes_out_in_general_and_by_template():
    """Data Integrity EdDSA Cryptosuites v1.0, section B.1."""
    private = Ed25519PrivateKey.from_private_bytes(keys.base58btc_decode(ALUMNI_PRIVATE[1:])[2:])
    assert keys.multikey_encode(private.public_key()) == ALUMNI_KEY
    config = {"@context": ALUMNI["@context"], **proof.options(ALUMNI_METHOD, ALUMNI_CREATED)}
    expected = bytes.fromhex(ALUMNI_CONFIG_HASH + ALUMNI_DOCUMENT_HASH)

    moment = datetime.fromisoformat(ALUMNI_CREATED)
    signed = proof.sign(ALUMNI, private, verification_method=ALUMNI_METHOD, created=moment)
    assert signed["proof"] == {**proof.options(ALUMNI_METHOD, ALUMNI_CREATED), "proofValue": ALUMNI_PROOF}
    assert hash_of(canonical_nquads(config)) + hash_of(canonical_nquads(ALUMNI)) == expected

    by_template = b""
    slots = [("id",), ("validFrom",), ("issuer",), ("name",), ("credentialSubject", "alumniOf")]
    for document, paths in ((config, [("created",)]), (ALUMNI, slots)):
        skeleton = copy.deepcopy(document)
        values = taken_out(skeleton, paths)
        template = compile_template(documents.serialize(skeleton), paths)
        assert json.loads(template.document(values)) == document
        by_template += hash_of(template.canonical(values))
    assert by_template == expected
    assert "z" + keys.base58btc_encode(private.sign(by_template)) == ALUMNI_PROOF


def hash_of(text: bytes) -> bytes:
    return hashlib.sha256(text).digest()
