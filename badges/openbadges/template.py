"""Badges that differ only in a few values, canonicalized without expanding each of them as JSON-LD.

A template is compiled from one document (`compiling`): its slots are filled with random tokens, PyLD turns it into
RDF, and wherever a token comes out as a whole IRI or literal, a place for a value is left. From then on a badge costs
no more than what its values change: the hashes of the blank nodes that they reach, the labels in the order of all
hashes, and the order of the lines (RDFC-1.0, sections 4.4.3 and 4.6.3). That is the whole algorithm as long as no two
blank nodes hash alike. Whatever a template cannot do for certain it refuses with NotByTemplate; the general
canonicalizer (`canonical.canonical_nquads`) then does it, or says what is wrong.
"""

import hashlib
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from operator import itemgetter

import orjson

from badges.openbadges.canonical import BAD_TEXT, check_order
from badges.openbadges.errors import UnsafeDocument

# A known scheme, so that no term of a context can stand for the start of an address; else as in lib.signable.
SAFE_IRI = re.compile(
    r"(?:https?://|urn:uuid:|did:(?:key|web):|mailto:)"
    r"(?:[!#$&-;=?-Z_a-z~\u00a0-\ud7ff\uf900-\ufdcf\ufdf0-\uffef]++|%[0-9A-Fa-f]{2})++\Z"
)
TO_ESCAPE = re.compile(r'["\\\n\r]')
ESCAPED = {'"': '\\"', "\\": "\\\\", "\n": "\\n", "\r": "\\r"}
BEYOND_BMP = re.compile("[\U00010000-\U0010ffff]")
ABOVE_SURROGATES = re.compile("[\ue000-\uffff]")
BETWEEN = b"\0"  # between parts of a text that is filled in one go; control characters are refused in values

Filler = Callable[[Sequence[bytes]], bytes]


class NotByTemplate(Exception):
    """These values, or documents of this shape, have to go through the general canonicalizer."""


@dataclass(frozen=True)
class Form:
    """A text with a place between every two of its parts, and the number of the value that belongs in each place."""

    parts: tuple[str, ...]
    places: tuple[int, ...]

    def filler(self) -> Filler:
        """The function from values to text, all in UTF-8. What it does for each badge is done in C."""
        pieces = [b""] * (2 * len(self.parts) - 1)
        pieces[::2] = [part.encode() for part in self.parts]
        if not self.places:
            return lambda values: pieces[0]
        pick = itemgetter(*self.places)
        single = len(self.places) == 1  # itemgetter then gives the value itself

        def fill(values: Sequence[bytes]) -> bytes:
            filled = pieces.copy()
            filled[1::2] = [pick(values)] if single else pick(values)
            return b"".join(filled)

        return fill


@dataclass(frozen=True, kw_only=True)
class Template:
    """Documents of one shape, as JSON and as canonical N-Quads. Values come in the order of `slots.paths_of`."""

    iris: tuple[int, ...]  # the slots that hold IRIs
    fixed_terms: frozenset[str]  # all IRIs and texts that every document has
    beyond_bmp: bool  # whether a fixed term has such a character, see `canonical.check_order`
    above_surrogates: bool
    fixed_hashes: tuple[bytes, ...]  # of the blank nodes that no slot reaches
    nodes: Filler  # the statements about every other blank node, for its hash
    nodes_sorted: bool  # whether those are in order, whatever the values
    labels: tuple[bytes, ...]  # to be issued
    fixed_blocks: tuple[bytes, ...]  # lines with one subject each
    blocks: Filler
    json: Filler

    def canonical(self, values: Sequence[str]) -> bytes:
        """The canonical N-Quads (RDFC-1.0, SHA-256) of the document with these values; raises NotByTemplate."""
        self._check_iris(values)
        written = [value.encode() for value in (values if _plain(values) else self._escaped(values))]
        written += self._issued(written)
        blocks = [*self.fixed_blocks, *self.blocks(written).split(BETWEEN)]
        blocks.sort()  # UTF-8 sorts by code point
        return b"".join(blocks)

    def document(self, values: Sequence[str]) -> bytes:
        """The JSON of the document with these values, as `documents.serialize` writes it."""
        return self.json([orjson.dumps(value)[1:-1] for value in values])

    def _check_iris(self, values: Sequence[str]) -> None:
        iris = {values[number] for number in self.iris}
        # An IRI that is there already would make one node of two.
        if len(iris) < len(self.iris) or not self.fixed_terms.isdisjoint(iris):
            raise NotByTemplate("an address comes twice")
        for iri in iris:
            if not SAFE_IRI.match(iri):
                raise NotByTemplate("an address of another kind")

    def _escaped(self, values: Sequence[str]) -> list[str]:
        """The values as N-Quads writes them. Values that `canonical_nquads` refuses are refused here too."""
        together = "".join(values)
        if BAD_TEXT.search(together):
            raise NotByTemplate("a control character")
        if not together.isascii():
            beyond = self.beyond_bmp or BEYOND_BMP.search(together)
            if beyond and (self.above_surrogates or ABOVE_SURROGATES.search(together)):
                try:
                    check_order(self.fixed_terms.union(values))
                except UnsafeDocument as trouble:
                    raise NotByTemplate("an order that depends on the program") from trouble
        return [TO_ESCAPE.sub(lambda found: ESCAPED[found.group()], value) for value in values]

    def _issued(self, written: Sequence[bytes]) -> list[bytes]:
        """The label of every blank node: issued in the order of the first-degree hashes (section 4.4.3, step 4)."""
        if len(self.labels) == 1:
            return list(self.labels)  # there is nothing to tell apart
        hashes = list(self.fixed_hashes)
        if len(hashes) < len(self.labels):
            for text in self.nodes(written).split(BETWEEN):
                lines = text if self.nodes_sorted else b"".join(sorted(text.splitlines(keepends=True)))
                hashes.append(hashlib.sha256(lines).digest())
        if len(set(hashes)) < len(hashes):
            raise NotByTemplate("blank nodes that hash alike")
        issued = [b""] * len(hashes)
        for label, node in zip(self.labels, sorted(range(len(hashes)), key=hashes.__getitem__), strict=True):
            issued[node] = label
        return issued


def _plain(values: Sequence[str]) -> bool:
    """Whether every value is made of characters that N-Quads writes as they are and `canonical_nquads` allows."""
    together = "".join(values)
    return together.isascii() and together.isprintable() and '"' not in together and "\\" not in together
