"""The endpoints of the Open Badges 3.0 API (sections 6.2 and 6.3)."""

from typing import Any

import orjson
from django.db import transaction
from django.http import Http404, HttpResponse
from django.utils.decorators import method_decorator
from django.utils.translation import gettext as _
from rest_framework import exceptions, serializers
from rest_framework.parsers import BaseParser
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response
from rest_framework.views import APIView, set_rollback

from badges.ims.access import AppAuthentication, HasAppScope, challenge
from badges.ims.discovery import LIMIT, MOST, service_description
from badges.ims.profiles import change_profile, profile_of_person
from badges.ims.queries import holding_of
from badges.receiving import receive
from lib import imsx
from lib.errors import LaurelError
from tenants.mail import absolute
from tenants.oauth import CREDENTIAL_READ, CREDENTIAL_UPSERT, PROFILE_READ, PROFILE_UPDATE

TAKEN = ("application/json", "application/vc+ld+json", "application/ld+json", "application/vc", "text/plain")


class RawParser(BaseParser):
    """The body as it came: its bytes are what is signed."""

    media_type = "*/*"

    def parse(self, stream: Any, media_type: str | None = None, parser_context: Any = None) -> bytes:
        return stream.read()


class AnyJson(JSONRenderer):
    """JSON, whatever kind of it a caller asks for. Those who ask for none of it get it as well: 1EdTech has no 406."""

    media_type = "application/json"


class OpenBadgesView(APIView):
    """An endpoint for apps. `scopes` says what each method needs."""

    authentication_classes = (AppAuthentication,)
    permission_classes = (HasAppScope,)
    parser_classes = (RawParser,)
    renderer_classes = (AnyJson,)
    schema = None  # described by discovery, not by the schema of our own API
    scopes: dict[str, str] = {}
    in_transaction = True

    def perform_content_negotiation(self, request: Request, force: bool = False) -> tuple[Any, str]:
        renderer = self.get_renderers()[0]
        return renderer, renderer.media_type

    def get_exception_handler(self) -> Any:
        return _refused


def _refused(problem: Exception, context: dict[str, Any]) -> Response | None:
    """Every refusal as Imsx_StatusInfo, with the challenge of RFC 6750 where it belongs."""
    minor, headers = "", {}
    if isinstance(problem, LaurelError):
        status, text = problem.status, problem.message
    elif isinstance(problem, Http404):
        status, text = 404, _("There is nothing here that you can see.")
    elif isinstance(problem, exceptions.ValidationError):
        status, text, minor = 400, _first(problem.detail), "invalid_query_parameter"
    elif isinstance(problem, exceptions.APIException):
        status, text = problem.status_code, str(problem.detail)
    else:
        return None
    if context["view"].in_transaction:
        set_rollback()
    if wanted := challenge(problem):
        headers["WWW-Authenticate"] = wanted
    if wait := getattr(problem, "wait", None):
        headers["Retry-After"] = str(int(wait))
    return Response(imsx.status_info(status, text, minor=minor), status=status, headers=headers)


def _first(detail: Any) -> str:
    """The first sentence of a validation error, with the name of the field."""
    if isinstance(detail, dict):
        name, inner = next(iter(detail.items()))
        return f"{name}: {_first(inner)}"
    return _first(detail[0]) if isinstance(detail, list) else str(detail)


class Discovery(OpenBadgesView):
    """getServiceDescription (section 6.3.1): public."""

    authentication_classes = ()
    permission_classes = ()

    def get(self, request: Request) -> Response:
        headers = {"Access-Control-Allow-Origin": "*", "Cache-Control": "public, max-age=300"}
        return Response(service_description(), headers=headers)


class PageParameters(serializers.Serializer):
    """What getCredentials can be asked for (section 6.2.2.1)."""

    limit = serializers.IntegerField(min_value=1, default=LIMIT)
    offset = serializers.IntegerField(min_value=0, max_value=10**9, default=0)
    since = serializers.DateTimeField(default=None)


@method_decorator(transaction.non_atomic_requests, name="dispatch")
class Credentials(OpenBadgesView):
    """getCredentials (section 6.2.2) and upsertCredential (6.2.3).

    Not in one transaction: checking a badge may wait for other servers.
    """

    scopes = {"GET": CREDENTIAL_READ, "POST": CREDENTIAL_UPSERT}
    in_transaction = False

    def get(self, request: Request) -> Response:
        wanted = PageParameters(data=request.query_params.dict())  # so that an empty one is none
        wanted.is_valid(raise_exception=True)
        given = wanted.validated_data
        limit, offset = min(given["limit"], MOST), given["offset"]
        held = holding_of(request.user, since=given["since"], limit=limit, offset=offset)
        body: dict[str, Any] = {"credential": [orjson.loads(each) for each in held.documents]}
        if held.tokens:
            body["compactJwsString"] = held.tokens
        headers = {"X-Total-Count": str(held.total), "Cache-Control": "no-store"}
        if links := _links(request, held.total, limit, offset):
            headers["Link"] = links
        return Response(body, headers=headers)

    def post(self, request: Request) -> HttpResponse:
        media = request.content_type.partition(";")[0].strip().lower()
        if media not in TAKEN:
            raise exceptions.UnsupportedMediaType(request.content_type)
        body = request.data or b""  # the framework has its own idea of what an empty body is
        new = receive(user=request.user, data=body.strip())
        return HttpResponse(body, status=201 if new else 200, content_type=media)


def _links(request: Request, total: int, limit: int, offset: int) -> str:
    """The Link header of a page (section 6.4, RFC 8288): only where there is more than this page."""
    if offset == 0 and total <= limit:
        return ""
    last = (total - 1) // limit * limit if total else 0
    places = {"first": 0, "last": last}
    if offset + limit < total:
        places["next"] = offset + limit
    if offset > 0:
        places["prev"] = max(0, min(offset, total) - limit)
    query = request.query_params.copy()
    query["limit"] = str(limit)
    found = []
    for name, place in places.items():
        query["offset"] = str(place)
        found.append(f'<{absolute(request.path)}?{query.urlencode()}>; rel="{name}"')
    return ", ".join(found)


class Profile(OpenBadgesView):
    """getProfile (section 6.2.4) and putProfile (6.2.5)."""

    scopes = {"GET": PROFILE_READ, "PUT": PROFILE_UPDATE}

    def get(self, request: Request) -> Response:
        return Response(profile_of_person(request.user), headers={"Cache-Control": "no-store"})

    def put(self, request: Request) -> Response:
        try:
            given = orjson.loads(request.data or b"")
        except orjson.JSONDecodeError as problem:
            raise exceptions.ParseError(_("The body must be a Profile in JSON.")) from problem
        changed = change_profile(user=request.user, given=given)
        return Response(profile_of_person(changed), headers={"Cache-Control": "no-store"})
