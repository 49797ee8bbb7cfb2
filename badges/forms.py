"""Forms about badges."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from badges.models import OF_THE_SYSTEM, Badge
from badges.openbadges.baking import MAX_PICTURE


class CheckForm(forms.Form):
    """A badge to check: a file, pasted text, or an address; and optionally whose it should be."""

    address = forms.CharField(label=_("Address of the badge"), required=False, max_length=2000, widget=forms.URLInput)
    file = forms.FileField(
        label=_("Badge file"), required=False, help_text=_("The picture (PNG or SVG) or the JSON file.")
    )
    text = forms.CharField(
        label=_("Badge text"),
        required=False,
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Paste the JSON of a badge."),
    )
    email = forms.EmailField(
        label=_("Email of the person"), required=False, help_text=_("To check that the badge is theirs.")
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("address", "file", "text"):
            self.fields[name].one_of_several = True  # one of them is needed, so none is marked as optional

    def clean_file(self) -> UploadedFile | None:
        file = self.cleaned_data["file"]
        if file and file.size > MAX_PICTURE:
            limit = MAX_PICTURE // 1_000_000
            raise forms.ValidationError(
                _("This file is too big for a badge. The limit is %(limit)s MB.") % {"limit": limit}
            )
        return file

    def clean(self) -> dict:
        given = [name for name in ("address", "file", "text") if self.cleaned_data.get(name)]
        if not given and not self.errors:
            raise forms.ValidationError(_("Give us a badge: its address, its file or its text."))
        if len(given) > 1:
            raise forms.ValidationError(_("Give us one badge at a time: an address, a file or a text."))
        return self.cleaned_data


class ShareForm(forms.Form):
    """Who may see a badge, and whether it names its earner."""

    visibility = forms.ChoiceField(
        label=_("Who can see this badge"), choices=Badge.Visibility, widget=forms.RadioSelect
    )
    show_name = forms.BooleanField(label=_("Show my name on the badge page"), required=False)


CHOSEN_REASONS = [each for each in Badge.Reason.choices if each[0] not in OF_THE_SYSTEM]


def _sentence(label: Any, help_text: Any, *, optional: bool = False) -> forms.CharField:
    widget = forms.Textarea(attrs={"rows": 3})
    return forms.CharField(label=label, help_text=help_text, required=not optional, max_length=500, widget=widget)


class RevokeForm(forms.Form):
    """Why a badge is taken back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *CHOSEN_REASONS])
    note = _sentence(
        _("What happened"), _("The earner gets this by email. The badge page shows only the reason."), optional=True
    )


class SuspendForm(forms.Form):
    """Why a badge is put on hold."""

    note = _sentence(_("Why it is on hold"), _("A sentence. The earner gets it by email."))


class RenewForm(forms.Form):
    """What a renewal rests on."""

    note = _sentence(_("What the renewal rests on"), _("Like a course or a talk. It is kept in the record."))


class CorrectForm(forms.Form):
    """What should stand on the badge."""

    name = forms.CharField(label=_("Name on the badge"), max_length=120)
    awarded_on = forms.DateField(label=_("Day of the award"), widget=forms.DateInput({"type": "date"}, "%Y-%m-%d"))
    note = _sentence(_("What was wrong"), _("A sentence. The earner gets it by email."))
