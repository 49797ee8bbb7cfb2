"""Forms of coaches and of who coaches whom."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from credentials.models import RubricLine
from tenants.models import Tenant, User
from tenants.queries import people


class CoachingForm(forms.Form):
    """A coach, and an educator or a building. People are named by address: there may be thousands."""

    coach = forms.EmailField(label=_("Coach"), help_text=_("The email address of someone with the role Coach."))
    earner = forms.EmailField(label=_("Educator"), required=False, help_text=_("An email address."))
    building = forms.CharField(
        label=_("Or a building"), required=False, max_length=120, help_text=_("As staff records name it.")
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant = tenant

    def clean_coach(self) -> User | None:
        return self._person("coach")

    def clean_earner(self) -> User | None:
        return self._person("earner")

    def _person(self, name: str) -> User | None:
        address = self.cleaned_data[name]
        if not address:
            return None
        found = people(self.tenant).filter(user__email=address.lower()).first()
        if found is None:
            raise forms.ValidationError(_("Nobody here has this address. Check it, or invite them first."))
        return found.user


class NoteForm(forms.Form):
    """A note on one part, about the whole part or one of its lines."""

    line = forms.ModelChoiceField(
        RubricLine.objects.none(), label=_("About"), required=False, empty_label=_("The whole part")
    )
    text = forms.CharField(
        label=_("Your note"),
        max_length=2000,
        widget=forms.Textarea({"rows": 3}),
        error_messages={"required": _("Write your note first.")},
    )

    def __init__(self, *args: Any, lines: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["line"].queryset = lines
        self.fields["line"].label_from_instance = lambda line: line.title
