"""Faults: what is wrong with imported records, where it stands, and what would put it right."""

from __future__ import annotations

import json
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Final, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]

SEEN_LENGTH: Final = 60
"""How much of a value a message shows, in characters."""


class Wording(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str


@dataclass(frozen=True, slots=True)
class Place:
    """Where something stands: a file, a sheet (for JSON its list) and a 1-based row in it.

    ``prefix`` leads to a nested row (``roles[2].``). ``sequence`` counts the rows of the file from
    1 in the order of reading; it only serves to put faults in file order.
    """

    file: str
    sheet: str | None = None
    row: int | None = None
    prefix: str = ""
    sequence: int = 0

    def __str__(self) -> str:
        """Give the place in words that read the same in both languages."""
        parts = [self.file, self.sheet, None if self.row is None else f"第{self.row}行"]
        return " · ".join(part for part in parts if part is not None)


@dataclass(frozen=True, slots=True)
class Fault:
    """One thing that is wrong. An error refuses the whole batch, a warning does not.

    ``line`` and ``position`` are given where the text itself cannot be read; both count from 1.
    """

    code: str
    severity: Severity
    place: Place
    message: Wording
    column: str | None = None
    line: int | None = None
    position: int | None = None
    seen: str | None = None
    expected: Wording | None = None
    nearest: str | None = None

    @property
    def is_error(self) -> bool:
        """Tell whether the fault refuses the batch."""
        return self.severity == "error"

    def __str__(self) -> str:
        """Give the fault on one line: place, column, then the message in both languages."""
        parts = [str(self.place)]
        if self.line is not None:
            parts.append(f"第{self.line}行第{self.position}列")
        if self.column is not None:
            parts.append(self.column)
        return f"{' · '.join(parts)}：{self.message.zh} / {self.message.en}"

    def to_json(self) -> dict[str, str | int | None]:
        """Give the fault as a flat JSON object; every key is always there."""
        return {
            "code": self.code,
            "severity": self.severity,
            "file": self.place.file,
            "sheet": self.place.sheet,
            "row": self.place.row,
            "column": self.column,
            "line": self.line,
            "position": self.position,
            "seen": self.seen,
            "expected_zh": None if self.expected is None else self.expected.zh,
            "expected_en": None if self.expected is None else self.expected.en,
            "nearest": self.nearest,
            "message_zh": self.message.zh,
            "message_en": self.message.en,
        }


class ImportRefused(Exception):  # noqa: N818 - a refusal is an answer, not a breakdown
    """A batch has errors, so nothing of it was imported; ``faults`` holds them all."""

    def __init__(self, faults: Iterable[Fault]) -> None:
        self.faults = tuple(faults)
        errors = [fault for fault in self.faults if fault.is_error]
        super().__init__(
            f"未导入任何内容：{len(errors)} 处错误，第一处：{errors[0].message.zh} / "
            f"nothing was imported: {len(errors)} errors, the first: {errors[0]}"
        )


class _Text(NamedTuple):
    """What a kind of fault says. ``{seen}``, ``{expected}`` and details are filled in.

    ``zh_else`` and ``en_else`` are added where no nearest value can be told.
    """

    severity: Severity
    zh: str
    en: str
    zh_else: str = ""
    en_else: str = ""


_TEXTS: Final[dict[str, _Text]] = {
    # The file
    "unreadable-file": _Text(
        "error",
        "无法读取文件：{reason}；请检查路径和权限",
        "the file cannot be read: {reason}; check its path and permissions",
    ),
    "unknown-format": _Text(
        "error",
        "不认识的文件格式「{seen}」；可用：{expected}",
        "“{seen}” is not a known file format; known: {expected}",
    ),
    "file-too-large": _Text(
        "error",
        "文件有 {seen} 字节，上限为 {expected} 字节；请拆成几个文件一并导入",
        "the file has {seen} bytes, the limit is {expected}; "
        "split it and import the parts together",
    ),
    "empty-file": _Text(
        "error",
        "文件是空的；应包含 {expected}",
        "the file is empty; it should hold {expected}",
    ),
    "no-rows": _Text(
        "warning",
        "文件里没有任何一行数据，没有可导入的内容",
        "the file holds no row, so there is nothing to import from it",
    ),
    "not-utf8": _Text(
        "error",
        "文件不是 UTF-8 编码（{reason}）；请另存为 UTF-8",
        "the file is not UTF-8 ({reason}); save it as UTF-8",
    ),
    "malformed-json": _Text(
        "error",
        "不是合法的 JSON（{reason}）；请检查此处的逗号、引号和括号",
        "this is not valid JSON ({reason}); look at the commas, quotes and brackets here",
    ),
    "nested-too-deep": _Text(
        "error",
        "括号嵌套过深；应为 {expected}",
        "the brackets are nested too deeply; expected {expected}",
    ),
    "wrong-top-level": _Text(
        "error",
        "最外层是「{seen}」；应为 {expected}",
        "the outermost value is “{seen}”; expected {expected}",
    ),
    "unknown-table": _Text(
        "warning",
        "没有名为「{seen}」的表，已忽略",
        "there is no table “{seen}”, it was ignored",
        "；可用：{expected}",
        "; known: {expected}",
    ),
    "table-not-list": _Text(
        "error",
        "「{seen}」不是列表；应为由行组成的列表 [{{…}}, …]",
        "“{seen}” is not a list; expected a list of rows [{{…}}, …]",
    ),
    # The row
    "row-not-object": _Text(
        "error",
        "「{seen}」不是一行数据；应为对象 {{…}}",
        "“{seen}” is not a row; expected an object {{…}}",
    ),
    "repeated-key": _Text(
        "error",
        "同一对象里「{seen}」出现了不止一次；请只保留一个",
        "“{seen}” stands more than once in the same object; keep one of them",
    ),
    "duplicate-id": _Text(
        "error",
        "{entity.zh}的 id「{seen}」重复，已用于 {other}；请换一个 id 或删去重复的一行",
        "the id “{seen}” is already that of another {entity.en}, at {other}; "
        "change the id or remove the repeated row",
    ),
    "already-imported": _Text(
        "error",
        "{entity.zh}「{seen}」先前已从 {other} 导入；请换一个 id，或先撤回先前的导入",
        "the {entity.en} “{seen}” was imported before from {other}; "
        "change the id, or withdraw the former import first",
    ),
    # The column
    "unknown-column": _Text(
        "warning",
        "没有「{seen}」这一列，已忽略",
        "there is no column “{seen}”, it was ignored",
    ),
    "inapplicable-column": _Text(
        "warning",
        "「{kind}」不使用这一列，值「{seen}」已忽略",
        "“{kind}” does not use this column, its value “{seen}” was ignored",
    ),
    "missing-value": _Text(
        "error",
        "缺少必填的值；应为{expected}",
        "a value is required here; expected {expected}",
    ),
    "not-recorded": _Text(
        "warning",
        "没有填写{expected}；相关检查可能无法判断",
        "not recorded ({expected}); checks that need it may be unable to tell",
    ),
    # The value
    "unknown-term": _Text(
        "error",
        "「{seen}」不是可用的值",
        "“{seen}” is not a known value",
        "；可用：{expected}",
        "; expected {expected}",
    ),
    "other-term": _Text(
        "warning",
        "「{seen}」不在所列的值之中，按其他处理",
        "“{seen}” is none of the listed values and was taken for something else",
    ),
    "wrong-type": _Text(
        "error",
        "「{kind}」属于 {nearest}，不属于 {seen}",
        "“{kind}” is a kind of {nearest}, not of {seen}",
    ),
    "unreadable-date": _Text(
        "error",
        "「{seen}」不是可识别的日期；应为{expected}",
        "“{seen}” cannot be read as a date; expected {expected}",
    ),
    "impossible-date": _Text(
        "error",
        "「{seen}」不是日历上有的日期；应为{expected}",
        "“{seen}” is not a day of the calendar; expected {expected}",
    ),
    "not-boolean": _Text(
        "error",
        "「{seen}」不是是非值；应为{expected}",
        "“{seen}” is neither true nor false; expected {expected}",
    ),
    "not-integer": _Text(
        "error",
        "「{seen}」不是整数；应为{expected}",
        "“{seen}” is not a whole number; expected {expected}",
    ),
    "out-of-range": _Text(
        "error",
        "「{seen}」超出范围；应为{expected}",
        "“{seen}” is out of range; expected {expected}",
    ),
    "wrong-pattern": _Text(
        "error",
        "「{seen}」的写法不对；应为{expected}",
        "“{seen}” is not written as it should be; expected {expected}",
    ),
    "not-text": _Text(
        "error",
        "「{seen}」不是文字；应为{expected}",
        "“{seen}” is not text; expected {expected}",
    ),
    "control-character": _Text(
        "error",
        "「{seen}」含有不可见的控制字符或残缺字符；请删去",
        "“{seen}” contains control characters or broken characters; remove them",
    ),
    "too-long": _Text(
        "error",
        "「{seen}」太长；应为{expected}",
        "“{seen}” is too long; expected {expected}",
    ),
    "not-single": _Text(
        "error",
        "这里有多个值「{seen}」；应只有一个{expected}",
        "there are several values “{seen}”; expected one {expected}",
    ),
    "part-not-list": _Text(
        "error",
        "「{seen}」不是列表；应为由对象组成的列表 [{{…}}, …]",
        "“{seen}” is not a list; expected a list of objects [{{…}}, …]",
    ),
    # One value against another
    "dangling-reference": _Text(
        "error",
        "没有 id 为「{seen}」的{entity.zh}",
        "there is no {entity.en} with the id “{seen}”",
        "；请补上这一行，或改正这个 id",
        "; add that row or correct the id",
    ),
    "wrong-reference": _Text(
        "error",
        "「{seen}」是{other.zh}；这里应为{entity.zh}的 id",
        "“{seen}” is a {other.en}; expected the id of a {entity.en}",
    ),
    "ambiguous-reference": _Text(
        "error",
        "「{seen}」同时是{entity.zh}的 id；请让这些 id 互不相同",
        "“{seen}” is the id of a {entity.en} at once; give them different ids",
    ),
    "before-start": _Text(
        "error",
        "「{seen}」早于{start.zh}「{value}」；应为{expected}",
        "“{seen}” is before “{value}”, its {start.en}; expected {expected}",
    ),
    "empty-period": _Text(
        "warning",
        "「{seen}」与{start.zh}是同一天，期间为空（{column} 当日不计）",
        "“{seen}” is the same day as its {start.en}: an empty period, "
        "as the day of {column} is not counted",
    ),
    "superior-cycle": _Text(
        "error",
        "上级关系成环：{cycle}；请改正其中一处",
        "the superiors form a cycle: {cycle}; correct one of them",
    ),
}

CODES: Final = frozenset(_TEXTS)
"""Every code that a fault can have."""

Detail: TypeAlias = str | int | Wording


def show(value: object) -> str:
    """Give a value as a message shows it: on one line, shortened, nothing invisible in it."""
    text = value if isinstance(value, str) else _as_json(value)
    short = text if len(text) <= SEEN_LENGTH else text[: SEEN_LENGTH - 1] + "…"
    return "".join(char if char.isprintable() else f"\\u{ord(char):04x}" for char in short)


def _as_json(value: object) -> str:
    if isinstance(value, dict):
        return "{…}" if value else "{}"
    if isinstance(value, list):
        return f"[{', '.join(show(item) for item in value[:5])}{', …' if len(value) > 5 else ''}]"
    if isinstance(value, bool | int | float | None):
        return json.dumps(value)
    return str(value)


def fault(
    code: str,
    place: Place,
    column: str | None = None,
    *,
    seen: object = None,
    expected: Wording | None = None,
    nearest: str | None = None,
    line: int | None = None,
    position: int | None = None,
    **details: Detail,
) -> Fault:
    """Make the fault of a code at a place, with its message in both languages.

    ``seen`` is the value found, shown shortened; ``nearest`` is a valid value that was perhaps
    meant; ``details`` fill what else the code's message names. Raises KeyError for an unknown code
    or a missing detail.
    """
    text = _TEXTS[code]
    shown = None if seen is None else show(seen)
    path = None if column is None else place.prefix + show(column)
    known = {"seen": shown, "nearest": nearest, "column": path, **details}
    wanted = expected or Wording("", "")
    if nearest is None:
        zh, en = text.zh + text.zh_else, text.en + text.en_else
    else:
        zh, en = text.zh + "；是否为「{nearest}」？", text.en + "; did you mean “{nearest}”?"
    message = Wording(
        zh.format(expected=wanted.zh, **known), en.format(expected=wanted.en, **known)
    )
    return Fault(
        code=code,
        severity=text.severity,
        place=place,
        message=message,
        column=path,
        line=line,
        position=position,
        seen=shown,
        expected=expected,
        nearest=nearest,
    )
