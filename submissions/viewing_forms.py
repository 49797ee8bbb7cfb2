"""Forms of the page of one piece of evidence. They keep what was typed; the rules are in the actions."""

from django import forms
from django.utils.translation import gettext_lazy as _

from submissions.actions.pointers import MOST_CHARACTERS


class PointerForm(forms.Form):
    """What to look for, and where. `box` is filled in by drawing."""

    use_required_attribute = False

    place = forms.CharField(
        required=False,
        max_length=40,
        widget=forms.TextInput({"autocomplete": "off", "class": "w-10", "data-place": ""}),
    )
    box = forms.CharField(required=False, max_length=60, widget=forms.HiddenInput({"data-box": ""}))
    note = forms.CharField(
        label=_("What should the reviewer look for?"),
        help_text=_("One or two sentences."),
        max_length=MOST_CHARACTERS,
        widget=forms.Textarea({"rows": 3, "data-note": ""}),
        error_messages={"required": _("Say what the reviewer should look for.")},
    )


class CaptionsForm(forms.Form):
    """Captions as text, or a file that takes the place of the text. `rev` is what the writer last saw."""

    use_required_attribute = False

    rev = forms.CharField(required=False, widget=forms.HiddenInput)
    file = forms.FileField(
        label=_("Upload a captions file"),
        help_text=_("WebVTT (.vtt) or SubRip (.srt), up to 500 kB. It takes the place of what is in the box."),
        required=False,
        widget=forms.FileInput({"accept": ".vtt,.srt,text/vtt"}),
    )
    text = forms.CharField(
        label=_("Captions"),
        help_text=_("A line with the times, like 0:02 --> 0:05, then the words, then an empty line."),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 14, "class": "captions-text", "spellcheck": "true"}),
    )
