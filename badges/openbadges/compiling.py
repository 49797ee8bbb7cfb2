"""From one document to the template of all that are like it (see `template`)."""

import hashlib
import re
import secrets
from collections import defaultdict
from collections.abc import Callable, Iterable, Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise
from typing import Any

import orjson
from pyld.nquads import escape

from badges.openbadges.canonical import Dataset, dataset_of, terms_of
from badges.openbadges.slots import Path, filled
from badges.openbadges.template import ABOVE_SURROGATES, BETWEEN, BEYOND_BMP, Form, NotByTemplate, Template

XSD_STRING = "http://www.w3.org/2001/XMLSchema#string"
RDF_LANGSTRING = "http://www.w3.org/1999/02/22-rdf-syntax-ns#langString"


@dataclass(frozen=True)
class Place:
    """A term whose value is that of a slot, with what N-Quads writes around it."""

    slot: int
    before: str
    after: str


Term = str | Place  # what is fixed is N-Quads already; blank nodes are `_:` and a name of PyLD's
Named = Callable[[str], "str | int"]  # how a blank node is shown: as a text, or as the number of a value


@dataclass(frozen=True)
class Quad:
    """A statement. `graph` is empty for the default graph."""

    subject: Term
    predicate: str
    object: Term
    graph: Term

    def nodes(self) -> set[str]:
        """The blank nodes in it."""
        terms = (self.subject, self.object, self.graph)
        return {term for term in terms if isinstance(term, str) and term.startswith("_:")}

    def form(self, named: Named) -> Form:
        """The line of this statement."""
        parts, places = [""], []
        for term in filter(None, (self.subject, self.predicate, self.object, self.graph)):
            place = named(term) if isinstance(term, str) and term.startswith("_:") else term
            if isinstance(place, str):
                parts[-1] += place
            elif isinstance(place, Place):
                parts[-1] += place.before
                parts.append(place.after)
                places.append(place.slot)
            else:
                parts.append("")
                places.append(place)
            parts[-1] += " "
        parts[-1] += ".\n"
        return Form(tuple(parts), tuple(places))


def compile_template(skeleton: bytes, paths: Sequence[Path]) -> Template:
    """The template of the documents that `skeleton` (JSON) and values at `paths` make.

    Raises NotByTemplate when a value would decide more than its own term, UnsafeDocument for what may not be signed.
    """
    tokens = [f"urn:uuid:{secrets.token_hex(16)}" for _path in paths]
    document = filled(skeleton, paths, tokens)
    dataset = dataset_of(document)
    quads = _quads(dataset, tokens)
    places = {term for quad in quads for term in (quad.subject, quad.object, quad.graph) if isinstance(term, Place)}
    if {place.slot for place in places} != set(range(len(paths))):
        raise NotByTemplate("a value without a statement")
    iris = tuple(sorted({place.slot for place in places if place.before == "<"}))
    # Other values, of another form and length, have to give the same statements.
    others = [_token(number in iris) for number in range(len(paths))]
    if quads != _quads(dataset_of(filled(skeleton, paths, others)), others):
        raise NotByTemplate("values that decide the shape")
    fixed = frozenset(terms_of(dataset) - set(tokens))
    return _template(quads, iris, fixed, _json(document, tokens), len(paths))


def _token(iri: bool) -> str:
    return ("https://" if iri else "Z ") + secrets.token_hex(23)


def _quads(dataset: Dataset, tokens: Sequence[str]) -> frozenset[Quad]:
    slots = {token: number for number, token in enumerate(tokens)}
    quads = set()
    for name, triples in dataset.items():
        graph = "" if name == "@default" else name if name.startswith("_:") else _term(name, "<", ">", slots)
        for triple in triples:
            subject, predicate, object_ = (_of(triple[part], slots) for part in ("subject", "predicate", "object"))
            if not isinstance(predicate, str):
                raise NotByTemplate("a value that is a property")
            quads.add(Quad(subject, predicate, object_, graph))
    return frozenset(quads)


def _of(part: dict[str, Any], slots: dict[str, int]) -> Term:
    value = part["value"]
    if part["type"] == "blank node":
        return value
    if part["type"] == "IRI":
        return _term(value, "<", ">", slots)
    language, datatype = part.get("language"), part["datatype"]
    if datatype == RDF_LANGSTRING:
        return _term(value, '"', f'"@{language}', slots)
    return _term(value, '"', '"' if datatype == XSD_STRING else f'"^^<{datatype}>', slots)


def _term(value: str, before: str, after: str, slots: dict[str, int]) -> Term:
    if value in slots:
        return Place(slots[value], before, after)
    if any(token in value or token in after for token in slots):
        raise NotByTemplate("a value that is only a part of a term")
    return before + escape(value) + after


def _template(quads: frozenset[Quad], iris: tuple[int, ...], raw: frozenset[str], json: Form, slots: int) -> Template:
    named = {node for quad in quads for node in quad.nodes()}
    about = {node: _in_order(_about(node, quads), 0) for node in named}
    still = [node for node in named if not any(form.places for form in about[node].forms)]
    moved = [node for node in named if node not in still]
    number = {node: slots + place for place, node in enumerate([*still, *moved])}
    blocks = list(_blocks(quads, number))
    everything = "".join(raw)
    return Template(
        iris=iris,
        fixed_terms=raw,
        beyond_bmp=bool(BEYOND_BMP.search(everything)),
        above_surrogates=bool(ABOVE_SURROGATES.search(everything)),
        fixed_hashes=tuple(hashlib.sha256(_joined(about[node].forms).filler()([])).digest() for node in still),
        nodes=_joined([_joined(about[node].forms) for node in moved], BETWEEN.decode()).filler(),
        nodes_sorted=all(about[node].certain for node in moved),
        labels=tuple(f"_:c14n{place}".encode() for place in range(len(named))),
        fixed_blocks=tuple(block.filler()([]) for block in blocks if not block.places),
        blocks=_joined([block for block in blocks if block.places], BETWEEN.decode()).filler(),
        json=json.filler(),
    )


@dataclass(frozen=True)
class Ordered:
    """Lines in order, and whether that is their order whatever the values are."""

    forms: list[Form]
    certain: bool


def _in_order(forms: Iterable[Form], lead: int) -> Ordered:
    """Sort lines by their part number `lead`, with which they begin to differ."""
    ordered = sorted(forms, key=lambda form: form.parts[lead])
    pairs = pairwise(form.parts[lead] for form in ordered)
    return Ordered(ordered, not any(after.startswith(before) for before, after in pairs))


def _about(node: str, quads: Iterable[Quad]) -> list[Form]:
    """The statements with `node` as its first-degree hash takes them (RDFC-1.0, section 4.6.3)."""
    return [quad.form(lambda other: "_:a" if other == node else "_:z") for quad in quads if node in quad.nodes()]


def _blocks(quads: Iterable[Quad], number: dict[str, int]) -> Iterator[Form]:
    """The lines of each subject as one text; or one by one, where values decide their order.

    A subject is in one block and no other, so that sorting the blocks sorts the lines.
    """
    by_subject: dict[Term, list[Quad]] = defaultdict(list)
    for quad in quads:
        by_subject[quad.subject].append(quad)
    for subject, alike in by_subject.items():
        _refuse_doubles(alike)
        placed = isinstance(subject, Place) or subject.startswith("_:")
        lines = _in_order([quad.form(number.__getitem__) for quad in alike], int(placed))
        yield from [_joined(lines.forms)] if lines.certain else lines.forms


def _refuse_doubles(alike: Iterable[Quad]) -> None:
    """Refuse a text that might come out the same as another of its subject: then two statements would be one."""
    texts: dict[tuple[str, Term], list[Term]] = defaultdict(list)
    for quad in alike:
        texts[quad.predicate, quad.graph].append(quad.object)
    for objects in texts.values():
        if len(objects) > 1 and any(isinstance(each, Place) and each.before == '"' for each in objects):
            raise NotByTemplate("two texts that might be the same")


def _joined(forms: Iterable[Form], between: str = "") -> Form:
    parts, places = [], []
    for form in forms:
        head, *rest = form.parts
        if parts:
            parts[-1] += between + head
        else:
            parts.append(head)
        parts += rest
        places += form.places
    return Form(tuple(parts or [""]), tuple(places))


def _json(document: dict[str, Any], tokens: Sequence[str]) -> Form:
    """The JSON of a document with a place for each token, inside of its quotation marks."""
    pieces = re.split(f'"({"|".join(tokens)})"', orjson.dumps(document).decode())
    if sorted(pieces[1::2]) != sorted(tokens):
        raise NotByTemplate("a value that is written twice")
    places = [tokens.index(token) for token in pieces[1::2]]
    fixed = pieces[::2]
    parts = [("" if n == 0 else '"') + part + ("" if n == len(places) else '"') for n, part in enumerate(fixed)]
    return Form(tuple(parts), tuple(places))
