"""Blind readings of submissions, and what came of them."""

from assessment.models.comment import SavedComment
from assessment.models.decision import Decision, DecisionLine
from assessment.models.mark import Mark
from assessment.models.review import LEASE, Conflict, Review, Score

__all__ = ["LEASE", "Conflict", "Decision", "DecisionLine", "Mark", "Review", "SavedComment", "Score"]
