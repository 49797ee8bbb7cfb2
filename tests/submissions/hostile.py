"""Seventeen files of the kind that people with bad intentions, or with bad luck, choose."""

import io
import zipfile

from PIL import Image

from tests.submissions import stage

MARK = "window.pwned=1"
SCRIPT = f"<script>{MARK};alert(1)</script>"


def _picture_and_page() -> bytes:
    """A JPEG that a browser which sniffs could take for a web page."""
    out = io.BytesIO()
    Image.new("RGB", (60, 40), "white").save(out, "JPEG", comment=f"<html>{SCRIPT}</html>".encode())
    return out.getvalue() + f"<html>{SCRIPT}</html>".encode()


def _document(body: str) -> bytes:
    kinds = '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"/>'
    return stage.archive(**{"[Content_Types].xml": kinds.encode(), "word/document.xml": body.encode()})


def _pdf_with_script() -> bytes:
    action = f"3 0 obj<</S/JavaScript/JS(app.alert\\(1\\); {MARK})>>endobj\n"
    body = "%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R/OpenAction 3 0 R>>endobj\n"
    body += "2 0 obj<</Type/Pages/Kids[4 0 R]/Count 1>>endobj\n" + action
    body += (
        "4 0 obj<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 300]>>endobj\ntrailer<</Root 1 0 R>>\nstartxref\n9\n%%EOF\n"
    )
    return body.encode()


def _nested_zip() -> bytes:
    inner = stage.archive(**{"a.bin": bytes(5_000_000)})
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr("ppt/presentation.xml", bytes(60_000_000))
        archive.writestr("ppt/media/inner.zip", inner)
    return out.getvalue()


_ENTITIES = '<!DOCTYPE d [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><d>&b;</d>'
_PLAYLIST = b"#EXTM3U\n#EXTINF:1,\nfile:///etc/passwd\n#EXTINF:1,\nhttp://127.0.0.1:8000/\n"

HOSTILE: dict[str, tuple[str, bytes]] = {
    "picture and page at once": ("photo.jpg", _picture_and_page()),
    "page posing as a picture": ("photo.png", f"<html>{SCRIPT}</html>".encode()),
    "drawing with a script": ("art.svg", f'<svg xmlns="http://www.w3.org/2000/svg">{SCRIPT}</svg>'.encode()),
    "drawing posing as a picture": ("art.jpg", f"<?xml version='1.0'?><svg>{SCRIPT}</svg>".encode()),
    "page": ("lesson.html", f"<!doctype html>{SCRIPT}".encode()),
    "text that is a page": ("notes.txt", f"\ufeff  {SCRIPT}".encode()),
    "paper with a script": ("plan.pdf", _pdf_with_script()),
    "table with formulas": ("scores.csv", b"=cmd|' /C calc'!A0,2\n@SUM(1),<script>window.pwned=1</script>\n"),
    "document with entities": ("plan.docx", _document(_ENTITIES)),
    "document that unpacks to gigabytes": ("bomb.docx", stage.bomb()),
    "slides that unpack to gigabytes": ("bomb.pptx", _nested_zip()),
    "playlist posing as a film": ("lesson.mp4", _PLAYLIST),
    "film with its end missing": ("lesson.mov", stage.video(b"qt  ")[:-700]),
    "film without a picture": ("film.mp4", stage.video()),
    "program": ("grades.xlsx", b"MZ" + bytes(400)),
    "nothing": ("empty.pdf", b""),
    "picture with a name": (f"{'n' * 300}\u202egpj.<img src=x onerror={MARK}>.png", stage.picture("PNG")),
}
