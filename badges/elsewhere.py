"""Documents of other installations, for one check: guarded, few, small, and all within one deadline."""

import time
from ipaddress import ip_address
from urllib.parse import urlsplit

from django.conf import settings

from badges.openbadges.errors import NotResolved, gettext_noop
from lib.addresses import is_within
from lib.fetch import Fetched, fetch
from lib.weblinks import FetchRefused

SECONDS = 8.0  # for all that one check fetches
MOST_FETCHES = 12
MOST_BYTES = 1_000_000  # of one document; a picture with a badge inside may have more
MOST_PICTURE = 10_000_000
REDIRECTS = 3
ACCEPT = "application/vc+ld+json, application/vc, application/ld+json, application/json, */*;q=0.5"

NOT_OPENED = gettext_noop("We could not open %(host)s. %(why)s")
NOT_SECURE = gettext_noop("We open only secure addresses (https://), and %(url)s is not one.")
ANSWER = gettext_noop("%(host)s answered with an error (%(status)s) when we asked for %(url)s.")
TOO_BIG = gettext_noop("What %(url)s has is too big for a badge.")
LED_AWAY = gettext_noop("%(url)s leads on to another site, which cannot speak for %(host)s.")
ENOUGH = gettext_noop("This badge leads to more addresses than we follow for one check.")


class Elsewhere:
    """Fetches for one check. Every refusal is a NotResolved with a sentence for the step that needed the document."""

    def __init__(self, seconds: float = SECONDS) -> None:
        self._until = time.monotonic() + seconds
        self._left = MOST_FETCHES

    def document(self, url: str) -> bytes:
        """What is at an address that has to speak for its site: it may not lead on to another one."""
        found = self._get(url, MOST_BYTES)
        if len({urlsplit(hop).netloc for hop in found.hops}) > 1:
            raise NotResolved(LED_AWAY, code="led-away", url=url[:200], host=_host(url))
        return found.body

    def badge(self, url: str) -> bytes:
        """The badge at an address that a person gave: a document or a picture, wherever it leads to."""
        return self._get(url, MOST_PICTURE).body

    def _get(self, url: str, most: int) -> Fetched:
        if urlsplit(url).scheme != "https" and not is_own_network(url):
            raise NotResolved(NOT_SECURE, code="scheme", url=url[:200])
        if self._left <= 0:
            raise NotResolved(ENOUGH, code="too-many")
        self._left -= 1
        seconds = max(self._until - time.monotonic(), 0.001)
        try:
            found = fetch(url, headers={"Accept": ACCEPT}, most=most, seconds=seconds, redirects=REDIRECTS)
        except FetchRefused as refused:
            raise NotResolved(NOT_OPENED, code=refused.code, host=_host(url), why=refused.message) from refused
        # An address that is gone may still say why: a badge of Open Badges 2.0 that was taken back.
        if found.status not in (200, 410):
            raise NotResolved(ANSWER, code="status", host=_host(url), status=found.status, url=url[:200])
        if found.cut:
            raise NotResolved(TOO_BIG, code="too-large", url=url[:200])
        return found


def is_own_network(url: str) -> bool:
    """Whether an address is a numeric one in the operator's own networks, where a certificate is not to be had."""
    try:
        return is_within(ip_address(urlsplit(url).hostname or ""), settings.FETCH_ALLOWED_NETWORKS)
    except ValueError:
        return False


def _host(url: str) -> str:
    return urlsplit(url).netloc.rpartition("@")[2][:100]
