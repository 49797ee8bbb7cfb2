"""Figures of agreement in words."""

from django import template

from assessment.report import in_percent, in_words

register = template.Library()
register.filter("in_percent", in_percent)
register.filter("in_words", in_words)
