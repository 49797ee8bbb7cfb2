"""Files to make previews of, as cameras, phones and Office programs write them, and as people who mean harm do."""

import io
import subprocess
import zipfile
from pathlib import Path

import imageio_ffmpeg
from PIL import Image

OFFICE = "application/vnd.openxmlformats-officedocument"
DOCX = f"{OFFICE}.wordprocessingml.document"
PPTX = f"{OFFICE}.presentationml.presentation"

_W = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
_R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
_DRAWING = "http://schemas.openxmlformats.org/drawingml/2006"
_TYPES = (
    '<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types">'
    '<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>'
    '<Default Extension="xml" ContentType="application/xml"/><Default Extension="jpg" ContentType="image/jpeg"/>'
    f'<Override PartName="/word/document.xml" ContentType="{DOCX}.main+xml"/></Types>'
)


def ffmpeg(*arguments: str) -> None:
    """Run ffmpeg to make a sample."""
    command = [imageio_ffmpeg.get_ffmpeg_exe(), "-nostdin", "-v", "error", "-y", "-threads", "1", *arguments]
    subprocess.run(command, check=True, capture_output=True)


def film(
    path: Path, *options: str, size: str = "320x180", rate: int = 10, seconds: float = 2, sound: bool = True
) -> Path:
    """A test picture with a tone, H.264 and AAC unless `options` say otherwise."""
    tone = ["-f", "lavfi", "-i", f"sine=d={seconds}"] if sound else []
    ffmpeg(
        *("-f", "lavfi", "-i", f"testsrc=s={size}:r={rate}:d={seconds}", *tone),
        *("-c:v", "libx264", "-preset", "ultrafast", "-pix_fmt", "yuv420p", *options, str(path)),
    )
    return path


def photo(*, size: tuple[int, int] = (80, 40), form: str = "JPEG", orientation: int = 1) -> bytes:
    """Red on the left, blue on the right, with the place, the camera and the person in its EXIF data."""
    image = Image.new("RGB", size, "red")
    image.paste("blue", (size[0] // 2, 0, *size))
    exif = Image.Exif()
    exif[0x0112] = orientation
    exif[0x013B] = "Ada Teacher"
    exif[0x010F] = "SecretCam"
    exif.get_ifd(0x8825).update({1: "N", 2: (47.0, 22.0, 11.0), 3: "E", 4: (8.0, 32.0, 9.0)})
    written = io.BytesIO()
    image.save(written, form, exif=exif)
    return written.getvalue()


def pdf(*pages: str, box: str = "0 0 300 400", more: bytes = b"", author: str = "Ada Teacher") -> bytes:
    """A PDF with one line of text on each page. `more` goes into each page's dictionary."""
    numbers = [4 + 2 * at for at in range(len(pages))]
    objects = [
        b"<</Type/Catalog/Pages 2 0 R>>",
        f"<</Type/Pages/Count {len(pages)}/Kids[{' '.join(f'{n} 0 R' for n in numbers)}]>>".encode(),
        b"<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>",
    ]
    for number, text in zip(numbers, pages, strict=True):
        drawn = f"BT /F1 18 Tf 30 200 Td ({text}) Tj ET".encode()
        objects.append(
            f"<</Type/Page/Parent 2 0 R/MediaBox[{box}]/Contents {number + 1} 0 R"
            "/Resources<</Font<</F1 3 0 R>>>>".encode()
            + more
            + b">>"
        )
        objects.append(b"<</Length %d>>stream\n%s\nendstream" % (len(drawn), drawn))
    objects.append(f"<</Author({author})>>".encode())
    return pdf_of(objects, b"/Info %d 0 R" % len(objects))


def pdf_of(objects: list[bytes], trailer: bytes = b"") -> bytes:
    """Objects numbered from 1, the first being the catalog, with their table."""
    body, places = b"%PDF-1.7\n", []
    for number, each in enumerate(objects, start=1):
        places.append(len(body))
        body += b"%d 0 obj\n%s\nendobj\n" % (number, each)
    table = b"".join(b"%010d 00000 n \n" % place for place in places)
    size = len(objects) + 1
    return body + (
        b"xref\n0 %d\n0000000000 65535 f \n%strailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF"
        % (size, table, size, trailer, len(body))
    )


def paragraph(text: str, inside: str = "") -> str:
    """A paragraph of a Word document."""
    return f"<w:p><w:r><w:t>{text}</w:t></w:r>{inside}</w:p>"


def linked(target_id: str, text: str) -> str:
    """A link of a Word document."""
    return f'<w:p><w:hyperlink r:id="{target_id}"><w:r><w:t>{text}</w:t></w:r></w:hyperlink></w:p>'


def pictured(how: str, target_id: str) -> str:
    """A picture of a Word document; `how` is "embed" or "link"."""
    return (
        f'<w:p><w:r><w:drawing><wp:inline xmlns:wp="{_DRAWING}/wordprocessingDrawing">'
        f'<wp:docPr id="1" name="p" descr="A picture"/><a:graphic xmlns:a="{_DRAWING}/main"><a:graphicData>'
        f'<pic:pic xmlns:pic="{_DRAWING}/picture"><pic:blipFill>'
        f'<a:blip r:{how}="{target_id}"/></pic:blipFill></pic:pic>'
        "</a:graphicData></a:graphic></wp:inline></w:drawing></w:r></w:p>"
    )


def docx(
    body: str,
    *,
    links: dict[str, str] | None = None,
    pictures: dict[str, bytes] | None = None,
    before: str = "",
    more: dict[str, bytes] | None = None,
) -> bytes:
    """A Word file. `links` and `pictures` by the id that the body uses, `before` stands ahead of the root element."""
    outside = "".join(
        _relation(key, "image" if target.endswith(".png") else "hyperlink", target, ' TargetMode="External"')
        for key, target in (links or {}).items()
    )
    inside = "".join(_relation(key, "image", f"media/{key}.jpg") for key in pictures or {})
    root = f'<w:document xmlns:w="{_W}" xmlns:r="{_R}"><w:body>{body}</w:body></w:document>'
    parts = {
        "[Content_Types].xml": _TYPES.encode(),
        "_rels/.rels": _relations(_relation("r", "officeDocument", "word/document.xml")),
        "word/_rels/document.xml.rels": _relations(outside + inside),
        "word/document.xml": (before + root).encode(),
        "docProps/core.xml": b"<c><creator>Ada Teacher</creator></c>",
        **{f"word/media/{key}.jpg": content for key, content in (pictures or {}).items()},
        **(more or {}),
    }
    return archive(parts)


def _relation(key: str, kind: str, target: str, mode: str = "") -> str:
    return f'<Relationship Id="{key}" Type="{_R}/{kind}" Target="{target}"{mode}/>'


def _relations(inner: str) -> bytes:
    space = "http://schemas.openxmlformats.org/package/2006/relationships"
    return f'<Relationships xmlns="{space}">{inner}</Relationships>'.encode()


def archive(parts: dict[str, bytes]) -> bytes:
    """A ZIP archive."""
    written = io.BytesIO()
    with zipfile.ZipFile(written, "w", zipfile.ZIP_DEFLATED) as file:
        for name, content in parts.items():
            file.writestr(name, content)
    return written.getvalue()
