"""Badges inside pictures: PNG and SVG, Open Badges 3.0 section 5.3 (baking); written in the 2.0 form as well."""

import re
import struct
import zlib
from xml.parsers import expat
from xml.sax.saxutils import quoteattr

from badges.openbadges.errors import FileInvalid, gettext_noop

PNG_SIGNATURE = b"\x89PNG\r\n\x1a\n"
PNG_KEYWORD = b"openbadgecredential"
HOSTED_KEYWORD = b"openbadges"  # Open Badges 2.0
SVG_NAMESPACE = "http://www.w3.org/2000/svg"
BADGE_NAMESPACE = "https://purl.imsglobal.org/ob/v3p0"
HOSTED_NAMESPACE = "http://openbadges.org"  # Open Badges 2.0
BADGE_ELEMENT = f"{BADGE_NAMESPACE} credential"
HOSTED_ELEMENT = f"{HOSTED_NAMESPACE} assertion"
MAX_PICTURE = 10 * 2**20
MAX_BADGE = 2**20
MAX_XML_DEPTH = 200
START_TAG = re.compile(rb"<[^\s/>]+")

TOO_BIG = gettext_noop("The picture is too big. The limit is %(megabytes)s MB.")
BADGE_TOO_BIG = gettext_noop("The badge is too big for a picture.")
NOT_PNG = gettext_noop("This PNG picture is damaged.")
NOT_SVG = gettext_noop("This SVG picture is damaged or has parts that we do not open.")
NO_BADGE = gettext_noop("There is no badge inside this picture. It may have been edited or copied by a website.")
TWO_BADGES = gettext_noop("There is more than one badge inside this picture.")
COMPRESSED = gettext_noop("The badge inside this picture is not stored as the standard asks.")
ALREADY = gettext_noop("This picture already carries a badge.")
PREFIX_TAKEN = gettext_noop("This SVG picture uses the name “openbadges” for something else.")


def bake_png(picture: bytes, badge: str, *, keyword: bytes = PNG_KEYWORD) -> bytes:
    """The PNG with `badge` (JSON or compact JWS) in one uncompressed iTXt chunk after its header.

    `keyword` is HOSTED_KEYWORD for an assertion of Open Badges 2.0 (badge baking 1.0).
    """
    chunks = _png_chunks(picture)
    if any(_keyword(kind, data) == keyword for kind, data in chunks):
        raise FileInvalid(ALREADY, code="already-baked")
    text = _limited(badge)
    chunks.insert(1, (b"iTXt", keyword + b"\0" + b"\0\0" + b"\0" + b"\0" + text))
    return PNG_SIGNATURE + b"".join(_png_chunk(kind, data) for kind, data in chunks)


def unbake_png(picture: bytes) -> str:
    """The badge inside a PNG; raises FileInvalid unless there is exactly one, uncompressed.

    A picture may carry the same badge as Open Badges 2.0 and 3.0; then the newer form counts.
    """
    chunks = _png_chunks(picture)
    found = [each for each in chunks if _keyword(*each) == PNG_KEYWORD]
    if found:
        return _png_text(found, PNG_KEYWORD, {b"iTXt"})
    found = [each for each in chunks if _keyword(*each) == HOSTED_KEYWORD]
    if not found:
        raise FileInvalid(NO_BADGE, code="no-badge")
    return _png_text(found, HOSTED_KEYWORD, {b"iTXt", b"tEXt"})


def _png_text(found: list[tuple[bytes, bytes]], keyword: bytes, kinds: set[bytes]) -> str:
    if len(found) > 1:
        raise FileInvalid(TWO_BADGES, code="two-badges")
    kind, data = found[0]
    rest = data[len(keyword) + 1 :]
    if kind not in kinds or (kind == b"iTXt" and rest[:1] != b"\0"):
        raise FileInvalid(COMPRESSED, code="compressed")
    if kind == b"tEXt":
        return _decoded(rest)
    parts = rest[2:].split(b"\0", 2)  # language tag, translated keyword, text
    if len(parts) != 3:
        raise FileInvalid(NOT_PNG, code="png")
    return _decoded(parts[2])


def bake_svg(picture: bytes, badge: str) -> bytes:
    """The SVG with `badge` as CDATA of an `openbadges:credential` element, first in the root."""
    return _bake_svg(picture, badge, "credential", BADGE_NAMESPACE)


def bake_svg_hosted(picture: bytes, badge: str, *, address: str) -> bytes:
    """The SVG with an assertion of Open Badges 2.0, hosted at `address`, inside (badge baking 1.0)."""
    return _bake_svg(picture, badge, f"assertion verify={quoteattr(address)}", HOSTED_NAMESPACE)


def _bake_svg(picture: bytes, badge: str, tag: str, namespace: str) -> bytes:
    reader = _SvgReader(picture)
    if reader.badges:
        raise FileInvalid(ALREADY, code="already-baked")
    if reader.root_prefixes.get("openbadges", namespace) != namespace:
        raise FileInvalid(PREFIX_TAKEN, code="prefix-taken")
    # In JSON "]]>" can only stand inside a string, where the escape means the same.
    text = _limited(badge.replace("]]>", "]]\\u003e"))
    declaration = b"" if "openbadges" in reader.root_prefixes else f' xmlns:openbadges="{namespace}"'.encode()
    end = tag.partition(" ")[0]
    element = f"<openbadges:{tag}><![CDATA[".encode() + text + f"]]></openbadges:{end}>".encode()
    name_end, content = reader.root_name_end, reader.content_start
    return picture[:name_end] + declaration + picture[name_end:content] + element + picture[content:]


def unbake_svg(picture: bytes) -> str:
    """The badge inside an SVG; raises FileInvalid unless there is exactly one. See `unbake_png` for two forms."""
    reader = _SvgReader(picture)
    badges = reader.badges or reader.older_badges
    if not badges:
        raise FileInvalid(NO_BADGE, code="no-badge")
    if len(badges) > 1:
        raise FileInvalid(TWO_BADGES, code="two-badges")
    return _decoded(badges[0].strip().encode())


class _SvgReader:
    """Reads an SVG once, without DTD, entities or other encodings than UTF-8, and notes what baking needs."""

    def __init__(self, picture: bytes) -> None:
        _check_size(picture)
        self.badges: list[str] = []
        self.older_badges: list[str] = []
        self.root_prefixes: dict[str, str] = {}
        self.root_name_end = 0
        self.content_start = 0
        self._picture = picture
        self._depth = 0
        self._inside_badge: list[str] | None = None  # the list that the badge being read belongs to
        self._said_by_attribute = ""
        self._parser = expat.ParserCreate("UTF-8", namespace_separator=" ")
        self._parser.buffer_text = False
        self._parser.StartDoctypeDeclHandler = self._refuse
        self._parser.StartNamespaceDeclHandler = self._namespace
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._text
        self._parser.DefaultHandler = lambda data: self._content()
        try:
            picture.decode()
            self._parser.Parse(picture, True)
        except (expat.ExpatError, UnicodeDecodeError, ValueError) as error:
            raise FileInvalid(NOT_SVG, code="svg") from error

    def _refuse(self, *args: object) -> None:
        raise FileInvalid(NOT_SVG, code="svg")

    def _namespace(self, prefix: str | None, uri: str) -> None:
        if self._depth == 0:
            self.root_prefixes[prefix or ""] = uri

    def _content(self) -> None:
        if self._depth and not self.content_start:
            self.content_start = self._parser.CurrentByteIndex

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if self._depth == 0:
            if name != f"{SVG_NAMESPACE} svg":
                self._refuse()
            start = self._parser.CurrentByteIndex
            self.root_name_end = START_TAG.match(self._picture, start).end()
        self._content()
        self._depth += 1
        if self._depth > MAX_XML_DEPTH or self._inside_badge is not None:
            self._refuse()
        if name in (BADGE_ELEMENT, HOSTED_ELEMENT):
            self._inside_badge = self.badges if name == BADGE_ELEMENT else self.older_badges
            self._inside_badge.append("")
            self._said_by_attribute = attributes.get("verify", "")

    def _end(self, name: str) -> None:
        self._content()
        self._depth -= 1
        if self._inside_badge is not None and not self._inside_badge[-1].strip():
            self._inside_badge[-1] = self._said_by_attribute  # a token or an address, without text inside
        self._inside_badge = None
        here = self._parser.CurrentByteIndex
        if self._depth == 0 and self.content_start == here and self._picture[here : here + 2] != b"</":
            self._refuse()  # an empty root tag has no place for a badge

    def _text(self, data: str) -> None:
        self._content()
        if self._inside_badge is not None:
            self._inside_badge[-1] += data


def _png_chunks(picture: bytes) -> list[tuple[bytes, bytes]]:
    """Type and data of every chunk; raises FileInvalid for a wrong order, length or checksum."""
    _check_size(picture)
    if not picture.startswith(PNG_SIGNATURE):
        raise FileInvalid(NOT_PNG, code="png")
    chunks: list[tuple[bytes, bytes]] = []
    position = len(PNG_SIGNATURE)
    while position + 12 <= len(picture):
        (length,) = struct.unpack_from(">I", picture, position)
        end = position + 12 + length
        if end > len(picture):
            break
        kind, data = picture[position + 4 : position + 8], picture[position + 8 : end - 4]
        if picture[end - 4 : end] != struct.pack(">I", zlib.crc32(kind + data)):
            break
        chunks.append((kind, data))
        position = end
        if kind == b"IEND":
            break
    if not chunks or chunks[0][0] != b"IHDR" or chunks[-1][0] != b"IEND":
        raise FileInvalid(NOT_PNG, code="png")
    return chunks


def _png_chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))


def _keyword(kind: bytes, data: bytes) -> bytes:
    return data.split(b"\0", 1)[0] if kind in (b"iTXt", b"tEXt", b"zTXt") else b""


def _check_size(picture: bytes) -> None:
    if len(picture) > MAX_PICTURE:
        raise FileInvalid(TOO_BIG, code="picture-size", megabytes=MAX_PICTURE // 2**20)


def _limited(badge: str) -> bytes:
    data = badge.encode()
    if len(data) > MAX_BADGE:
        raise FileInvalid(BADGE_TOO_BIG, code="badge-size")
    return data


def _decoded(data: bytes) -> str:
    if len(data) > MAX_BADGE:
        raise FileInvalid(BADGE_TOO_BIG, code="badge-size")
    try:
        return data.decode()
    except UnicodeDecodeError as error:
        raise FileInvalid(NOT_PNG, code="png") from error
