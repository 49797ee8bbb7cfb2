"""The pages of the editor as forms: what an author types, to and from the fields of laurel.edition/1."""

from math import isfinite
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.assessed import assessment_of
from credentials.criteria_rows import Criteria
from credentials.fields import NeededChoice, NeededFloat, hidden, line, lines, number, text
from credentials.models import Edition, Resource
from credentials.rows import NARROW, KeyedRows, RowForm, Rows, Sheet


class EditionSheet(Sheet):
    """A section of the editor."""

    def __init__(self, *args: Any, data_of: dict[str, Any] | None = None, **kwargs: Any) -> None:
        """`data_of` is the whole edition in canonical form: what is in it when nothing was typed yet."""
        self.edition_data = data_of or {}
        super().__init__(*args, **kwargs)

    @classmethod
    def opened(cls, data: dict[str, Any]) -> "EditionSheet":
        """The page with what is saved."""
        return cls(initial=cls.typed_from(data), data_of=data)

    @classmethod
    def typed_from(cls, data: dict[str, Any]) -> dict[str, Any]:
        """The values of the form for canonical `data`."""
        return {name: data[name] for name in (*cls.base_fields, *cls.lists)}

    def section_values(self) -> dict[str, Any]:
        """The fields of laurel.edition/1 that this page holds."""
        return self.values()


class BasicsSheet(EditionSheet):
    """Title, time, who it is for."""

    aliases = {"badge": "icon", "seed": "art_seed", "ceu_hundredths": "ceu"}

    title = line(_("Title"), 160, _("The skill, in a few words."))
    summary = line(_("In one sentence"), 300, _("Begin with “You …”. It is shown in the catalog."))
    hours = number(_("Hours of work"), _("About, from start to end."), kind=NeededFloat)
    weeks = number(_("Over how many weeks"), _("At an easy pace."))
    topics = lines(_("Topics"), _("One a line, like Reading or Classroom talk."))
    audience = lines(_("Who it is for"), _("One a line, like Classroom teachers or Bus drivers."))
    grades = lines(_("Grades"), _("One a line, like PK, K or 3. Leave empty if it is for all."), optional=True)
    evidence_types = lines(_("Kinds of evidence"), _("One a line, like Lesson plan or Student work."), optional=True)
    tries = number(_("Tries"), _("Before a talk with a coach."))
    due_business_days = number(_("Business days for a review"), _("The most a person waits."))
    language = line(_("Language of the text"), 12, _("A code like en or es."))
    icon = NeededChoice(label=_("Picture on the badge"), choices=Edition.Icon.choices)
    art_seed = line(_("Pattern of the badge"), 60, _("Any word. Another word draws another pattern."), optional=True)
    valid_months = number(
        _("Months that the badge is valid"), _("Like 36. Leave it empty if it never runs out."), optional=True
    )
    ceu = number(
        _("Continuing education units (CEU)"),
        _("That the badge carries, like 0.5 or 1. One is 10 hours. Leave it empty if it carries none."),
        optional=True,
        kind=NeededFloat,
    )

    @classmethod
    def typed_from(cls, data: dict[str, Any]) -> dict[str, Any]:
        own = {name: data[name] for name in cls.base_fields if name in data}
        badge = data["badge"]
        units = badge.get("ceu_hundredths", 0) / 100
        return own | {
            "icon": badge["icon"],
            "art_seed": badge["seed"],
            "valid_months": badge.get("valid_months"),
            "ceu": f"{units:g}" if units else None,
        }

    def blame(self, path: str, sentence: str) -> None:
        super().blame(path.removeprefix("badge."), sentence)

    def section_values(self) -> dict[str, Any]:
        values = self.values()
        badge = {
            "icon": values.pop("icon") or None,
            "seed": values.pop("art_seed"),
            "valid_months": None if (months := values.pop("valid_months")) == "" else months,
            "ceu_hundredths": hundredths(values.pop("ceu")),
        }
        return values | {"badge": badge}


def hundredths(typed: Any) -> Any:
    """A number that was typed, in hundredths; None for an empty field, and whatever else was typed as it is."""
    if isinstance(typed, (int, float)) and isfinite(typed):
        return round(typed * 100)
    return None if typed == "" else typed


class CompetencySheet(EditionSheet):
    """What the person can do, and how."""

    competency = text(_("Competency"), _("One discrete skill that can be seen in real work. “The educator …”"), 4)
    key_method = text(_("Key method"), _("The way to do it, in a few sentences."), 6)


class ComponentForm(RowForm):
    title = line(_("Name of the step"), 160)
    text = text(_("What it means"), rows=3, optional=True)


class Components(Rows):
    form = ComponentForm
    title, add_label, most = _("Step"), _("Add a step"), 30
    first = [{}]


class GroupForm(RowForm):
    lists = {"components": Components}
    title = line(_("Name of the group"), 160, _("Like “Plan” or “During the lesson”."))


class Groups(Rows):
    form = GroupForm
    title, add_label, most = _("Group"), _("Add a group"), 20


class MethodSheet(EditionSheet):
    """Steps or elements of the key method."""

    lists = {"method_components": Groups}


class ResearchForm(RowForm):
    title = line(_("Title"), 300)
    authors = line(_("Authors"), 300, _("Like Rowe, M. B."))
    year = number(_("Year"))
    pages = number(_("Pages"), optional=True)
    source = line(_("Journal, publisher or site"), 300, optional=True)
    url = line(_("Web address"), 500, optional=True)
    free_online = forms.BooleanField(label=_("Free to read online"), required=False)
    checked_on = forms.DateField(
        label=_("Link checked on"),
        required=False,
        widget=forms.DateInput({"type": "date", "class": NARROW}, "%Y-%m-%d"),
    )
    note = text(_("What it says that matters here"), rows=3, optional=True)
    classic_reason = line(_("Why an older work"), 300, _("If it is more than 10 years old."), optional=True)


class ResearchRows(Rows):
    form = ResearchForm
    title, add_label = _("Work"), _("Add a work")


class ResearchSheet(EditionSheet):
    """Why it works."""

    lists = {"research": ResearchRows}
    rationale = text(_("Why this works"), _("Leave an empty line between paragraphs."), 8)


class ResourceForm(RowForm):
    given = ("kind",)
    title = line(_("Title"), 300)
    kind = NeededChoice(label=_("Kind"), choices=Resource.Kind.choices)
    url = line(_("Web address"), 500, optional=True)
    minutes = number(_("Minutes it takes"), optional=True)
    captioned = forms.NullBooleanField(
        label=_("Captions"),
        help_text=_("For videos only."),
        required=False,
        widget=forms.Select(choices=[("unknown", _("Not known")), ("true", _("Yes")), ("false", _("No"))]),
    )
    note = text(_("Why it helps"), rows=2, optional=True)

    def is_blank(self) -> bool:
        values = self.typed()
        return not any(values[name] for name in ("title", "url", "minutes", "note"))


class ResourceRows(Rows):
    form = ResourceForm
    title, add_label = _("Resource"), _("Add a resource")


class ResourcesSheet(EditionSheet):
    """What to read, watch or use."""

    lists = {"resources": ResourceRows}


class CriteriaSheet(EditionSheet):
    """What people hand in."""

    lists = {"criteria": Criteria}


class LevelForm(RowForm):
    name = line(_("Name of the level"), 60)
    description = text(_("What it looks like"), rows=2)


class Levels(Rows):
    form = LevelForm
    title, add_label, most = _("Level"), _("Add a level"), 5
    first = [{"name": _("Yes")}, {"name": _("Almost")}, {"name": _("Not yet")}]


class LineForm(RowForm):
    lists = {"levels": Levels}
    aliases = {"pass_level": "pass_place"}
    given = ("key", "criterion", "pass_place", "required")
    key = hidden()
    title = line(_("What is scored"), 200, _("One thing that an assessor can see in the evidence."))
    criterion = NeededChoice(label=_("Which part it is about"))
    pass_place = forms.TypedChoiceField(
        label=_("Counts as met"),
        help_text=_("Levels are listed best first."),
        choices=[
            (1, _("Only the first level")),
            (2, _("The first two levels")),
            (3, _("The first three levels")),
            (4, _("The first four levels")),
        ],
        coerce=int,
        empty_value=1,
    )
    required = forms.BooleanField(label=_("Required: without this line nobody earns it"), required=False, initial=True)

    def is_blank(self) -> bool:
        """A new line brings names of levels, so only a title or a description counts as typed."""
        described = any(form.typed()["description"] for form in self.rows["levels"].forms)
        return not self.typed()["title"] and not described

    def values(self) -> dict[str, Any]:
        values = super().values()
        names = [level["name"] for level in values["levels"]]
        place = values.pop("pass_place") or 1
        values["pass_level"] = names[place - 1] if isinstance(place, int) and place <= len(names) else "?"
        return values


class RubricRows(KeyedRows):
    form = LineForm
    title, add_label = _("Line"), _("Add a line")


class RubricSheet(EditionSheet):
    """The scoring guide."""

    lists = {"rubric": RubricRows}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        parts = [(each["key"], each["title"]) for each in self.edition_data.get("criteria", [])]
        for row in self.rows["rubric"].forms:
            row.fields["criterion"].choices = [("", _("Choose a part")), *parts]

    @classmethod
    def typed_from(cls, data: dict[str, Any]) -> dict[str, Any]:
        def row(each: dict[str, Any]) -> dict[str, Any]:
            names = [level["name"] for level in each["levels"]]
            return {"required": True, **each, "pass_place": names.index(each["pass_level"]) + 1}

        return {"rubric": [row(each) for each in data["rubric"]]}


class AssessmentSheet(EditionSheet):
    """Who reads, how many of them, and what has to be met."""

    aliases = {"fee_cents": "fee"}

    plan = NeededChoice(label=_("How many readers"), choices=Edition.Plan.choices)
    second_share = number(
        _("By chance, percent"),
        _("Of the work with one reader, so much gets a second one all the same."),
        optional=True,
    )
    newcomer_readings = number(
        _("First readings of an assessor"), _("So many of them get a second reader as well."), optional=True
    )
    others_needed = number(
        _("How many of the lines that are not required"),
        _("So many of them have to be met. Leave it empty if all of them do."),
        optional=True,
    )
    mode = NeededChoice(label=_("Who reads"), choices=Edition.Mode.choices)
    fee = number(_("Fee"), _("Like 25 or 25.50. Only if it is assessed for a fee."), optional=True, kind=NeededFloat)
    fee_currency = line(_("Currency"), 3, _("Like USD."), optional=True)
    precheck = forms.BooleanField(
        label=_("First look whether all is there"),
        help_text=_("What is missing or cannot be opened goes back at once, and no try is used up."),
        required=False,
    )

    @classmethod
    def typed_from(cls, data: dict[str, Any]) -> dict[str, Any]:
        own = dict(assessment_of(data))
        cents = own.pop("fee_cents")
        return own | {"fee": f"{cents / 100:.2f}" if cents % 100 else cents // 100 or None}

    def blame(self, path: str, sentence: str) -> None:
        super().blame(path.removeprefix("assessment."), sentence)

    def section_values(self) -> dict[str, Any]:
        values = self.values()
        cents = hundredths(values.pop("fee"))
        own = {name: None if value == "" else value for name, value in (values | {"fee_cents": cents}).items()}
        return {"assessment": own}


class AlignmentForm(RowForm):
    framework = line(_("Framework"), 200, _("Like InTASC or state standards."))
    code = line(_("Code"), 60, optional=True)
    name = line(_("What it says"), 300)
    url = line(_("Web address"), 500)


class Alignments(Rows):
    form = AlignmentForm
    title, add_label, most = _("Alignment"), _("Add an alignment"), 40


class AlignmentsSheet(EditionSheet):
    """Standards it belongs to."""

    lists = {"alignments": Alignments}


SHEETS: dict[str, type[EditionSheet]] = {
    "basics": BasicsSheet,
    "competency": CompetencySheet,
    "method": MethodSheet,
    "research": ResearchSheet,
    "resources": ResourcesSheet,
    "criteria": CriteriaSheet,
    "rubric": RubricSheet,
    "assessment": AssessmentSheet,
    "alignments": AlignmentsSheet,
}
