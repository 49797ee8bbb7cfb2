"""Amounts and rules in templates, said as recognition/words.py says them."""

from datetime import datetime
from zoneinfo import ZoneInfo

from django import template

from recognition import words
from recognition.caps import Amounts
from recognition.models import Grant, Policy

register = template.Library()

register.filter("dollars", words.dollars)
register.filter("ceu_hours", words.hours)
register.filter("ceu_number", words.hours_number)
register.filter("used_of_limits", words.used)
register.filter("outcome", words.outcome)

TONES = {
    Grant.State.PENDING: "todo",
    Grant.State.ASKED: "doing",
    Grant.State.HONOURED: "ok",
    Grant.State.DECLINED: "",
    Grant.State.CANCELLED: "bad",
}


@register.filter
def amount(gives: Amounts) -> str:
    """All that is given: $500 and 4 CEU hours."""
    return words.amount(gives)


@register.filter
def sentence(policy: Policy) -> str:
    """The whole rule in a sentence."""
    return words.sentence(policy)


@register.filter
def limits(policy: Policy) -> str:
    """The yearly limits, or “”."""
    return words.limits(policy)


@register.filter
def tone(state: str) -> str:
    """The tag colour of a grant's state. The word beside it carries the meaning."""
    return TONES[Grant.State(state)]


@register.filter
def local_day(moment: datetime, zone: ZoneInfo) -> str:
    """The date of a moment where the tenant is."""
    return words.day(moment.astimezone(zone).date())
