"""Form fields for authors. What is needed is asked for by the list of what is missing, not by each page."""

from typing import Any

from django import forms

from credentials.rows import NARROW


class Needed:
    """A field that a vetter wants filled. A draft can be saved without: the list of what is missing says so."""

    def validate(self, value: Any) -> None:
        if value not in self.empty_values:
            super().validate(value)


class NeededText(Needed, forms.CharField):
    """See Needed."""


class NeededInteger(Needed, forms.IntegerField):
    """See Needed."""


class NeededFloat(Needed, forms.FloatField):
    """See Needed."""


class NeededChoice(Needed, forms.ChoiceField):
    """See Needed."""


class NeededChoices(Needed, forms.MultipleChoiceField):
    """See Needed."""


class LinesField(Needed, forms.CharField):
    """A list of short texts, one a line."""

    def prepare_value(self, value: Any) -> Any:
        return "\n".join(value) if isinstance(value, list) else value

    def clean(self, value: Any) -> list[str]:
        return list(dict.fromkeys(each.strip() for each in super().clean(value).splitlines() if each.strip()))


def line(label: Any, most: int, help_text: Any = "", *, optional: bool = False) -> forms.CharField:
    """One line of text."""
    widget = forms.TextInput({"maxlength": most})
    return NeededText(label=label, help_text=help_text, required=not optional, widget=widget)


def text(label: Any, help_text: Any = "", rows: int = 4, *, optional: bool = False) -> forms.CharField:
    """A text of several lines."""
    return NeededText(label=label, help_text=help_text, required=not optional, widget=forms.Textarea({"rows": rows}))


def lines(label: Any, help_text: Any, *, optional: bool = False) -> LinesField:
    """One entry a line."""
    return LinesField(label=label, help_text=help_text, required=not optional, widget=forms.Textarea({"rows": 3}))


def number(label: Any, help_text: Any = "", *, optional: bool = False, kind: type[forms.Field] = NeededInteger) -> Any:
    """A narrow number."""
    widget = forms.NumberInput({"class": NARROW, "inputmode": "decimal", "step": "any"})
    return kind(label=label, help_text=help_text, required=not optional, widget=widget)


def hidden() -> forms.CharField:
    """A value that goes to the page and back."""
    return forms.CharField(required=False, widget=forms.HiddenInput)
