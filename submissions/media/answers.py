"""What comes back from making previews."""

from dataclasses import dataclass
from pathlib import Path


@dataclass(frozen=True)
class Preview:
    """One file that a browser may show. `width` and `height` are pixels, 0 where it has none."""

    kind: str  # thumb, image, page, poster, video, audio, html
    path: Path
    content_type: str
    position: int  # from 0; of a page its number less one
    width: int
    height: int


@dataclass(frozen=True)
class Made:
    """All previews of a file and what was found out on the way."""

    previews: list[Preview]
    seconds: float | None  # how long sound or film lasts
    pages: int  # all pages of a PDF, shown or not; 0 for anything else
    texts: list[str]  # the text of each page or slide, or of the whole document
    note: str  # what was left out, as sentences for people; "" when nothing was


class CannotPreview(Exception):  # noqa: N818 - an answer, not a fault
    """There is no preview of this file. `sentence` says why, and that the file itself is kept."""

    def __init__(self, sentence: str, *, problem: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence
        self.problem = problem  # a key of sentences.PROBLEMS, for logs
