"""RDF canonicalization (RDFC-1.0) in safe form: what cannot be signed for every verifier alike is refused.

JSON-LD processors silently drop what they cannot map, and the dropped part stays unsigned. So every key must
be a known term, every IRI absolute and free of characters that some processor rejects, and every text free of
characters that canonicalizers escape differently.
"""

import math
import re
import threading
from collections.abc import Collection, Iterator
from typing import Any

from pyld import jsonld
from pyld.canon import URDNA2015

from badges.openbadges.contexts import context, document_loader
from badges.openbadges.errors import UnsafeDocument, gettext_noop
from lib.signable import IRI

Dataset = dict[str, list[dict[str, Any]]]
_one_at_a_time = threading.Lock()  # PyLD keeps contexts in a cache that threads must not share

MAX_DEPTH = 24
MAX_VALUES = 5_000
MAX_INTEGER = 2**53 - 1
MIN_FRACTION = 1e-6
MAX_ALIKE = 6
MAX_HASH_CALLS = 500

BAD_TEXT = re.compile("[\x00-\x09\x0b\x0c\x0e-\x1f\x7f-\x9f\ud800-\udfff\ufdd0-\ufdef\ufffe\uffff]")
LANGUAGE = re.compile(r"[A-Za-z]{1,8}(-[A-Za-z0-9]{1,8})*\Z")
KEYWORDS = {"@context", "@value", "@language"}

TOO_DEEP = gettext_noop("This badge is nested too deeply to be read safely.")
TOO_BIG = gettext_noop("This badge has too many parts to be read safely.")
TOO_TANGLED = gettext_noop("Parts of this badge refer to each other in a way that we cannot check.")
EMPTY = gettext_noop("“%(key)s” is empty. Empty parts cannot be signed.")
BAD_NUMBER = gettext_noop("“%(key)s” has a number that not every program reads the same way.")
BAD_CHARACTER = gettext_noop("“%(key)s” has a hidden character (%(code_point)s) that cannot be signed.")
BAD_KEY = gettext_noop("“%(key)s” is not a name that a signed badge may use.")
OWN_CONTEXT = gettext_noop("This badge brings its own vocabulary, so we cannot tell what it says.")
UNDEFINED = gettext_noop("“%(key)s” is not part of the badge vocabulary, so the signature cannot cover it.")
BAD_IRI = gettext_noop("“%(iri)s” is not a full web address or name that a signature can cover.")
NOT_LINKED_DATA = gettext_noop("This badge is not well-formed linked data (%(reason)s).")
BAD_LANGUAGE = gettext_noop("“%(language)s” is not a language code.")
ORDER = gettext_noop(
    "Two texts differ first in “%(first)s” and “%(second)s”. Programs sort these differently, "
    "so the signature would not hold everywhere. Please change one of them."
)


def canonical_nquads(
    document: dict[str, Any], *, allow_empty_arrays: bool = False, most_values: int = MAX_VALUES
) -> bytes:
    """The canonical N-Quads of a JSON-LD document (RDFC-1.0, SHA-256), as UTF-8.

    `most_values` is how many parts it may have: more for what we made ourselves, such as a record of many badges.

    Raises UnsafeDocument if any part of the document would be lost or is read differently elsewhere,
    ContextUnknown for a context that is not bundled.
    """
    dataset = dataset_of(document, allow_empty_arrays=allow_empty_arrays, most_values=most_values)
    return _Canonicalizer().main(dataset, {"format": "application/n-quads"}).encode()


def dataset_of(document: dict[str, Any], *, allow_empty_arrays: bool = False, most_values: int = MAX_VALUES) -> Dataset:
    """What a JSON-LD document says, as PyLD's RDF dataset: a list of triples for each graph.

    Refuses the same as `canonical_nquads`.
    """
    plain = _checked_copy(document, allow_empty_arrays, most_values)
    # Without `base: None` PyLD completes relative IRIs with an example address and signs that.
    options = {"documentLoader": document_loader, "base": None, "processingMode": "json-ld-1.1"}
    dropped: list[str] = []
    try:
        with _one_at_a_time:
            expanded = jsonld.expand(plain, options, on_property_dropped=lambda key: dropped.append(str(key)))
        if dropped:
            raise UnsafeDocument(UNDEFINED, code="undefined-term", key=dropped[0][:100])
        for iri in _iris(expanded):
            if not IRI.match(iri):
                raise UnsafeDocument(BAD_IRI, code="iri", iri=iri[:200])
        with _one_at_a_time:
            dataset = jsonld.to_rdf(expanded, options)
    except jsonld.JsonLdError as error:
        reason = getattr(error, "code", None) or error.type
        raise UnsafeDocument(NOT_LINKED_DATA, code="json-ld", reason=reason) from error
    check_order(terms_of(dataset))
    return dataset


def terms_of(dataset: Dataset) -> set[str]:
    """Every IRI, literal and blank node label of a dataset, without what N-Quads writes around it."""
    return {part["value"] for triples in dataset.values() for triple in triples for part in triple.values()}


class _Canonicalizer(URDNA2015):
    """RDFC-1.0 that gives up on graphs made to keep it busy (RDFC-1.0, section 7.1, dataset poisoning)."""

    def __init__(self) -> None:
        super().__init__()
        self.calls = 0

    def hash_n_degree_quads(self, id_: str, issuer: Any) -> dict[str, Any]:
        self.calls += 1
        if self.calls > MAX_HASH_CALLS:
            raise UnsafeDocument(TOO_TANGLED, code="tangled")
        return super().hash_n_degree_quads(id_, issuer)

    def create_hash_to_related(self, id_: str, issuer: Any) -> dict[str, list[str]]:
        related = super().create_hash_to_related(id_, issuer)
        if any(len(alike) > MAX_ALIKE for alike in related.values()):
            raise UnsafeDocument(TOO_TANGLED, code="tangled")
        return related


def _checked_copy(document: dict[str, Any], allow_empty_arrays: bool, most_values: int) -> dict[str, Any]:
    """A copy with numbers as JavaScript sees them; raises UnsafeDocument for what must not be signed."""
    left = most_values

    def copy(value: Any, key: str, depth: int) -> Any:
        nonlocal left
        left -= 1
        if left < 0:
            raise UnsafeDocument(TOO_BIG, code="too-big")
        if depth > MAX_DEPTH:
            raise UnsafeDocument(TOO_DEEP, code="too-deep")
        if isinstance(value, dict):
            result = {}
            for name, inner in value.items():
                _check_key(name)
                result[name] = _checked_context(inner) if name == "@context" else copy(inner, name, depth + 1)
            if "@language" in value and not LANGUAGE.match(str(value["@language"])):
                raise UnsafeDocument(BAD_LANGUAGE, code="language", language=str(value["@language"])[:40])
            return result
        if isinstance(value, list):
            if not value and not allow_empty_arrays:
                raise UnsafeDocument(EMPTY, code="empty", key=key)
            return [copy(inner, key, depth + 1) for inner in value]
        return _checked_scalar(value, key)

    return copy(document, "", 0)


def _check_key(name: object) -> None:
    # Full IRIs as keys would carry the same statements under names that readers do not look at.
    if not isinstance(name, str) or BAD_TEXT.search(name) or ":" in name:
        raise UnsafeDocument(BAD_KEY, code="key", key=ascii(name)[:100])
    if name.startswith("@") and name not in KEYWORDS:
        raise UnsafeDocument(BAD_KEY, code="key", key=name[:100])


def _checked_context(value: Any) -> Any:
    urls = value if isinstance(value, list) else [value]
    for url in urls:
        if not isinstance(url, str):
            raise UnsafeDocument(OWN_CONTEXT, code="own-context")
        context(url)
    return value


def _checked_scalar(value: Any, key: str) -> Any:
    if value is None:
        raise UnsafeDocument(EMPTY, code="empty", key=key)
    if isinstance(value, str):
        if bad := BAD_TEXT.search(value):
            raise UnsafeDocument(BAD_CHARACTER, code="character", key=key, code_point=f"U+{ord(bad.group()):04X}")
        return value
    if isinstance(value, bool):
        return value
    if isinstance(value, float) and math.isfinite(value) and value.is_integer():
        value = int(value)  # JavaScript has one number type: 1.0 is the integer 1 there
    if isinstance(value, int) and abs(value) <= MAX_INTEGER:
        return value
    # jsonld.js takes a number that it prints without a point, such as 1e-7, for an integer.
    if isinstance(value, float) and math.isfinite(value) and abs(value) >= MIN_FRACTION:
        return value
    raise UnsafeDocument(BAD_NUMBER, code="number", key=key)


def _iris(expanded: Any) -> Iterator[str]:
    """Every IRI of an expanded document: property names, identifiers, types and datatypes."""
    if isinstance(expanded, list):
        for value in expanded:
            yield from _iris(value)
    elif isinstance(expanded, dict):
        for key, value in expanded.items():
            if key in ("@id", "@type"):
                yield from (iri for iri in (value if isinstance(value, list) else [value]) if iri != "@json")
            elif key != "@value":
                if not key.startswith("@"):
                    yield key
                yield from _iris(value)


def check_order(terms: Collection[str]) -> None:
    """Refuse terms that sort differently by code point (RDFC-1.0) and by UTF-16 unit (JavaScript verifiers).

    If all terms of a dataset sort alike both ways, so do all its lines, whatever the blank node labels.
    """
    by_code_point = sorted(terms)
    by_utf16 = sorted(terms, key=lambda term: term.encode("utf-16-be"))
    for first, second in zip(by_code_point, by_utf16, strict=True):
        if first != second:
            raise UnsafeDocument(ORDER, code="utf-16-order", first=first[:60], second=second[:60])
