"""Forms of recognition."""

from decimal import Decimal
from typing import Any
from uuid import UUID

from django import forms
from django.utils.dates import MONTHS
from django.utils.translation import gettext_lazy as _

from credentials.models import MicroCredential, Stack
from credentials.queries import issuers_seen_by, listed_editions, listed_stacks
from lib.errors import Invalid
from lib.ids import uuid7
from recognition.models import Policy
from recognition.terms import Terms, contradictions
from tenants.models import Tenant

ANYONE, FULL_TIME = "anyone", "full-time"
Target = Policy.Target
# Where an error of a term is shown.
FIELD_OF = {
    "cents": "dollars",
    "ceu_hundredths": "ceu",
    "max_cents": "max_dollars",
    "max_ceu_hundredths": "max_ceu",
    "full_time_only": "who",
    "target": "what",
    "micro_credential": "what",
    "stack": "what",
    "issuer": "what",
}


class AskForm(forms.Form):
    """A question to the earner."""

    text = forms.CharField(
        label=_("Your question"),
        max_length=2000,
        widget=forms.Textarea,
        help_text=_("The educator reads it, and can answer here."),
        error_messages={"required": _("Write your question.")},
    )


class DeclineForm(forms.Form):
    """Why something is not eligible."""

    reason = forms.CharField(
        label=_("Why is it not eligible?"),
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("The educator reads this. Name the part of the rule that it does not meet."),
        error_messages={"required": _("Say why it is not eligible. The educator reads this.")},
    )


class ReplyForm(forms.Form):
    """The earner's answer."""

    text = forms.CharField(
        label=_("Your answer"),
        max_length=2000,
        widget=forms.Textarea,
        error_messages={"required": _("Write your answer.")},
    )


def _money(label: Any, hint: Any = "") -> forms.DecimalField:
    widget = forms.NumberInput({"class": "w-10", "step": "0.01", "min": "0", "inputmode": "decimal"})
    return forms.DecimalField(
        label=label,
        help_text=hint,
        required=False,
        max_digits=12,
        decimal_places=2,
        widget=widget,
        error_messages={"invalid": _("Enter a number, like 500.")},
    )


def _date(label: Any, *, required: bool, hint: Any = "") -> forms.DateField:
    messages = {"required": _("Enter the first day, like 7/1/2026."), "invalid": _("Enter a date, like 7/1/2026.")}
    widget = forms.DateInput({"type": "date", "class": "w-10"}, format="%Y-%m-%d")
    return forms.DateField(label=label, help_text=hint, required=required, widget=widget, error_messages=messages)


class PolicyForm(forms.Form):
    """When [who] [in these jobs] earns [what], give [$] and [hours], up to [limits] a year, from [day] until [day]."""

    id = forms.UUIDField(widget=forms.HiddenInput)
    title = forms.CharField(
        label=_("Name of the rule"),
        max_length=160,
        widget=forms.TextInput({"class": "w-20"}),
        error_messages={"required": _("Give the rule a name.")},
    )
    who = forms.ChoiceField(
        label=_("Who"),
        choices=[(ANYONE, _("Anyone here")), (FULL_TIME, _("Full-time staff"))],
        help_text=_("The staff records under People say who works full-time."),
    )
    jobs = forms.CharField(
        label=_("Their job"),
        required=False,
        max_length=2000,
        widget=forms.TextInput({"class": "w-20"}),
        help_text=_("With commas between. Leave it empty for any job."),
    )
    what = forms.ChoiceField(
        label=_("What they earn"),
        help_text=_("From your catalog."),
        error_messages={"required": _("Choose what has to be earned.")},
    )
    dollars = _money(_("Dollars for each badge"))
    ceu = _money(_("CEU hours for each badge"))
    max_count = forms.IntegerField(
        label=_("Most badges a year"),
        required=False,
        widget=forms.NumberInput({"class": "w-10", "min": "1"}),
        help_text=_("For one person. Leave it empty for no limit."),
        error_messages={"invalid": _("Enter a whole number, like 6.")},
    )
    max_dollars = _money(_("Most dollars a year"), _("For one person. Leave it empty for no limit."))
    max_ceu = _money(_("Most CEU hours a year"), _("For one person. Leave it empty for no limit."))
    year_starts_month = forms.TypedChoiceField(
        label=_("The year starts in"), coerce=int, choices=list(MONTHS.items()), initial=7
    )
    starts_on = _date(_("First day"), required=True, hint=_("The day a badge is awarded counts."))
    ends_on = _date(_("Last day"), required=False, hint=_("Leave it empty for no end."))
    note = forms.CharField(
        label=_("Note for educators"),
        required=False,
        max_length=1000,
        widget=forms.Textarea,
        help_text=_("Shown with the rule. For example when payroll pays."),
    )

    def __init__(self, data: Any = None, *, tenant: Tenant, policy: Policy | None = None, **more: Any) -> None:
        self.tenant = tenant
        if policy is not None:
            more["initial"] = {**initial_of(policy), **more.get("initial", {})}
        super().__init__(data, **more)
        self.fields["id"].initial = uuid7
        self.fields["what"].choices = things_to_earn(tenant)

    def clean(self) -> dict[str, Any]:
        """Fields that could be read are checked against each other, also when another field could not."""
        given = super().clean()
        for field, message in contradictions(Terms(**self.terms()), self.tenant).items():
            name = FIELD_OF.get(field, field)
            if name == "job_classes":
                name = "jobs"
            if name not in self.errors:
                self.add_error(name, message)
        return given

    def terms(self) -> dict[str, Any]:
        """What was typed, as keyword arguments of create_policy and edit_policy."""
        given = self.cleaned_data
        target, _colon, chosen = given.get("what", Target.ANY).partition(":")
        return {
            "title": given.get("title", "").strip(),
            "full_time_only": given.get("who") == FULL_TIME,
            "job_classes": [" ".join(job.split()) for job in given.get("jobs", "").split(",") if job.strip()],
            "target": target,
            **_object_of(target, chosen),
            "cents": _hundredths(given.get("dollars")) or 0,
            "ceu_hundredths": _hundredths(given.get("ceu")) or 0,
            "max_count": given.get("max_count"),
            "max_cents": _hundredths(given.get("max_dollars")),
            "max_ceu_hundredths": _hundredths(given.get("max_ceu")),
            "year_starts_month": given.get("year_starts_month") or 7,
            "starts_on": given.get("starts_on"),
            "ends_on": given.get("ends_on"),
            "note": given.get("note", "").strip(),
        }

    def refuse(self, refusal: Invalid) -> None:
        """Show what an action said at the fields it is about."""
        for field, message in refusal.facts.get("errors", {refusal.field: refusal.message}).items():
            name = FIELD_OF.get(field, field)
            self.add_error(name if name in self.fields else None, message)


def things_to_earn(tenant: Tenant) -> list[tuple[Any, Any]]:
    """The choices of what a rule can be about, grouped: anything, an issuer, a micro-credential, a stack."""
    issuers = Tenant.objects.filter(issuers_seen_by(tenant)).order_by("name")
    editions = listed_editions(tenant).order_by("title")
    stacks = listed_stacks(tenant)
    groups = [
        (_("Any badge of one issuer"), [(f"{Target.ISSUER}:{each.id}", _of(each.name)) for each in issuers]),
        (
            _("One micro-credential"),
            [(f"{Target.MICRO_CREDENTIAL}:{each.micro_credential_id}", each.title) for each in editions],
        ),
        (_("A stack"), [(f"{Target.STACK}:{each.id}", each.title) for each in stacks]),
    ]
    return [(str(Target.ANY), _("Any micro-credential we list")), *(group for group in groups if group[1])]


def initial_of(policy: Policy) -> dict[str, Any]:
    """A rule as the form shows it."""
    chosen = policy.micro_credential_id or policy.stack_id or policy.issuer_id
    return {
        "id": policy.id,
        "title": policy.title,
        "who": FULL_TIME if policy.full_time_only else ANYONE,
        "jobs": ", ".join(policy.job_classes),
        "what": f"{policy.target}:{chosen}" if chosen else policy.target,
        "dollars": _decimal(policy.cents or None),
        "ceu": _decimal(policy.ceu_hundredths or None),
        "max_count": policy.max_count,
        "max_dollars": _decimal(policy.max_cents),
        "max_ceu": _decimal(policy.max_ceu_hundredths),
        "year_starts_month": policy.year_starts_month,
        "starts_on": policy.starts_on,
        "ends_on": policy.ends_on,
        "note": policy.note,
    }


def _object_of(target: str, chosen: str) -> dict[str, Any]:
    models = {Target.MICRO_CREDENTIAL: MicroCredential, Target.STACK: Stack, Target.ISSUER: Tenant}
    names = {Target.MICRO_CREDENTIAL: "micro_credential", Target.STACK: "stack", Target.ISSUER: "issuer"}
    if target not in models:
        return {}
    return {names[Target(target)]: models[Target(target)].objects.filter(id=UUID(chosen)).first()}


def _of(name: str) -> Any:
    return _("Any badge from %(issuer)s") % {"issuer": name}


def _hundredths(number: Decimal | None) -> int | None:
    return None if number is None else int(number * 100)


def _decimal(hundredths: int | None) -> Decimal | None:
    return None if hundredths is None else (Decimal(hundredths) / 100).quantize(Decimal("0.01"))
