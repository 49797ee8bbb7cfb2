"""Forms for starting, importing and vetting editions, and for setting up stacks."""

from typing import Any
from uuid import UUID

from django import forms
from django.db.models import Q
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from credentials.exchange import MOST_BYTES
from credentials.fields import NeededChoice, line, number, text
from credentials.models import Edition, MicroCredential, Stack, StackItem, VettingNote
from credentials.queries import listed_editions, listed_stacks
from credentials.queries.drafts import can_be_renewed, published_editions, titles_of
from credentials.rows import RowForm, Rows, Sheet
from credentials.sections import SECTIONS
from lib.ids import uuid7
from tenants.models import Tenant


class OnceForm(forms.Form):
    """A form that creates something. Its id is made before it is shown, so that sending it twice creates once."""

    id = forms.UUIDField(widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)
        self.fields["id"].initial = uuid7


class NewForm(OnceForm):
    """Start a micro-credential, from nothing or from a published one."""

    title = forms.CharField(
        label=_("Title"), max_length=160, help_text=_("Name one discrete skill. You can change it later.")
    )
    start = forms.ModelChoiceField(
        label=_("Start from"), queryset=Edition.objects.none(), required=False, empty_label=_("An empty page")
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["start"].queryset = published_editions(tenant).filter(state=Edition.State.PUBLISHED)
        self.fields["start"].label_from_instance = lambda edition: _now("A copy of “%(t)s”") % {"t": edition.title}


class ImportForm(OnceForm):
    """laurel.edition/1 as a file or as text."""

    file = forms.FileField(label=_("A JSON file"), required=False, help_text=_("At most 1 MB."))
    text = forms.CharField(
        label=_("Or paste the JSON here"),
        required=False,
        strip=False,
        widget=forms.Textarea({"rows": 14, "spellcheck": "false"}),
    )
    of = forms.ModelChoiceField(
        label=_("Import as"),
        queryset=MicroCredential.objects.none(),
        required=False,
        empty_label=_("A new micro-credential"),
    )

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("file", "text", "of"):
            self.fields[name].one_of_several = True  # a file or a text is needed, and a choice is always made
        titles = titles_of(Q(micro_credential__tenant=tenant))
        self.fields["of"].queryset = can_be_renewed(tenant)
        self.fields["of"].label_from_instance = lambda mc: (
            _now("The next edition of “%(title)s”") % {"title": titles.get(mc.id, mc.slug)}
        )
        self.read_from_file = ""

    def clean(self) -> dict[str, Any]:
        """The JSON text ends up in `json`, from wherever it came; a file wins."""
        values = super().clean() or {}
        file = values.get("file")
        if file is not None and file.size > MOST_BYTES:
            self.add_error("file", _now("This file is too big. The limit is 1 MB."))
        elif file is not None:
            raw = file.read()
            self.read_from_file = raw.decode("utf-8", "replace")
            values["json"] = raw.decode("utf-8", "replace").removeprefix("\ufeff")
        elif values.get("text", "").strip():
            values["json"] = values["text"]
        elif not self.errors:
            self.add_error("text", _now("Choose a file or paste the text."))
        return values


class NoteForm(forms.Form):
    """A vetter's remark."""

    section = forms.ChoiceField(
        label=_("About"), choices=[("", _("Choose a section")), *((key, each.title) for key, each in SECTIONS.items())]
    )
    kind = forms.ChoiceField(label=_("Kind"), choices=VettingNote.Kind.choices, initial=VettingNote.Kind.MUST_FIX)
    text = forms.CharField(label=_("Your note"), max_length=2000, widget=forms.Textarea({"rows": 4}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)


class AnswerForm(forms.Form):
    """An author's answer to a note."""

    reply = forms.CharField(label=_("Your answer"), max_length=2000, widget=forms.Textarea({"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, use_required_attribute=False, **kwargs)


class ItemForm(RowForm):
    item = NeededChoice(
        label=_("Micro-credential or stack"),
        error_messages={"invalid_choice": _("This is not offered here. Choose another one.")},
    )


class Items(Rows):
    form = ItemForm
    title, add_label, most = _("Item"), _("Add an item"), 40
    first = [{}, {}]


class StackSheet(Sheet):
    """A stack: texts, rule, items in order."""

    lists = {"items": Items}
    aliases = {"all_needed": "rule"}

    id = forms.UUIDField(widget=forms.HiddenInput, required=False)
    title = line(_("Title"), 160)
    description = text(_("What completing it shows"), rows=4)
    rule = forms.ChoiceField(
        label=_("To complete it, people earn"),
        choices=[("all", _("All of the items")), ("some", _("Some of the items"))],
        widget=forms.RadioSelect,
    )
    needed = number(_("How many"), _("If some of the items are enough."), optional=True)

    def __init__(self, *args: Any, tenant: Tenant, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = offered_items(tenant)
        choices = [("", _("Choose one"))]
        for label, things in self.offered:
            choices.append((label, [(key, title) for key, (title, _thing) in things.items()]))
        for row in self.rows["items"].forms:
            row.fields["item"].choices = choices

    @staticmethod
    def typed_from(stack: Stack | None) -> dict[str, Any]:
        """The values of the form for a stack, or for a new one."""
        if stack is None:
            return {"id": uuid7(), "rule": "all"}
        return {
            "title": stack.title,
            "description": stack.description,
            "rule": "some" if stack.needed else "all",
            "needed": stack.needed,
            "items": [{"item": key_of(item)} for item in stack.items.all()],
        }

    def stack_values(self) -> dict[str, Any]:
        """What the actions take: title, description, needed, items. Unknown items are left out and blamed."""
        values = self.values()
        known = {key: thing for _label, things in self.offered for key, (_title, thing) in things.items()}
        needed = values["needed"] if values["rule"] == "some" else None
        if values["rule"] == "some" and values["needed"] in (None, "") and "needed" not in self.errors:
            self.add_error("needed", _now("Say how many, like 3."))
        return {
            "title": values["title"],
            "description": values["description"],
            "needed": needed if isinstance(needed, int) else None,
            "items": [known[row["item"]] for row in values["items"] if row["item"] in known],
        }


def key_of(item: StackItem) -> str:
    """How the form names an item of a stack."""
    return f"mc:{item.micro_credential_id}" if item.micro_credential_id else f"stack:{item.substack_id}"


Offered = list[tuple[Any, dict[str, tuple[str, MicroCredential | Stack]]]]


def offered_items(tenant: Tenant) -> Offered:
    """What a stack of this tenant can hold, in two groups: key → (title, thing)."""
    editions = listed_editions(tenant).order_by("title")
    own, others = {}, {}
    for edition in editions:
        group = own if edition.tenant.id == tenant.id else others
        title = edition.title if group is own else f"{edition.title} ({edition.tenant.name})"
        group[f"mc:{edition.micro_credential_id}"] = (title, edition.micro_credential)
    stacks = {f"stack:{each.id}": (each.title, each) for each in listed_stacks(tenant)}
    groups = [(_("Our micro-credentials"), own), (_("From others"), others), (_("Stacks"), stacks)]
    return [(label, things) for label, things in groups if things]


def as_uuid(value: Any) -> UUID | None:
    """The id a form carried, or None."""
    try:
        return UUID(str(value))
    except ValueError:
        return None
