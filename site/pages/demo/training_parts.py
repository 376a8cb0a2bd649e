"""The pieces in which the demonstration's courses are written."""

from typing import Any

Block = tuple[str, Any]


def signs(heading: str, note: str, *told: str) -> Block:
    return ("signs", {"heading": heading, "signs": list(told), "note": note})


def steps(heading: str, *pairs: tuple[str, str]) -> Block:
    return ("steps", {"heading": heading, "steps": [{"title": a, "text": b} for a, b in pairs]})


def hotline(heading: str, words: str) -> Block:
    return ("hotline", {"heading": heading, "text": words})


def ask(question: str, explanation: str, *answers: str) -> Block:
    """Right answers begin with a plus sign; with two of them several are to be chosen."""
    right = [answer.startswith("+ ") for answer in answers]
    value = {
        "question": question,
        "choice": "several" if sum(right) > 1 else "one",
        "answers": [
            {"text": answer.removeprefix("+ "), "right": one}
            for answer, one in zip(answers, right, strict=True)
        ],
        "explanation": explanation,
    }
    return ("ask", value)
