"""Blind readings of submissions, and what came of them."""

from assessment.models.decision import Decision, DecisionLine
from assessment.models.mark import Mark
from assessment.models.precheck import Precheck
from assessment.models.review import LEASE, ORDER, Conflict, Review, Score
from assessment.models.worker import Absence, AssessorProfile, StatementLine

__all__ = [
    "LEASE",
    "ORDER",
    "Absence",
    "AssessorProfile",
    "Conflict",
    "Decision",
    "DecisionLine",
    "Mark",
    "Precheck",
    "Review",
    "Score",
    "StatementLine",
]
