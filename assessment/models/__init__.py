"""Blind readings of submissions, and what came of them."""

from assessment.models.anchor import Anchor, AnchorLine
from assessment.models.calibration import AnchorReading, Calibration
from assessment.models.decision import Decision, DecisionLine
from assessment.models.mark import Mark
from assessment.models.review import LEASE, Conflict, Review, Score

__all__ = [
    "LEASE",
    "Anchor",
    "AnchorLine",
    "AnchorReading",
    "Calibration",
    "Conflict",
    "Decision",
    "DecisionLine",
    "Mark",
    "Review",
    "Score",
]
