"""The words people agree to, in every version ever shown.

A promise stores its version and its very words; a piece of evidence stores what was chosen for it and the version.
"""

from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext_lazy as _

from submissions.models import Promise, Students

CURRENT = "2026-12"

# Never edit a version that has been shown: add one and move CURRENT.
WORDING: dict[str, dict[str, str | LazyText]] = {
    "2026-11": {
        Promise.Kind.OWN_WORK: _("This is my own work. Where others helped or where I used their work, I say so."),
        Promise.Kind.STUDENTS: _("I have protected every student in this work, in the way I chose here."),
        Promise.Kind.TRAINING: _(
            "Reviewers may train with a copy of my work without names. I may say no. It does not change my result."
        ),
    },
    "2026-12": {
        Promise.Kind.OWN_WORK: _("This is my own work. Where others helped or where I used their work, I say so."),
        Promise.Kind.STUDENTS: _(
            "I name no student in my answers, and I protected every student in what I added, "
            "in the way I say for each piece."
        ),
        Promise.Kind.TRAINING: _(
            "Reviewers may train with a copy of my work without names. I may say no. It does not change my result."
        ),
        Students.NONE: _("No students can be seen, heard or named"),
        Students.COVERED: _("Names and faces are covered"),
        Students.RELEASED: _("Signed releases are on file"),
    },
}


def wording(kind: str) -> str:
    """What is shown today for a Promise.Kind, or for a value of Students."""
    return str(WORDING[CURRENT][kind])


def piece_choices() -> list[tuple[str, str]]:
    """How students can be protected in a piece of evidence, in today's words."""
    return [(str(each), wording(each)) for each in Students]
