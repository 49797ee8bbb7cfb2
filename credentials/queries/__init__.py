"""What can be read of micro-credentials, editions and stacks. Nothing here writes."""

from credentials.queries.listing import edition_for_page, issuers_seen_by, listed_editions
from credentials.queries.parts import PARTS, edition_parts, hand_in, scoring_guides
from credentials.queries.stacks import listed_stacks, rule_of, stack_for_page, stacks_with

__all__ = [
    "PARTS",
    "edition_for_page",
    "edition_parts",
    "hand_in",
    "issuers_seen_by",
    "listed_editions",
    "listed_stacks",
    "rule_of",
    "scoring_guides",
    "stack_for_page",
    "stacks_with",
]
