"""The question sheets of a regulation: all its questions, read once, and sheets drawn from them."""

from __future__ import annotations

from functools import cached_property

from dutygraph.training.addressees import addressee_questions
from dutygraph.training.consequences import measure_questions, step_questions
from dutygraph.training.materials import Materials
from dutygraph.training.parties import party_questions
from dutygraph.training.sheets import Question, Request, Sheet, drawn
from dutygraph.training.times import time_questions

_MAKERS = (
    party_questions,
    time_questions,
    addressee_questions,
    measure_questions,
    step_questions,
)


class Quiz:
    """Draws question sheets; the same request gives the same sheet as long as the graph is."""

    def __init__(self, materials: Materials) -> None:
        self._materials = materials

    @cached_property
    def questions(self) -> tuple[Question, ...]:
        """Every question that the graph gives, with all its distractors."""
        return tuple(one for maker in _MAKERS for one in maker(self._materials))

    def sheet(self, request: Request) -> Sheet:
        """Draw a sheet."""
        return drawn(self.questions, request)
