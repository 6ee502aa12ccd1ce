"""The settings: what each chooses, on which words it rests, and what choosing otherwise changes."""

from __future__ import annotations

from collections.abc import Mapping
from http import HTTPStatus
from urllib.parse import urlencode

from flask import Blueprint, abort, make_response, redirect, render_template, request, url_for
from werkzeug.wrappers import Response

from dutygraph.compliance.settings import SettingError
from dutygraph.compliance.settings_file import settings_file
from webapp.effect import KINDS, Effect, effect
from webapp.files import sent
from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.pages.asking import asked_run, sheet, tidied, usual_day, usual_run
from webapp.runs import SETTING_PREFIX, Run, RunError
from webapp.saved import saved, saved_settings
from webapp.writing import refuse_forged

page = Blueprint("settings", __name__)

_SHEET = 40
_PREVIEW, _SAVED = "preview", "saved"
_TOML = "application/toml; charset=utf-8"


@page.get("/settings")
def index() -> Response | str:
    """Show the settings that hold; with values in the address, what these would change."""
    held = holdings()
    wants_preview = request.args.get(_PREVIEW) == "1"
    try:
        run = _candidate(held) if wants_preview else asked_run(held)
        now = _of_site(held, run, {})
    except RunError as error:
        return make_response(_page(held, usual_run(held), error=str(error)), HTTPStatus.BAD_REQUEST)
    kept = {_PREVIEW: "1", "kind": _kind()} if wants_preview else {_SAVED: _has_saved()}
    tidy = tidied(url_for("settings.index"), kept, run.query)
    if tidy is not None:
        return tidy
    found = effect(held, now, run) if wants_preview and held.has_records else None
    return _page(held, run, found)


def _candidate(held: Holdings) -> Run:
    """Read the run that the address asks for; what it does not set is as the text's default."""
    return Run.asked(request.values, held.law.settings, usual_day(held), held.usual.year)


def _once(held: Holdings, run: Run) -> Run | None:
    """Give a run as the site's other pages are asked for it, None where they cannot be.

    An address can choose any value in the place of a saved one, but not that there is none.
    """
    usually = {
        key: one.default for key, one in held.law.settings.items() if one.default is not None
    }
    asked = _of_site(held, run, usually | dict(run.assignments))
    return asked if asked == run else None


def _of_site(held: Holdings, run: Run, chosen: Mapping[str, str]) -> Run:
    """Give the run of the same day and year with the site's settings, unless others are chosen."""
    asked = {"as_of": run.as_of.isoformat(), "year": str(run.year)}
    asked |= {SETTING_PREFIX + key: value for key, value in chosen.items()}
    return Run.asked(
        asked,
        held.law.settings,
        usual_day(held),
        held.usual.year,
        saved_settings(held.law.settings),
    )


def _has_saved() -> str:
    return "1" if request.args.get(_SAVED) == "1" else ""


def _kind() -> str:
    wanted = request.args.get("kind", "")
    return wanted if wanted in KINDS else ""


def _page(held: Holdings, run: Run, found: Effect | None = None, error: str = "") -> str:
    chosen = dict(run.assignments)
    kind = _kind()
    rows = []
    if found is not None:
        rows = [
            (each, entry)
            for each, entries in found.entries.items()
            if kind in ("", each)
            for entry in entries
        ]
    return render_template(
        "settings.html",
        held=held,
        run=run,
        error=error or _unusable(held),
        previewed=request.args.get(_PREVIEW) == "1" and not error,
        has_saved=bool(_has_saved()),
        effect=found,
        kinds=KINDS,
        kind=kind,
        found=sheet(rows, _SHEET),
        chosen=chosen,
        once=_once(held, run),
        saved=saved_settings(held.law.settings),
        address=dict(run.query) | {SETTING_PREFIX + key: value for key, value in chosen.items()},
        readings={
            key: [reading for reading in held.law.readings.all if key in reading.settings]
            for key in held.law.settings
        },
    )


def _unusable(held: Holdings) -> str:
    """Say why the saved settings cannot be used; nothing where they can."""
    try:
        saved().of(held.law.settings)
    except SettingError as error:
        return str(error)
    return ""


@page.get("/settings.toml")
def download() -> Response:
    """Give settings as a file for ``check --settings``: those of the address, or the site's."""
    held = holdings()
    try:
        run = _candidate(held) if request.args else usual_run(held)
    except RunError as error:
        abort(400, str(error))
    known = [held.law.settings[key] for key in sorted(held.law.settings)]
    return sent(settings_file(known, dict(run.assignments)).encode(), _TOML, "settings.toml")


@page.post("/settings")
def save() -> Response | str:
    """Save settings as those of the site."""
    refuse_forged()
    held = holdings()
    try:
        run = _candidate(held)
        saved().save(held.law.settings, dict(run.assignments))
    except RunError as error:
        return make_response(_page(held, usual_run(held), error=str(error)), HTTPStatus.BAD_REQUEST)
    except OSError:
        abort(HTTPStatus.INSUFFICIENT_STORAGE, gettext("服务器无法保存设置，请告诉管理员。"))
    return redirect(
        url_for("settings.index") + "?" + urlencode({_SAVED: "1"}), HTTPStatus.SEE_OTHER
    )
