"""The form of an anchor: what it says under each question, the level that stands for each line, and why."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.actions.anchors import MOST_CHARACTERS, Stands
from assessment.models import Anchor, AnchorLine
from credentials.models import Criterion, Prompt, RubricLine
from submissions.actions import samples
from submissions.models import Response


class NewAnchorForm(forms.Form):
    """Where an anchor comes from: work that was decided, by its code, or an edition to write one for."""

    code = forms.CharField(
        label=_("Code of a submission"),
        help_text=_("It needs a result, and the educator’s yes to training. Names of files are replaced."),
        max_length=8,
        required=False,
    )
    edition = forms.UUIDField(required=False)
    use = forms.ChoiceField(choices=Anchor.Use)

    def clean(self) -> dict[str, Any]:
        """One of the two."""
        data = super().clean()
        if not data.get("code") and not data.get("edition"):
            self.add_error("code", _("Type the code of a submission, or choose a micro-credential to write one for."))
        return data


class RetireForm(forms.Form):
    """Why an anchor goes out of use."""

    why = forms.CharField(label=_("Why it is retired"), max_length=300)


@dataclass(frozen=True)
class LineRow:
    """One line of the guide in the form."""

    number: int
    line: RubricLine
    level: forms.BoundField
    rationale: forms.BoundField


class AnchorForm(forms.Form):
    """Everything may be empty: a draft is saved as it stands, and publishing says what is missing."""

    use = forms.ChoiceField(label=_("What it is for"), choices=Anchor.Use, widget=forms.RadioSelect)
    names_checked = forms.BooleanField(
        label=_("I read every piece and every reason. None names the educator or a student."), required=False
    )

    def __init__(self, anchor: Anchor, data: Any = None) -> None:
        self.rubric = list(
            RubricLine.objects.filter(edition=anchor.edition_id).select_related("criterion").prefetch_related("levels")
        )
        self.prompts = list(Prompt.objects.filter(edition=anchor.edition_id).select_related("criterion"))
        self.prompts.sort(key=lambda each: (each.criterion.position, each.position))
        self.parts = [
            each for each in Criterion.objects.filter(edition=anchor.edition_id) if each.part == Criterion.Kind.ARTIFACT
        ]
        stands = {each.line_id: each for each in AnchorLine.objects.filter(anchor=anchor)}
        texts = {each.prompt_id: each.text for each in Response.objects.filter(submission=anchor.submission_id)}
        initial: dict[str, Any] = {"use": anchor.use, "names_checked": anchor.names_checked}
        initial |= {f"text-{each.id}": texts.get(each.id, "") for each in self.prompts}
        for line_id, each in stands.items():
            initial |= {f"level-{line_id}": str(each.level_id or ""), f"why-{line_id}": each.rationale}
        super().__init__(data, initial=initial)
        for line in self.rubric:
            choices = [(str(level.id), level.name) for level in line.levels.all()]
            self.fields[f"level-{line.id}"] = forms.ChoiceField(
                label=_("Level that stands"), choices=choices, required=False, widget=forms.RadioSelect
            )
            self.fields[f"why-{line.id}"] = forms.CharField(
                label=_("Why this level"),
                help_text=_("Say what can be seen, and where. Assessors read it after they have scored."),
                required=False,
                max_length=MOST_CHARACTERS,
                widget=forms.Textarea({"rows": 3}),
            )
        for prompt in self.prompts:
            self.fields[f"text-{prompt.id}"] = forms.CharField(
                label=prompt.text,
                required=False,
                max_length=samples.MOST_CHARACTERS,
                widget=forms.Textarea({"rows": 5}),
            )
        for part in self.parts:
            self.fields[f"new-text-{part.id}"] = forms.CharField(
                label=_("Add a text"),
                required=False,
                max_length=samples.MOST_CHARACTERS,
                widget=forms.Textarea({"rows": 4}),
            )
            self.fields[f"new-link-{part.id}"] = forms.URLField(
                label=_("Add a link"), required=False, max_length=2000, assume_scheme="https"
            )

    def lines(self) -> list[LineRow]:
        """The lines of the guide in order."""
        return [
            LineRow(n, line, self[f"level-{line.id}"], self[f"why-{line.id}"])
            for n, line in enumerate(self.rubric, start=1)
        ]

    def answers(self) -> list[forms.BoundField]:
        """The questions in page order."""
        return [self[f"text-{each.id}"] for each in self.prompts]

    def additions(self) -> list[tuple[Criterion, forms.BoundField, forms.BoundField]]:
        """For each part that takes evidence: a field for a text, and one for a link."""
        return [(each, self[f"new-text-{each.id}"], self[f"new-link-{each.id}"]) for each in self.parts]

    def stands(self) -> list[Stands]:
        """What the valid form says of each line."""
        said = []
        for line in self.rubric:
            chosen = self.cleaned_data[f"level-{line.id}"]
            level = next((level for level in line.levels.all() if str(level.id) == chosen), None)
            said.append(Stands(line, level, self.cleaned_data[f"why-{line.id}"]))
        return said

    def texts(self) -> dict[UUID, str]:
        """What the valid form says under each question."""
        return {each.id: self.cleaned_data[f"text-{each.id}"] for each in self.prompts}

    def added(self) -> Sequence[tuple[Criterion, str, str]]:
        """Each part with the text and the link that were added to it, where there is one."""
        found = [
            (each, self.cleaned_data[f"new-text-{each.id}"].strip(), self.cleaned_data[f"new-link-{each.id}"])
            for each in self.parts
        ]
        return [each for each in found if each[1] or each[2]]
