"""Forms about badges."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django import forms
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _

from badges.award_lists import MOST_BYTES
from badges.checking import Given
from badges.models import OF_THE_SYSTEM, Badge
from badges.openbadges.baking import MAX_PICTURE
from badges.queries import can_be_awarded
from badges.showing import needs_release, why_not
from credentials.models import Edition, Stack
from lib.signable import no_hidden_characters
from submissions.models import Artifact
from tenants.models import Tenant


class BadgeForm(forms.Form):
    """A badge handed in: its address, its file, a photo of its QR code, or its text."""

    address = forms.CharField(label=_("Address of the badge"), required=False, max_length=2000, widget=forms.URLInput)
    file = forms.FileField(
        label=_("Badge file"), required=False, help_text=_("The picture (PNG or SVG), the JSON file, or the token.")
    )
    photo = forms.FileField(
        label=_("QR code"),
        required=False,
        help_text=_("A photo or picture of the code. On a phone you can take one now."),
        widget=forms.ClearableFileInput(attrs={"accept": "image/*", "capture": "environment"}),
    )
    text = forms.CharField(
        label=_("Badge text"),
        required=False,
        max_length=1_000_000,
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4, "spellcheck": "false"}),
        help_text=_("Paste the JSON or the token of a badge."),
    )

    WAYS = ("address", "file", "photo", "text")

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in self.WAYS:
            self.fields[name].one_of_several = True  # one of them is needed, so none is marked as optional

    def clean_file(self) -> UploadedFile | None:
        return self._small(self.cleaned_data["file"])

    def clean_photo(self) -> UploadedFile | None:
        return self._small(self.cleaned_data["photo"])

    def clean(self) -> dict:
        given = [name for name in self.WAYS if self.cleaned_data.get(name)]
        if not given and not self.errors:
            raise forms.ValidationError(_("Give us a badge: its address, its file, its QR code or its text."))
        if len(given) > 1:
            raise forms.ValidationError(_("Give us one badge at a time: an address, a file, a QR code or a text."))
        return self.cleaned_data

    def given(self) -> Given:
        """What was handed in, read."""
        found = self.cleaned_data
        files = {name: found[name].read() for name in ("file", "photo") if found.get(name)}
        return Given(address=found["address"], text=found["text"], email=found.get("email", ""), **files)

    def _small(self, file: UploadedFile | None) -> UploadedFile | None:
        if file and file.size > MAX_PICTURE:
            limit = MAX_PICTURE // 1_000_000
            raise forms.ValidationError(
                _("This file is too big for a badge. The limit is %(limit)s MB.") % {"limit": limit}
            )
        return file


class CheckForm(BadgeForm):
    """A badge to check, and optionally whose it should be."""

    email = forms.EmailField(
        label=_("Email of the person"), required=False, help_text=_("To check that the badge is theirs.")
    )


class ShareForm(forms.Form):
    """Who may see a badge, whether it names its earner, and what of the work is shown beside it."""

    visibility = forms.ChoiceField(
        label=_("Who can see this badge"), choices=Badge.Visibility, widget=forms.RadioSelect
    )
    show_name = forms.BooleanField(label=_("Show my name on the badge page"), required=False)
    evidence = forms.TypedMultipleChoiceField(
        label=_("Evidence that everyone who sees the badge may see"),
        coerce=UUID,
        required=False,
        widget=forms.CheckboxSelectMultiple,
        help_text=_("Nothing is shown unless you tick it. You can take each piece back at any time."),
    )
    releases_allow = forms.BooleanField(
        label=_("The releases I have on file allow everyone to see the students in what I ticked"), required=False
    )

    def __init__(self, *args: Any, pieces: Iterable[Artifact] = (), **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        open_pieces = [piece for piece in pieces if not why_not(piece)]
        self.fields["evidence"].choices = [(str(piece.id), _named(piece)) for piece in open_pieces]
        if not open_pieces:
            del self.fields["evidence"]
        if not any(map(needs_release, open_pieces)):
            del self.fields["releases_allow"]


def _named(piece: Artifact) -> str:
    name = f"{piece.criterion.title}: {piece.short_name}"
    return _("%(name)s (shows students, with releases)") % {"name": name} if needs_release(piece) else name


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
