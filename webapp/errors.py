"""Pages for what goes wrong: what happened, and where to go from there."""

from __future__ import annotations

import errno
import sqlite3
from http import HTTPStatus

from flask import Flask, Response, current_app, make_response, render_template, request
from werkzeug.exceptions import (
    HTTPException,
    InternalServerError,
    NotFound,
    RequestEntityTooLarge,
)

from dutygraph.store.damage import DamagedError
from dutygraph.store.graphs import StoreError
from webapp.access import actor
from webapp.holdings import library
from webapp.kept import StillMakingError
from webapp.language import gettext
from webapp.programs import RETRY_AFTER, awaits_words, told

_TAKES_NOTHING = (
    errno.ENOSPC,
    errno.EDQUOT,
    errno.EFBIG,
    errno.EROFS,
    errno.EACCES,
    errno.EPERM,
)
"""What a disk says that is full, or may only be read; to one user, for one file, or to all."""
_DATABASE_TAKES_NOTHING = (
    sqlite3.SQLITE_FULL,
    sqlite3.SQLITE_READONLY,
    sqlite3.SQLITE_IOERR,
    sqlite3.SQLITE_CANTOPEN,
)


def _page(status: int, title: str, words: str, detail: str = "") -> Response:
    page = render_template("error.html", status=status, title=title, words=words, detail=detail)
    return make_response(page, status)


def _failed(error: HTTPException) -> Response:
    """Answer an HTTP error (RFC 9110) with a page; the error's own headers are kept."""
    status = error.code or HTTPStatus.INTERNAL_SERVER_ERROR
    if awaits_words():
        return _with_headers_of(error, told(status))
    if isinstance(error, NotFound):
        page = _page(
            status,
            gettext("没有这一页"),
            gettext("这个地址没有内容，可能写错了，也可能所指的条文、单位或者问题不存在。"),
            _given(error),
        )
    elif isinstance(error, InternalServerError):
        page = _page(
            status,
            gettext("网站出错了"),
            gettext("这不是您的操作造成的。请稍后再试；出错的经过已经记在服务器的日志里。"),
        )
    elif isinstance(error, RequestEntityTooLarge):
        page = _page(
            status,
            gettext("文件太大"),
            _too_large(),
        )
    else:
        page = _page(
            status,
            gettext("这个请求无法完成"),
            gettext("服务器不接受这样的请求，请从下面的入口重新开始。"),
            _given(error) or error.name,
        )
    return _with_headers_of(error, page)


def _with_headers_of(error: HTTPException, response: Response) -> Response:
    kept = [(name, value) for name, value in error.get_headers() if name != "Content-Type"]
    response.headers.extend(kept)
    return response


def _given(error: HTTPException) -> str:
    """Give what the page that refused a request said of it, if it said anything."""
    said = error.description
    return said if said and said != type(error).description else ""


def _too_large() -> str:
    if request.blueprint == "imports":
        return gettext("上传的文件超过了上限，什么也没有保存。请用 dutygraph import 导入。")
    return gettext("上传的文件超过了上限，什么也没有保存。请用 dutygraph check --compare 比较。")


def _unavailable(error: StoreError) -> Response:
    """Answer while the store cannot be read, as in the middle of an import."""
    library().forget()
    current_app.logger.error("the store cannot be read: %s", error)
    # Where the store lies and what is wrong with it is for its owner and for administrators.
    detail = str(error) if actor().personal or actor().may("accounts") else ""
    if awaits_words():
        words = "数据此刻无法读取，请稍后再试 / the store cannot be read now; try again later"
        return told(HTTPStatus.SERVICE_UNAVAILABLE, detail or words)
    if isinstance(error, DamagedError):
        title = gettext("数据已损坏")
        words = gettext("数据目录里有文件损坏或者不见了，要由管理员从备份恢复。")
    else:
        title = gettext("数据正在更新")
        words = gettext("数据目录此刻无法读取，多半是有导入正在写入。请过几秒重新载入本页。")
    page = _page(HTTPStatus.SERVICE_UNAVAILABLE, title, words, detail)
    page.headers["Retry-After"] = RETRY_AFTER
    return page


def _still_checking(_: StillMakingError) -> Response:
    """Answer while a check of many records goes on; the page loads itself anew."""
    if awaits_words():
        words = "检查还在进行，请稍后再试 / the check is still running; try again later"
        return told(HTTPStatus.SERVICE_UNAVAILABLE, words)
    page = make_response(render_template("checking.html"), HTTPStatus.SERVICE_UNAVAILABLE)
    page.headers["Retry-After"] = RETRY_AFTER
    return page


def _unwritable(error: OSError | sqlite3.OperationalError) -> Response:
    """Answer when the disk takes nothing: it is full, or may only be read."""
    if not _takes_nothing(error):
        raise error
    current_app.logger.error("%s: %s", type(error).__name__, error)
    words = "服务器的磁盘已满或者只读 / the server's disk is full, or may only be read"
    if awaits_words():
        return told(HTTPStatus.INSUFFICIENT_STORAGE, words)
    return _page(
        HTTPStatus.INSUFFICIENT_STORAGE,
        gettext("无法保存"),
        gettext("服务器的磁盘已满，或者只能读取；什么也没有保存。请告诉管理员，稍后再试。"),
    )


def _takes_nothing(error: OSError | sqlite3.OperationalError) -> bool:
    if isinstance(error, OSError):
        return error.errno in _TAKES_NOTHING
    # The lower byte of an extended result code is the result code.
    return error.sqlite_errorcode & 0xFF in _DATABASE_TAKES_NOTHING


def install(app: Flask) -> None:
    """Give an app its error pages."""
    app.register_error_handler(HTTPException, _failed)
    app.register_error_handler(StoreError, _unavailable)
    app.register_error_handler(OSError, _unwritable)
    app.register_error_handler(sqlite3.OperationalError, _unwritable)
    app.register_error_handler(StillMakingError, _still_checking)
