"""The page of one micro-credential, open to everyone."""

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from credentials.models import Edition
from credentials.queries import edition_for_page, listed_editions, stacks_with
from credentials.queries.wanted import read_number
from tenants.roles import can


def micro_credential(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """The published edition, or with ?edition=3 that one; older and retired ones carry a banner."""
    edition = edition_for_page(request.tenant, mc, read_number(request.GET.get("edition")))
    newest = None
    if edition.state != Edition.State.PUBLISHED:
        newest = listed_editions(request.tenant).filter(micro_credential=edition.micro_credential_id).first()
    context = {
        "edition": edition,
        "issuer": edition.tenant,
        "newest": newest,
        "stacks": stacks_with(request.tenant, edition.micro_credential),
        "can_start": can(request.member, "work.start"),
    }
    return render(request, "credentials/micro_credential.html", context)
