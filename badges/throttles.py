"""How often one person or one address may have badges checked: each check can lead us to other servers."""

from django.http import HttpRequest
from rest_framework.throttling import SimpleRateThrottle
from rest_framework.views import APIView


class CheckThrottle(SimpleRateThrottle):
    """Counts the page, the import and the API together (CHECK_RATE)."""

    scope = "check"

    def get_cache_key(self, request: HttpRequest, view: APIView | None) -> str:
        who = f"user-{request.user.pk}" if request.user.is_authenticated else self.get_ident(request)
        return self.cache_format % {"scope": self.scope, "ident": who}


def may_check(request: HttpRequest) -> bool:
    """Whether this person may have another badge checked now; counts it."""
    return CheckThrottle().allow_request(request, None)
