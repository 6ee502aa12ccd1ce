"""Question sheets from the graph: taken on the page, marked with reasons, printed, downloaded."""

from __future__ import annotations

import secrets
from collections.abc import Mapping
from dataclasses import dataclass
from urllib.parse import urlencode

from flask import (
    Blueprint,
    Response,
    abort,
    make_response,
    redirect,
    render_template,
    request,
    url_for,
)
from werkzeug.wrappers import Response as AnyResponse

from dutygraph.training.sheet_exports import SHEET_EXPORTS
from dutygraph.training.sheets import (
    LARGEST_SEED,
    LETTERS,
    LEVELS,
    MOST,
    TOPICS,
    QuizError,
    Request,
    Sheet,
)
from webapp import files
from webapp.holdings import holdings
from webapp.language import gettext

page = Blueprint("quiz", __name__, url_prefix="/quiz")


@dataclass(frozen=True)
class Asked:
    """What the address asks: a sheet, whether its key is shown, and the letters answered."""

    request: Request
    key: bool
    answers: Mapping[int, str]
    marked: bool

    @property
    def query(self) -> dict[str, str]:
        """The query parameters of the sheet."""
        wanted = self.request
        given = {"seed": str(wanted.seed), "count": str(wanted.count)}
        if wanted.levels:
            given["level"] = str(wanted.levels[0])
        if wanted.topics:
            given["topic"] = wanted.topics[0]
        return given

    def score(self, sheet: Sheet) -> int:
        """Count the right answers."""
        return sum(
            self.answers.get(number) == one.answer
            for number, one in enumerate(sheet.questions, start=1)
        )


@page.get("")
def index() -> AnyResponse:
    """Show a sheet; with answers, mark it."""
    held = holdings()
    try:
        asked, error = _asked(), ""
    except QuizError as refused:
        asked, error = Asked(Request(), key=False, answers={}, marked=False), str(refused)
    sheet = held.law.quiz.sheet(asked.request)
    shown = render_template(
        "quiz.html",
        held=held,
        asked=asked,
        sheet=sheet,
        error=error,
        levels=LEVELS,
        topics=TOPICS,
        exports=SHEET_EXPORTS,
        most=MOST,
        largest=LARGEST_SEED,
    )
    return make_response(shown, 400 if error else 200)


@page.get("/new")
def new() -> AnyResponse:
    """Lead to a sheet that was not seen before, of the kind that the address asks for."""
    try:
        asked = _asked()
    except QuizError as refused:
        abort(400, str(refused))
    query = asked.query | {"seed": str(secrets.randbelow(LARGEST_SEED))}
    return redirect(f"{url_for('quiz.index')}?{urlencode(query)}", 303)


@page.get("/sheet.<form>")
def download(form: str) -> Response:
    """Give a sheet as a file, with its key when that is asked for."""
    export = SHEET_EXPORTS.get(form)
    if export is None:
        known = "、".join(f"sheet.{name}" for name in SHEET_EXPORTS)
        abort(404, gettext("可以下载的有 %(known)s。", known=known))
    try:
        asked = _asked()
    except QuizError as refused:
        abort(400, str(refused))
    sheet = holdings().law.quiz.sheet(asked.request)
    name = f"quiz-{asked.request.seed}{'-key' if asked.key else ''}{export.suffix}"
    return files.sent(export.write(sheet, asked.key), export.media_type, name)


def _asked() -> Asked:
    """Read what the address asks; raises QuizError for what there is not."""
    usual = Request()
    count = _number("count", usual.count)
    level, topic = request.args.get("level", ""), request.args.get("topic", "")
    wanted = Request(
        _number("seed", usual.seed),
        count,
        (_number("level", 0),) if level else (),
        (topic,) if topic else (),
    )
    given = {number: request.args.get(f"q{number}", "") for number in range(1, count + 1)}
    return Asked(
        wanted,
        key=request.args.get("key") == "1",
        answers={number: letter for number, letter in given.items() if letter in tuple(LETTERS)},
        marked=request.args.get("mark") == "1",
    )


def _number(name: str, usual: int) -> int:
    written = request.args.get(name, "").strip() or str(usual)
    if not (written.isascii() and written.isdigit() and len(written) <= len(str(LARGEST_SEED))):
        raise QuizError(
            f"{name} 应为整数，不是「{written}」 / {name} takes a whole number, not {written!r}"
        )
    return int(written)
