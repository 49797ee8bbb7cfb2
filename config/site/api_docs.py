"""The API described twice: OpenAPI for programs, and one page for people, made from it without any script."""

from dataclasses import dataclass, field
from functools import lru_cache
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe
from drf_spectacular.generators import SchemaGenerator
from drf_spectacular.views import SpectacularAPIView

from tenants.models import Scope

DEEPEST = 3  # levels of objects in objects that are shown
METHODS = ("get", "post", "put", "patch", "delete")


class Schema(SpectacularAPIView):
    """OpenAPI 3 of everything under /api/v1/, as YAML or (Accept: application/json) JSON."""

    public = True


@dataclass(frozen=True)
class Value:
    """One thing that is sent or answered."""

    name: str
    type: str
    required: bool = False
    text: str = ""


@dataclass(frozen=True)
class Operation:
    """One method at one address."""

    anchor: str
    method: str
    path: str
    title: str
    text: str
    open: bool  # whether it answers without sign-in
    parameters: list[Value] = field(default_factory=list)
    body: list[Value] = field(default_factory=list)
    answer: list[Value] = field(default_factory=list)
    status: str = ""


@require_safe
def docs(request: HttpRequest) -> HttpResponse:
    """Every operation by subject, with what to send and what comes back."""
    context = {"groups": operations(), "scopes": Scope.choices}
    return render(request, "site/api_docs.html", context)


@lru_cache(maxsize=1)
def operations() -> dict[str, list[Operation]]:
    """Operations by the first part of their address after version and tenant."""
    schema = SchemaGenerator().get_schema(request=None, public=True)
    groups: dict[str, list[Operation]] = {}
    for path, methods in schema["paths"].items():
        for method in METHODS:
            if method in methods:
                groups.setdefault(_subject(path), []).append(_operation(schema, path, method, methods[method]))
    return dict(sorted(groups.items()))


def _subject(path: str) -> str:
    parts = [part for part in path.removeprefix("/api/v1/").split("/") if part and not part.startswith("{")]
    return parts[1] if parts[0] == "t" and len(parts) > 1 else parts[0]


def _operation(schema: dict[str, Any], path: str, method: str, said: dict[str, Any]) -> Operation:
    text = said.get("description", "").strip()
    title, _gap, more = text.partition("\n")
    status, answer = next(((code, each) for code, each in said.get("responses", {}).items() if code < "300"), ("", {}))
    return Operation(
        anchor=said["operationId"],
        method=method.upper(),
        path=path,
        title=said.get("summary") or title or said["operationId"].replace("_", " "),
        text=text if said.get("summary") else more.strip(),
        open={} in said.get("security", []),
        parameters=[_parameter(schema, each) for each in said.get("parameters", [])],
        body=_values(schema, _content(said.get("requestBody", {}))),
        answer=_values(schema, _content(answer)),
        status=status,
    )


def _parameter(schema: dict[str, Any], given: dict[str, Any]) -> Value:
    type_ = _type(schema, given.get("schema", {}))
    return Value(given["name"], type_, given.get("required", False), given.get("description", ""))


def _content(holder: dict[str, Any]) -> dict[str, Any]:
    """The schema of a body, of whichever media type is named first."""
    for media in holder.get("content", {}).values():
        return media.get("schema", {})
    return {}


def _resolve(schema: dict[str, Any], part: dict[str, Any]) -> dict[str, Any]:
    while "$ref" in part or len(part.get("allOf", [])) == 1:
        part = schema["components"]["schemas"][part["$ref"].split("/")[-1]] if "$ref" in part else part["allOf"][0]
    return part


def _values(schema: dict[str, Any], part: dict[str, Any], prefix: str = "") -> list[Value]:
    """The fields of an object, also of those in it; of a page or list, those of its items."""
    part = _resolve(schema, part)
    if part.get("type") == "array":
        return _values(schema, part.get("items", {}), prefix)
    fields = part.get("properties", {})
    if "results" in fields:
        return _values(schema, fields["results"])
    found = []
    for name, each in fields.items():
        path = prefix + name
        said = each.get("description") or _resolve(schema, each).get("description", "")
        found.append(Value(path, _type(schema, each), name in part.get("required", []), said))
        if path.count(".") < DEEPEST:
            found += _values(schema, each, path + ".")
    return found


def _type(schema: dict[str, Any], part: dict[str, Any]) -> str:
    part = _resolve(schema, part)
    if part.get("enum"):
        return " | ".join(str(each) for each in part["enum"] if each not in (None, ""))
    choices = part.get("oneOf") or part.get("anyOf")
    if choices:
        return " | ".join(dict.fromkeys(_type(schema, each) for each in choices))
    if part.get("type") == "array":
        return _("list of %(what)s") % {"what": _type(schema, part.get("items", {}))}
    return part.get("format") or part.get("type") or "object"
