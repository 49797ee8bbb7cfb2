"""The forms of accounts, people and settings. What they accept is parsed; rules live in actions."""

import re
import zoneinfo
from functools import lru_cache
from typing import Any

import holidays
from django import forms
from django.contrib.auth.password_validation import password_validators_help_texts, validate_password
from django.utils.translation import gettext_lazy as _

from lib.ids import uuid7
from lib.signable import no_hidden_characters, plain_address
from tenants.actions.settings import PROFILE
from tenants.actions.tokens import LIVES
from tenants.models import Closure, Membership, Role, Scope, StaffRecord, Tenant, User

_SEPARATORS = re.compile(r"[\s,;<>]+")


def _roles_field() -> forms.MultipleChoiceField:
    return forms.MultipleChoiceField(
        label=_("What they may do here"),
        choices=Role.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Choose at least one role.")},
    )


class NameForm(forms.ModelForm):
    """The name a person shows to others."""

    class Meta:
        model = User
        fields = ["name"]
        labels = {"name": _("Your name")}
        help_texts = {"name": _("It is printed on your badges when you choose to show it.")}
        widgets = {"name": forms.TextInput({"autocomplete": "name"})}

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["name"].required = True


class TokenForm(forms.Form):
    """A new personal access token. `id` makes a double click create one token only."""

    id = forms.UUIDField(widget=forms.HiddenInput, initial=uuid7)
    name = forms.CharField(
        label=_("What is it for?"),
        max_length=80,
        help_text=_("A name that helps you know it again, like “Roster script”."),
        widget=forms.TextInput({"autocomplete": "off"}),
    )
    scopes = forms.MultipleChoiceField(
        label=_("What may it do?"),
        choices=Scope.choices,
        initial=[Scope.READ],
        widget=forms.CheckboxSelectMultiple,
        help_text=_("It can never do more than you can."),
        error_messages={"required": _("Choose at least one thing the token may do.")},
    )
    days = forms.TypedChoiceField(
        label=_("How long is it good?"), choices=[(days, _("%d days") % days) for days in LIVES], coerce=int, initial=90
    )


class JoinForm(forms.Form):
    """The account of an invited person."""

    name = forms.CharField(label=_("Your name"), max_length=120, widget=forms.TextInput({"autocomplete": "name"}))
    password = forms.CharField(
        label=_("Choose a password"),
        max_length=128,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "new-password"}),
    )

    def __init__(self, *args: Any, email: str, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.email = email
        self.fields["password"].help_text = " ".join(password_validators_help_texts())

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        if given.get("password"):
            try:
                validate_password(given["password"], User(email=self.email, name=given.get("name", "")))
            except forms.ValidationError as problem:
                self.add_error("password", problem)
        return given


class InviteForm(forms.Form):
    """Addresses as people paste them: one a line, or with commas."""

    emails = forms.CharField(
        label=_("Email addresses"),
        max_length=20_000,
        help_text=_("One on each line, or with commas between them. Up to 200 at once."),
        widget=forms.Textarea({"rows": 6, "spellcheck": "false", "autocapitalize": "none"}),
    )
    roles = _roles_field()

    def clean_emails(self) -> list[str]:
        return [word for word in _SEPARATORS.split(self.cleaned_data["emails"]) if word]


class RolesForm(forms.Form):
    """The roles of one member."""

    roles = _roles_field()


class StaffForm(forms.ModelForm):
    """The roster's facts about one member. `supervisor` is chosen by e-mail address: there may be thousands."""

    supervisor = forms.EmailField(
        label=_("Supervisor"),
        required=False,
        help_text=_("Their email address. They never score this person’s work."),
    )

    class Meta:
        model = StaffRecord
        fields = ["job_class", "full_time", "building", "employee_number"]
        labels = {
            "job_class": _("Job"),
            "full_time": _("Works full-time"),
            "building": _("Building"),
            "employee_number": _("Employee number"),
        }
        help_texts = {"job_class": _("As your reward rules name it, like “teacher”.")}

    def __init__(self, *args: Any, tenant: Tenant, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.tenant, self.user = tenant, user
        chief = self.instance.supervisor if self.instance.supervisor_id else None
        self.initial["supervisor"] = chief.email if chief else ""

    def clean_supervisor(self) -> User | None:
        """The member with this address. Without one: nobody."""
        address = self.cleaned_data["supervisor"]
        if not address:
            return None
        found = (
            Membership.objects.filter(tenant=self.tenant, user__email=address.lower()).select_related("user").first()
        )
        if found is None:
            raise forms.ValidationError(_("Nobody here has this address. Check it, or invite them first."))
        if found.user_id == self.user.id:
            raise forms.ValidationError(_("Nobody is their own supervisor. Enter someone else, or leave it empty."))
        return found.user


@lru_cache(maxsize=1)
def _time_zones() -> list[tuple[str, list[tuple[str, str]]]]:
    """Choices by part of the world; those of the United States first."""
    names = sorted(name for name in zoneinfo.available_timezones() if "/" in name)
    at_home = ["New_York", "Chicago", "Denver", "Phoenix", "Los_Angeles", "Anchorage", "Puerto_Rico"]
    common = [f"America/{city}" for city in at_home] + ["Pacific/Honolulu"]
    groups: dict[str, list[tuple[str, str]]] = {}
    for name in names:
        area, _slash, place = name.partition("/")
        if area not in ("Etc", "SystemV", "US", "posix", "right"):
            groups.setdefault(area, []).append((name, place.replace("_", " ")))
    first = [(name, name.partition("/")[2].replace("_", " ")) for name in common]
    return [(_("United States"), first), *groups.items(), (_("Other"), [("UTC", "UTC")])]


class ProfileForm(forms.ModelForm):
    """What a tenant is called, how to reach it, and where its people live."""

    time_zone = forms.ChoiceField(label=_("Time zone"), help_text=_("Due dates end at midnight here."))

    class Meta:
        model = Tenant
        fields = PROFILE
        labels = {
            "name": _("Name"),
            "kind": _("Kind"),
            "description": _("What people should know"),
            "contact_email": _("Contact email"),
            "website": _("Web site"),
            "country": _("Country"),
            "subdivision": _("State"),
            "other_buildings_only": _("Assessors never score work from their own building"),
        }
        help_texts = {
            "description": _("A few sentences for your first page and your badges."),
            "contact_email": _("Shown on your badges, so people can ask you about them."),
            "country": _("Two letters, like US. Public holidays are not working days."),
            "subdivision": _("Its code, like KY. States have holidays of their own."),
            "other_buildings_only": _("Buildings are in the staff records of your people."),
        }
        widgets = {
            "country": forms.TextInput({"class": "w-10"}),
            "subdivision": forms.TextInput({"class": "w-10"}),
            "description": forms.Textarea({"rows": 4}),
        }

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        choices = _time_zones()
        now = self.instance.time_zone
        if not any(now == name for _group, names in choices for name, _label in names):
            choices = [(_("Now"), [(now, now)]), *choices]
        self.fields["time_zone"].choices = choices
        for name in ("name", "description", "contact_email"):  # badges say these and the web site
            self.fields[name].validators.append(no_hidden_characters)
        self.fields["website"].validators.append(plain_address)

    def clean_country(self) -> str:
        code = self.cleaned_data["country"].upper()
        if code and code not in holidays.list_supported_countries():
            raise forms.ValidationError(_("We do not know this country. Use its two letters, like US."))
        return code

    def clean(self) -> dict[str, Any]:
        given = super().clean()
        given["subdivision"] = state = given.get("subdivision", "").upper()
        country = given.get("country", "")
        if state and country and state not in holidays.list_supported_countries().get(country, []):
            self.add_error("subdivision", _("We do not know this state. Use its code, like KY, or leave it empty."))
        return given


class AccentForm(forms.ModelForm):
    """The accent colour."""

    class Meta:
        model = Tenant
        fields = ["accent"]
        labels = {"accent": _("Accent color")}
        help_texts = {"accent": _("Like #1D5BB5. Used for buttons, links and bars.")}
        error_messages = {"accent": {"invalid": _("Use a color like #1D5BB5.")}}
        widgets = {
            "accent": forms.TextInput({"class": "w-10", "spellcheck": "false", "autocomplete": "off", "maxlength": "7"})
        }

    def clean_accent(self) -> str:
        return self.cleaned_data["accent"].lower()


class LogoForm(forms.Form):
    """A picture and the words that stand for it."""

    logo = forms.FileField(
        label=_("Logo"),
        help_text=_("PNG, JPEG or WebP, up to 1 MB. It is shown 36 pixels high."),
        widget=forms.FileInput({"accept": "image/png,image/jpeg,image/webp"}),
        error_messages={"required": _("Choose a picture first.")},
    )
    alt = forms.CharField(
        label=_("What does it show?"),
        max_length=120,
        help_text=_("For people who cannot see it, like “A blue heron”."),
        validators=[no_hidden_characters],
    )


class ClosureForm(forms.ModelForm):
    """A day on which the tenant is closed."""

    class Meta:
        model = Closure
        fields = ["day", "name"]
        labels = {"day": _("Day"), "name": _("Why")}
        widgets = {"day": forms.DateInput({"type": "date", "class": "w-10"}, format="%Y-%m-%d")}
        error_messages = {"day": {"invalid": _("Write the day like 2026-12-23.")}}


class ChildForm(forms.Form):
    """A tenant below this one."""

    name = forms.CharField(label=_("Name"), max_length=160, validators=[no_hidden_characters])
    slug = forms.SlugField(
        label=_("Short name in addresses"),
        max_length=60,
        help_text=_("Small letters, digits and dashes, like lincoln-elementary. It cannot be changed later."),
        widget=forms.TextInput({"spellcheck": "false", "autocapitalize": "none"}),
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=Tenant.Kind.choices, initial=Tenant.Kind.SCHOOL)

    def clean_slug(self) -> str:
        return self.cleaned_data["slug"].lower()
