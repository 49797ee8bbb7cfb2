"""How a check says no: with a sentence for the person who chose the file."""

from django.utils.translation import gettext as _

from lib.errors import Invalid


def truncated() -> Invalid:
    """The file ends before its content does."""
    return Invalid(
        _("This file is not whole: its end is missing. Open it to see if it works, then choose it again."),
        field="file",
        code="truncated",
    )


def damaged() -> Invalid:
    """The file claims to be something and then is not."""
    return Invalid(
        _("This file cannot be read. Open it, save it again, and choose the new one."), field="file", code="damaged"
    )


def too_much() -> Invalid:
    """Reading it would take more memory or time than any real file needs."""
    return Invalid(_("This file unpacks to more than we can open. Make it smaller."), field="file", code="too-much")
