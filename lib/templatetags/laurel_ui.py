"""Template tags of the design system: the words app.js says, and charts drawn as SVG. No queries, no models."""

from collections.abc import Iterable, Sequence

from django import template
from django.utils.functional import Promise
from django.utils.html import json_script
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

register = template.Library()

# What app.js may say. {names} are filled in by the browser. A missing word would show its key, so tests compare both.
JS_WORDS: dict[str, str | Promise] = {
    "saving": _("Saving…"),
    "saved": _("Saved {time}"),
    "offline": _(
        "Not connected. Your words are safe on this device. We will save them when you are back online."
    ),
    "signed_out": _(
        "You were signed out. Your words are safe on this device. Sign in in a new tab to save them."
    ),
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
    "uploaded": _("{name} is uploaded and checked."),
    "stop": _("Stop"),
    "stopped": _("Upload stopped."),
    "remove": _("Remove from this list"),
    "upload_failed": _("The upload did not finish. Choose the same file again."),
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
