"""Files of a passport as answers: the same for its owner and for those who were given a link."""

from django.http import HttpRequest, HttpResponse

from badges.openbadges.content import Recipient
from badges.passport_files import Showing, clr_of, pdf_of
from lib.words import whole_number
from tenants.models import User


def who(person: User, *, named: bool, hashed: bool = True) -> Recipient:
    """How a record names its owner: by a hash of their e-mail address, by their name, or not at all."""
    name = person.get_full_name() if named else ""
    return Recipient.for_email(person.email, person.id.hex[-16:], name=name) if hashed else Recipient(name=name)


def pdf_answer(showing: Showing) -> HttpResponse:
    """The transcript to keep."""
    return _file(pdf_of(showing), "application/pdf", "passport.pdf")


def clr_answer(showing: Showing, request: HttpRequest) -> HttpResponse:
    """The record, or the part of it that `?part=` asks for."""
    part = whole_number(request.GET.get("part", "1"), digits=3) or 1
    return _file(clr_of(showing, part), "application/vc+ld+json", f"passport-{part}.clr.json")


def _file(body: bytes, kind: str, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"', "Cache-Control": "private, no-store"}
    return HttpResponse(body, content_type=kind, headers=headers)
