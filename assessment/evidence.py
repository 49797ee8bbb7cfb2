"""The evidence of a claimed submission, grouped by what was asked for, with addresses that lead through our check."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from urllib.parse import urlencode
from uuid import UUID

from django.http import Http404
from django.urls import reverse

from assessment.models import Mark, Review, Settling
from assessment.queries import ScoredLine
from lib.words import count_words
from submissions.exhibits import Exhibit
from submissions.models import Artifact, Captions, Preview, StoredFile
from submissions.names import parts_of
from submissions.places import Place
from submissions.queries import EvidencePiece, captions_of, handed_in_by_others
from submissions.tries import SAME, News, difference_of
from submissions.viewing import exhibits_of


@dataclass(frozen=True)
class ReviewAddresses:
    """For the holder of a claim, of a review or of a settling: each address checks that the claim still stands.

    `prefix` of the names of routes.
    """

    slug: str
    review_id: UUID
    prefix: str = "review"
    site: str = ""  # what makes the addresses absolute, without a slash at its end

    def piece(self, artifact: Artifact) -> str:
        """This piece alone, for a page that waits for its preview."""
        return f"{self.site}{reverse(self.prefix, args=[self.slug, self.review_id])}?piece={artifact.id}"

    def original(self, artifact: Artifact) -> str:
        """As a download, under a neutral name."""
        return self._of("evidence", artifact)

    def preview(self, artifact: Artifact, preview: Preview) -> str:
        """Leads to the preview."""
        return self._of("preview", artifact, preview.kind, preview.position)

    def captions(self, artifact: Artifact, captions: Captions) -> str:
        """By language."""
        return self._of("captions", artifact, captions.language)

    def anchor(self, artifact: Artifact, page: int) -> str:
        """All pieces are on one page."""
        return f"a-{artifact.id}-page-{page}"

    def at(self, artifact: Artifact, place: Place) -> str:
        """In the workspace. With a time or a spot the page is loaded anew, unless the script gets there first."""
        query = {"t": str(place.seconds)} if place.seconds is not None else {}
        if place.spot:
            query["box"] = f"{place.page},{place.box}"
        anchor = f"#{self.anchor(artifact, place.page)}" if place.page else f"#a-{artifact.id}"
        return (f"?{urlencode({'piece': artifact.id, **query}, safe=',')}" if query else "") + anchor

    def _of(self, what: str, artifact: Artifact, *more: object) -> str:
        return self.site + reverse(f"{self.prefix}_{what}", args=[self.slug, self.review_id, artifact.id, *more])


@dataclass(frozen=True)
class Item:
    """One piece. `words` counts a text; `by_others`: someone else has the same file; `news` is for later tries."""

    exhibit: Exhibit
    words: int
    by_others: bool
    news: News | None
    refresh: str  # the address that gives this piece again

    @property
    def piece(self) -> EvidencePiece:
        return self.exhibit.piece

    @property
    def tone(self) -> str:
        """Of its tag: what is new stands out."""
        return "plain" if self.news is None or self.news.tag == SAME else "info"


@dataclass(frozen=True)
class Part:
    """What was handed in for one criterion. `id` is the panel that lines of the guide point to.

    `gone`: what of the last try is no longer there, by neutral names.
    """

    id: str
    title: str
    items: Sequence[Item]
    gone: Sequence[str]


def panel_id(criterion_key: str) -> str:
    """The id of a criterion's evidence panel."""
    return f"ev-{criterion_key}"


def evidence_parts(
    review: Review | Settling,
    lines: Sequence[ScoredLine],
    addresses: ReviewAddresses | None = None,
    *,
    aim: tuple[UUID, Place] | None = None,
    marks: Iterable[Mark] = (),
) -> list[Part]:
    """The parts of the evidence in page order. What is scored has a part even when nothing was handed in for it.

    As many queries for many pieces as for one.
    """
    submission = review.submission
    addresses = addresses or ReviewAddresses(review.tenant.slug, review.id)
    exhibits = exhibits_of(
        submission,
        addresses,
        blind=True,
        aim=aim,
        marks=marks,
        name=parts_of(review.earner.name),
    )
    hashes = [each.artifact.sha256 for each in exhibits if each.artifact is not None and each.artifact.file]
    twice = handed_in_by_others(submission, hashes)
    scored = {each.line.criterion_id for each in lines if each.is_open}
    difference = difference_of(submission, [each.piece for each in exhibits], scored)
    grouped: dict[str, list[Item]] = {}
    criteria = {each.line.criterion.key: each.line.criterion for each in lines}
    for each in exhibits:
        item = Item(
            exhibit=each,
            words=count_words(each.piece.text),
            by_others=each.artifact is not None and each.artifact.sha256 in twice,
            news=difference.news.get(each.id),
            refresh=addresses.piece(each.artifact) if each.artifact is not None else "",
        )
        grouped.setdefault(each.piece.criterion.key, []).append(item)
        criteria[each.piece.criterion.key] = each.piece.criterion
    in_order = sorted(criteria.values(), key=lambda criterion: (criterion.position, criterion.key))
    return [
        Part(
            id=panel_id(criterion.key),
            title=criterion.title,
            items=grouped.get(criterion.key, []),
            gone=difference.gone.get(criterion.id, []),
        )
        for criterion in in_order
    ]


def file_of(review: Review | Settling, artifact_id: UUID) -> Artifact:
    """A file of the submission, for the holder of `review`. Raises Http404, also when the claim has ended."""
    if review.state not in (Review.State.CLAIMED, Settling.State.CLAIMED):
        raise Http404
    return file_in(review.submission_id, artifact_id)


def file_in(submission_id: UUID, artifact_id: UUID) -> Artifact:
    """A file of a submission or a sample, for whoever has been found to be allowed to see it. Raises Http404."""
    found = (
        Artifact.objects.filter(
            id=artifact_id, submission=submission_id, kind=Artifact.Kind.FILE, state=Artifact.State.READY
        )
        .select_related("criterion", "file")
        .first()
    )
    if found is None:
        raise Http404
    return found


def preview_of(review: Review | Settling, artifact_id: UUID, kind: str, number: int) -> tuple[Artifact, Preview]:
    """A preview of a file, for the same person as the file. Raises Http404."""
    file = file_of(review, artifact_id)
    return file, preview_in(file, kind, number)


def preview_in(file: Artifact, kind: str, number: int) -> Preview:
    """One preview of a file. Raises Http404."""
    kept = Preview.objects.filter(file__state=StoredFile.State.KEPT)
    found = kept.filter(file=file.file_id, kind=kind, position=number).first()
    if found is None:
        raise Http404
    return found


def captions_for(review: Review | Settling, artifact_id: UUID, language: str) -> Captions:
    """The captions of a film, for the same person as the film. Raises Http404."""
    return captions_in(file_of(review, artifact_id), language)


def captions_in(file: Artifact, language: str) -> Captions:
    """The captions of a film in one language. Raises Http404."""
    found = captions_of(file, language)
    if found is None:
        raise Http404
    return found
