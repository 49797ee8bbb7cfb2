"""Forms about badges."""

from typing import Any

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from badges.award_lists import MOST_BYTES
from badges.models import Badge
from badges.openbadges.baking import MAX_PICTURE
from badges.queries import can_be_awarded
from credentials.models import Edition, Stack
from tenants.models import Tenant


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


class ImportForm(forms.Form):
    """A list of people, and what they earned."""

    thing = forms.ChoiceField(label=_("What they earned"))
    file = forms.FileField(
        label=_("The list (CSV)"),
        help_text=_("Columns: email, and if you like: name, awarded on, reference. At most 50,000 people."),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        editions, stacks = can_be_awarded(tenant)
        self.things: dict[str, Edition | Stack] = {str(thing.id): thing for thing in (*editions, *stacks)}
        titles = [(key, str(thing.title)) for key, thing in self.things.items()]
        self.fields["thing"].choices = [("", _("Choose a micro-credential or a stack")), *titles]

    def clean_thing(self) -> Edition | Stack:
        return self.things[self.cleaned_data["thing"]]

    def clean_file(self) -> UploadedFile:
        file = self.cleaned_data["file"]
        if file.size > MOST_BYTES:
            limit = MOST_BYTES // 1_000_000
            raise forms.ValidationError(_("This file is too big. The limit is %(limit)s MB.") % {"limit": limit})
        return file
