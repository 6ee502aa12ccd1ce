"""Import: files are handed in, checked, confirmed and committed; the history of it, and undo.

Long work is a job in a process of its own; its page says how far it is and what came of it.
"""

from __future__ import annotations

from http import HTTPStatus

from flask import (
    Blueprint,
    abort,
    current_app,
    jsonify,
    make_response,
    redirect,
    render_template,
    request,
    send_file,
    url_for,
)
from werkzeug.wrappers import Response

from dutygraph.records.history import HistoryError, Import
from dutygraph.records.job import Job, Stage, State
from dutygraph.records.jobs import JobError, Jobs
from dutygraph.records.worker import start
from webapp import imports
from webapp.access import actor
from webapp.holdings import Holdings, holdings
from webapp.imports import UploadError, uploads
from webapp.language import Words, gettext
from webapp.pages.asking import sheet, sheet_of
from webapp.rooms import room
from webapp.work import RECENT, asked, begun
from webapp.writing import refuse_forged, writing

page = Blueprint("imports", __name__, url_prefix="/import")

_SHEET = 50
_NAME = 100


@page.before_request
def _limit() -> None:
    """Let an upload be as large as the operator allows."""
    if request.endpoint == "imports.hand_in":
        request.max_content_length = _largest()


def _largest() -> int:
    return int(current_app.config["UPLOAD_LIMIT"])


# Handing in -------------------------------------------------------------------------------------


@page.get("")
def index() -> str:
    """Show how to import, the form for it, and the history."""
    return _index(holdings())


def _index(held: Holdings, error: str = "") -> str:
    return render_template(
        "imports.html",
        held=held,
        error=error,
        formats=imports.accepted(),
        largest=_largest() // (1024 * 1024),
        replaceable=imports.choices(held.history),
        jobs=room().jobs.recent(RECENT) if actor().may("import") else [],
        found=sheet(held.imports[::-1], _SHEET),
        words=imports,
    )


@page.post("")
def hand_in() -> Response | str:
    """Take files, begin to check them, and lead to the page of that job."""
    refuse_forged()
    held = holdings()
    replaced = request.form.get("replaced") or None
    try:
        if replaced is not None:
            held.history.find(replaced)
        taken = uploads(request.files.getlist("files"))
    except (UploadError, HistoryError) as error:
        return make_response(_index(held, str(error)), HTTPStatus.BAD_REQUEST)
    what = asked(_by(), tuple(upload for upload, _ in taken), replaced)
    return _led_to(begun("check", what, [content for _, content in taken]))


def _by() -> str | None:
    return request.form.get("by", "").strip()[:_NAME] or None


def _led_to(job: Job) -> Response:
    return redirect(url_for("imports.job", identifier=job.id), HTTPStatus.SEE_OTHER)


# A job ------------------------------------------------------------------------------------------


def _job(identifier: str) -> tuple[Jobs, Job]:
    jobs = room().jobs
    try:
        return jobs, jobs[identifier]
    except KeyError:
        abort(404, gettext("没有这项工作；下面的导入历史里也许有它的结果。"))


@page.get("/jobs/<identifier>")
def job(identifier: str) -> Response | str:
    """Show how far a job is, or what came of it."""
    jobs, found = _job(identifier)
    return _job_page(jobs, found)


def _job_page(jobs: Jobs, found: Job, error: str = "") -> str:
    held = holdings()
    listed = found.told.get("listed", {})
    wanted = request.args.get("severity")
    wanted = wanted if wanted in listed else None
    total = listed.get(wanted, 0) if wanted else sum(listed.values())
    if found.state == "running":
        total = 0
    return render_template(
        "job.html",
        held=held,
        job=found,
        error=error,
        progress=_progress_words(found),
        replaced=imports.named(held.history, found.told.get("replaces")),
        target=imports.named(held.history, found.asked.undone),
        went_in=imports.went_in(held.history, found) if found.state == "failed" else None,
        has_marked=jobs.marked(found.id).is_file(),
        severity=wanted,
        listed=listed,
        found=sheet_of(
            total,
            _SHEET,
            lambda first, number: [
                imports.shown(one) for one in jobs.faults(found.id, wanted, first, number)
            ],
        ),
        words=imports,
    )


def _progress_words(found: Job) -> str:
    told = found.progress
    if told is None:
        return gettext("准备")
    what = str(Words(*told.what))
    if not told.done:
        return what
    return f"{what} {told.done}" + ("" if told.total is None else f" / {told.total}")


@page.get("/jobs/<identifier>/progress.json")
def progress(identifier: str) -> Response:
    """Say how far a job is, for the page that shows it."""
    _, found = _job(identifier)
    told = found.progress
    answer = jsonify(
        state=found.state,
        words=_progress_words(found),
        done=told.done if told else 0,
        total=told.total if told else None,
    )
    answer.cache_control.no_store = True
    return answer


@page.get("/jobs/<identifier>/marked.xlsx")
def marked(identifier: str) -> Response:
    """Give the workbook with the faults marked back."""
    jobs, found = _job(identifier)
    file = jobs.marked(found.id)
    if not file.is_file():
        abort(404, gettext("这项工作没有标出错误的工作簿：没有错误，或者文件已经清除。"))
    return send_file(file.resolve(), as_attachment=True, download_name=_marked_name(found))


def _marked_name(found: Job) -> str:
    first = found.asked.uploads[0].name.rpartition(".")[0] if found.asked.uploads else ""
    return f"{first or 'import'}-marked.xlsx"


@page.post("/jobs/<identifier>/commit")
def commit(identifier: str) -> Response | str:
    """Commit what a check found, exactly as the page that is confirmed showed it."""
    return _go_on(identifier, "commit", ("ready",))


@page.post("/jobs/<identifier>/check")
def check(identifier: str) -> Response | str:
    """Check the files of a job once more."""
    return _go_on(identifier, "check", ("ready", "refused", "failed"))


def _go_on(identifier: str, stage: Stage, among: tuple[State, ...]) -> Response | str:
    refuse_forged()
    jobs, found = _job(identifier)
    if not found.asked.uploads:
        abort(400)
    try:
        held = jobs.begin(found.id, stage, among, request.form.get("seal", ""))
    except JobError as error:
        return make_response(_job_page(jobs, jobs[identifier], str(error)), HTTPStatus.CONFLICT)
    start(jobs, found, held, writing().location)
    return redirect(url_for("imports.job", identifier=identifier), HTTPStatus.SEE_OTHER)


@page.post("/jobs/<identifier>/discard")
def discard(identifier: str) -> Response | str:
    """Throw away the files of a job that was not committed."""
    refuse_forged()
    jobs, found = _job(identifier)
    try:
        jobs.discard(found.id)
    except JobError as error:
        return make_response(_job_page(jobs, jobs[identifier], str(error)), HTTPStatus.CONFLICT)
    return redirect(url_for("imports.index"), HTTPStatus.SEE_OTHER)


# An import --------------------------------------------------------------------------------------


def _import(name: str) -> tuple[Holdings, Import]:
    held = holdings()
    try:
        return held, held.history.find(name)
    except HistoryError:
        abort(404, gettext("没有编号为“%(name)s”的导入。", name=name))


@page.get("/history/<name>")
def one(name: str) -> str:
    """Show one import: who, when, from which files, what it changed."""
    held, found = _import(name)
    changed = [] if found.replaces is None else held.changes[found.replaces, found.graph]
    return render_template(
        "import.html",
        held=held,
        one=found,
        replaced=imports.replaced(held.history, found),
        successor=imports.successor(held.history, found),
        counted={
            change: sum(one.change == change for one in changed) for change in imports.CHANGES
        },
        found=sheet(changed, _SHEET),
        words=imports,
    )


@page.get("/history/<name>/undo")
def confirm_undo(name: str) -> str:
    """Ask whether an import is to be undone, and say what that does."""
    held, found = _import(name)
    if found.state not in ("active", "unfinished"):
        abort(404, gettext("这次导入已被取代或撤销，不能再撤销。"))
    return render_template(
        "undo.html",
        held=held,
        one=found,
        replaced=imports.replaced(held.history, found),
        words=imports,
    )


@page.post("/history/<name>/undo")
def undo(name: str) -> Response:
    """Begin to undo an import, and lead to the page of that job."""
    refuse_forged()
    _, found = _import(name)
    return _led_to(begun("undo", asked(_by(), undone=found.id)))
