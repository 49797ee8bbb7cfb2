"""RDFC-1.0 by pyoxigraph: shares no code with PyLD or the templates, so it is what they are compared with.

Not for documents from elsewhere: it drops without a word what it cannot map. `canonical` is what refuses that.
"""

from functools import cache
from typing import Any

import orjson
import pyoxigraph

from badges.openbadges.contexts import context


def canonical_by_pyoxigraph(document: dict[str, Any]) -> bytes:
    """The canonical N-Quads of a document whose contexts are all bundled; raises ContextUnknown otherwise."""
    dataset = pyoxigraph.Dataset(
        pyoxigraph.parse(orjson.dumps(_inlined(document)), format=pyoxigraph.RdfFormat.JSON_LD)
    )
    dataset.canonicalize(pyoxigraph.CanonicalizationAlgorithm.RDFC_1_0)
    return "".join(sorted(f"{quad} .\n" for quad in dataset)).encode()


def _inlined(value: Any) -> Any:
    """The document with the text of each context in place of its address: pyoxigraph loads none."""
    if isinstance(value, list):
        return [_inlined(inner) for inner in value]
    if not isinstance(value, dict):
        return value
    return {key: _contexts(inner) if key == "@context" else _inlined(inner) for key, inner in value.items()}


def _contexts(urls: Any) -> list[Any]:
    return [_text(url) for url in (urls if isinstance(urls, list) else [urls])]


@cache
def _text(url: str) -> Any:
    return orjson.Fragment(orjson.dumps(context(url)["@context"]))
