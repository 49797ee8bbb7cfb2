"""Every address the resolver knows, and what it takes."""

from collections.abc import Iterator
from dataclasses import dataclass
from uuid import uuid4

from django.urls import URLPattern, URLResolver, get_resolver, reverse

WRITING = ("POST", "PUT", "PATCH", "DELETE")


@dataclass(frozen=True)
class Route:
    """A named address. `takes` are its parameters with the names of their converters."""

    name: str
    path: str
    takes: dict[str, str]
    methods: frozenset[str]  # of views of the API; empty for all others

    def url(self, given: dict[str, object]) -> str:
        """The address for `given`, of which more may be there than the route takes."""
        return reverse(self.name, kwargs={each: given[each] for each in self.takes})

    @property
    def is_api(self) -> bool:
        return bool(self.methods)

    @property
    def about(self) -> set[str]:
        """The parameters that name a thing, in place of the tenant it is in."""
        return set(self.takes) - {"slug"}


def routes() -> dict[str, Route]:
    """All routes by name. A route without a name, or two of one name, cannot be told apart by any table."""
    found: dict[str, Route] = {}
    for path, pattern in _walk(get_resolver().url_patterns):
        assert pattern.name, f"/{path} has no name"
        assert pattern.name not in found, f"two routes are called {pattern.name}"
        takes = {name: type(each).__name__ for name, each in pattern.pattern.converters.items()}
        takes |= dict.fromkeys(pattern.pattern.regex.groupindex.keys() - takes.keys(), "StringConverter")
        if "<slug:slug>" in path:
            takes["slug"] = "SlugConverter"
        view = getattr(pattern.callback, "view_class", None)
        methods = frozenset(each for each in ("GET", *WRITING) if view and hasattr(view, each.lower()))
        found[pattern.name] = Route(pattern.name, path, takes, methods if path.startswith("api/") else frozenset())
    return found


def nowhere(route: Route) -> dict[str, object]:
    """Parameters of a thing that does not exist."""
    nothing = {"UUIDConverter": uuid4, "IntConverter": lambda: 9, "Kind": lambda: "e", "Extension": lambda: "svg"}
    return {name: nothing.get(kind, lambda: f"no-{uuid4().hex[:8]}")() for name, kind in route.takes.items()}


def _walk(patterns: list[URLPattern | URLResolver], before: str = "") -> Iterator[tuple[str, URLPattern]]:
    for each in patterns:
        path = before + str(each.pattern)
        if isinstance(each, URLResolver):
            yield from _walk(each.url_patterns, path)
        else:
            yield path, each
