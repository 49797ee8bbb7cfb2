"""The marks of a reading as its workspace shows them, and the small form that adds one."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.actions.marking import MOST_CHARACTERS
from assessment.evidence import Part, ReviewAddresses
from assessment.models import Decision, DecisionLine, Mark, Review, Score
from assessment.queries import ScoredLine
from submissions.exhibits import Exhibit, OwnAddresses
from submissions.models import Artifact
from submissions.queries import neutral_name

GENERAL = "all"  # the key of what is said about no line in particular


@dataclass(frozen=True)
class MarkRow:
    """One mark in a list. `title` names the piece for whoever reads the list."""

    mark: Mark
    title: str
    href: str


class MarkForm(forms.Form):
    """Where, and what is there. Field names carry the line, for all these forms are inside the one of the reading."""

    use_required_attribute = False

    piece = forms.ChoiceField(label=_("Piece"))
    place = forms.CharField(
        label=_("Time or page"),
        help_text=_("Like 2:31 in a film, or 3 for page 3. Leave it empty for the whole piece."),
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "class": "w-10", "data-place": ""}),
    )
    box = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput({"data-box": ""}))
    note = forms.CharField(
        label=_("What you saw there"),
        required=False,
        max_length=MOST_CHARACTERS,
        widget=forms.TextInput({"autocomplete": "off", "data-note": ""}),
    )

    def __init__(self, key: str, exhibits: Sequence[Exhibit], data: Any = None) -> None:
        self.key = key
        super().__init__(data, prefix=f"mark-{key}")
        self.exhibits = {str(each.artifact.id): each for each in exhibits if each.artifact is not None}
        self.fields["piece"].choices = [(id, each.piece.title) for id, each in self.exhibits.items()]
        self.fields["piece"].widget.attrs["data-piece"] = ""

    @property
    def is_filled(self) -> bool:
        """Whether anything was put in; a piece is always chosen."""
        return self.is_bound and any(self[name].value() for name in ("place", "box", "note"))

    def chosen(self) -> Exhibit:
        """The piece of the valid form."""
        return self.exhibits[self.cleaned_data["piece"]]


@dataclass(frozen=True)
class Pad:
    """The marks of one line, or of the whole reading, and the form for another one (None: nothing can be marked)."""

    key: str
    rows: Sequence[MarkRow]
    form: MarkForm | None

    @property
    def id(self) -> str:
        return f"marks-{self.key}"


def pads_of(
    review: Review, lines: Sequence[ScoredLine], parts: Sequence[Part], marks: Sequence[Mark], data: Any = None
) -> Mapping[str, Pad]:
    """A pad for each open line, by its id, and one for GENERAL. `data`: what was sent, to be kept in the forms."""
    exhibits = [item.exhibit for part in parts for item in part.items if item.exhibit.artifact is not None]
    titles = {each.artifact.id: each.piece.title for each in exhibits}
    addresses = ReviewAddresses(review.tenant.slug, review.id)
    pads: dict[str, Pad] = {}
    keys = {str(each.line.id): each.line.criterion_id for each in lines if each.is_open} | {GENERAL: None}
    for key, criterion_id in keys.items():
        own_first = sorted(exhibits, key=lambda each, at=criterion_id: each.piece.criterion.id != at)
        sent = data if data is not None and f"mark-{key}-piece" in data else None
        rows = [
            MarkRow(mark, titles.get(mark.artifact_id, ""), addresses.at(mark.artifact, mark.place))
            for mark in marks
            if str(mark.line_id or GENERAL) == key
        ]
        pads[key] = Pad(key, rows, MarkForm(key, own_first, sent) if exhibits else None)
    return pads


def marks_of(review: Review) -> list[Mark]:
    """The marks of a reading, oldest first, with their pieces."""
    return list(Mark.objects.filter(review=review).select_related("line", "artifact__criterion", "artifact__file"))


def kept_rows(review: Review) -> Mapping[str, Sequence[MarkRow]]:
    """The marks of a reading that ended, by the key of their line. Its evidence is no longer open to its writer."""
    rows: dict[str, list[MarkRow]] = {}
    for mark in marks_of(review):
        title = neutral_name(mark.artifact.criterion, mark.artifact, mark.artifact.position + 1)
        rows.setdefault(str(mark.line_id or GENERAL), []).append(MarkRow(mark, title, ""))
    return rows


def marks_for_earner(decision: Decision, lines: Sequence[DecisionLine], slug: str) -> Mapping[str, list[MarkRow]]:
    """What the readings that decided a line have marked for it, and what any of them marked in general.

    At most two queries. No reader is named. A reading that was outvoted on a line says nothing about it here either.
    """
    final = {"review__submission": decision.submission_id, "review__state": Review.State.FINAL}
    marks = Mark.objects.filter(**final).select_related("artifact").order_by("review__slot", "created_at", "id")
    if not marks:
        return {}
    levels = Score.objects.filter(**final, level__isnull=False).values_list("review", "line", "level__passes")
    agrees = {(review, line): passes for review, line, passes in levels}
    met = {line.line_id: line.met for line in lines}
    addresses = OwnAddresses(slug, decision.submission.work_id)
    rows: dict[str, list[MarkRow]] = {}
    for mark in marks:
        if mark.line_id and agrees.get((mark.review_id, mark.line_id)) != met.get(mark.line_id):
            continue
        row = MarkRow(mark, _own_title(mark.artifact), addresses.at(mark.artifact, mark.place))
        rows.setdefault(str(mark.line_id or GENERAL), []).append(row)
    return rows


def _own_title(artifact: Artifact) -> str:
    return artifact.name or artifact.link_title or str(artifact)[:60]


def mark_of(review: Review, mark_id: UUID) -> Mark | None:
    """One mark of a reading; None when it is gone already."""
    return Mark.objects.filter(review=review, id=mark_id).first()
