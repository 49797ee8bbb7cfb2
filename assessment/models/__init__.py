"""Blind readings of submissions, and what came of them."""

from assessment.models.anchor import Anchor, AnchorLine
from assessment.models.appeal import Appeal, AppealLine, AppealOutcome, AppealOutcomeLine
from assessment.models.calibration import AnchorReading, Calibration
from assessment.models.comment import SavedComment
from assessment.models.decision import Decision, DecisionLine
from assessment.models.integrity import Case, Finding, Seat, Vote
from assessment.models.mark import Mark
from assessment.models.precheck import Precheck
from assessment.models.reaction import Reaction
from assessment.models.review import LEASE, ORDER, Conflict, Review, Score, undo_time
from assessment.models.settling import SettledLine, Settling
from assessment.models.worker import Absence, AssessorProfile, StatementLine

__all__ = [
    "LEASE",
    "ORDER",
    "Absence",
    "Anchor",
    "AnchorLine",
    "AnchorReading",
    "Appeal",
    "AppealLine",
    "AppealOutcome",
    "AppealOutcomeLine",
    "AssessorProfile",
    "Calibration",
    "Case",
    "Conflict",
    "Decision",
    "DecisionLine",
    "Finding",
    "Mark",
    "Precheck",
    "Reaction",
    "Review",
    "SavedComment",
    "Score",
    "Seat",
    "SettledLine",
    "Settling",
    "StatementLine",
    "Vote",
    "undo_time",
]
