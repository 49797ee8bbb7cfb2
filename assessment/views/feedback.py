"""What the earner reads once their work was scored."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from assessment.appeals import Standing, how_it_stands
from assessment.marks import GENERAL, marks_for_earner
from assessment.models import Decision
from assessment.queries import decision_for_earner
from assessment.reactions import reactions_to
from assessment.reading_rights import may_read_as_peer
from assessment.results import result_of, shows_required
from badges.models import Badge
from submissions.models import Promise, Submission
from tenants.doors import members_only


@members_only
def feedback(request: HttpRequest, slug: str, work: UUID, number: int) -> HttpResponse:
    """The result of one try, line by line; only for whoever sent it in.

    For htmx without the page around it; with `part`, the key of a criterion, only what was not met there.
    """
    decision = decision_for_earner(request.member, work, number)
    lines = list(decision.lines.all())
    marks = marks_for_earner(decision, lines, slug)
    said = reactions_to(decision)
    for line in lines:
        line.places = marks.get(str(line.line_id), [])
        line.reaction = said.get(line.id)
    part = request.GET.get("part")
    if request.htmx and part:
        lines = [line for line in lines if line.line.criterion.key == part and not line.met]
        context = {"lines": lines, "submission": decision.submission}
        return render(request, "assessment/includes/part_feedback.html", context)
    context = {
        "decision": decision,
        "submission": decision.submission,
        "lines": lines,
        "general": marks.get(GENERAL, []),
        "result": result_of(decision, lines),
        "shows_required": shows_required(decision, lines),
        "may_read": decision.outcome == "passed" and may_read_as_peer(request.member, decision.submission.edition),
        "can_fix": Submission.objects.filter(work=work, number=number + 1, state=Submission.State.DRAFT).exists(),
        "trains": Promise.objects.filter(submission__work=work, kind=Promise.Kind.TRAINING).exists(),
        "look": _second_look(request, decision),
        "badge": Badge.objects.filter(submission_id=decision.submission_id).order_by("-id").first(),
    }
    template = "assessment/includes/feedback.html" if request.htmx else "assessment/feedback.html"
    return render(request, template, context)


def _second_look(request: HttpRequest, decision: Decision) -> Standing | None:
    """How a "not yet" stands with regard to appeals, where there is one or can be one."""
    if decision.outcome != Decision.Outcome.NOT_YET:
        return None
    standing = how_it_stands(request.member, decision)
    return standing if standing.appeal or standing.can_file else None
