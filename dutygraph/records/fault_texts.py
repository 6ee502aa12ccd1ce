"""What each kind of fault says, in Chinese and in English, and whether it refuses a batch."""

from __future__ import annotations

from typing import Final, Literal, NamedTuple, TypeAlias

Severity: TypeAlias = Literal["error", "warning"]


class Text(NamedTuple):
    """What a kind of fault says. ``{seen}``, ``{expected}`` and details are filled in.

    ``zh_else`` and ``en_else`` are added where no nearest value can be told.
    """

    severity: Severity
    zh: str
    en: str
    zh_else: str = ""
    en_else: str = ""


TEXTS: Final[dict[str, Text]] = {
    # The file
    "unreadable-file": Text(
        "error",
        "无法读取文件：{reason}；请检查路径和权限",
        "the file cannot be read: {reason}; check its path and permissions",
    ),
    "unknown-format": Text(
        "error",
        "不认识的文件格式「{seen}」；可用：{expected}",
        "“{seen}” is not a known file format; known: {expected}",
    ),
    "file-too-large": Text(
        "error",
        "文件有 {seen} 字节，上限为 {expected} 字节；请拆成几个文件一并导入",
        "the file has {seen} bytes, the limit is {expected}; "
        "split it and import the parts together",
    ),
    "empty-file": Text(
        "error",
        "文件是空的；应包含：{expected}",
        "the file is empty; it should hold {expected}",
    ),
    "no-rows": Text(
        "warning",
        "文件里没有任何一行数据，没有可导入的内容",
        "the file holds no row, so there is nothing to import from it",
    ),
    "not-utf8": Text(
        "error",
        "文件不是 UTF-8 编码（{reason}）；请另存为 UTF-8",
        "the file is not UTF-8 ({reason}); save it as UTF-8",
    ),
    "malformed-json": Text(
        "error",
        "不是合法的 JSON（{reason}）；请检查此处的逗号、引号和括号",
        "this is not valid JSON ({reason}); look at the commas, quotes and brackets here",
    ),
    "nested-too-deep": Text(
        "error",
        "括号嵌套过深；应为：{expected}",
        "the brackets are nested too deeply; expected {expected}",
    ),
    "wrong-top-level": Text(
        "error",
        "最外层是「{seen}」；应为：{expected}",
        "the outermost value is “{seen}”; expected {expected}",
    ),
    "unknown-table": Text(
        "warning",
        "没有名为「{seen}」的表，已忽略",
        "there is no table “{seen}”, it was ignored",
        "；可用：{expected}",
        "; known: {expected}",
    ),
    "table-not-list": Text(
        "error",
        "「{seen}」不是列表；应为由行组成的列表 [{{…}}, …]",
        "“{seen}” is not a list; expected a list of rows [{{…}}, …]",
    ),
    # The row
    "row-not-object": Text(
        "error",
        "「{seen}」不是一行数据；应为对象 {{…}}",
        "“{seen}” is not a row; expected an object {{…}}",
    ),
    "repeated-key": Text(
        "error",
        "同一对象里「{seen}」出现了不止一次；请只保留一个",
        "“{seen}” stands more than once in the same object; keep one of them",
    ),
    "duplicate-id": Text(
        "error",
        "{entity.zh}的 id「{seen}」重复，已用于 {other}；请换一个 id 或删去重复的一行",
        "the id “{seen}” is already that of another {entity.en}, at {other}; "
        "change the id or remove the repeated row",
    ),
    "already-imported": Text(
        "error",
        "{entity.zh}「{seen}」先前已从 {other} 导入；请换一个 id，或先撤回先前的导入",
        "the {entity.en} “{seen}” was imported before from {other}; "
        "change the id, or withdraw the former import first",
    ),
    # The column
    "unknown-column": Text(
        "warning",
        "没有「{seen}」这一列，已忽略",
        "there is no column “{seen}”, it was ignored",
    ),
    "inapplicable-column": Text(
        "warning",
        "「{kind}」不使用这一列，值「{seen}」已忽略",
        "“{kind}” does not use this column, its value “{seen}” was ignored",
    ),
    "missing-value": Text(
        "error",
        "缺少必填的值；应为：{expected}",
        "a value is required here; expected {expected}",
    ),
    "not-recorded": Text(
        "warning",
        "没有填写{expected}；相关检查可能无法判断",
        "not recorded ({expected}); checks that need it may be unable to tell",
    ),
    # The value
    "unknown-term": Text(
        "error",
        "「{seen}」不是可用的值",
        "“{seen}” is not a known value",
        "；可用：{expected}",
        "; expected {expected}",
    ),
    "other-term": Text(
        "warning",
        "「{seen}」不在所列的值之中，按其他处理",
        "“{seen}” is none of the listed values and was taken for something else",
    ),
    "wrong-type": Text(
        "error",
        "「{kind}」属于 {nearest}，不属于 {seen}",
        "“{kind}” is a kind of {nearest}, not of {seen}",
    ),
    "unreadable-date": Text(
        "error",
        "「{seen}」不是可识别的日期；应为：{expected}",
        "“{seen}” cannot be read as a date; expected {expected}",
    ),
    "impossible-date": Text(
        "error",
        "「{seen}」不是日历上有的日期；应为：{expected}",
        "“{seen}” is not a day of the calendar; expected {expected}",
    ),
    "not-boolean": Text(
        "error",
        "「{seen}」不是是非值；应为：{expected}",
        "“{seen}” is neither true nor false; expected {expected}",
    ),
    "not-integer": Text(
        "error",
        "「{seen}」不是整数；应为：{expected}",
        "“{seen}” is not a whole number; expected {expected}",
    ),
    "out-of-range": Text(
        "error",
        "「{seen}」超出范围；应为：{expected}",
        "“{seen}” is out of range; expected {expected}",
    ),
    "wrong-pattern": Text(
        "error",
        "「{seen}」的写法不对；应为：{expected}",
        "“{seen}” is not written as it should be; expected {expected}",
    ),
    "not-text": Text(
        "error",
        "「{seen}」不是文字；应为：{expected}",
        "“{seen}” is not text; expected {expected}",
    ),
    "control-character": Text(
        "error",
        "「{seen}」含有不可见的控制字符或残缺字符；请删去",
        "“{seen}” contains control characters or broken characters; remove them",
    ),
    "too-long": Text(
        "error",
        "「{seen}」太长；应为：{expected}",
        "“{seen}” is too long; expected {expected}",
    ),
    "not-single": Text(
        "error",
        "这里只能有一个值，不能是列表「{seen}」；应为：{expected}",
        "one value belongs here, not the list “{seen}”; expected {expected}",
    ),
    "part-not-list": Text(
        "error",
        "「{seen}」不是列表；应为由对象组成的列表 [{{…}}, …]",
        "“{seen}” is not a list; expected a list of objects [{{…}}, …]",
    ),
    # One value against another
    "dangling-reference": Text(
        "error",
        "没有 id 为「{seen}」的{entity.zh}",
        "there is no {entity.en} with the id “{seen}”",
        "；请补上这一行，或改正这个 id",
        "; add that row or correct the id",
    ),
    "wrong-reference": Text(
        "error",
        "「{seen}」是{other.zh}；这里应为{entity.zh}的 id",
        "“{seen}” is a {other.en}; expected the id of a {entity.en}",
    ),
    "ambiguous-reference": Text(
        "error",
        "「{seen}」同时是{entity.zh}的 id；请让这些 id 互不相同",
        "“{seen}” is the id of a {entity.en} at once; give them different ids",
    ),
    "before-start": Text(
        "error",
        "「{seen}」早于{start.zh}「{value}」；应为：{expected}",
        "“{seen}” is before “{value}” ({start.en}); expected {expected}",
    ),
    "empty-period": Text(
        "warning",
        "「{seen}」与{start.zh}是同一天，期间为空（{column} 当日不计）",
        "“{seen}” is the same day as {start.en}: an empty period, "
        "as the day of {column} is not counted",
    ),
    "superior-cycle": Text(
        "error",
        "上级关系成环：{cycle}；请改正其中一处",
        "the superiors form a cycle: {cycle}; correct one of them",
    ),
}
