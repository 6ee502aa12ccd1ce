"""What a question sheet is made of: questions, choices with the reasons, the words they rest on."""

from __future__ import annotations

import random
from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, Final

from dutygraph.reports.wording import Pair

LETTERS: Final = "ABCD"
CHOICES: Final = len(LETTERS)
MOST: Final = 50
"""How many questions a sheet has at most."""
LARGEST_SEED: Final = 999_999_999

TOPICS: Final = {
    "who": Pair("由谁做", "who must"),
    "when": Pair("什么时候", "by when"),
    "whom": Pair("对谁", "towards whom"),
    "measure": Pair("如何追究", "what may follow"),
    "next": Pair("下一步", "what comes next"),
    "late": Pair("是否按时", "is this late"),
}
"""What questions ask, in the order of a sheet's statistics."""
LEVELS: Final = {
    1: Pair("基础", "basic"),
    2: Pair("提高", "intermediate"),
    3: Pair("深入", "advanced"),
}
"""How hard questions are."""


class QuizError(ValueError):
    """A sheet cannot be made as asked; the message says what to ask instead."""


@dataclass(frozen=True)
class Source:
    """The words that something rests on: a norm's key, its provision and its quote."""

    norm: str
    provision: str
    label: Pair
    quote: str


@dataclass(frozen=True)
class Choice:
    """One choice: what it says, whether it is right, why, and on which words.

    ``value`` is what the graph calls the thing that the choice says: an IRI, words of time, or how
    a day lies to a limit.
    """

    value: str
    words: Pair
    right: bool
    reason: Pair
    sources: tuple[Source, ...]


@dataclass(frozen=True)
class Question:
    """A question with its choices; ``norm`` is the key of the norm that it is about.

    Before it is drawn, ``wrong`` holds every distractor that the graph allows.
    """

    key: str
    topic: str
    level: int
    norm: str
    stem: Pair
    right: Choice
    wrong: tuple[Choice, ...]
    choices: tuple[Choice, ...] = ()

    @property
    def answer(self) -> str:
        """The letter of the right choice."""
        return LETTERS[[choice.right for choice in self.choices].index(True)]

    @property
    def lettered(self) -> list[tuple[str, Choice]]:
        """The choices with their letters."""
        return list(zip(LETTERS, self.choices, strict=True))


@dataclass(frozen=True)
class Request:
    """Which sheet is asked for; no levels or topics stand for all.

    Raises QuizError for a count, a seed, a level or a topic that there is not.
    """

    seed: int = 1
    count: int = 10
    levels: tuple[int, ...] = ()
    topics: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        if not 1 <= self.count <= MOST:
            raise QuizError(f"题数应为 1 至 {MOST} / the count has to be from 1 to {MOST}")
        if not 0 <= self.seed <= LARGEST_SEED:
            raise QuizError(
                f"卷号应为 0 至 {LARGEST_SEED} / the seed has to be from 0 to {LARGEST_SEED}"
            )
        _among(self.levels, LEVELS, "难度", "level")
        _among(self.topics, TOPICS, "题型", "topic")


def _among(given: Iterable[int | str], known: Collection[int | str], zh: str, en: str) -> None:
    for one in given:
        if one not in known:
            names = ", ".join(str(name) for name in known)
            raise QuizError(f"没有{zh}「{one}」，有：{names} / no {en} {one!r}; there are {names}")


@dataclass(frozen=True)
class Sheet:
    """A question sheet; the same request gives the same sheet."""

    request: Request
    questions: tuple[Question, ...]

    def to_json(self, *, key: bool = True) -> dict[str, Any]:
        """Give the stable JSON of ``dutygraph quiz``, the key with it or not."""
        return {
            "seed": self.request.seed,
            "questions": [_question_json(one, key=key) for one in self.questions],
        }


def _question_json(one: Question, *, key: bool) -> dict[str, Any]:
    # The name of a question may tell its answer.
    return (
        ({"key": one.key} if key else {})
        | {
            "topic": one.topic,
            "level": one.level,
            "norm": one.norm,
            "question": one.stem._asdict(),
            "choices": [_choice_json(letter, choice, key=key) for letter, choice in one.lettered],
        }
        | ({"answer": one.answer} if key else {})
    )


def _choice_json(letter: str, choice: Choice, *, key: bool) -> dict[str, Any]:
    said: dict[str, Any] = {"letter": letter, "text": choice.words._asdict()}
    if not key:
        return said
    return said | {
        "right": choice.right,
        "reason": choice.reason._asdict(),
        "sources": [
            {"norm": source.norm, "provision": source.provision, "quote": source.quote}
            for source in choice.sources
        ],
    }


def drawn(bank: Sequence[Question], request: Request) -> Sheet:
    """Draw a sheet from all questions: topics by turns, no norm twice while others are left.

    A bank that has fewer questions of the kind asked for gives those.
    """
    lots = random.Random(f"sheet/{request.seed}")  # noqa: S311 - drawn to be repeated
    fitting = [
        one
        for one in bank
        if (not request.levels or one.level in request.levels)
        and (not request.topics or one.topic in request.topics)
    ]
    piles = {topic: [one for one in fitting if one.topic == topic] for topic in TOPICS}
    for pile in piles.values():
        lots.shuffle(pile)
    taken: list[Question] = []
    norms: set[str] = set()
    while len(taken) < request.count and any(piles.values()):
        for pile in piles.values():
            if pile and len(taken) < request.count:
                fresh = next((one for one in reversed(pile) if one.norm not in norms), pile[-1])
                pile.remove(fresh)
                norms.add(fresh.norm)
                taken.append(fresh)
    return Sheet(request, tuple(_laid_out(one, request.seed) for one in taken))


def _laid_out(question: Question, seed: int) -> Question:
    """Draw the distractors of a question and the order of its choices."""
    lots = random.Random(f"{seed}/{question.key}")  # noqa: S311 - drawn to be repeated
    choices = [question.right, *lots.sample(question.wrong, CHOICES - 1)]
    lots.shuffle(choices)
    return replace(question, choices=tuple(choices))
