"""The words people agree to, in every version ever shown. A promise stores its version and its very words."""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from submissions.models import Promise

CURRENT = "2026-11"

# Never edit a version that has been shown: add one and move CURRENT.
WORDING: dict[str, dict[str, str | LazyText]] = {
    "2026-11": {
        Promise.Kind.OWN_WORK: _("This is my own work. Where others helped or where I used their work, I say so."),
        Promise.Kind.STUDENTS: _("I have protected every student in this work, in the way I chose here."),
        Promise.Kind.TRAINING: _(
            "Reviewers may train with a copy of my work without names. I may say no. It does not change my result."
        ),
    }
}


def wording(kind: str) -> str:
    """What is shown today."""
    return str(WORDING[CURRENT][kind])
