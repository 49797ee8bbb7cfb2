"""Blind readings of submissions, and what came of them."""

from assessment.models.appeal import Appeal, AppealLine, AppealOutcome, AppealOutcomeLine
from assessment.models.decision import Decision, DecisionLine
from assessment.models.integrity import Case, Finding, Seat, Vote
from assessment.models.mark import Mark
from assessment.models.reaction import Reaction
from assessment.models.review import LEASE, Conflict, Review, Score

__all__ = [
    "LEASE",
    "Appeal",
    "AppealLine",
    "AppealOutcome",
    "AppealOutcomeLine",
    "Case",
    "Conflict",
    "Decision",
    "DecisionLine",
    "Finding",
    "Mark",
    "Reaction",
    "Review",
    "Score",
    "Seat",
    "Vote",
]
