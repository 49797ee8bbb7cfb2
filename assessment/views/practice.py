"""Practice: the samples of each micro-credential, a round of them, and what stands line by line."""

from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from assessment.actions.practice import start_practice
from assessment.practice import Standing, edition_to_practice, own_practice, revealed, round_of, standings_of
from credentials.models import Edition
from lib.errors import RuleBroken
from tenants.doors import needs


@needs("review.queue")
def practice_home(request: HttpRequest, slug: str) -> HttpResponse:
    """Every micro-credential one can practice on, and how one stands on each."""
    return render(request, "assessment/practice_home.html", {"standings": standings_of(request.member)})


@needs("review.queue")
def practice(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """One micro-credential: how one stands, what it takes, and the samples of this round."""
    edition = edition_to_practice(request.member, mc)
    return render(request, "assessment/practice.html", _context(request, edition))


@require_POST
@needs("review.queue")
def practice_start(request: HttpRequest, slug: str, mc: str) -> HttpResponse:
    """Open the next sample, or the one that is open already."""
    edition = edition_to_practice(request.member, mc)
    try:
        held = start_practice(by=request.member, edition=edition)
    except RuleBroken as problem:
        context = _context(request, edition) | {"problem": problem.message}
        return render(request, "assessment/practice.html", context, status=problem.status)
    return redirect("review", slug, held.id)


@needs("review.queue")
def practice_result(request: HttpRequest, slug: str, mc: str, reading: UUID) -> HttpResponse:
    """A sample one has scored: first one's own level of each line; what stands, and why, when a line is opened."""
    edition = edition_to_practice(request.member, mc)
    own = own_practice(request.member, edition, reading)
    context = {
        "edition": edition,
        "reading": own,
        "lines": revealed(own),
        "round": round_of(request.member, edition),
    }
    return render(request, "assessment/practice_result.html", context)


def _context(request: HttpRequest, edition: Edition) -> dict:
    standing = next(
        (each for each in standings_of(request.member) if each.edition.id == edition.id), Standing(edition, 0, None)
    )
    return {
        "edition": edition,
        "standing": standing,
        "round": round_of(request.member, edition),
        "percent": settings.CALIBRATION_PERCENT,
        "furthest": settings.CALIBRATION_FURTHEST,
        "needed": settings.CALIBRATION_ANCHORS,
        "days": settings.CALIBRATION_DAYS,
    }
