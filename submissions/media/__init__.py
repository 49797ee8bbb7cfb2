from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Preview:
    kind: str
    path: Path
    content_type: str
    position: int
    width: int
    height: int


@dataclass(frozen=True)
class Made:
    previews: list
    seconds: float | None
    pages: int
    texts: list
    note: str


class CannotPreview(Exception):
    sentence = ""


def make_previews(source, content_type, folder, *, limits=None):
    raise CannotPreview


def can_preview(content_type):
    return content_type.startswith(("image/", "video/", "audio/")) or content_type == "application/pdf"
