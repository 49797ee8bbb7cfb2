"""The form for a conversation with a coach. The rules are in the action."""

from django import forms
from django.utils.translation import gettext_lazy as _


class ConversationForm(forms.Form):
    """When it was, and what was agreed."""

    held_on = forms.DateField(label=_("Day of the talk"), widget=forms.DateInput({"type": "date", "class": "w-12"}))
    agreed = forms.CharField(
        label=_("What you agreed on"),
        help_text=_("The educator can read this, and so can other coaches and admins. Reviewers cannot."),
        max_length=2000,
        widget=forms.Textarea({"rows": 5}),
    )
