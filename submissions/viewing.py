"""Evidence as it can be looked at: each piece with its previews, captions and the places the earner points to."""

from collections import defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import get_language_info

from submissions import files
from submissions.exhibits import Addresses, Exhibit, Frame, Point, Sheet, Track
from submissions.models import Artifact, Captions, Placed, Pointer, Preview, Rendering, StoredFile, Submission
from submissions.names import names_someone
from submissions.places import Extent, Place, Spot
from submissions.queries import EvidencePiece, evidence_of

PAPER = (850, 1100)  # pixels, for pages of which nobody has noted the size


def extent_of(artifact: Artifact, rendering: Rendering | None) -> Extent:
    """What places a piece has, as far as its rendering has found out."""
    kind = files.kind_of(artifact)
    made = rendering is not None and rendering.state == Rendering.State.MADE
    if kind in ("video", "audio"):
        return Extent(has_time=True, seconds=rendering.seconds if made else None)
    if kind == "image":
        return Extent(has_pages=True, pages=1)
    if kind == "pdf" or (made and rendering.pages):
        return Extent(has_pages=True, pages=(rendering.pages or None) if made else None)
    return Extent()


def exhibits_of(
    submission: Submission,
    addresses: Addresses,
    *,
    blind: bool,
    aim: tuple[UUID, Place] | None = None,
    marks: Iterable[Placed] = (),
    name: frozenset[str] = frozenset(),
) -> list[Exhibit]:
    """All pieces of a try in page order. Four queries more than `evidence_of`, however many pieces.

    `aim`: an artifact and the place where it is opened. `marks`: spots to draw beside those of the earner. `name`: the
    parts of the earner's name to look for; readers are then not told titles of linked pages that say it.
    """
    pieces = evidence_of(submission, blind=blind)
    found = _Found.of([piece.artifact for piece in pieces if piece.artifact is not None])
    drawn: dict[UUID, list[Placed]] = defaultdict(list)
    for mark in marks:
        drawn[mark.artifact_id].append(mark)
    return [
        _exhibit(
            piece,
            found,
            addresses,
            aim=aim[1] if aim and piece.artifact is not None and aim[0] == piece.artifact.id else None,
            drawn=drawn[piece.artifact.id] if piece.artifact is not None else [],
            name=name,
        )
        for piece in pieces
    ]


def exhibit_of(artifact: Artifact, addresses: Addresses, *, aim: Place | None = None) -> Exhibit:
    """One piece by itself, under the name its earner gave it. Four queries."""
    title = artifact.name or artifact.link_title or str(artifact)[:120]
    facts = {"text": artifact.text, "url": artifact.url, "artifact": artifact}
    piece = EvidencePiece(f"a-{artifact.id}", artifact.criterion, files.kind_of(artifact), title, **facts)
    return _exhibit(piece, _Found.of([artifact]), addresses, aim=aim, drawn=[], name=frozenset())


@dataclass(frozen=True)
class _Found:
    """What there is for some artifacts, by file or by artifact."""

    renderings: Mapping[UUID, Rendering]
    previews: Mapping[UUID, list[Preview]]
    captions: Mapping[UUID, list[Captions]]
    pointers: Mapping[UUID, list[Pointer]]

    @classmethod
    def of(cls, artifacts: Sequence[Artifact]) -> "_Found":
        here = [each.file_id for each in artifacts if each.file_id]
        previews, captions, pointers = defaultdict(list), defaultdict(list), defaultdict(list)
        for preview in Preview.objects.filter(file__in=here).order_by("kind", "position"):
            previews[preview.file_id].append(preview)
        for each in Captions.objects.filter(file__in=here).order_by("language"):
            captions[each.file_id].append(each)
        for pointer in Pointer.objects.filter(artifact__in=artifacts).order_by(*Pointer._meta.ordering):
            pointers[pointer.artifact_id].append(pointer)
        renderings = {each.file_id: each for each in Rendering.objects.filter(file__in=here)}
        return cls(renderings, previews, captions, pointers)


def _exhibit(
    piece: EvidencePiece,
    found: _Found,
    addresses: Addresses,
    *,
    aim: Place | None,
    drawn: Sequence[Placed],
    name: frozenset[str],
) -> Exhibit:
    artifact = piece.artifact
    if artifact is None:
        return Exhibit(piece, piece.kind, names_earner=names_someone(piece.text, name))
    rendering = found.renderings.get(artifact.file_id)
    previews = found.previews.get(artifact.file_id, [])
    pointers = found.pointers.get(artifact.id, [])
    points = [Point(n, each, addresses.at(artifact, each.place)) for n, each in enumerate(pointers, start=1)]
    shape = _shape(artifact, rendering, previews)
    said = [artifact.text, artifact.link_title, artifact.url, *(rendering.texts if rendering else [])]
    facts = {
        "extent": extent_of(artifact, rendering),
        "points": points,
        "names_earner": any(names_someone(each, name) for each in said),
    }
    if artifact.kind != Artifact.Kind.FILE or shape == "gone":
        return Exhibit(piece, shape, **facts)
    facts |= {
        "original": addresses.original(artifact),
        "note": rendering.note if rendering else "",
        "seconds": rendering.seconds if rendering else None,
        "previews": previews,
    }
    if shape in ("film", "sound"):
        captions = found.captions.get(artifact.file_id, [])
        facts |= _played(artifact, previews, captions, addresses, aim)
    elif shape == "html":
        facts["src"] = addresses.preview(artifact, _first(previews, Preview.Kind.HTML))
    elif shape in ("pages", "picture"):
        spots = [(str(point.number), point.place) for point in points] + [("", mark.place) for mark in drawn]
        if aim is not None and all(aim != place for _label, place in spots):
            spots.append(("", aim))
        facts["sheets"] = _sheets(artifact, rendering, previews, shape, spots, addresses)
    return Exhibit(piece, shape, **facts)


def _shape(artifact: Artifact, rendering: Rendering | None, previews: Sequence[Preview]) -> str:
    if artifact.kind != Artifact.Kind.FILE:
        return artifact.kind
    if artifact.file is None or artifact.file.state == StoredFile.State.GONE:
        return "gone"
    if rendering is None:
        return "file"
    if rendering.state != Rendering.State.MADE:
        return str(rendering.state)
    kinds = {preview.kind for preview in previews}
    shapes = {
        Preview.Kind.VIDEO: "film",
        Preview.Kind.AUDIO: "sound",
        Preview.Kind.PAGE: "pages",
        Preview.Kind.IMAGE: "picture",
        Preview.Kind.HTML: "html",
    }
    return next((shape for kind, shape in shapes.items() if kind in kinds), "file")


def _first(previews: Iterable[Preview], kind: str) -> Preview | None:
    return next((preview for preview in previews if preview.kind == kind), None)


def _played(
    artifact: Artifact,
    previews: Sequence[Preview],
    captions: Sequence[Captions],
    addresses: Addresses,
    aim: Place | None,
) -> dict[str, object]:
    media = _first(previews, Preview.Kind.VIDEO) or _first(previews, Preview.Kind.AUDIO)
    poster = _first(previews, Preview.Kind.POSTER)
    return {
        "src": addresses.preview(artifact, media),
        "start": aim.seconds if aim else None,
        "width": media.width,
        "height": media.height,
        "poster": addresses.preview(artifact, poster) if poster else "",
        "tracks": [
            Track(addresses.captions(artifact, each), each.language, language_name(each.language)) for each in captions
        ],
    }


def language_name(code: str) -> str:
    """A language in its own words; the code itself where we do not know it."""
    try:
        return get_language_info(code)["name_local"].capitalize()
    except KeyError:
        return code


def _sheets(
    artifact: Artifact,
    rendering: Rendering,
    previews: Sequence[Preview],
    shape: str,
    spots: Sequence[tuple[str, Place]],
    addresses: Addresses,
) -> list[Sheet]:
    wanted = Preview.Kind.PAGE if shape == "pages" else Preview.Kind.IMAGE
    sheets = []
    for number, preview in enumerate([each for each in previews if each.kind == wanted], start=1):
        on_it = [_frame(label, place.spot) for label, place in spots if place.page == number and place.spot]
        width, height = (preview.width, preview.height) if preview.width and preview.height else PAPER
        text = rendering.texts[number - 1].strip() if number <= len(rendering.texts) else ""
        sheets.append(
            Sheet(
                number=number,
                anchor=addresses.anchor(artifact, number),
                src=addresses.preview(artifact, preview),
                width=width,
                height=height,
                frames=tuple(on_it),
                text=text,
            )
        )
    return sheets


def _frame(label: str, spot: Spot) -> Frame:
    return Frame(*(f"{each * 100:.2f}%" for each in spot), label)
