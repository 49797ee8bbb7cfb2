"""The arithmetic of a quiz: drawing a paper, reading answers to it, and scoring it. No database."""

import random
from collections.abc import Collection, Iterable, Mapping, Sequence
from typing import Any

DICE = random.SystemRandom()

Paper = list[dict[str, Any]]  # as in QuizTry.drawn


def draw(bank: Mapping[str, int], count: int, dice: random.Random = DICE) -> Paper:
    """`count` different items of `bank` (id → number of choices) in random order, each with its choices shuffled."""
    return [{"item": item, "order": dice.sample(range(bank[item]), bank[item])} for item in dice.sample([*bank], count)]


def readable(paper: Paper, answers: Mapping[int, Iterable[int]]) -> dict[str, list[int]]:
    """`answers` (number of the question → shown places) without what is not on the paper, as QuizTry stores them."""
    return {
        str(number): sorted({place for place in answers[number] if 0 <= place < len(question["order"])})
        for number, question in enumerate(paper, start=1)
        if number in answers
    }


def marks(paper: Paper, answers: Mapping[str, Sequence[int]], right: Mapping[str, Collection[int]]) -> list[bool]:
    """For each question whether exactly its right choices were chosen. `right`: item id → places as written."""
    return [
        {question["order"][place] for place in answers.get(str(number), ())} == set(right[question["item"]])
        for number, question in enumerate(paper, start=1)
    ]


def needed(count: int, percent: int) -> int:
    """How many of `count` questions have to be right: `percent` of them, rounded up."""
    return -(-count * percent // 100)
