"""The readings: each open point of the text, the ways to read it, and the settings that choose."""

from __future__ import annotations

from flask import Blueprint, render_template

from webapp.holdings import holdings

page = Blueprint("readings", __name__, url_prefix="/readings")


@page.get("")
def index() -> str:
    """Show all readings and settings."""
    return render_template("readings.html", held=holdings())
