"""The coverage of the text: what every character became, norm or not, and why not."""

from __future__ import annotations

from flask import Blueprint, Response, abort, render_template

from webapp import files
from webapp.holdings import holdings
from webapp.language import gettext

page = Blueprint("coverage", __name__, url_prefix="/coverage")


@page.get("")
def index() -> str:
    """Show the figures and the whole text with every span marked."""
    held = holdings()
    return render_template("coverage.html", held=held, coverage=held.law.coverage)


@page.get("/<name>.<form>")
def download(name: str, form: str) -> Response:
    """Give the ledger as a file: all of it as JSON, its table or its passages as CSV."""
    coverage = holdings().law.coverage
    made = {
        ("ledger", "json"): (coverage.as_json, files.JSON),
        ("ledger", "csv"): (coverage.as_csv, files.CSV),
        ("passages", "csv"): (coverage.passages_as_csv, files.CSV),
    }
    if (name, form) not in made:
        abort(404, gettext("可以下载的有 ledger.json、ledger.csv 和 passages.csv。"))
    make, media_type = made[name, form]
    return files.sent(make(), media_type, f"{name}.{form}")
