"""From a layout in this folder and plain data to a tagged PDF. No fonts or files of the machine are used."""

import json
import re
import unicodedata
from collections.abc import Mapping
from datetime import datetime
from functools import cache
from pathlib import Path
from typing import Any

import typst

LAYOUTS = Path(__file__).parent
FONTS = LAYOUTS.parent / "art" / "fonts"  # the other two fonts that layouts name come inside of typst

# What our three fonts can draw, without gaps: PDF/UA refuses a character without a glyph (ISO 14289-1, 7.21.7).
_COVERED = re.compile(
    "[\x20-\x7e\xa0-\u02ff"  # Latin
    "\u0384-\u038a\u038c\u038e-\u03a1\u03a3-\u03ce\u1f00-\u1f15\u1f20-\u1f45"  # Greek
    "\u0400-\u0477\u048c-\u04c4\u04cf-\u04f9"  # Cyrillic
    "\u0531-\u0556\u0559-\u055f\u0561-\u0587"  # Armenian
    "\u05be\u05d0-\u05ea"  # Hebrew
    # Arabic
    "\u060c\u061b\u061f\u0621-\u063a\u0640-\u064a\u0660-\u066d\u067e\u0686\u0698\u06a9\u06af\u06cc\u06f0-\u06f9"
    "\u1e00-\u1eff\u2010-\u2027\u2030-\u2037\u2039-\u203f\u20a0-\u20b5\u2122\u2190-\u2193\u2200-\u222e]"
)
_UNBROKEN = re.compile(r"\S{40}")  # longer than any line takes at its smallest size


def compile_pdf(
    template: str, data: dict[str, Any], *, pictures: Mapping[str, bytes] | None = None, made_at: datetime | None = None
) -> bytes:
    """The PDF that the layout `template` (a name in this folder, without .typ) makes of `data`.

    `data` is JSON: text, numbers, truth, lists, dicts. It has "title" and "language" (BCP 47) for the file itself.
    Text is never read as markup; what no font of ours can draw is left out. `pictures` are SVG or PNG files by the
    name that the layout uses. With `made_at`, the same data always gives the same bytes.

    Raises FileNotFoundError for an unknown layout and typst.TypstError for data that the layout does not understand.
    """
    files = _layouts()
    if template not in files:
        raise FileNotFoundError(f"There is no layout {template!r} in badges/print.")
    return typst.compile(
        {"main": files[template], **{f"{name}.typ": text for name, text in files.items()}, **(pictures or {})},
        font_paths=[FONTS],
        ignore_system_fonts=True,
        sys_inputs={"data": json.dumps(_covered(data))},
        pdf_standards=["ua-1"],
        timestamp=int(made_at.timestamp()) if made_at else None,
    )


def printable(text: str) -> str:
    """`text` as far as our fonts can draw it; empty if more than half of its letters would be lost.

    A name in a script that we have no letters for is better not printed than printed in pieces.
    """
    kept = " ".join(_draw(text).split())
    letters = sum(map(str.isalnum, unicodedata.normalize("NFC", text)))
    return "" if 2 * sum(map(str.isalnum, kept)) < letters else kept


def _covered(value: Any) -> Any:
    if isinstance(value, str):
        return _draw(value)
    if isinstance(value, dict):
        return {key: _covered(each) for key, each in value.items()}
    return [_covered(each) for each in value] if isinstance(value, list | tuple) else value


def _draw(text: str) -> str:
    """Only what the fonts have, accents put together with their letters, with places where a long word may break."""
    drawn = "".join(map(_letter, unicodedata.normalize("NFC", text)))
    if drawn.startswith(("http://", "https://")):
        return drawn  # whoever copies an address from the paper gets the address and nothing else
    return _UNBROKEN.sub(lambda long: long[0] + "\u200b", drawn)


def _letter(character: str) -> str:
    if character == "\n" or _COVERED.match(character):
        return character
    if character.isspace():
        return " "
    return "".join(part for part in unicodedata.normalize("NFKD", character) if _COVERED.match(part))


@cache
def _layouts() -> dict[str, bytes]:
    return {path.stem: path.read_bytes() for path in LAYOUTS.glob("*.typ")}
