"""The steps of a check in the reader's language."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from badges.openbadges.verification import Report, Step

register = template.Library()

TITLES = {
    "read": gettext_lazy("Reading"),
    "schema": gettext_lazy("Form"),
    "subject": gettext_lazy("Earner"),
    "proof": gettext_lazy("Proof"),
    "issuer": gettext_lazy("Issuer"),
    "refresh": gettext_lazy("Newer copy"),
    "status": gettext_lazy("Status"),
    "dates": gettext_lazy("Dates"),
    "recipient": gettext_lazy("Whose it is"),
    "endorsement": gettext_lazy("Endorsement"),
}
FORMS = {
    "ob3": gettext_lazy("Open Badges 3.0"),
    "ob3-jwt": gettext_lazy("Open Badges 3.0, as a token"),
    "ob2": gettext_lazy("Open Badges 2.0"),
}


@register.simple_tag
def step_sentence(step: Step) -> SafeString:
    """What was found in one step, translated and filled in."""
    return format_html("{}", _(step.template) % {name: _part(value) for name, value in step.params.items()})


@register.simple_tag
def step_title(step: Step) -> str:
    """What a step is about, in a word or two."""
    return str(TITLES[step.name])


@register.simple_tag
def form_name(report: Report) -> str:
    """The standard that a badge follows."""
    return str(FORMS[report.form])


def _part(value: object) -> object:
    """A part may be a sentence of ours itself: why an endorsement does not count."""
    return _(value) if isinstance(value, str) and value else value
