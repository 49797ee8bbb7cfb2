"""What earners said back to comments: read by themselves, counted for readers, and flags for admins."""

from uuid import UUID

from django.db.models import Exists, OuterRef, QuerySet
from django.http import Http404

from assessment.models import Decision, DecisionLine, Reaction, Review, Score
from tenants.roles import Member

TABS = {"open": {"answered_at": None}, "answered": {"answered_at__isnull": False}}


def reactions_to(decision: Decision) -> dict[UUID, Reaction]:
    """By the id of the decision's line."""
    return {each.decision_line_id: each for each in Reaction.objects.filter(decision_line__decision=decision)}


def told_line(by: Member, line_id: UUID) -> DecisionLine:
    """A line of a decision on one's own work. Raises Http404 for anyone else's."""
    found = (
        DecisionLine.objects.filter(id=line_id, decision__submission__earner=by.user)
        .select_related("decision__submission", "line")
        .first()
    )
    if found is None:
        raise Http404
    return found


def thanks_of(by: Member) -> int:
    """How many of the comments `by` wrote were thanked for. Only they see it, and never by whom."""
    thanks = Reaction.objects.filter(
        kind=Reaction.Kind.THANK,
        decision_line__line=OuterRef("line"),
        decision_line__decision__submission=OuterRef("review__submission"),
        decision_line__met=OuterRef("level__passes"),
    )
    mine = Score.objects.filter(review__assessor=by.user, review__state=Review.State.FINAL, review__appeal=None)
    return mine.exclude(comment="").filter(Exists(thanks)).count()


def flags(tab: str) -> QuerySet[Reaction]:
    """Flagged comments under a tab of TABS: open ones oldest first, answered ones newest first. Without names."""
    found = Reaction.objects.filter(kind=Reaction.Kind.FLAG, **TABS[tab]).select_related(
        "decision_line__line", "decision_line__level", "decision_line__decision__submission__edition"
    )
    found = found.defer("decision_line__decision__submission__edition__search")
    return found.order_by("made_at", "id") if tab == "open" else found.order_by("-answered_at", "-id")


def flag_by_id(reaction_id: UUID) -> Reaction:
    """One flag of this tenant. Raises Http404."""
    found = flags("open").filter(id=reaction_id).first() or flags("answered").filter(id=reaction_id).first()
    if found is None:
        raise Http404
    return found
