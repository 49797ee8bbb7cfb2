"""Bitstring Status List v1.0 (W3C): which badges of an issuer are no longer valid."""

import base64
import binascii
import gzip
import zlib
from collections.abc import Iterable
from datetime import datetime
from typing import Any

from badges.openbadges.contexts import CREDENTIALS_V2
from badges.openbadges.errors import StatusListInvalid, gettext_noop
from badges.openbadges.proof import timestamp

MIN_ENTRIES = 131_072  # section 3.3: herd privacy needs at least 16 KB
MAX_ENTRIES = 2**27  # 16 MB unpacked: more is no list but an attack on our memory

BAD_SIZE = gettext_noop("A status list needs at least %(least)s places, in whole bytes.")
BAD_INDEX = gettext_noop("Place %(index)s is not on the status list.")
NOT_A_LIST = gettext_noop("The status list is damaged.")
TOO_LONG = gettext_noop("The status list is too long to be read safely.")


def encode(set_indexes: Iterable[int], *, entries: int = MIN_ENTRIES) -> str:
    """`encodedList` with the bits at `set_indexes` set: gzip, then `u` and base64url without padding.

    The first index is the left-most bit. The same indexes give the same text.
    """
    if entries < MIN_ENTRIES or entries % 8 or entries > MAX_ENTRIES:
        raise StatusListInvalid(BAD_SIZE, code="status-size", least=MIN_ENTRIES)
    bits = bytearray(entries // 8)
    for index in set_indexes:
        if not 0 <= index < entries:
            raise StatusListInvalid(BAD_INDEX, code="status-index", index=index)
        bits[index >> 3] |= 0x80 >> (index & 7)
    packed = gzip.compress(bytes(bits), 9, mtime=0)
    return "u" + base64.urlsafe_b64encode(packed).rstrip(b"=").decode()


def decode(encoded: object) -> bytes:
    """The bits of an `encodedList`; raises StatusListInvalid if it is damaged, too short or a zip bomb."""
    if not isinstance(encoded, str) or not encoded.startswith("u") or len(encoded) > MAX_ENTRIES // 4:
        raise StatusListInvalid(NOT_A_LIST, code="status-damaged")
    text = encoded[1:].rstrip("=")
    unpacker = zlib.decompressobj(wbits=31)
    try:
        packed = base64.b64decode(text + "=" * (-len(text) % 4), altchars=b"-_", validate=True)
        bits = unpacker.decompress(packed, MAX_ENTRIES // 8 + 1)
    except (binascii.Error, ValueError, zlib.error) as error:
        raise StatusListInvalid(NOT_A_LIST, code="status-damaged") from error
    if len(bits) > MAX_ENTRIES // 8:
        raise StatusListInvalid(TOO_LONG, code="status-long")
    if not unpacker.eof:
        raise StatusListInvalid(NOT_A_LIST, code="status-damaged")
    if len(bits) * 8 < MIN_ENTRIES:
        raise StatusListInvalid(BAD_SIZE, code="status-size", least=MIN_ENTRIES)
    return bits


def is_set(bits: bytes, index: int) -> bool:
    """Whether the bit at `index` is set; raises StatusListInvalid beyond the end of the list."""
    if not 0 <= index < len(bits) * 8:
        raise StatusListInvalid(BAD_INDEX, code="status-index", index=index)
    return bool(bits[index >> 3] & (0x80 >> (index & 7)))


def compose_status_list(
    url: str,
    *,
    issuer: str,
    set_indexes: Iterable[int],
    valid_from: datetime,
    valid_until: datetime | None = None,
    purpose: str = "revocation",
    entries: int = MIN_ENTRIES,
) -> dict[str, Any]:
    """The unsigned BitstringStatusListCredential that is served at `url`."""
    document: dict[str, Any] = {
        "@context": [CREDENTIALS_V2],
        "id": url,
        "type": ["VerifiableCredential", "BitstringStatusListCredential"],
        "issuer": issuer,
        "validFrom": timestamp(valid_from),
    }
    if valid_until is not None:
        document["validUntil"] = timestamp(valid_until)
    document["credentialSubject"] = {
        "id": f"{url}#list",
        "type": "BitstringStatusList",
        "statusPurpose": purpose,
        "encodedList": encode(set_indexes, entries=entries),
    }
    return document
