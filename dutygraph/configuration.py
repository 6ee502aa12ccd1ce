"""Configuration: every setting of the program, with its variable, its key in a file, its meaning.

A setting is an environment variable. A file in TOML may stand in for variables that are not set,
under the same names without ``DUTYGRAPH_``, in lower case; what a command is told by an option goes
before both.
"""

from __future__ import annotations

import re
import tomllib
from collections.abc import Mapping, MutableMapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

_PREFIX: Final = "DUTYGRAPH_"
_RATE: Final = r"[1-9]\d{0,8}"
CONFIG: Final = "DUTYGRAPH_CONFIG"
"""The variable that names the file."""


class ConfigurationError(Exception):
    """A file of settings cannot be used; the message says why and what can."""


@dataclass(frozen=True)
class Variable:
    """A setting: its environment variable, what holds without it, what it is, its form.

    The form is a regular expression; what is about an endpoint is looked at where it is asked.
    """

    name: str
    default: str
    zh: str
    en: str
    form: str = ".*"

    @property
    def key(self) -> str:
        """Give its key in a file: ``DUTYGRAPH_QUERY_ROWS`` is ``query_rows``."""
        return self.name.removeprefix(_PREFIX).lower()

    @property
    def row(self) -> str:
        """Give its row of the table in docs/operating.md."""
        return f"| `{self.key}` | `{self.name}` | {self.default} | {self.en} |"


VARIABLES: Final = (
    Variable(
        "DUTYGRAPH_STORE",
        "`.dutygraph`",
        "数据目录，或者 SPARQL 端点的地址",
        "the store's directory, or the address of a SPARQL endpoint (`--store`)",
    ),
    Variable(
        "DUTYGRAPH_BASE",
        "`https://dutygraph.example/id/`",
        "导入的记录的 IRI 前缀",
        "what the IRIs of imported records begin with",
    ),
    Variable(
        "DUTYGRAPH_STORE_UPDATE",
        "`…/update` beside `…/query`",
        "端点的更新地址",
        "an endpoint's address for updates",
    ),
    Variable(
        "DUTYGRAPH_STORE_GRAPHS",
        "none",
        "端点的图地址",
        "an endpoint's address for graphs (Graph Store HTTP Protocol)",
    ),
    Variable(
        "DUTYGRAPH_STORE_AUTH",
        "none",
        "以谁的名义访问端点",
        "who asks an endpoint: `basic NAME:PASSWORD`, `digest NAME:PASSWORD`, `bearer TOKEN`",
    ),
    Variable(
        "DUTYGRAPH_STORE_TIMEOUT",
        "60",
        "等端点回答的秒数",
        "how many seconds an endpoint's answer may take",
    ),
    Variable("DUTYGRAPH_HOST", "`127.0.0.1`", "监听地址", "the address to listen at (`--host`)"),
    Variable("DUTYGRAPH_PORT", "8000", "端口", "the port (`--port`)"),
    Variable("DUTYGRAPH_WORKERS", "2", "进程数", "how many processes serve (`--workers`)"),
    Variable(
        "DUTYGRAPH_THREADS",
        "8",
        "每个进程的线程数",
        "how many threads each has (`--threads`)",
        r"[1-9]\d?",
    ),
    Variable(
        "DUTYGRAPH_GRACE",
        "30",
        "停止时等请求结束的秒数",
        "how many seconds running requests have to end when the site is stopped (`--grace`)",
    ),
    Variable(
        "DUTYGRAPH_PERSONAL",
        "no",
        "个人使用：不用登录就显示记录，只限本机",
        "whether records are shown without a log-in, to this machine, while there are no accounts "
        "(`--personal`; `1` is yes)",
    ),
    Variable(
        "DUTYGRAPH_WRITABLE",
        "no",
        "个人使用，并且可以在网页上导入、保存设置",
        "as `personal`, and pages may import and save settings (`--writable`; `1` is yes)",
    ),
    Variable(
        "DUTYGRAPH_SSO_HEADER",
        "none",
        "代理在哪个请求头里写明统一登录的用户",
        "the header in which a proxy names the account that has signed on there",
        r"[A-Za-z0-9-]+",
    ),
    Variable(
        "DUTYGRAPH_PROXIES",
        "`127.0.0.0/8 ::1`",
        "这样的代理的地址",
        "the addresses of such proxies, with blanks between",
    ),
    Variable(
        "DUTYGRAPH_HOPS",
        "1",
        "请求先后经过几个代理",
        "how many proxies a request passes, one after the other: who asks is so many from the end "
        "of `X-Forwarded-For`",
        r"[1-9]\d?",
    ),
    Variable(
        "DUTYGRAPH_METRICS",
        "`local`",
        "谁可以读 /metrics：local 本机、all 任何人、off 无人",
        "who may read `/metrics`: `local` this machine, not through a proxy; `all`; `off` nobody",
        "local|all|off",
    ),
    Variable(
        "DUTYGRAPH_LOG",
        "`info`",
        "日志从哪一级起：debug、info、warning、error",
        "from which level on is logged: `debug`, `info`, `warning`, `error`",
        "debug|info|warning|error",
    ),
    Variable(
        "DUTYGRAPH_CORS",
        "none",
        "可以从网页访问端点和 API 的来源",
        "the origins whose pages may ask `/sparql` and `/api/v1`, with blanks between; `*` is all",
    ),
    Variable(
        "DUTYGRAPH_QUERY_SECONDS",
        "10",
        "一次查询的秒数",
        "the seconds that a SPARQL query may take",
    ),
    Variable(
        "DUTYGRAPH_QUERY_ROWS", "10000", "一次查询的行数", "how many rows its answer may have"
    ),
    Variable(
        "DUTYGRAPH_QUERY_BYTES",
        "16777216",
        "一次查询的字节数",
        "how many bytes it may have",
    ),
    Variable(
        "DUTYGRAPH_QUERIES_AT_ONCE",
        "2",
        "每个用户（未登录的按地址）同时运行的查询数",
        "how many queries each account, or each address without one, may have running at once",
        r"[1-9]\d{0,3}",
    ),
    Variable(
        "DUTYGRAPH_QUERY_RATE",
        "120",
        "每个用户（未登录的按地址）每分钟的查询数",
        "how many queries each may ask in a minute",
        _RATE,
    ),
    Variable(
        "DUTYGRAPH_PROGRAM_RATE",
        "600",
        "每分钟对 API 和端点的请求数",
        "how many requests of `/api/v1` and `/sparql` each may make in a minute",
        _RATE,
    ),
    Variable(
        "DUTYGRAPH_PAGE_RATE",
        "300",
        "每分钟的网页数",
        "how many pages each may ask for in a minute",
        _RATE,
    ),
    Variable(
        "DUTYGRAPH_FORM_RATE",
        "60",
        "每分钟登录、导入、交来比较的次数",
        "how many log-ins, imports and runs to compare with each may hand in, in a minute",
        _RATE,
    ),
    Variable(
        "DUTYGRAPH_UPLOAD_LIMIT",
        "268435456",
        "上传的字节数",
        "how many bytes an upload may have",
        r"\d{1,15}",
    ),
    Variable(
        "DUTYGRAPH_JOB_MEMORY",
        "8589934592",
        "导入、撤销的进程可以用的内存字节数",
        "how many bytes of memory the process of an import or an undo may have",
        r"[1-9]\d{7,14}",
    ),
    Variable(
        "DUTYGRAPH_JOB_SECONDS",
        "3600",
        "导入、撤销的进程可以用的处理器秒数",
        "how many seconds of processor time it may have",
        r"[1-9]\d{0,8}",
    ),
    Variable(
        "DUTYGRAPH_PATIENCE",
        "5",
        "网页等检查的秒数",
        "how many seconds a page waits for a check before it says that it goes on",
        r"\d{1,6}(\.\d+)?",
    ),
    Variable(
        "DUTYGRAPH_REGULATION",
        "the first there is",
        "网站的法规",
        "what regulation the site shows",
    ),
    Variable(
        "DUTYGRAPH_AS_OF",
        "the date of the latest record",
        "网站所示的日期",
        "the day that findings are shown for unless a reader asks for another (YYYY-MM-DD)",
        r"\d{4}-\d\d-\d\d",
    ),
    Variable(
        "DUTYGRAPH_YEAR",
        "that day's year",
        "网站所示的年份",
        "the year that findings are shown for likewise",
        r"\d{4}",
    ),
)
"""All settings, in the order in which their table has them."""


def read(file: Path, environment: MutableMapping[str, str]) -> None:
    """Put the settings of a file into the environment, where it does not have them.

    Raises ConfigurationError for a file that cannot be read or is no TOML (1.0), for a key that is
    unknown, and for a value that is a table or a list.
    """
    try:
        given = tomllib.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ConfigurationError(
            f"配置文件 {file} 不能用：{error} / the configuration {file} cannot be used: {error}"
        ) from error
    known = {variable.key: variable.name for variable in VARIABLES}
    for key, value in given.items():
        if key not in known:
            raise ConfigurationError(
                f"配置文件 {file} 里没有「{key}」这一项，可用：{'、'.join(known)} / "
                f"{file} has an unknown key {key!r}; known are {', '.join(known)}"
            )
        if not isinstance(value, str | int | float):
            raise ConfigurationError(
                f"配置文件 {file}：{key} 应为一个值 / {file}: {key} takes one value"
            )
        environment.setdefault(known[key], _written(value))


def refuse_unusable(environment: Mapping[str, str]) -> None:
    """Raise ConfigurationError for a setting that has not the form that it should have."""
    for variable in VARIABLES:
        given = environment.get(variable.name, "")
        if given and not re.fullmatch(variable.form, given, re.DOTALL):
            raise ConfigurationError(
                f"{variable.name} 不接受「{given}」：{variable.zh} / "
                f"{variable.name} does not take {given!r}: {variable.en}"
            )


def _written(value: str | int | float) -> str:
    if isinstance(value, bool):
        return "1" if value else ""
    return str(value)
