"""The forms of what is promised: how students are protected in each piece, own work, and AI tools."""

from collections.abc import Iterable, Mapping
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from credentials.models import Criterion
from lib.errors import Invalid
from submissions.actions import ai_uses as ai
from submissions.actions import attesting
from submissions.actions.attesting import Said
from submissions.actions.handing_in import missing_ticks
from submissions.models import Artifact, Promise, Students
from submissions.promises import piece_choices, wording

_FIELDS = {"students": "students", "record_number": "record"}  # of an action → how names of our fields begin


class PieceFields(forms.Form):
    """A choice and a record number for every piece of evidence, in a form that may have more fields.

    What somebody chose is told from what the page had shown them (a hidden field each), so that a page that was
    opened long ago takes back nothing that was chosen elsewhere since.
    """

    def add_pieces(self, pieces: Iterable[Artifact]) -> None:
        """Fields for the pieces that are ready."""
        self.pieces = {str(each.id): each for each in pieces if each.state == Artifact.State.READY}
        for key, piece in self.pieces.items():
            empty = [] if piece.students else [("", _("Choose one"))]
            self.fields[f"students-{key}"] = forms.CharField(
                label=_("Students in “%(name)s”") % {"name": piece.short_name},
                initial=piece.students,
                required=False,
                show_hidden_initial=True,
                widget=forms.Select({"class": "students"}, choices=[*empty, *piece_choices()]),
            )
            self.fields[f"record-{key}"] = forms.CharField(
                label=_("Record number of the releases for “%(name)s”") % {"name": piece.short_name},
                initial=piece.record_number,
                required=False,
                show_hidden_initial=True,
                widget=forms.TextInput({"autocomplete": "off"}),
            )
            for name in (f"students-{key}", f"record-{key}"):
                self.fields[name].validators = []  # the action says what is wrong, and a NUL is left out there

    def piece_fields(self, piece: Artifact) -> dict[str, forms.BoundField] | None:
        """The two fields of one piece, as `students` and `record`; None when nothing is asked of it."""
        key = str(piece.id)
        return {name: self[f"{name}-{key}"] for name in ("students", "record")} if key in self.pieces else None

    def chosen(self) -> dict[str, Said]:
        """What somebody chose on this page, by the id of the piece, as it was typed."""
        return {key: self.said(key) for key in self.pieces if self._was_chosen(key)}

    def said(self, key: str) -> Said:
        """What stands in the fields of a piece."""
        return Said(str(self[f"students-{key}"].value() or ""), str(self[f"record-{key}"].value() or ""))

    def checked(self, said: Mapping[str, Said], *, unfinished_is_fine: bool = False) -> dict[Any, Said]:
        """Those of `said` that can be stored; the others get an error. `unfinished_is_fine`: somebody still types."""
        good = {}
        for key, each in said.items():
            try:
                good[self.pieces[key].id] = attesting.checked(each)
            except Invalid as problem:
                if not (unfinished_is_fine and problem.field == "record_number"):
                    self.add_piece_error(key, problem)
        return good

    def add_piece_error(self, key: str, problem: Invalid) -> None:
        """A problem beside its field, with the name of the piece."""
        facts = {"name": self.pieces[key].short_name, "problem": problem.message}
        self.add_error(f"{_FIELDS[problem.field]}-{key}", _("“%(name)s”: %(problem)s") % facts)

    def _was_chosen(self, key: str) -> bool:
        choice, number = self[f"students-{key}"], self[f"record-{key}"]
        if choice.html_name not in self.data or not choice.value():
            return False
        return bool({choice.html_name, number.html_name} & set(self.changed_data))


class PromiseForm(PieceFields):
    """One question a box, none ticked beforehand."""

    use_required_attribute = False

    own_work = forms.BooleanField(
        required=False,
        help_text=gettext_lazy("You may ask others for advice. What you send is what you did."),
    )
    protected = forms.BooleanField(required=False)
    students_all = forms.CharField(
        label=gettext_lazy("The same for every piece that you have not chosen for"), required=False
    )
    record_all = forms.CharField(
        label=gettext_lazy("Record number of the signed releases"),
        required=False,
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    used_ai = forms.ChoiceField(
        label=gettext_lazy("Did you use AI tools?"),
        help_text=gettext_lazy("Using them is fine where your school allows it. Reviewers see your answer."),
        required=False,
        choices=[("no", gettext_lazy("No")), ("yes", gettext_lazy("Yes"))],
        widget=forms.RadioSelect,
    )
    training = forms.BooleanField(required=False)

    def __init__(self, *args: Any, pieces: Iterable[Artifact], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        self.fields["own_work"].label = wording(Promise.Kind.OWN_WORK)
        self.fields["protected"].label = wording(Promise.Kind.STUDENTS)
        self.fields["training"].label = wording(Promise.Kind.TRAINING)
        self.fields["used_ai"].one_of_several = True
        self.fields["students_all"].widget = forms.Select(
            {"class": "students"}, choices=[("", _("Choose piece by piece")), *piece_choices()]
        )
        self.add_pieces(pieces)

    def everything_said(self) -> dict[str, Said]:
        """What stands for each piece; the choice for all fills what was left open."""
        same = Said(str(self["students_all"].value() or ""), str(self["record_all"].value() or ""))
        said = {key: self.said(key) for key in self.pieces}
        return {key: each if each.students else same for key, each in said.items()}

    def clean(self) -> dict[str, Any]:
        """Every piece needs its own answer. What is wrong with the choice for all is said once."""
        ticks = {name: bool(self.cleaned_data.get(name)) for name in ("own_work", "protected")}
        for name, sentence in missing_ticks(**ticks).items():
            self.add_error(name, sentence)
        said = self.everything_said()
        same = self["students_all"].value()
        if same and same not in Students.values:
            self.add_error("students_all", _("Choose how students are protected."))
        elif same == Students.RELEASED and not self["record_all"].errors:
            try:
                attesting.checked(Said(str(same), str(self["record_all"].value() or "")))
            except Invalid as problem:
                self.add_error("record_all", problem.message)
        failed = {"students_all", "record_all"} & set(self.errors)
        self.cleaned_pieces = self.checked(
            {key: each for key, each in said.items() if not (failed and not self.said(key).students)}
        )
        return self.cleaned_data


class AiUseForm(forms.Form):
    """One AI tool. All empty is no line at all."""

    use_required_attribute = False

    tool = forms.CharField(
        label=gettext_lazy("Tool"), required=False, widget=forms.TextInput({"class": "w-20", "autocomplete": "off"})
    )
    criterion = forms.CharField(label=gettext_lazy("Where you used it"), required=False, widget=forms.Select)
    what_changed = forms.CharField(
        label=gettext_lazy("What you changed in what it gave you"),
        help_text=gettext_lazy("For example: it wrote three questions. I dropped one and rewrote two."),
        required=False,
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, *args: Any, parts: Iterable[Criterion], **kwargs: Any) -> None:
        super().__init__(*args, auto_id="%s", **kwargs)
        choices = [("", _("The whole work")), *((each.key, each.title) for each in parts)]
        self.fields["criterion"].widget.choices = choices
        for field in self.fields.values():
            field.one_of_several = True  # needed as soon as one of them is written
            field.validators = []

    def judge(self) -> None:
        """Say what is wrong with the line, beside its field."""
        try:
            ai.checked(self.use, [key for key, _title in self.fields["criterion"].widget.choices])
        except Invalid as problem:
            self.add_error(problem.field, problem.message)

    @property
    def use(self) -> ai.Use | None:
        """What was typed; None where neither a tool nor a change was."""
        names = ("tool", "what_changed", "criterion")
        typed = {name: str(self[name].value() or "").replace("\x00", "") for name in names}
        return ai.Use(**typed) if typed["tool"].strip() or typed["what_changed"].strip() else None


def ai_forms(data: Mapping[str, Any], parts: Iterable[Criterion]) -> list[AiUseForm]:
    """The lines that were sent, in their order: at least one, and one more than can be stored at most."""
    parts = list(parts)
    numbers = [n for n in range(ai.MOST_USES + 1) if any(f"ai-{n}-{name}" in data for name in AiUseForm.base_fields)]
    return [AiUseForm(data, prefix=f"ai-{n}", parts=parts) for n in numbers or [0]]
