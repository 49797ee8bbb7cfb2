"""Lists of rows in a plain HTML form: add, remove and move are submit buttons that keep everything typed.

A page is one `Sheet`: fields of its own and named lists of row forms; a row can hold lists too. What is typed is
taken as it is; what it means is checked by the action, whose paths (`rubric[0].levels[1].name`) lead back to the field.
"""

import re
from datetime import date
from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import get_default_renderer
from django.http import QueryDict
from django.utils.text import slugify
from django.utils.translation import gettext as _

from lib.errors import Invalid

NARROW = "w-10"  # the class of a narrow input
_STEP = re.compile(r"\[(\d+)\]|\.?([^.\[\]]+)")


class RowForm(forms.Form):
    """One row. Subclasses name their lists in `lists`, and in `aliases` the fields that a path calls otherwise."""

    lists: dict[str, type["Rows"]] = {}
    aliases: dict[str, str] = {}
    given: tuple[str, ...] = ()  # fields that are filled before anyone types, so they do not make a row worth keeping

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs.setdefault("use_required_attribute", False)
        super().__init__(*args, **kwargs)
        kept = {name: self.initial.get(name) for name in self.lists}
        self.rows = {
            name: rows(
                self.data if self.is_bound else None,
                prefix=self.add_prefix(name),
                initial=kept[name] if kept[name] is not None else rows.first,
            )
            for name, rows in self.lists.items()
        }

    def typed(self) -> dict[str, Any]:
        """What stands in the fields now, unchecked, with the typed rows of its lists."""
        values = {
            name: field.widget.value_from_datadict(self.data, self.files, self.add_prefix(name))
            for name, field in self.fields.items()
        }
        return values | {name: rows.typed() for name, rows in self.rows.items()}

    def is_blank(self) -> bool:
        """Whether nobody typed anything here."""
        values = self.typed()
        own = any(values[name] for name in self.fields if name not in self.given)
        return not own and all(form.is_blank() for rows in self.rows.values() for form in rows.forms)

    def values(self) -> dict[str, Any]:
        """The fields and rows as JSON; where a field could not be read, what was typed."""
        self.full_clean()
        typed = self.typed()
        own = {name: _plain(self.cleaned_data.get(name, typed[name])) for name in self.fields}
        return own | {name: rows.values() for name, rows in self.rows.items()}

    def blocks(self) -> list[list[BoundField]]:
        """The visible fields in order; neighbours that are narrow share a line."""
        blocks: list[list[BoundField]] = []
        for field in self.visible_fields():
            narrow = field.field.widget.attrs.get("class") == NARROW
            if narrow and blocks and blocks[-1][-1].field.widget.attrs.get("class") == NARROW:
                blocks[-1].append(field)
            else:
                blocks.append([field])
        return blocks

    def problems(self) -> list[tuple[str, str]]:
        """All problems here and in the rows, in reading order: (id on the page, sentence)."""
        found = [(self.prefix or "sheet", sentence) for sentence in self.non_field_errors()]
        for field in self.visible_fields():
            found += [(field.auto_id, f"{field.label}: {sentence}") for sentence in field.errors]
        for rows in self.rows.values():
            for place, form in enumerate(rows.forms, start=1):
                if not form.is_blank():
                    found += [(anchor, f"{rows.title} {place}, {text}") for anchor, text in form.problems()]
        return found

    def is_readable(self) -> bool:
        """Whether all fields could be read, here and in the rows that count."""
        return not self.errors and all(form.is_readable() for rows in self.rows.values() for form in rows.kept())

    def disable(self) -> None:
        """Make it a thing to read: no field can be changed."""
        for field in self.fields.values():
            field.disabled = True
        for rows in self.rows.values():
            for form in rows.forms:
                form.disable()

    def blame(self, path: str, sentence: str) -> None:
        """Show a problem at the field that `path` leads to, or at the row when there is no such field."""
        steps = [int(index) if index else name for index, name in _STEP.findall(path)]
        form: RowForm = self
        while len(steps) >= 2 and steps[0] in form.rows and isinstance(steps[1], int):
            kept = form.rows[str(steps[0])].kept()
            if steps[1] >= len(kept):
                break
            form, steps = kept[steps[1]], steps[2:]
        name = form.aliases.get(str(steps[0]), str(steps[0])) if steps else ""
        if name in form.fields and not form.fields[name].widget.is_hidden:
            if name not in form.errors:
                form.add_error(name, sentence)
        elif sentence not in form.non_field_errors():
            form.add_error(None, sentence)


class Rows(forms.BaseFormSet):
    """A list of rows. `title` is the word for one of them, `first` the rows of a new list."""

    form: type[RowForm]
    title: Any = ""
    add_label: Any = ""
    kinds: tuple[tuple[str, Any], ...] = ()  # (value, label) of the add buttons, where rows differ by their `part`
    compact = False  # short rows whose order says nothing: no frame and no buttons, and an empty one is left out
    most = 60
    first: list[dict[str, Any]] = []
    extra = min_num = 0
    can_order = can_delete = can_delete_extra = validate_max = validate_min = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        self.max_num = self.absolute_max = self.most
        self.renderer = get_default_renderer()
        super().__init__(*args, **kwargs)

    def get_form_kwargs(self, index: int | None) -> dict[str, Any]:
        """Blank rows are left out by `kept`, so no row is allowed to be empty."""
        return {**super().get_form_kwargs(index), "empty_permitted": False}

    @classmethod
    def added(cls, part: str) -> dict[str, Any]:
        """What stands in a row when it is added. `part` is the kind whose button was pressed."""
        return {"part": part} if part else {}

    def typed(self) -> list[dict[str, Any]]:
        """What stands in all rows now."""
        return [form.typed() for form in self.forms]

    def kept(self) -> list[RowForm]:
        """The rows in which something is typed."""
        return [form for form in self.forms if not form.is_blank()]

    def values(self) -> list[dict[str, Any]]:
        """The rows in which something is typed, as JSON."""
        return [form.values() for form in self.kept()]

    def is_full(self) -> bool:
        """Whether no row can be added."""
        return len(self.forms) >= self.most


class KeyedRows(Rows):
    """Rows that other rows or work refer to by a key, made from their words once and then kept."""

    words = "title"

    def values(self) -> list[dict[str, Any]]:
        rows = super().values()
        used = {row["key"] for row in rows}
        for row in rows:
            if not row["key"]:
                stem = slugify(str(row[self.words]))[:40].strip("-") or "part"
                free = (key for key in (stem, *(f"{stem}-{n}" for n in range(2, 100))) if key not in used)
                row["key"] = next(free)
                used.add(row["key"])
        return rows


class Sheet(RowForm):
    """The form of one page."""

    @classmethod
    def after(cls, step: str, data: QueryDict, **kwargs: Any) -> "Sheet":
        """The page as typed, once `step` was done: "add:rubric-2-levels", "remove:rubric-2", "up:…" or "down:…"."""
        values = cls.sent(data, **kwargs).typed()
        verb, _colon, rest = step.partition(":")
        where, _colon, part = rest.partition(":")
        _change(values, cls, verb, where, part)
        return cls(initial=values, **kwargs)

    @classmethod
    def sent(cls, data: QueryDict, **kwargs: Any) -> "Sheet":
        """The page as typed. Raises Invalid when row counts are missing: lists would read as empty."""
        sheet = cls(data, **kwargs)
        if not _is_whole(sheet):
            raise Invalid(
                _("This form did not arrive whole. Go back, reload the page and try again."), code="not-whole"
            )
        return sheet


def _is_whole(form: RowForm) -> bool:
    return all(
        rows.management_form.is_valid() and all(_is_whole(each) for each in rows.forms) for rows in form.rows.values()
    )


def _change(values: dict[str, Any], form: type[RowForm], verb: str, where: str, part: str) -> None:
    steps = where.split("-")
    while steps:
        name, *steps = steps
        if name not in form.lists or name not in values:  # rows of another kind have lists that this one has not
            return
        factory, rows = form.lists[name], values[name]
        if not steps:
            if verb == "add" and len(rows) < factory.most:
                rows.append(factory.added(part))
            return
        index, *steps = steps
        if not (index.isdecimal() and len(index) < 4 and int(index) < len(rows)):
            return
        if not steps:
            _move(rows, int(index), verb)
            return
        form, values = factory.form, rows[int(index)]


def _move(rows: list[dict[str, Any]], index: int, verb: str) -> None:
    if verb == "remove":
        del rows[index]
    elif verb == "up" and index > 0:
        rows.insert(index - 1, rows.pop(index))
    elif verb == "down":
        rows.insert(index + 1, rows.pop(index))


def _plain(value: Any) -> Any:
    return value.isoformat() if isinstance(value, date) else value
