"""Dates and times as people in US schools write them, in place of Django's newspaper style (Jan. 26, 7:48 a.m.)."""

DATE_FORMAT = "F j, Y"
TIME_FORMAT = "g:i A"
