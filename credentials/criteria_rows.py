"""The rows of “What to hand in”: parts of every kind with their prompts, minimums, and questions of a quiz."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.criteria import BANK, LOG_FIELDS, QUIZ_FIELDS, SCORES_ITSELF
from credentials.fields import NeededChoices, hidden, line, number, text
from credentials.models import Criterion
from credentials.rows import KeyedRows, RowForm, Rows

Kind = Criterion.Kind
EVIDENCE_FIELDS = ("artifact_min", "artifact_max", "artifact_kinds")
# What stands in a part of these kinds when it is added.
START: dict[str, dict[str, Any]] = {
    Kind.ARTIFACT: {"artifact_min": 1, "artifact_max": 3, "artifact_kinds": ["file", "link"]},
    Kind.LOG: {"log_minutes_min": 0, "log_entries_min": 1},
    Kind.QUIZ: {"quiz_draw": 5, "quiz_pass": 80, "quiz_tries": 3},
}


class PromptForm(RowForm):
    given = ("key", "min_words", "max_words")
    key = hidden()
    text = text(_("Question"), rows=2)
    min_words = number(_("At least (words)"))
    max_words = number(_("At most (words)"))


class Prompts(KeyedRows):
    form = PromptForm
    title, add_label, words, most = _("Question"), _("Add a question"), "text", 20
    first = [{"min_words": 0, "max_words": 200}]

    @classmethod
    def added(cls, part: str) -> dict[str, Any]:
        return dict(cls.first[0])


class ChoiceForm(RowForm):
    text = line(_("Choice"), 500)
    right = forms.BooleanField(label=_("This is right"), required=False)


class Choices(Rows):
    form = ChoiceForm
    title, add_label, most, compact = _("Choice"), _("Add a choice"), 8, True
    first = [{}, {}, {}, {}]


class QuizItemForm(RowForm):
    given = ("key",)
    lists = {"choices": Choices}
    field_order = ("key", "text", "feedback")
    key = hidden()
    feedback = text(
        _("What to say after the try"),
        _("Shown when a try is over, also to those who will try again."),
        rows=2,
        optional=True,
    )
    text = text(
        _("Question"), _("Each try shows the choices in another order. To take a choice out, leave it empty."), rows=2
    )


class QuizItems(KeyedRows):
    form = QuizItemForm
    title, add_label, words, most = _("Quiz question"), _("Add a quiz question"), "text", BANK
    first = [{}]


class CriterionForm(RowForm):
    given = ("key", "part", "artifact_min", "artifact_max", "artifact_kinds", "optional", *LOG_FIELDS, *QUIZ_FIELDS)
    lists = {"prompts": Prompts, "quiz_items": QuizItems}
    key = hidden()
    part = hidden()
    title = line(_("Name"), 160)
    instructions = text(_("What to do"), rows=3, optional=True)
    optional = forms.BooleanField(label=_("People may leave this out"), required=False)
    artifact_min = number(_("At least (pieces)"))
    artifact_max = number(_("At most (pieces)"))
    artifact_kinds = NeededChoices(
        label=_("Kinds that are taken"), choices=Criterion.ArtifactKind.choices, widget=forms.CheckboxSelectMultiple
    )
    log_minutes_min = number(_("Minutes in all, at least"), _("900 is 15 hours. 0 is no minimum."))
    log_entries_min = number(_("Entries, at least"), _("0 is no minimum."))
    quiz_draw = number(_("Questions in a try"), _("Drawn at random from those below."))
    quiz_pass = number(_("Percent to pass"))
    quiz_tries = number(_("Tries"))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        part = self.data.get(self.add_prefix("part")) if self.is_bound else self.initial.get("part")
        self.heading = dict(Kind.choices).get(part, "")
        own = {Kind.ARTIFACT: EVIDENCE_FIELDS, Kind.LOG: LOG_FIELDS, Kind.QUIZ: QUIZ_FIELDS}
        for kind, names in own.items():
            for name in names if part != kind else ():
                del self.fields[name]
        if part != Kind.QUIZ:
            del self.rows["quiz_items"]
        if part in SCORES_ITSELF:
            del self.rows["prompts"]


class Criteria(KeyedRows):
    form = CriterionForm
    title, most = _("Part"), 30
    kinds = (
        (Kind.OVERVIEW, _("Add overview questions")),
        (Kind.ARTIFACT, _("Add evidence")),
        (Kind.LOG, _("Add a log")),
        (Kind.QUIZ, _("Add a quiz")),
        (Kind.REFLECTION, _("Add a reflection")),
    )

    @classmethod
    def added(cls, part: str) -> dict[str, Any]:
        return {"part": part, **START.get(part, {})}
