"""What a web page says about itself, read with patience for bad HTML and none for hostile HTML."""

import re
import unicodedata
from dataclasses import dataclass
from html.parser import HTMLParser

TITLE_LENGTH = 200
READ = 200_000  # characters; titles and sign-in forms come early
_PIECE = 8_192  # fed at once: html.parser is slow on some kinds of rubbish, and slower the longer the piece
_JOINERS = {"\u200c", "\u200d"}  # part of words in Persian and of some emoji
_UNSEEN = {"script", "style", "noscript", "template", "svg"}
_CHARSETS = re.compile(
    r"utf-?(8|16)|iso-?8859-?\d+|latin-?1|windows-125\d|us-ascii|shift_jis|euc-(jp|kr)|gb(k|2312|18030)|big5|koi8-[ru]"
)
_DECLARED = re.compile(rb"<meta[^>]{0,200}charset\s*=\s*[\"']?\s*([\w-]{1,20})", re.I)
_REFRESH = re.compile(r"\s*(\d{1,3})(?:\.\d*)?\s*[;,]\s*url\s*=\s*[\"']?([^\"'>]+)", re.I)


@dataclass(frozen=True)
class WebPage:
    """`text` counts the characters that people see; `onward` is where the page sends browsers within seconds."""

    title: str
    has_password: bool
    text: int
    onward: str


def read_page(body: bytes, content_type: str = "") -> WebPage:
    """Read the beginning of an HTML page. Never fails: what cannot be read is left out."""
    reader = _Reader()
    text = _decode(body, content_type)[:READ]
    try:
        for start in range(0, len(text), _PIECE):
            reader.feed(text[start : start + _PIECE])
    except AssertionError:  # html.parser on broken declarations; what came before them counts
        pass
    title = clean_title("".join(reader.title)) or clean_title(reader.og_title)
    return WebPage(title, reader.has_password, reader.text, reader.onward)


def clean_title(raw: str) -> str:
    """One line without control and direction characters, at most TITLE_LENGTH characters long."""
    text = " ".join(raw.split())
    text = "".join(each for each in text if each in _JOINERS or unicodedata.category(each)[0] != "C")
    text = " ".join(text.split())
    return text if len(text) <= TITLE_LENGTH else text[: TITLE_LENGTH - 1].rstrip() + "…"


def _decode(body: bytes, content_type: str) -> str:
    """Only plain character sets are believed: Python also knows some that run code paths nobody needs here."""
    declared = re.search(r"charset\s*=\s*[\"']?\s*([\w-]+)", content_type, re.I)
    in_page = _DECLARED.search(body[:2_048])
    name = declared.group(1) if declared else in_page.group(1).decode("ascii", "replace") if in_page else "utf-8"
    if not _CHARSETS.fullmatch(name.lower()):
        name = "utf-8"
    try:
        return body.decode(name, errors="replace")
    except LookupError:  # iso-8859-99
        return body.decode("utf-8", errors="replace")


class _Reader(HTMLParser):
    def __init__(self) -> None:
        super().__init__(convert_charrefs=True)
        self.title: list[str] = []
        self.og_title = ""
        self.has_password = False
        self.text = 0
        self.onward = ""
        self._inside = ""  # the element whose text is not seen by people, or "title"
        self._had_title = False

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        if tag == "title" and not self._had_title:
            self._inside, self._had_title = "title", True
        elif tag in _UNSEEN and not self._inside:
            self._inside = tag
        elif tag in ("meta", "input"):
            values = {name: value or "" for name, value in attrs}
            if tag == "input":
                self.has_password |= values.get("type", "").strip().lower() == "password"
            else:
                self._meta(values)

    def handle_endtag(self, tag: str) -> None:
        if tag == self._inside:
            self._inside = ""

    def handle_data(self, data: str) -> None:
        if self._inside == "title":
            self.title.append(data)
        elif not self._inside:
            self.text += len(data.strip())

    def _meta(self, values: dict[str, str]) -> None:
        if values.get("property", "").lower() == "og:title" and not self.og_title:
            self.og_title = values.get("content", "")
        if values.get("http-equiv", "").lower() == "refresh":
            found = _REFRESH.match(values.get("content", ""))
            if found and int(found.group(1)) <= 5:
                self.onward = found.group(2).strip()
