"""Lengths of time in words."""

from django.utils.translation import gettext as _


def in_hours(minutes: int) -> str:
    """Minutes as people write them in a log: "12 h 30 min", "15 h", "45 min"."""
    hours, rest = divmod(minutes, 60)
    if not hours:
        return _("%(minutes)s min") % {"minutes": rest}
    if not rest:
        return _("%(hours)s h") % {"hours": hours}
    return _("%(hours)s h %(minutes)s min") % {"hours": hours, "minutes": rest}
