"""Signing and checking badges by template where that is certain, and by the general canonicalizer everywhere else.

Templates live in the process that compiled them, a bounded number, and are found by all of what they leave fixed: a
template can be missing, but never out of date. Nothing is believed of a template before its first output was compared
with that of the general canonicalizer; then the 2nd, 3rd, 5th, 9th and so on, and at least one in CHECKED_EVERY, are
compared with pyoxigraph's. A template that was wrong once is not used again.
"""

import hashlib
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from datetime import datetime
from functools import lru_cache
from typing import Any

import orjson
import structlog
from cryptography.exceptions import InvalidSignature
from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey, Ed25519PublicKey

from badges.openbadges import documents, proof
from badges.openbadges.canonical import canonical_nquads
from badges.openbadges.compiling import compile_template
from badges.openbadges.content import Achievement, Award, IssuerProfile
from badges.openbadges.errors import BadgeError, UnsafeDocument
from badges.openbadges.keys import base58btc_decode, base58btc_encode
from badges.openbadges.second_opinion import canonical_by_pyoxigraph
from badges.openbadges.slots import Path, filled, paths_of, shape_of, taken_out, values_of
from badges.openbadges.template import NotByTemplate, Template

log = structlog.get_logger(__name__)

CHECKED_EVERY = 1024
SHAPES_KEPT = 256  # in a process; a template takes about 100 kB


class TemplateWrong(Exception):
    """A template gave another answer than a general canonicalizer. What it made must not leave."""


class Shape:
    """What this process knows about the documents with one skeleton."""

    def __init__(self, skeleton: bytes, paths: Sequence[Path]) -> None:
        self.skeleton = skeleton
        self.paths = paths
        self.seen = 0
        self.made = 0
        self.template: Template | None = None

    def canonical(self, values: Sequence[str], *, compare: bool = True) -> bytes:
        """The canonical N-Quads of the document with these values; raises UnsafeDocument and TemplateWrong.

        The first document of a shape is not worth a template: many shapes have no second one. Without `compare`
        nothing is compared: for documents whose signature shows by itself whether the form is right.
        """
        self.seen += 1
        if self.seen == 2:
            self.template = self._compiled()
        if self.template is not None:
            try:
                by_template = self.template.canonical(values)
            except NotByTemplate:
                return canonical_nquads(self.filled(values))
            if compare:
                if self.made % CHECKED_EVERY == 0 or self.made & (self.made - 1) == 0:
                    self._compare(by_template, values)
                self.made += 1
            return by_template
        return canonical_nquads(self.filled(values))

    def filled(self, values: Sequence[str]) -> dict[str, Any]:
        """The document with these values."""
        return filled(self.skeleton, self.paths, values)

    def text(self, values: Sequence[str]) -> bytes:
        """The JSON of the document with these values."""
        if self.template is not None:
            return self.template.document(values)
        return documents.serialize(self.filled(values))

    def _compiled(self) -> Template | None:
        try:
            return compile_template(self.skeleton, self.paths)
        except (NotByTemplate, BadgeError) as reason:
            log.info("no_template", reason=str(reason))
            return None

    def _compare(self, by_template: bytes, values: Sequence[str]) -> None:
        document = orjson.loads(self.text(values))
        general = canonical_nquads if self.made == 0 else canonical_by_pyoxigraph
        if general(document) != by_template:
            self.template = None
            log.error("template_wrong", badge=document.get("id"), made=self.made)
            raise TemplateWrong(f"The template of {document.get('id')} gave a wrong answer after {self.made} badges.")


@dataclass(frozen=True)
class Known:
    """The shape that awards of one achievement and issuer have in common, and the results that they may name."""

    shape: Shape
    results: frozenset[tuple[str, str]]
    about: tuple[Achievement, IssuerProfile]  # kept, so that their ids stay theirs

    def is_sound(self, award: Award) -> bool:
        """Whether the award passes those checks of `documents.compose` that are about its own values."""
        named = [(result.line, result.level) for result in award.results]
        return self.results.issuperset(named) and (award.valid_until is None or award.valid_until > award.valid_from)


class Press:
    """Signs the badges of one key. What awards have in common is looked at once as long as a press lives.

    Awards for the same thing should share their `Achievement` and `IssuerProfile`.
    """

    def __init__(self, private_key: Ed25519PrivateKey, verification_method: str) -> None:
        self.private_key = private_key
        self.verification_method = verification_method
        self._known: dict[Hashable, Known] = {}

    def sign(self, award: Award, created: datetime) -> bytes:
        """The signed badge of an award as JSON: the bytes that `compose`, `proof.sign` and `serialize` give.

        Raises what they raise, and TemplateWrong.
        """
        shape, values = self._shape_and_values(award)
        config = _config(documents.CONTEXT, self.verification_method, proof.timestamp(created))
        signature = self.private_key.sign(config.digest + hashlib.sha256(shape.canonical(values)).digest())
        return b"".join((shape.text(values)[:-1], config.opening, base58btc_encode(signature).encode(), b'"}}'))

    def _shape_and_values(self, award: Award) -> tuple[Shape, tuple[str, ...]]:
        key = (id(award.achievement), id(award.issuer), shape_of(award))
        known = self._known.get(key)
        if known is not None and known.is_sound(award):
            return known.shape, values_of(award)
        document = documents.compose(award)
        values = taken_out(document, paths_of(document))
        shape = _shape(documents.serialize(document))
        if values == values_of(award):
            lines = award.achievement.lines
            results = frozenset((line.id, level.id) for line in lines for level in line.levels)
            self._known[key] = Known(shape, results, (award.achievement, award.issuer))
        return shape, values


def holds(document: bytes, public_key: Ed25519PublicKey) -> bool:
    """Whether the one proof of a badge (JSON, eddsa-rdfc-2022) fits `public_key`. What is no badge does not hold.

    The same answer as that of `proof.verify`, which is also asked before a badge is said not to hold.
    """
    try:
        parsed = orjson.loads(document)
        if not isinstance(parsed, dict):
            return False
        signed = _signed_by_us(parsed)
        if signed is None or not _fits(public_key, *signed):
            proof.verify(orjson.loads(document), public_key)
    except (BadgeError, orjson.JSONDecodeError):
        return False
    return True


def _fits(public_key: Ed25519PublicKey, signature: bytes, data: bytes) -> bool:
    try:
        public_key.verify(signature, data)
    except InvalidSignature:
        return False
    return True


def _signed_by_us(document: dict[str, Any]) -> tuple[bytes, bytes] | None:
    """Signature and hash data of a badge as `sign` writes it; None for others. Takes the document apart."""
    config = document.pop("proof", None)
    if not isinstance(config, dict) or document.get("@context") != list(documents.CONTEXT):
        return None
    value, method, created = (config.get(part) for part in ("proofValue", "verificationMethod", "created"))
    if not (isinstance(value, str) and isinstance(method, str) and isinstance(created, str) and value[:1] == "z"):
        return None
    if config != {**proof.options(method, created), "proofValue": value}:
        return None
    signature = base58btc_decode(value[1:])
    values = taken_out(document, paths_of(document))
    try:
        shape = _shape(documents.serialize(document))
        digest = hashlib.sha256(shape.canonical(values, compare=False)).digest()
        return (
            (signature, _config(documents.CONTEXT, method, created).digest + digest) if len(signature) == 64 else None
        )
    except UnsafeDocument:
        return None


@lru_cache(maxsize=SHAPES_KEPT)
def _shape(skeleton: bytes) -> Shape:
    return Shape(skeleton, paths_of(orjson.loads(skeleton)))


@dataclass(frozen=True)
class _Config:
    """The proof but for its value: the hash of its options, and its JSON up to the value."""

    digest: bytes
    opening: bytes


@lru_cache(maxsize=4096)
def _config(context: tuple[str, ...], verification_method: str, created: str) -> _Config:
    shape = _config_shape(context, verification_method)
    opening = documents.serialize(proof.options(verification_method, created))[:-1]
    return _Config(hashlib.sha256(shape.canonical([created])).digest(), b',"proof":' + opening + b',"proofValue":"z')


@lru_cache(maxsize=SHAPES_KEPT)
def _config_shape(context: tuple[str, ...], verification_method: str) -> Shape:
    skeleton = {"@context": list(context), **proof.options(verification_method, "")}
    return Shape(documents.serialize(skeleton), [("created",)])
