"""The child process reports in codes, since it knows no languages. Here they become sentences."""

from collections.abc import Iterable

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

PROBLEMS = {
    "not_offered": gettext_lazy("There is no preview for files of this kind."),
    "empty": gettext_lazy("This file is empty, so there is nothing to show."),
    "damaged": gettext_lazy("There is no preview, because this file could not be read."),
    "cut_off": gettext_lazy("There is no preview, because the end of this file is missing."),
    "crashed": gettext_lazy("There is no preview, because something in this file stopped our viewer."),
    "timeout": gettext_lazy("There is no preview, because making one took too long."),
    "memory": gettext_lazy("There is no preview, because this file needs more memory than we can give."),
    "output": gettext_lazy("There is no preview, because it would have become too large."),
    "password": gettext_lazy("There is no preview, because this file needs a password. Save it without one."),
    "pixels": gettext_lazy("There is no preview, because this picture has too many pixels. Save it smaller."),
    "unpacked": gettext_lazy("There is no preview, because this file unpacks to more than we can open."),
    "unsafe": gettext_lazy("There is no preview, because this file has parts that Office programs never write."),
    "no_film": gettext_lazy("There is no preview, because this video has no picture."),
    "no_sound": gettext_lazy("There is no preview, because this recording has no sound."),
}

_LEFT_OUT = {
    "pages": gettext_lazy("The first %(shown)s of %(all)s pages are shown."),
    "slides": gettext_lazy("The first %(shown)s of %(all)s slides are shown."),
    "moving": gettext_lazy("This picture moves. Only its first frame is shown."),
    "characters": gettext_lazy("The first %(shown)s characters are shown."),
    "rows": gettext_lazy("The first %(shown)s rows of the table are shown."),
    "columns": gettext_lazy("The first %(shown)s columns of the table are shown."),
    "sound": gettext_lazy("The sound could not be read and is left out."),
}


def cannot(problem: str) -> str:
    """Why there is no preview, and that nothing is lost."""
    return f"{PROBLEMS[problem]} " + _("The file itself is kept and can be downloaded.")


def left_out(facts: Iterable[tuple[str, dict[str, int]]]) -> str:
    """One sentence for each thing a preview does not show. Raises KeyError for a code or number that is missing."""
    return " ".join(_sentence(what, numbers) for what, numbers in facts)


def _sentence(what: str, numbers: dict[str, int]) -> str:
    if what == "end":
        spans = {"read": _clock(numbers["read"]), "stated": _clock(numbers["stated"])}
        return _("The end is missing: only %(read)s of %(stated)s could be read.") % spans
    if what == "pictures":
        count = numbers["count"]
        return ngettext("%(count)s picture is left out.", "%(count)s pictures are left out.", count) % numbers
    if what == "broken_pages":
        count = numbers["count"]
        return ngettext("%(count)s page could not be shown.", "%(count)s pages could not be shown.", count) % numbers
    return str(_LEFT_OUT[what]) % numbers


def _clock(seconds: int) -> str:
    """Minutes and seconds as players show them: 3:07, 1:02:03."""
    hours, rest = divmod(seconds, 3600)
    minutes, seconds = divmod(rest, 60)
    return f"{hours}:{minutes:02}:{seconds:02}" if hours else f"{minutes}:{seconds:02}"
