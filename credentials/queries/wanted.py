"""What a catalog address asks for. Any query string can be read; writing one gives the shortest that means the same."""

from collections.abc import Iterator
from dataclasses import dataclass, replace
from urllib.parse import urlencode

from django.http import QueryDict

from credentials.search import tidy
from lib.words import whole_number

TEXT = "q"
FACETS = ("topic", "role", "grade", "time", "issuer", "stack", "new")
SORTS = ("best", "newest", "shortest", "title")  # best match of a search; without one the newest first
_MOST_VALUES = 20  # of one facet that are read
_LONGEST_VALUE = 100


@dataclass(frozen=True)
class Wanted:
    """Search text, chosen values by facet (every facet has an entry), order and page of a catalog request."""

    text: str
    chosen: dict[str, tuple[str, ...]]
    sort: str
    page: int = 1

    @classmethod
    def read(cls, query: QueryDict) -> "Wanted":
        """From a query string. What makes no sense is left out."""
        text = tidy(query.get(TEXT, ""))
        chosen = {name: _values(query.getlist(name)) for name in FACETS}
        sort = query.get("sort", "")
        return cls(text, chosen, sort if sort in SORTS else SORTS[0], read_number(query.get("page")) or 1)

    def pairs(self) -> Iterator[tuple[str, str]]:
        """Every chosen facet value: one removable chip each."""
        for name, values in self.chosen.items():
            for value in values:
                yield name, value

    def filters(self) -> int:
        """How many filters are on, the search text counted as one."""
        return sum(1 for _pair in self.pairs()) + bool(self.text)

    def at_page(self, page: int) -> "Wanted":
        return replace(self, page=page)

    def without(self, name: str, value: str | None = None) -> "Wanted":
        """The same with one value dropped, or the whole facet (or the text) when `value` is None; from page 1."""
        if name == TEXT:
            return replace(self, text="", page=1)
        kept = tuple(each for each in self.chosen[name] if value is not None and each != value)
        return replace(self, chosen={**self.chosen, name: kept}, page=1)

    def query(self) -> str:
        """As a query string, with the question mark; "?" alone when nothing is asked for."""
        pairs = [(TEXT, self.text)] if self.text else []
        pairs += self.pairs()
        if self.sort != SORTS[0]:
            pairs.append(("sort", self.sort))
        if self.page > 1:
            pairs.append(("page", str(self.page)))
        return "?" + urlencode(pairs)


def read_number(typed: str | None) -> int | None:
    """A page or edition number from an address; None when there is none that could exist."""
    return whole_number(typed or "", digits=4) or None


def _values(values: list[str]) -> tuple[str, ...]:
    kept = [value for value in values if value.isprintable() and 0 < len(value) <= _LONGEST_VALUE]
    return tuple(dict.fromkeys(kept))[:_MOST_VALUES]
