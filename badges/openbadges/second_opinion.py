"""RDFC-1.0 by pyoxigraph: shares no code with PyLD or the templates, so it is what they are compared with.

Not for documents from elsewhere: it drops without a word what it cannot map. `canonical` is what refuses that.
"""

from collections.abc import Iterator
from functools import cache, lru_cache
from typing import Any

import orjson
import pyoxigraph

from badges.openbadges.contexts import context

Urls = tuple[str, ...]


def canonical_by_pyoxigraph(document: dict[str, Any]) -> bytes:
    """The canonical N-Quads of a document whose contexts are all bundled; raises ContextUnknown otherwise."""
    words = frozenset(_words(document))
    dataset = pyoxigraph.Dataset(
        pyoxigraph.parse(orjson.dumps(_inlined(document, words)), format=pyoxigraph.RdfFormat.JSON_LD)
    )
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def _words(value: Any) -> Iterator[str]:
    """Everything in a document that a context may define: its keys and its texts."""
    if isinstance(value, dict):
        yield from value
        value = list(value.values())
    if isinstance(value, list):
        for inner in value:
            yield from _words(inner)
    elif isinstance(value, str):
        yield value


def _inlined(value: Any, words: frozenset[str]) -> Any:
    """The document with the text of each context in place of its address: pyoxigraph loads none."""
    if isinstance(value, list):
        return [_inlined(inner, words) for inner in value]
    if not isinstance(value, dict):
        return value
    return {
        key: _contexts(tuple(inner) if isinstance(inner, list) else (inner,), words)
        if key == "@context"
        else _inlined(inner, words)
        for key, inner in value.items()
    }


def _contexts(urls: Urls, words: frozenset[str]) -> orjson.Fragment:
    return _reduced(urls, words & _terms(urls))


@lru_cache(maxsize=256)
def _reduced(urls: Urls, used: frozenset[str]) -> orjson.Fragment:
    """The contexts without the terms that a document does not use: reading them whole takes most of the time.

    Leaving out one too many would make a template look wrong that is right, and never the other way round.
    """
    return orjson.Fragment(orjson.dumps([_only(context(url)["@context"], used) for url in urls]))


def _only(definitions: Any, used: frozenset[str]) -> Any:
    if isinstance(definitions, list):
        return [_only(each, used) for each in definitions]
    if not isinstance(definitions, dict):
        return definitions
    return {
        term: {**meaning, "@context": _only(meaning["@context"], used)}
        if isinstance(meaning, dict) and "@context" in meaning
        else meaning
        for term, meaning in definitions.items()
        if term.startswith("@") or term in used or _is_prefix(meaning)
    }


def _is_prefix(meaning: Any) -> bool:
    return isinstance(meaning, str) and meaning.endswith(("#", "/", ":"))


@cache
def _terms(urls: Urls) -> frozenset[str]:
    """Every term that contexts define, however deep."""
    return frozenset(term for url in urls for term in _defined(context(url)["@context"]))


def _defined(definitions: Any) -> Iterator[str]:
    if isinstance(definitions, list):
        for each in definitions:
            yield from _defined(each)
    elif isinstance(definitions, dict):
        for term, meaning in definitions.items():
            yield term
            if isinstance(meaning, dict) and "@context" in meaning:
                yield from _defined(meaning["@context"])
