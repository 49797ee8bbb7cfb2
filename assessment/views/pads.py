"""The small forms for marks, which travel with the form of the workspace wherever that is sent to."""

from collections.abc import Sequence

from django.http import HttpRequest

from assessment.actions.marking import add_mark
from assessment.evidence import evidence_parts
from assessment.marks import MarkForm, Pad, marks_of, pads_of
from assessment.models import Review
from assessment.queries import ScoredLine
from lib.errors import Invalid
from lib.words import whole_number
from submissions.places import read_place

_FIELDS = ("place", "box", "note")


def token_of(request: HttpRequest) -> int:
    """The fencing token of a form; 0, which no claim has, when there is none."""
    return whole_number(request.POST.get("token", "")) or 0


def fresh_pads(held: Review, lines: list[ScoredLine], request: HttpRequest | None = None) -> dict[str, Pad]:
    """The pads as they stand; with `request`, their forms hold what was sent."""
    marks = marks_of(held)
    parts = evidence_parts(held, lines, marks=marks)
    return dict(pads_of(held, lines, parts, marks, request.POST if request else None))


def add_filled(request: HttpRequest, held: Review, lines: list[ScoredLine], pressed: str = "") -> list[MarkForm]:
    """Add every mark that was put in, and the one whose button was pressed. Returns the forms that are wrong."""
    if not pressed and not _anything(request):
        return []
    pads = fresh_pads(held, lines, request)
    forms = [pad.form for key, pad in pads.items() if pad.form and (key == pressed or pad.form.is_filled)]
    return [form for form in forms if not add_one(request, held, lines, form)]


def add_one(request: HttpRequest, held: Review, lines: Sequence[ScoredLine], form: MarkForm) -> bool:
    """Whether a mark could be added; if not, the form says why. Raises RuleBroken (409) when it is too late."""
    if not form.is_valid():
        return False
    data, exhibit = form.cleaned_data, form.chosen()
    try:
        add_mark(
            by=request.member,
            review=held,
            token=token_of(request),
            artifact=exhibit.artifact,
            place=read_place(data["place"], data["box"], exhibit.extent),
            line=next((each.line for each in lines if str(each.line.id) == form.key), None),
            note=data["note"],
        )
    except Invalid as refusal:
        form.add_error(refusal.field if refusal.field in form.fields else None, refusal.message)
        return False
    return True


def typed_notes(request: HttpRequest) -> list[str]:
    """The notes that were on their way, so that they can still be read and copied."""
    names = [name.removesuffix("note") for name in request.POST if name.startswith("mark-") and name.endswith("-note")]
    typed = [(request.POST.get(f"{name}place", "").strip(), request.POST[f"{name}note"].strip()) for name in names]
    return [f"{place}: {note}" if place else note for place, note in typed if note]


def _anything(request: HttpRequest) -> bool:
    return any(
        value.strip()
        for name, value in request.POST.items()
        if name.startswith("mark-") and name.rpartition("-")[2] in _FIELDS
    )
