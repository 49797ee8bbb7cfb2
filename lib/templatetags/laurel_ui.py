"""Template tags of the design system: the words app.js says, and charts drawn as SVG. No queries, no models."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

from django import template
from django.utils.formats import number_format
from django.utils.functional import Promise
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

# What app.js may say. {names} are filled in by the browser. A missing word would show its key, so tests compare both.
JS_WORDS: dict[str, str | Promise] = {
    "saving": _("Saving…"),
    "saved": _("Saved {time}"),
    "offline": _("Not connected. Your words are safe on this device. We will save them when you are back online."),
    "signed_out": _("You were signed out. Your words are safe on this device. Sign in in a new tab to save them."),
    "not_saved": _("We could not save this. Your words are safe on this device. We will try again."),
    "refused": _("This was not saved. Your words are safe on this device."),
    "too_few": _("{n} words. Aim for at least {low}."),
    "too_many": _("{n} words. Cut {over} to fit the limit of {high}."),
    "enough": _("{n} words. Good length."),
    "starting": _("Starting…"),
    "percent": _("{percent}% sent"),
    "percent_minutes": _("{percent}% sent, about {n} min left"),
    "percent_seconds": _("{percent}% sent, about {n} s left"),
    "checking": _("Checking the file…"),
    "uploaded": _("{name} is uploaded. We are checking it."),
    "stop": _("Stop"),
    "stopped": _("Upload stopped."),
    "remove": _("Remove from this list"),
    "comparing": _("Looking at what is here already…"),
    "retrying": _("The connection is slow. We are trying again…"),
    "waiting_online": _("Not connected. The upload goes on when you are back online."),
    "file_gone": _("This file was moved or changed while it was sent. Choose it again."),
    "upload_failed": _("The upload did not finish. Choose the same file again and we will carry on from here."),
    "upload_signed_out": _("You were signed out. Sign in in a new tab, then choose the file again."),
    "too_big": _("{name} is too big. The limit is {mb} MB. Trim the video or paste a link."),
    "progress": _("Upload of {name}"),
    "copied": _("Copied."),
    "lines_left": _("{n} of {all} lines left"),
    "all_scored": _("All lines have a score."),
    "level_set": _("{level} for line {line}"),
    "no_score": _("Line {line} has no score yet."),
    "needs_comment": _("Line {line} needs a comment."),
    "request_offline": _("Not connected. Nothing was changed. Try again when you are back online."),
    "request_failed": _("That did not work and nothing was changed. Try again, or reload the page."),
}


@register.simple_tag
def js_words() -> SafeString:
    """The strings of app.js in the reader's language, as a JSON data block (data, so a strict CSP allows it)."""
    return json_script({key: str(word) for key, word in JS_WORDS.items()}, "words")


@dataclass(frozen=True, slots=True)
class Bar:
    """One drawn bar. `width` and `text_x` are SVG attribute text: percent of the chart's width."""

    width: str
    text_x: str
    text: str
    series: int


@dataclass(frozen=True, slots=True)
class BarRow:
    """All bars that belong to one label."""

    label: str
    bars: tuple[Bar, ...]
    values: tuple[str, ...]


_LONGEST = 72  # percent of the width, so the number behind the longest bar still fits at 320 px


def _draw(rows: Sequence[tuple[str, Sequence[float]]], texts: Sequence[Sequence[str]]) -> list[BarRow]:
    """Horizontal bars, all on one scale. Each label stands above its own bars, where a long one can wrap."""
    top = max((value for _label, values in rows for value in values), default=0) or 1
    drawn: list[BarRow] = []
    for (label, values), row_texts in zip(rows, texts, strict=True):
        bars = []
        for series, (value, text) in enumerate(zip(values, row_texts, strict=True), start=1):
            width = _LONGEST * max(value, 0) / top
            bars.append(Bar(f"{width:.2f}%", f"{width + 1.2:.2f}%", text, series))
        drawn.append(BarRow(label, tuple(bars), tuple(row_texts)))
    return drawn


def _number(value: float, unit: str) -> str:
    text = number_format(round(value, 1) if value % 1 else int(value), use_l10n=True, force_grouping=True)
    if not unit:
        return text
    return f"{unit}{text}" if unit == "$" else f"{text}{unit}" if unit == "%" else f"{text} {unit}"


@register.inclusion_tag("includes/bar_chart.html")
def bar_chart(
    rows: Iterable[Sequence[object]],
    *,
    title: str,
    desc: str = "",
    series: str = "",
    label: str = "",
    unit: str = "",
) -> dict[str, object]:
    """A chart of `rows` = [(label, number, …)]; at most 3 numbers a row, named by `series` ("Sent,Earned").

    `title` is the finding in words, `desc` a longer sentence, `label` the heading of the first table column.
    """
    plain = [(str(name), [float(value) for value in values]) for name, *values in rows]
    names = [name.strip() for name in series.split(",")] if series else [title]
    texts = [[_number(value, unit) for value in values] for _name, values in plain]
    return {"rows": _draw(plain, texts), "title": title, "desc": desc, "label": label, "names": names}


@register.inclusion_tag("includes/bar_chart.html")
def funnel(rows: Iterable[tuple[str, int]], *, title: str, desc: str = "", label: str = "") -> dict[str, object]:
    """Steps people pass in order, [(label, count)]; each bar also says its share of the first step."""
    plain = [(str(name), [float(count)]) for name, count in rows]
    first = plain[0][1][0] if plain and plain[0][1][0] else 1
    texts = [[f"{_number(count, '')} ({count / first:.0%})"] for _name, (count,) in plain]
    return {"rows": _draw(plain, texts), "title": title, "desc": desc, "label": label, "names": [title]}


@register.filter
def beside(cells: Iterable[object], names: Iterable[object]) -> list[tuple[object, object]]:
    """Pairs (name, cell), so a table cell can carry its column's name when rows become cards."""
    return list(zip(names, cells, strict=True))
