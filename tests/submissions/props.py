"""Evidence with previews, as the workers would have left them: a film, a PDF, a picture, a document."""

import io
from collections.abc import Sequence

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from credentials.models import Criterion
from lib import clock
from submissions.actions.evidence import add_file
from submissions.models import Artifact, Captions, Preview, Rendering, Submission
from tests.assessment.stage import inside
from tests.cast import Cast
from tests.submissions.stage import docx, pdf, picture, upload, video

CAPTIONS = "WEBVTT\n\n00:00:01.000 --> 00:00:04.000\nShow me your cards.\n"


def webp(width: int = 85, height: int = 110) -> bytes:
    """A picture of a page."""
    out = io.BytesIO()
    Image.new("RGB", (width, height), "white").save(out, "WEBP")
    return out.getvalue()


def add(cast: Cast, submission: Submission, name: str, content: bytes, key: str = "plan") -> Artifact:
    """The earner adds a file."""
    criterion = Criterion.objects.get(edition=submission.edition_id, key=key)
    by = cast.by(submission.earner)
    with inside(cast):
        made = add_file(by=by, submission=submission, criterion=criterion, upload=upload(name, content))
    made.submission, made.criterion = submission, criterion
    return made


def render(
    cast: Cast,
    artifact: Artifact,
    *previews: tuple[str, bytes, str],
    state: str = "made",
    size: tuple[int, int] = (0, 0),
    **facts: object,
) -> Artifact:
    """What a worker made of it: (kind, content, content type) in order."""
    with inside(cast):
        Rendering.objects.update_or_create(
            file=artifact.file, defaults={"state": state, "ended_at": clock.now(), **facts}
        )
        counts: dict[str, int] = {}
        for kind, content, content_type in previews:
            position = counts[kind] = counts.get(kind, -1) + 1
            key = default_storage.save(f"previews/{artifact.file_id}/{kind}-{position}", ContentFile(content))
            Preview.objects.create(
                file=artifact.file,
                kind=kind,
                position=position,
                key=key,
                content_type=content_type,
                size=len(content),
                width=size[0],
                height=size[1],
            )
    return artifact


def film(
    cast: Cast,
    submission: Submission,
    name: str = "Ada teaches.mp4",
    *,
    content: bytes = b"",
    key: str = "plan",
    **facts: object,
) -> Artifact:
    """A film of five minutes, with a still and captions."""
    made = add(cast, submission, name, content or video(), key)
    still = ("poster", webp(64, 36), "image/webp")
    render(
        cast, made, ("video", content or video(), "video/mp4"), still, size=(640, 360), **{"seconds": 300.5, **facts}
    )
    with inside(cast):
        Captions.objects.create(file=made.file, language="en", text=CAPTIONS)
    return made


def paper(
    cast: Cast,
    submission: Submission,
    name: str = "Ada Alvarez plan.pdf",
    *,
    pages: int = 3,
    texts: Sequence[str] = (),
    key: str = "plan",
) -> Artifact:
    """A PDF with page images."""
    made = add(cast, submission, name, pdf(name), key)
    sheets = [("page", webp(), "image/webp")] * pages
    said = list(texts) or [f"Words on page {n}." for n in range(1, pages + 1)]
    return render(cast, made, *sheets, size=(850, 1100), pages=pages, texts=said)


def photo(cast: Cast, submission: Submission, name: str = "Board.png", key: str = "plan") -> Artifact:
    """A picture."""
    made = add(cast, submission, name, picture())
    return render(cast, made, ("image", webp(400, 300), "image/webp"), size=(400, 300))


def document(cast: Cast, submission: Submission, name: str = "Plan.docx") -> Artifact:
    """A Word file with a preview in HTML."""
    made = add(cast, submission, name, docx())
    return render(cast, made, ("html", b"<p>The plan</p>", "text/html"), texts=["The plan"])
