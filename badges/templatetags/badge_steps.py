"""The sentence of a verification step in the reader's language."""

from django import template
from django.utils.html import format_html
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from badges.openbadges.verification import Step

register = template.Library()


@register.simple_tag
def step_sentence(step: Step) -> SafeString:
    """What was found in one step, translated and filled in."""
    return format_html("{}", _(step.template) % step.params)
