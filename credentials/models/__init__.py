"""What can be earned: micro-credentials, their editions and all the parts of one, and stacks of them."""

from credentials.models.edition import Edition, MicroCredential
from credentials.models.parts import (
    Alignment,
    Criterion,
    MethodComponent,
    MethodGroup,
    Prompt,
    QuizItem,
    ResearchItem,
    Resource,
    RubricLevel,
    RubricLine,
)
from credentials.models.quality import QualityLabel
from credentials.models.search import SearchWord
from credentials.models.stack import Stack, StackItem
from credentials.models.vetting import VettingNote

__all__ = [
    "Alignment",
    "Criterion",
    "Edition",
    "MethodComponent",
    "MethodGroup",
    "MicroCredential",
    "Prompt",
    "QualityLabel",
    "QuizItem",
    "ResearchItem",
    "Resource",
    "RubricLevel",
    "RubricLine",
    "SearchWord",
    "Stack",
    "StackItem",
    "VettingNote",
]
