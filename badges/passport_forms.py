"""Forms about the passport."""

from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.passport import Entry


class LinkForm(forms.Form):
    """For whom a passport link is, until when, and what it shows."""

    label = forms.CharField(
        label=_("Who is it for?"), max_length=80, help_text=_("They see this on the page, such as “HR at Lakeside”.")
    )
    last_day = forms.DateField(
        label=_("Last day"),
        widget=forms.DateInput({"type": "date", "class": "w-12"}, "%Y-%m-%d"),
        help_text=_("After this day the link opens nothing. A year from now at most."),
    )
    which = forms.ChoiceField(
        label=_("Which badges?"),
        choices=[("shown", _("All that I show to others, also new ones")), ("chosen", _("Only those I choose below"))],
        initial="shown",
        widget=forms.RadioSelect,
    )
    chosen = forms.TypedMultipleChoiceField(
        label=_("Badges"),
        required=False,
        coerce=UUID,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Private and hidden badges are shown only when you choose them here."),
    )
    show_name = forms.BooleanField(label=_("Show my name"), required=False, initial=True)
    check_email = forms.BooleanField(
        label=_("Let them check that it is mine"),
        required=False,
        initial=True,
        help_text=_("They type the email address they know of you, and the page says whether it fits."),
    )

    def __init__(self, entries: list[Entry], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["chosen"].choices = [
            (str(entry.id), f"{entry.title}, {entry.issuer}") for entry in entries if entry.state != "making"
        ]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if given.get("which") == "chosen" and "chosen" in given and not given["chosen"]:
            self.add_error("chosen", _("Choose at least one badge."))
        return given

    def facts(self) -> dict[str, Any]:
        """What the action takes."""
        given = self.cleaned_data
        last_day: date = given["last_day"]
        return {
            "label": given["label"],
            "last_day": last_day,
            "chosen": given["chosen"] if given["which"] == "chosen" else None,
            "show_name": given["show_name"],
            "check_email": given["check_email"],
        }


class EmailForm(forms.Form):
    """The address that a reader of a passport knows of its owner."""

    email = forms.EmailField(label=_("Email address you know of this person"))
