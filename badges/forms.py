"""Forms about badges."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from badges.models import Badge
from badges.openbadges.baking import MAX_PICTURE
from lib.signable import no_hidden_characters


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


class EndorseForm(forms.Form):
    """What a recognizer vouches for."""

    comment = forms.CharField(
        label=_("What do you vouch for?"),
        max_length=1000,
        widget=forms.Textarea(attrs={"rows": 5}),
        help_text=_("A few sentences, which everyone can read. Say what it is worth to you, and how you know."),
        error_messages={"required": _("Say in a few sentences what you vouch for.")},
        validators=[no_hidden_characters],
    )


class RevokeForm(forms.Form):
    """Why a badge is taken back."""

    reason = forms.ChoiceField(label=_("Reason"), choices=[("", _("Choose a reason")), *Badge.Reason.choices])
    note = forms.CharField(
        label=_("What happened"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=_("The earner gets this by email. The badge page shows only the reason."),
    )
