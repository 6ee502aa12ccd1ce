"""Material for trainers: the way in, role cards, and the outline of a deck."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template, request

from dutygraph.reports.word import MEDIA_TYPE
from dutygraph.reports.wording import Pair
from dutygraph.training.cards import RoleCard, cards_document
from dutygraph.training.outline import outline_document, outline_markdown
from dutygraph.training.sheet_exports import SHEET_EXPORTS
from dutygraph.training.sheets import TOPICS
from webapp import files
from webapp.holdings import Holdings, holdings
from webapp.language import Words, gettext, language

page = Blueprint("training", __name__, url_prefix="/training")

_MARKDOWN = "text/markdown; charset=utf-8"


@page.get("")
def index() -> str:
    """Show what there is for trainers."""
    held = holdings()
    questions = held.law.quiz.questions
    return render_template(
        "training.html",
        held=held,
        cards=[(held.law.vocabulary.concept(card.party), card) for card in held.law.role_cards],
        slides=held.law.slides,
        count=len(questions),
        topics={topic: sum(one.topic == topic for one in questions) for topic in TOPICS},
        topic_words=TOPICS,
        exports=SHEET_EXPORTS,
    )


@page.get("/cards")
def cards() -> str:
    """Show role cards, all of them or the one that the address asks for."""
    held = holdings()
    chosen = _chosen(held)
    return render_template(
        "cards.html",
        held=held,
        cards=[(held.law.vocabulary.concept(card.party), card) for card in chosen],
        one=request.args.get("role", ""),
    )


@page.get("/cards.docx")
def cards_file() -> Response:
    """Give role cards as a Word document."""
    held = holdings()
    content = cards_document(_chosen(held), _title(held))
    return files.sent(content, MEDIA_TYPE, "role-cards.docx")


@page.get("/outline.<form>")
def outline(form: str) -> Response:
    """Give the outline of a deck, as Markdown in the language of the request or for Word."""
    held = holdings()
    if form == "docx":
        content = outline_document(held.law.slides, _title(held))
        return files.sent(content, MEDIA_TYPE, "outline.docx")
    if form != "md":
        abort(404, gettext("可以下载的有 %(known)s。", known="outline.md、outline.docx"))
    written = outline_markdown(held.law.slides, _title(held), english=language() == "en")
    return files.sent(written.encode(), _MARKDOWN, "outline.md")


def _chosen(held: Holdings) -> list[RoleCard]:
    name = request.args.get("role", "")
    found = [
        card
        for card in held.law.role_cards
        if not name or held.law.vocabulary.concept(card.party).name == name
    ]
    if not found:
        abort(404, gettext("没有名为 %(name)s 的角色卡。", name=name))
    return found


def _title(held: Holdings) -> Pair:
    title: Words = held.law.title
    return Pair(title.zh, title.en or title.zh)
