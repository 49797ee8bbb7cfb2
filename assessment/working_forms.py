"""Forms about assessors as workers."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from assessment.models import AssessorProfile
from tenants.models import User

_MOST = 200
_SEPARATOR = "\n"


class Lines(forms.CharField):
    """A list, one a line."""

    widget = forms.Textarea(attrs={"rows": 3})

    def __init__(self, *, longest: int, **kwargs: Any) -> None:
        super().__init__(required=False, max_length=5_000, **kwargs)
        self.longest = longest

    def prepare_value(self, value: Any) -> str:
        return _SEPARATOR.join(value) if isinstance(value, list) else value

    def clean(self, value: str) -> list[str]:
        lines = [line.strip() for line in super().clean(value).splitlines() if line.strip()]
        for line in lines:
            if len(line) > self.longest:
                raise forms.ValidationError(
                    _("Cut “%(line)s” to %(n)s characters."), params={"line": line[:20], "n": self.longest}
                )
        return list(dict.fromkeys(lines))


class LimitsForm(forms.ModelForm):
    """What an assessor says about themselves."""

    at_once = forms.IntegerField(
        label=_("Reviews at once"), required=False, min_value=1, max_value=_MOST, help_text=_("Empty means no limit.")
    )
    per_week = forms.IntegerField(
        label=_("Reviews a week"), required=False, min_value=1, max_value=_MOST, help_text=_("Empty means no limit.")
    )
    languages = Lines(label=_("Languages you read"), longest=12, help_text=_("One on each line, like en or es."))

    class Meta:
        model = AssessorProfile
        fields = ["at_once", "per_week", "languages"]


class TermsForm(LimitsForm):
    """What an admin says about an assessor. Money is typed in dollars and kept in cents."""

    buildings = Lines(label=_("Buildings"), longest=120, help_text=_("One on each line, as staff records name them."))
    per_review = forms.DecimalField(label=_("Dollars a review"), min_value=0, max_value=10_000, decimal_places=2)
    per_period = forms.DecimalField(label=_("Dollars a period"), min_value=0, max_value=100_000, decimal_places=2)

    class Meta(LimitsForm.Meta):
        fields = ["at_once", "per_week", "languages", "buildings"]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["languages"].label = _("Languages")
        self.initial["per_review"] = f"{self.instance.cents_per_review / 100:.2f}"
        self.initial["per_period"] = f"{self.instance.cents_per_period / 100:.2f}"

    def values(self) -> dict[str, Any]:
        """For actions.working.save_profile."""
        data = dict(self.cleaned_data)
        data["cents_per_review"] = int(data.pop("per_review") * 100)
        data["cents_per_period"] = int(data.pop("per_period") * 100)
        return data


class AbsenceForm(forms.Form):
    """Time away."""

    starts_on = forms.DateField(label=_("First day away"), widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label=_("Last day away"), widget=forms.DateInput({"type": "date"}))


class PeriodForm(forms.Form):
    """The days of a statement."""

    starts_on = forms.DateField(label=_("First day"), widget=forms.DateInput({"type": "date"}))
    ends_on = forms.DateField(label=_("Last day"), widget=forms.DateInput({"type": "date"}))


class ColleagueForm(forms.Form):
    """One of several people, by id."""

    to = forms.ChoiceField(label=_("Who takes it"))

    def __init__(self, *args: Any, people: list[User], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.people = {str(each.id): each for each in people}
        names = [(key, each.get_full_name()) for key, each in self.people.items()]
        self.fields["to"].choices = [("", _("Choose someone")), *names]

    @property
    def chosen(self) -> User:
        """Who was chosen, once the form is valid."""
        return self.people[self.cleaned_data["to"]]


class MissingForm(forms.Form):
    """What keeps a submission from being read."""

    missing = forms.CharField(
        label=_("What is missing or cannot be read?"),
        max_length=2000,
        widget=forms.Textarea({"rows": 4}),
        help_text=_("The educator reads this. Name the part, and say what to do."),
        error_messages={"required": _("Say what is missing or cannot be read, so that it can be added.")},
    )
