"""Forms about keeping and erasing evidence. They keep what was typed; the rules are in the actions."""

from collections.abc import Mapping, Sequence
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from submissions.models import RetentionRule
from submissions.retention import DEFAULTS, Kind
from tenants.models import Tenant

MEANS: dict[str, Promise] = {
    Kind.FILM: _("Film and sound that was handed in. Days after the decision on it."),
    Kind.EVIDENCE: _("Every other file that was handed in. Days after the decision on it."),
    Kind.REMOVED: _("What an educator took out of their work, or replaced. Days after that."),
    Kind.DRAFTS: _("Work that was never sent in and that nobody touched. The written answers stay."),
    Kind.AUDIT: _("Who did what and when, as listed under Record. Days after it was done."),
}
EVERYWHERE = "everywhere"


class RulesForm(forms.Form):
    """One number of days for each kind."""

    def __init__(self, data: Mapping[str, Any] | None, *, days: Mapping[str, int]) -> None:
        super().__init__(data, initial=days)
        for kind in DEFAULTS:
            self.fields[kind] = forms.IntegerField(
                label=Kind(kind).label,
                help_text=MEANS[kind],
                min_value=RetentionRule.LEAST,
                max_value=RetentionRule.MOST,
                widget=forms.NumberInput({"class": "w-10"}),
            )


class HoldForm(forms.Form):
    """What to hold, and why."""

    what = forms.CharField(
        label=_("Email address of a person, or code of a submission"),
        help_text=_("With an address, all evidence of this person here is held. With a code, that one piece of work."),
        max_length=254,
    )
    reason = forms.CharField(
        label=_("Reason"), help_text=_("Such as the number of a case. Admins can read it."), max_length=300
    )


class LiftForm(forms.Form):
    """Why a hold ends."""

    reason = forms.CharField(label=_("Why it can be deleted from now on"), max_length=300)


class EraseForm(forms.Form):
    """Where to erase, and that one means it."""

    where = forms.ChoiceField(label=_("Where"), widget=forms.RadioSelect)
    typed = forms.CharField(label=_("To confirm, type your email address"), max_length=254)

    def __init__(self, data: Mapping[str, Any] | None, *, tenants: Sequence[Tenant], email: str) -> None:
        super().__init__(data, initial={"where": EVERYWHERE})
        self.tenants = {each.slug: each for each in tenants}
        named = [(each.slug, each.name) for each in tenants]
        everywhere = [(EVERYWHERE, _("In all groups"))] if len(named) > 1 else []
        self.fields["where"].choices = [*everywhere, *named]
        if len(named) == 1:
            self.initial["where"] = named[0][0]
        self.fields["typed"].help_text = email
        self.fields["typed"].widget.attrs |= {"autocomplete": "off"}

    @property
    def tenant(self) -> Tenant | None:
        """The chosen tenant, or None for all."""
        return self.tenants.get(self.cleaned_data["where"])
