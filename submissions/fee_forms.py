"""Forms about fees. The rules are in the actions."""

from collections.abc import Mapping
from typing import Any

from django import forms
from django.db.models import QuerySet
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from submissions.models import Fee
from tenants.models import Tenant

STEPS: dict[str, tuple[Promise, frozenset[str]]] = {  # what an admin can do, and from which states
    "paid": (_("Paid. The reference is:"), frozenset({Fee.State.INVOICED})),
    "waive": (
        _("Free of charge, because:"),
        frozenset({Fee.State.DUE, Fee.State.INVOICED, Fee.State.CANCELLED, Fee.State.REFUNDED}),
    ),
    "cancel": (_("Cancel the invoice, because:"), frozenset({Fee.State.INVOICED})),
    "refund": (_("Paid back. The reference is:"), frozenset({Fee.State.PAID})),
}


class CodeForm(forms.Form):
    """A voucher's code."""

    code = forms.CharField(
        label=_("Code of a voucher"),
        max_length=40,
        widget=forms.TextInput({"class": "w-20", "autocomplete": "off", "spellcheck": "false"}),
    )


class StepForm(forms.Form):
    """What happened to a fee."""

    step = forms.ChoiceField(label=_("What happened"), widget=forms.RadioSelect)
    reference = forms.CharField(label=_("Reference or reason"), max_length=120)

    def __init__(self, data: Mapping[str, Any] | None, *, state: str) -> None:
        super().__init__(data)
        self.fields["step"].choices = [(step, label) for step, (label, states) in STEPS.items() if state in states]


class VoucherForm(forms.Form):
    """A new voucher."""

    label = forms.CharField(label=_("For whom or what"), max_length=120)
    uses = forms.IntegerField(label=_("How many times it can be used"), min_value=1, initial=1)
    expires_on = forms.DateField(
        label=_("Last day it can be used"), required=False, widget=forms.DateInput({"type": "date", "class": "w-12"})
    )


class GroupForm(forms.Form):
    """A group whose people pay nothing."""

    group = forms.ModelChoiceField(label=_("Group"), queryset=Tenant.objects.none(), empty_label=_("Choose a group"))

    def __init__(self, data: Mapping[str, Any] | None, *, groups: QuerySet[Tenant]) -> None:
        super().__init__(data)
        self.fields["group"].queryset = groups
