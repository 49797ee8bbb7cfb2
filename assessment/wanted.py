"""What an assessor wants to see of the queue: filters, as read from an address that can be shared."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import date
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy as _

from assessment.calibration import calibrations_of
from assessment.models import AssessorProfile, Review
from credentials.models import Edition
from tenants.roles import Member

KINDS = {
    "first": _("First tries"),
    "again": _("Tries after changes"),
    "second": _("Second readings"),
}
_LONGEST = 90  # characters of a slug


@dataclass(frozen=True)
class Wanted:
    """Empty fields leave nothing out. What an address says that makes no sense counts as empty."""

    mc: str = ""  # slug of a micro-credential
    language: str = ""
    kind: str = ""  # of KINDS
    by: str = ""  # due by this date, as YYYY-MM-DD
    mine: str = ""  # "1": only from the buildings one is assigned to
    practiced: str = ""  # "1": only what one is calibrated on

    @classmethod
    def read(cls, given: Mapping[str, str]) -> "Wanted":
        """From the parameters of an address or of a form."""
        kind = given.get("kind", "")
        return cls(
            mc=_word(given.get("mc", "")),
            language=_word(given.get("language", ""))[:12],
            kind=kind if kind in KINDS else "",
            by=_day(given.get("by", "")),
            mine="1" if given.get("mine") == "1" else "",
            practiced="1" if given.get("practiced") == "1" else "",
        )

    @property
    def is_empty(self) -> bool:
        return not any(asdict(self).values())

    @property
    def query(self) -> str:
        """For an address: "?mc=…", or "" when nothing is left out."""
        chosen = {name: value for name, value in asdict(self).items() if value}
        return f"?{urlencode(chosen)}" if chosen else ""

    def items(self) -> list[tuple[str, str]]:
        """For hidden fields of the form that claims."""
        return [(name, value) for name, value in asdict(self).items() if value]

    def of(self, reviews: QuerySet[Review], by: Member, profile: AssessorProfile | None) -> QuerySet[Review]:
        """Those of `reviews` that are wanted, in a language the assessor reads. Joins no table: asks for ids first."""
        if self.mc:
            editions = Edition.objects.filter(micro_credential__slug=self.mc, micro_credential__tenant=by.tenant)
            reviews = reviews.filter(edition__in=list(editions.order_by().values_list("id", flat=True)))
        if self.language:
            reviews = reviews.filter(language=self.language)
        elif profile and profile.languages:
            reviews = reviews.filter(language__in=profile.languages)
        if self.kind == "first":
            reviews = reviews.filter(try_number=1, slot=1)
        elif self.kind == "again":
            reviews = reviews.filter(try_number__gt=1)
        elif self.kind == "second":
            reviews = reviews.filter(slot__gt=1)
        if self.by:
            reviews = reviews.filter(due_on__lte=self.by)
        if self.mine:
            reviews = reviews.filter(building__in=profile.buildings if profile else [])
        if self.practiced:
            reviews = reviews.filter(edition__in=list(calibrations_of(by.user).values_list("edition", flat=True)))
        return reviews


def _word(text: str) -> str:
    return text.replace("\x00", "").strip()[:_LONGEST]


def _day(text: str) -> str:
    try:
        return date.fromisoformat(text).isoformat()
    except ValueError:
        return ""
