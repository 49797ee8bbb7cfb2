"""Forms about appeals, comments and cases. They keep what was typed; the rules are in the actions."""

from collections.abc import Mapping, Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessment.models import DecisionLine
from tenants.models import User


class AppealForm(forms.Form):
    """A box to tick and a reason for each line that was not met. Fields are named by the id of the decision's line."""

    def __init__(self, data: Mapping[str, Any] | None, *, lines: Sequence[DecisionLine]) -> None:
        super().__init__(data)
        self.lines = lines
        for line in lines:
            self.fields[f"on-{line.id}"] = forms.BooleanField(
                label=_("I disagree about “%(line)s”") % {"line": line.line.title}, required=False
            )
            self.fields[str(line.id)] = forms.CharField(
                label=_("Why, and where in your evidence to look"),
                required=False,
                max_length=2000,
                widget=forms.Textarea({"rows": 4}),
            )

    @property
    def rows(self) -> list[tuple[DecisionLine, forms.BoundField, forms.BoundField]]:
        """Each line with its two fields."""
        return [(line, self[f"on-{line.id}"], self[str(line.id)]) for line in self.lines]

    def reasons(self) -> dict[UUID, str]:
        """What was written, for each line that was ticked or written about."""
        given = ((line.id, self.cleaned_data[f"on-{line.id}"], self.cleaned_data[str(line.id)]) for line in self.lines)
        return {line_id: text for line_id, ticked, text in given if ticked or text}


class SayForm(forms.Form):
    """One text; its label says what for."""

    text = forms.CharField(max_length=6000, widget=forms.Textarea({"rows": 5}))

    def __init__(self, *args: Any, label: Any, most: int = 6000, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["text"].label = label
        self.fields["text"].max_length = most


class ConcernForm(forms.Form):
    """What someone noticed."""

    concern = forms.CharField(
        label=_("What you noticed, and where"),
        help_text=_("Say only what can be seen, such as “pages 2 to 4 are the same as …”. The educator reads this."),
        max_length=3000,
        widget=forms.Textarea({"rows": 6}),
    )


class PanelForm(forms.Form):
    """Who decides."""

    users = forms.ModelMultipleChoiceField(
        label=_("Members of the panel"), queryset=User.objects.none(), widget=forms.CheckboxSelectMultiple
    )

    def __init__(self, data: Mapping[str, Any] | None, *, people: QuerySet[User]) -> None:
        super().__init__(data)
        self.fields["users"].queryset = people


class VoteForm(forms.Form):
    """A vote with its reason."""

    upheld = forms.ChoiceField(
        label=_("Your vote"),
        choices=[
            ("no", _("I find no reason to change anything")),
            ("yes", _("I find that this evidence cannot be counted")),
        ],
        widget=forms.RadioSelect,
    )
    reason = forms.CharField(
        label=_("Your reason"),
        help_text=_("The educator reads it together with those of others, without names."),
        max_length=3000,
        widget=forms.Textarea({"rows": 5}),
    )
