"""Exhibit: one piece of evidence, ready to be shown. Addresses: where one kind of reader finds what it shows."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Protocol
from uuid import UUID

from django.urls import reverse

from submissions.models import Artifact, Captions, Pointer, Preview
from submissions.places import Extent, Place
from submissions.queries import EvidencePiece


class Addresses(Protocol):
    """Where one kind of reader finds things. Whoever makes one has checked that this reader may."""

    def original(self, artifact: Artifact) -> str:
        """The file as it was uploaded."""

    def preview(self, artifact: Artifact, preview: Preview) -> str:
        """Something we made of it."""

    def captions(self, artifact: Artifact, captions: Captions) -> str:
        """The captions, as text/vtt."""

    def anchor(self, artifact: Artifact, page: int) -> str:
        """The id of a page where it is shown."""

    def at(self, artifact: Artifact, place: Place) -> str:
        """A link to one place."""


@dataclass(frozen=True)
class OwnAddresses:
    """For the earner, on the page of one piece."""

    slug: str
    work_id: UUID

    def original(self, artifact: Artifact) -> str:
        """Needs no key: it is theirs."""
        return reverse("artifact_file", args=[self.slug, artifact.id])

    def preview(self, artifact: Artifact, preview: Preview) -> str:
        """Needs no key either, so that the browser can keep it."""
        return reverse("artifact_preview", args=[self.slug, artifact.id, preview.kind, preview.position])

    def captions(self, artifact: Artifact, captions: Captions) -> str:
        """By language."""
        return reverse("captions_file", args=[self.slug, self.work_id, artifact.id, captions.language])

    def anchor(self, artifact: Artifact, page: int) -> str:
        """There is one piece on the page."""
        return f"page-{page}"

    def at(self, artifact: Artifact, place: Place) -> str:
        """On the page of the piece."""
        return place.link(reverse("artifact_view", args=[self.slug, self.work_id, artifact.id]))


@dataclass(frozen=True)
class Frame:
    """A spot on a page, in percent as SVG writes it. `label` is the number of the pointer, if it is one."""

    x: str
    y: str
    w: str
    h: str
    label: str = ""


@dataclass(frozen=True)
class Sheet:
    """One picture of a page, or a picture that is the whole piece."""

    number: int
    anchor: str
    src: str
    width: int
    height: int
    frames: tuple[Frame, ...]
    text: str  # what can be read on it


@dataclass(frozen=True)
class Track:
    """Captions in one language."""

    src: str
    language: str
    label: str


@dataclass(frozen=True)
class Point:
    """What the earner says about one place."""

    number: int
    pointer: Pointer
    href: str

    @property
    def place(self) -> Place:
        return self.pointer.place


@dataclass(frozen=True)
class Exhibit:
    """One piece, ready to be shown.

    `shape` is how: film, sound, pages, picture, html, text, link, response (and what else evidence_of knows), or
    waiting, failed, gone, file where there is no preview.
    """

    piece: EvidencePiece
    shape: str
    extent: Extent = field(default_factory=Extent)
    original: str = ""
    src: str = ""
    start: int | None = None  # seconds where it begins to play
    poster: str = ""
    width: int = 0
    height: int = 0
    seconds: float | None = None
    note: str = ""
    tracks: Sequence[Track] = ()
    sheets: Sequence[Sheet] = ()
    points: Sequence[Point] = ()
    previews: Sequence[Preview] = ()
    names_earner: bool = False

    @property
    def id(self) -> str:
        return self.piece.key

    @property
    def title(self) -> str:
        """Its heading: the question of an answer, the name of anything else."""
        return self.piece.note if self.shape == "response" else self.piece.title

    @property
    def artifact(self) -> Artifact | None:
        return self.piece.artifact

    @property
    def has_text(self) -> bool:
        """Whether anything can be read on its pages."""
        return any(sheet.text for sheet in self.sheets)
