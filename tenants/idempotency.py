"""Creating API calls that are safe to repeat: the `Idempotency-Key` header of the IETF httpapi draft.

The key's row is written in the transaction of the call itself. A call that fails leaves no row, so it can be tried
again; a call that went through is answered from its row, and nothing is done twice.
"""

import hashlib
import json
from functools import partial
from typing import Any

from django.db import DatabaseError, connection, transaction
from django.utils.translation import gettext as _
from rest_framework.renderers import JSONRenderer
from rest_framework.request import Request
from rest_framework.response import Response

from lib.errors import Invalid, LaurelError, RuleBroken
from tenants.models import IdempotentCall

LONGEST_KEY = 255
WAIT = "5s"  # how long a call waits for another one with the same key that is still running
LOCK_NOT_AVAILABLE = "55P03"


class KeyUsedForSomethingElse(LaurelError):
    """The same key came with another path or body (422)."""

    status = 422


class Idempotent:
    """Put before APIView in the bases of a view whose POST creates something. Needs ATOMIC_REQUESTS.

    The same person, key and request get the first answer again, with `Idempotency-Replayed: true`. The same key with
    another request is 422. While the first call still runs, the second waits for it up to WAIT, then gets 409.
    """

    _call: IdempotentCall | None = None

    def initial(self, request: Request, *args: Any, **kwargs: Any) -> None:
        """After sign-in, permission and throttle: take the key, or prepare to give the stored answer."""
        super().initial(request, *args, **kwargs)  # type: ignore[misc]
        key = request.headers.get("Idempotency-Key", "")
        if request.method != "POST" or not key or not request.user.is_authenticated:
            return
        if len(key) > LONGEST_KEY or not key.isprintable():
            raise Invalid(_("An Idempotency-Key is at most 255 printable characters."), field="Idempotency-Key")
        call, created = _take(request, key)
        if created:
            self._call = call
        elif call.fingerprint != _fingerprint(request):
            message = _("This Idempotency-Key was used for another request. Use a new key for each new thing.")
            raise KeyUsedForSomethingElse(message, code="idempotency-key-reused")
        else:
            self.post = partial(_again, call)  # DRF looks the handler up after this; the view lives for one request

    def finalize_response(self, request: Request, response: Response, *args: Any, **kwargs: Any) -> Response:
        """Keep the answer beside what the call did. Answers made from exceptions roll back, the key with them."""
        if self._call is not None and not response.exception:
            self._call.status = response.status_code
            self._call.body = json.loads(JSONRenderer().render(response.data) or "null")
            self._call.save(update_fields=["status", "body"])
        return super().finalize_response(request, response, *args, **kwargs)  # type: ignore[misc]


def _take(request: Request, key: str) -> tuple[IdempotentCall, bool]:
    """The row of this person's key, and whether it is new. The unique index makes a second call wait for the first."""
    try:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SELECT set_config('lock_timeout', %s, true)", [WAIT])
            call, created = IdempotentCall.objects.get_or_create(
                user=request.user, key=key, defaults={"fingerprint": _fingerprint(request)}
            )
            cursor.execute("SET LOCAL lock_timeout TO DEFAULT")
    except DatabaseError as problem:
        if getattr(problem.__cause__, "pgcode", "") != LOCK_NOT_AVAILABLE:
            raise
        message = _("The first call with this Idempotency-Key is still running. Try again in a moment.")
        raise RuleBroken(message, code="idempotency-key-busy") from problem
    return call, created


def _again(call: IdempotentCall, request: Request, *args: Any, **kwargs: Any) -> Response:
    return Response(call.body, status=call.status, headers={"Idempotency-Replayed": "true"})


def _fingerprint(request: Request) -> str:
    """A hash of what is asked: method, address and body. Uploads are hashed in chunks, never held in memory."""
    digest = hashlib.sha256(f"{request.method} {request.get_full_path()}\n".encode())
    if request.content_type.startswith("multipart/"):
        for name, values in sorted(request.data.lists()):
            for value in values:
                digest.update(f"\n{name}=".encode())
                for chunk in value.chunks() if hasattr(value, "chunks") else [str(value).encode()]:
                    digest.update(chunk)
                if hasattr(value, "seek"):
                    value.seek(0)
    else:
        digest.update(request.body)
    return "sha256:" + digest.hexdigest()
