"""Forms about badges from elsewhere: who sees one, whose are accepted, and what they count as."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from badges.models import OutsideBadge
from credentials.models import MicroCredential
from credentials.queries.listing import listed_editions
from tenants.models import Tenant


class ShowForm(forms.Form):
    """Who may see a badge from elsewhere."""

    visibility = forms.ChoiceField(
        label=_("Who can see this badge"), choices=OutsideBadge.Visibility, widget=forms.RadioSelect
    )


class AcceptForm(forms.Form):
    """An issuer elsewhere to be accepted."""

    issuer_id = forms.CharField(
        label=_("Identity of the issuer"),
        max_length=500,
        help_text=_("As its badges name it: did:web:…, did:key:… or a web address. Checking a badge shows it."),
    )
    name = forms.CharField(label=_("Name"), max_length=200)
    note = forms.CharField(
        label=_("Why you accept it"), max_length=500, required=False, widget=forms.Textarea(attrs={"rows": 2})
    )
    # What the badge was for by which the issuer was found: handed on to the next page.
    achievement_id = forms.CharField(max_length=500, required=False, widget=forms.HiddenInput)
    achievement_name = forms.CharField(max_length=200, required=False, widget=forms.HiddenInput)


class CountsAsForm(forms.Form):
    """What an achievement of an accepted issuer counts as here."""

    achievement_id = forms.CharField(
        label=_("Address of what was earned"),
        max_length=500,
        help_text=_("The id of the achievement inside the badge, not that of one person’s badge."),
    )
    achievement_name = forms.CharField(label=_("What its issuer calls it"), max_length=200)
    micro_credential = forms.ModelChoiceField(
        label=_("Counts as"), queryset=MicroCredential.objects.none(), empty_label=_("Choose one from your catalog")
    )

    def __init__(self, tenant: Tenant, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        titles = dict(listed_editions(tenant).values_list("micro_credential", "title"))
        field = self.fields["micro_credential"]
        field.queryset = MicroCredential.objects.filter(id__in=titles).order_by("slug")
        field.label_from_instance = lambda each: titles[each.id]
