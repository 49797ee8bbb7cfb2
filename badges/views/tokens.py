"""A badge as a token (VC-JWT), made when it is asked for."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.http import parse_etags
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from badges.issuers import key_for
from badges.models import Badge, SigningKey
from badges.queries import badge_by_id, may_see
from badges.tokens import token_of
from lib.errors import Invalid

TOKEN_ALGORITHMS = (SigningKey.Algorithm.ES256, SigningKey.Algorithm.RS256)
VC_JWT = "application/vc+jwt"  # Securing Verifiable Credentials using JOSE and COSE, section 6.1.2


@require_safe
def badge_jwt(request: HttpRequest, badge: UUID) -> HttpResponse:
    """The badge, signed with a key for tokens of its issuer, which is made when it is first needed.

    ES256, or RS256 with `?alg=RS256`: some verifiers read only that (Open Badges 3.0, section 8.2.3).
    """
    found = badge_by_id(badge)
    if found is None or found.document is None or not may_see(request.user, found):
        raise Http404
    algorithm = request.GET.get("alg", SigningKey.Algorithm.ES256)
    if algorithm not in TOKEN_ALGORITHMS:
        raise Invalid(_("Tokens are made with ES256 or RS256."), field="alg")
    key = key_for(found.issuer, SigningKey.Algorithm(algorithm))
    etag = f'"{found.document_sha256[:32]}-{key.id.hex}"'  # an ES256 signature is another one each time
    if etag in parse_etags(request.headers.get("If-None-Match", "")):
        response = HttpResponse(status=304)
    else:
        response = HttpResponse(token_of(found, key), content_type=VC_JWT)
        response["Content-Disposition"] = f'inline; filename="badge-{badge}.jwt"'
    private = found.visibility == Badge.Visibility.PRIVATE
    response["ETag"] = etag
    response["Cache-Control"] = "private, no-cache" if private else "public, max-age=300"
    response["Access-Control-Allow-Origin"] = "*"
    return response
