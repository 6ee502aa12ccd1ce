"""The first page: what the site is, what the graph holds, and where each reader may begin."""

from __future__ import annotations

from collections import Counter

from flask import Blueprint, render_template

from dutygraph.compliance.calendar import due_after_month, due_in_month
from dutygraph.compliance.checking import by_check
from dutygraph.compliance.shapes import shapes
from webapp.calendar import lines
from webapp.commentary import Passage
from webapp.holdings import Holdings, holdings
from webapp.pages.asking import usual_day, usual_run
from webapp.runs import Run

page = Blueprint("home", __name__)


@page.get("/")
def home() -> str:
    """Show the first page."""
    held = holdings()
    outcome = held.outcomes.at_hand(usual_run(held)) if held.has_records else None
    day = usual_day(held)
    calendar = held.calendars[Run.asked({}, held.law.settings, day, day.year), None]
    return render_template(
        "home.html",
        held=held,
        numbers=_numbers(held),
        kinds=Counter(card.kind for card in held.law.commentary.cards.values()).most_common(),
        specimen=_specimen(held),
        outcome=outcome,
        day=day,
        due=lines(due_in_month(calendar), held),
        following=lines(due_after_month(calendar)[:1], held),
    )


def _specimen(held: Holdings) -> Passage | None:
    """Choose the passage that shows in the fewest words what a norm is: one with a dated duty."""
    dated = {
        card.norm.provision
        for card in held.law.commentary.cards.values()
        if card.deadline and card.deadline.first and card.bearers
    }
    passages = (
        passage
        for key in sorted(dated)
        for passage in held.law.commentary.passages(key)
        if passage.cards[0].deadline and passage.cards[0].deadline.first
    )
    return min(passages, key=lambda passage: len(passage.provision.text or ""), default=None)


def _numbers(held: Holdings) -> dict[str, int]:
    """Count what the graph holds."""
    return {
        "articles": len(held.law.commentary.articles),
        "norms": len(held.law.commentary.cards),
        "bearers": len(held.law.roles.all),
        "readings": len(held.law.readings.all),
        "checks": len(by_check(shapes(held.law.regulation))),
        "questions": len(held.law.questions),
        "units": len(held.registry.units),
        "records": held.registry.records,
    }
