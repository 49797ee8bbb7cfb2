"""Forms of the earner's pages. They keep what was typed; the rules are in the actions."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.models import Criterion, Prompt
from lib.forms import WordsTextarea
from lib.words import whole_number
from submissions.models import Artifact, Response
from submissions.promise_forms import PieceFields


class Answer(forms.CharField):
    """Words of any length: too few or too many matter when the work is sent, never when it is saved."""

    def __init__(self, prompt: Prompt) -> None:
        super().__init__(
            label=prompt.text,
            help_text=_limits(prompt),
            required=prompt.min_words > 0,
            strip=False,
            widget=WordsTextarea(prompt.min_words, prompt.max_words),
        )
        self.validators = []  # also a NUL is taken, and left out when it is stored

    def validate(self, value: str) -> None:
        """Nothing is refused."""


def _limits(prompt: Prompt) -> str:
    facts = {"low": prompt.min_words, "high": prompt.max_words}
    if prompt.min_words:
        return _("%(low)s to %(high)s words.") % facts
    return _("Up to %(high)s words.") % facts


class PartForm(PieceFields):
    """The answers of one part, what is said of its evidence, and the boxes for a link and a text.

    `rev` carries the revision of every answer.
    """

    use_required_attribute = False

    rev = forms.CharField(widget=forms.HiddenInput, required=False)

    def __init__(
        self,
        data: Mapping[str, Any] | None,
        criterion: Criterion,
        responses: Mapping[object, Response],
        pieces: Iterable[Artifact] = (),
    ) -> None:
        super().__init__(data, auto_id="%s")
        self.add_pieces(pieces)
        self.prompts = list(criterion.prompts.all())
        self.responses = responses
        self.theirs: dict[str, str] = {}
        self.fields["rev"].initial = self.rev_now()
        for prompt in self.prompts:
            name = f"answer-{prompt.key}"
            self.fields[name] = Answer(prompt)
            self.fields[name].initial = responses[prompt.id].text if prompt.id in responses else ""
        kinds = criterion.artifact_kinds
        if criterion.artifact_max and Criterion.ArtifactKind.LINK in kinds:
            self.fields["url"] = forms.CharField(
                label=gettext_lazy("Paste a link"),
                help_text=gettext_lazy("Set it so that anyone with the link can open it."),
                required=False,
                widget=forms.TextInput({"inputmode": "url", "autocomplete": "off"}),
            )
        if criterion.artifact_max and Criterion.ArtifactKind.TEXT in kinds:
            self.fields["text"] = forms.CharField(
                label=gettext_lazy("Write or paste text"),
                help_text=gettext_lazy("For example a transcript, or notes on a talk with a student."),
                required=False,
                widget=forms.Textarea({"rows": 5}),
            )

    def rev_now(self) -> str:
        """The revisions as stored, in the order of the prompts, like 3-0-1; 0 is for an answer never saved."""
        return "-".join(str(self.responses[p.id].rev if p.id in self.responses else 0) for p in self.prompts)

    def answers(self) -> list[tuple[Prompt, str, int | None]]:
        """What was sent: prompt, words, and the revision they were based on (None when it was not said)."""
        seen = str(self.data.get("rev", "")).split("-")
        revs = [whole_number(each) for each in seen]
        if len(revs) != len(self.prompts):
            revs = [None] * len(self.prompts)
        return [
            (prompt, str(self.data[f"answer-{prompt.key}"]), rev)
            for prompt, rev in zip(self.prompts, revs, strict=True)
            if f"answer-{prompt.key}" in self.data
        ]

    def answer_fields(self) -> list[tuple[forms.BoundField, str | None]]:
        """Each answer with the words stored by another tab, where they differ."""
        names = [f"answer-{prompt.key}" for prompt in self.prompts]
        return [(self[name], self.theirs.get(name)) for name in names]


class GoalForm(forms.Form):
    """The earner's own date."""

    goal_date = forms.DateField(
        label=gettext_lazy("Goal date"),
        help_text=gettext_lazy("Only you see this. Leave it empty for no date."),
        required=False,
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
        error_messages={"invalid": gettext_lazy("Enter your goal date, like 3/14/2027")},
    )
