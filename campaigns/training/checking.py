"""The knowledge check: questions as they are frozen for one attempt, and how answers are scored."""

import random
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from campaigns.models import CoursePage
from campaigns.training.blocks import SEVERAL

Question = dict[str, Any]


@dataclass(frozen=True)
class Score:
    right: int
    total: int
    # Places of the questions that were not answered right.
    missed: tuple[int, ...]

    def passes(self, percent: int) -> bool:
        return self.right * 100 >= percent * self.total


@dataclass(frozen=True)
class Told:
    """One question after the check, as its page tells it."""

    question: str
    was_right: bool
    # Each answer's text, whether it is right, whether it was chosen.
    answers: tuple[tuple[str, bool, bool], ...]
    explanation: str


def freeze(course: CoursePage) -> list[Question]:
    """The questions as they stand now, in the order in which they will be asked."""
    asks = [plain(block.value) for block in course.questions]
    if course.shuffles:
        random.shuffle(asks)
    return asks


def score(questions: Sequence[Question], answers: Sequence[Sequence[int]]) -> Score:
    """Right is a question of which exactly the right answers were chosen. The only place that says.

    Args:
        questions: as they were frozen for this attempt.
        answers: of each question the places of what was chosen.
    """
    missed = tuple(
        place
        for place, (question, chosen) in enumerate(zip(questions, answers, strict=True))
        if set(chosen) != _right(question)
    )
    return Score(len(questions) - len(missed), len(questions), missed)


def tell(questions: Sequence[Question], answers: Sequence[Sequence[int]]) -> list[Told]:
    missed = score(questions, answers).missed
    return [
        Told(
            question["question"],
            place not in missed,
            tuple(
                (answer["text"], answer["right"], number in chosen)
                for number, answer in enumerate(question["answers"])
            ),
            question["explanation"],
        )
        for place, (question, chosen) in enumerate(zip(questions, answers, strict=True))
    ]


def _right(question: Question) -> set[int]:
    return {place for place, answer in enumerate(question["answers"]) if answer["right"]}


def plain(value: Any) -> Question:
    """A question's block as it is frozen."""
    answers = [{"text": one["text"], "right": bool(one["right"])} for one in value["answers"]]
    return {
        "question": value["question"],
        "several": value["choice"] == SEVERAL,
        "answers": answers,
        "explanation": value["explanation"],
    }
