"""Money and hours of assessors in templates."""

from django import template

from lib.durations import in_hours

register = template.Library()

register.filter("hours_of", in_hours)


@register.filter
def dollars(cents: int) -> str:
    """$1,500.00"""
    return f"${cents / 100:,.2f}"
