"""How parts of an edition are put in words on pages. `{% load editions %}`; no queries beyond loaded parts."""

from decimal import Decimal
from itertools import groupby
from math import ceil
from urllib.parse import urlsplit

from django import template
from django.utils.formats import number_format
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from credentials import assessed
from credentials.models import Criterion, Edition, ResearchItem, Resource, Stack
from credentials.queries import parts, stacks
from credentials.queries.catalog import GRADES

register = template.Library()


@register.filter
def scoring_guides(edition: Edition) -> list[parts.Guide]:
    """The scoring guide as tables for <c-rubric>."""
    return parts.scoring_guides(edition)


@register.filter
def pass_rule(edition: Edition) -> str:
    """What has to be met to earn it, in a sentence."""
    return parts.pass_rule_of(edition)


@register.filter
def readers(edition: Edition) -> str:
    """How many read a submission, and who, in a sentence or two."""
    return assessed.readers(edition)


@register.filter
def fee(edition: Edition) -> str:
    """What an assessment costs, like "25.00 USD"; "" when it is free."""
    return f"{number_format(Decimal(edition.fee_cents) / 100, 2)} {edition.fee_currency}" if edition.fee_cents else ""


@register.filter
def ceu(edition: Edition) -> str:
    """The continuing education units that the badge carries, like "0.5" or "1"; "" when there are none."""
    units = (Decimal(edition.ceu_hundredths) / 100).normalize()
    return number_format(units, max(0, -int(units.as_tuple().exponent))) if units else ""


@register.filter
def hand_in(criterion: Criterion) -> str:
    """What one criterion asks for, in a sentence."""
    return parts.hand_in(criterion)


@register.filter
def stack_rule(stack: Stack) -> str:
    """What completes the stack, in a sentence."""
    return stacks.rule_of(stack)


@register.filter
def hours(number: Decimal) -> str:
    """Hours of work: "1 hour", "7.5 hours"."""
    shown = number_format(number.normalize(), use_l10n=True) if number % 1 else str(int(number))
    return ngettext("%(n)s hour", "%(n)s hours", ceil(number)) % {"n": shown}


@register.filter
def grade_span(grades: list[str]) -> str:
    """Grades as people say them: ["3", "4", "5", "9"] is "Grades 3–5, 9". "" for none."""
    known = sorted(GRADES.index(grade) for grade in set(grades) if grade in GRADES)
    spans = []
    for _gap, run in groupby(enumerate(known), key=lambda pair: pair[1] - pair[0]):
        places = [place for _n, place in run]
        first, last = GRADES[places[0]], GRADES[places[-1]]
        spans.append(first if first == last else f"{first}–{last}")
    spans += sorted({grade for grade in grades if grade not in GRADES})
    count = len({*grades})
    return ngettext("Grade %(grades)s", "Grades %(grades)s", count) % {"grades": ", ".join(spans)} if spans else ""


@register.filter
def reading_facts(item: ResearchItem) -> str:
    """Whether a cited work can be read for free, and how long it is."""
    facts = [_("free to read") if item.free_online else _("may need a library or a fee")]
    if item.pages:
        facts.append(ngettext("%(n)s page", "%(n)s pages", item.pages) % {"n": item.pages})
    return ", ".join(facts)


@register.filter
def resource_facts(item: Resource) -> str:
    """Kind of a resource, how long it takes, and whether a video has captions."""
    facts = [item.get_kind_display()]
    if item.minutes:
        facts.append(ngettext("%(n)s minute", "%(n)s minutes", item.minutes) % {"n": item.minutes})
    if item.kind == Resource.Kind.VIDEO and item.captioned is not None:
        facts.append(_("captioned") if item.captioned else _("no captions"))
    return ", ".join(facts)


@register.filter
def link_host(url: str) -> str:
    """The site an address leads to, without "www."."""
    return (urlsplit(url).hostname or "").removeprefix("www.")
