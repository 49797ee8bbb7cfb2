"""The form of one entry in a log."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from submissions.models import LogEntry
from submissions.models.log import DAY

_NUMBER = {"class": "w-10", "inputmode": "numeric"}


class LogForm(forms.Form):
    """Date, time as hours and minutes, and what. Which dates and words are possible is checked by the action."""

    use_required_attribute = False

    on = forms.DateField(
        label=gettext_lazy("Date"),
        widget=forms.DateInput({"type": "date", "class": "w-20"}, format="%Y-%m-%d"),
        error_messages={
            "required": gettext_lazy("Enter the date."),
            "invalid": gettext_lazy("Enter the date, like 3/14/2027"),
        },
    )
    hours = forms.IntegerField(
        label=gettext_lazy("Hours"),
        required=False,
        widget=forms.TextInput(_NUMBER),
        error_messages={"invalid": gettext_lazy("Enter whole hours, like 1, and the rest as minutes.")},
    )
    minutes = forms.IntegerField(
        label=gettext_lazy("Minutes"),
        required=False,
        widget=forms.TextInput(_NUMBER),
        error_messages={"invalid": gettext_lazy("Enter whole minutes, like 30.")},
    )
    what = forms.CharField(
        label=gettext_lazy("What you did or saw"),
        help_text=gettext_lazy("Reviewers read this. Leave out names of students."),
        strip=False,
        error_messages={"required": gettext_lazy("Say what you did or saw.")},
        widget=forms.Textarea({"rows": 3}),
    )

    def __init__(self, data: Any = None, *, entry: LogEntry | None = None) -> None:
        initial = {}
        if entry is not None:
            hours, minutes = divmod(entry.minutes, 60)
            initial = {"on": entry.on, "hours": hours or None, "minutes": minutes or None, "what": entry.what}
        super().__init__(data, initial=initial, auto_id="log_%s")
        self.fields["what"].validators = []  # also a NUL is taken, and left out when it is stored

    def clean(self) -> dict[str, Any]:
        """Hours and minutes as one number, so that 90 minutes may be typed as such."""
        cleaned = super().clean()
        if "hours" in self.errors or "minutes" in self.errors:
            return cleaned
        hours, minutes = cleaned.pop("hours") or 0, cleaned.get("minutes") or 0
        total = hours * 60 + minutes
        if min(hours, minutes) < 0 or not 1 <= total <= DAY:
            self.add_error("minutes", _("Say how long it took: from 1 minute to 24 hours."))
        return {**cleaned, "minutes": total}
