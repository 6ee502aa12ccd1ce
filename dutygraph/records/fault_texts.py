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
    # The sheets of a workbook, the files of a table
    "unknown-sheet": Text(
        "warning",
        "没有名为「{seen}」的表，没有读；表有：{expected}",
        "no table is called “{seen}”, so it was not read; there are: {expected}",
    ),
    "no-table": Text(
        "error",
        "没有一张表的名称是导入模型里的；应为：{expected}",
        "no sheet or file is named after a table of the import model: {expected}",
    ),
    "no-header": Text(
        "error",
        "第一行没有一个列名认得（如「{seen}」）；列名应为：{expected}",
        "no header in the first row is known (such as “{seen}”); headers are: {expected}",
    ),
    "homeless-row": Text(
        "error",
        "「{seen}」在这次导入里没有对应的行，应为{expected}",
        "“{seen}” has no row in this import; this should be {expected}",
    ),
    "hidden-sheet": Text(
        "error",
        "「{seen}」是隐藏的工作表，其中有数据；请取消隐藏，或者删去该表",
        "“{seen}” is a hidden sheet that holds data; unhide or delete it",
    ),
    "cell-without-header": Text(
        "error",
        "「{seen}」所在的列没有列名，无法读取；请补上列名，或者删去内容",
        "the column of “{seen}” has no header, so it cannot be read; add one or clear the cells",
    ),
    "merged-cells": Text(
        "warning",
        "单元格 {seen} 已合并，其值用于其中的每一行",
        "the cells {seen} are merged; their value was taken for each of the rows",
    ),
    "merged-across": Text(
        "error",
        "单元格 {seen} 跨列合并，不知道值属于哪一列；请取消合并",
        "the cells {seen} are merged across columns, so it is unclear what the value belongs to; "
        "unmerge them",
    ),
    "no-cell-value": Text(
        "error",
        "单元格没有可读的值（{seen}）：公式出错或者没有算出结果；请改正、重新计算后保存，或改为数值",
        "the cell has no value to read ({seen}): its formula is in error or was never calculated; "
        "correct it, recalculate and save, or write the value",
    ),
    # What is refused before it is read
    "not-a-workbook": Text(
        "error",
        "无法作为 Excel 工作簿读取（{reason.zh}）；请用 Excel 另存为 .xlsx",
        "this cannot be read as an Excel workbook ({reason.en}); save it as .xlsx in Excel",
    ),
    "not-a-zip": Text(
        "error",
        "无法作为 zip 压缩包读取（{reason.zh}）；请重新压缩",
        "this cannot be read as a zip archive ({reason.en}); pack it again",
    ),
    "macros": Text(
        "error",
        "工作簿含有宏，不予读取；请另存为不含宏的 .xlsx",
        "the workbook holds macros and is refused; save it as an .xlsx without macros",
    ),
    "external-links": Text(
        "error",
        "工作簿链接到别的文件，不予读取；请断开链接（数据—编辑链接）后另存",
        "the workbook links to other files and is refused; break the links (Data, Edit Links) "
        "and save it again",
    ),
    "implausible-size": Text(
        "error",
        "展开后有 {seen} 字节，超过上限 {limit} 或者压缩率不合理，不予读取",
        "unpacked it has {seen} bytes, beyond the limit of {limit} or implausibly compressed; "
        "refused",
    ),
    "too-many-members": Text(
        "error",
        "压缩包里有 {seen} 个文件，超过上限 {limit}，不予读取",
        "the archive has {seen} files, beyond the limit of {limit}; refused",
    ),
    "declared-entities": Text(
        "error",
        "文件声明了 DTD 或者实体，不予读取；请去掉 <!DOCTYPE …>",
        "the file declares a DTD or entities and is refused; remove <!DOCTYPE …>",
    ),
    "beyond-bounds": Text(
        "error",
        "读取时超出了内存或者时间上限（{reason}），不予读取；请删去多余的空行空列，或者拆成几个文件",
        "reading went beyond the limit of memory or time ({reason}) and was given up; "
        "delete surplus blank rows and columns, or split the file",
    ),
    "more-errors": Text(
        "error",
        "另有 {count} 处同样的错误（{same}）未逐一列出",
        "{count} more errors of the same kind ({same}) are not listed one by one",
    ),
    "more-warnings": Text(
        "warning",
        "另有 {count} 处同样的提醒（{same}）未逐一列出",
        "{count} more warnings of the same kind ({same}) are not listed one by one",
    ),
    "malformed-csv": Text(
        "error",
        "不是合法的 CSV（{reason}）；请检查此处的引号",
        "this is not valid CSV ({reason}); look at the quotes here",
    ),
    "malformed-rdf": Text(
        "error",
        "不是合法的 {form}（{reason.zh}）",
        "this is not valid {form}: {reason.en}",
    ),
    "unknown-class": Text(
        "warning",
        "「{seen}」不属于可导入的任何一类，没有读",
        "“{seen}” is of no class that can be imported and was not read",
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
        "{entity.zh}「{seen}」先前已从 {other} 导入（{earlier}）；请换一个 id；"
        "如本次导入就是它的新版，请用 --replace {earlier}",
        "the {entity.en} “{seen}” was imported before from {other} ({earlier}); change the id, "
        "or if this import is a new version of that one, say --replace {earlier}",
    ),
    "still-referred-to": Text(
        "error",
        "本次导入取代 {earlier}，却不再有{entity.zh}「{seen}」，而 {other} 仍引用它；"
        "请补上这一行，或先改正那里的引用",
        "this import replaces {earlier} and has the {entity.en} “{seen}” no more, to which {other} "
        "still refers; add that row, or correct the reference there first",
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
        "上级关系成环：{cycle.zh}；请改正其中一处",
        "the superiors form a cycle: {cycle.en}; correct one of them",
    ),
    "superior-cycle-imported": Text(
        "error",
        "上级关系与先前导入的单位成环：{cycle.zh}；先前导入的是 {other}；"
        "请改正其中一处，或先改正那里的",
        "the superiors form a cycle with units imported before: {cycle.en}; imported before: "
        "{other}; correct one of them, or the one there first",
    ),
    # What goes beyond the remit of whoever imports
    "outside-remit": Text(
        "error",
        "「{seen}」不全在您的范围内；请只导入您范围内的单位及其人员和记录",
        "“{seen}” is not all in your remit; import your own units, their people and records only",
    ),
    "units-rearranged": Text(
        "error",
        "「{seen}」的类别、层级、区划或上级与现有的不同；这些决定谁看得到什么，请由管理员修改",
        "the kind, level, region or superiors of “{seen}” differ from those that stand; "
        "they decide who sees what: have an administrator change them",
    ),
    "units-removed": Text(
        "error",
        "取代原来的导入会少掉 {count} 个单位；单位请由管理员增减",
        "taking the place of that import would remove {count} units; "
        "have an administrator add or remove units",
    ),
    "replaces-others": Text(
        "error",
        "要取代的导入还有您范围以外的内容；请另用文件名，只导入新的部分",
        "the import to be replaced holds more than is in your remit; "
        "import what is new alone, from a file of another name",
    ),
    "conflicts-unseen": Text(
        "error",
        "与您看不到的记录冲突，例如 id 已被占用；请换一个 id，或请管理员导入",
        "this conflicts with records that you cannot see, as when an id is taken; "
        "take another id, or have an administrator import it",
    ),
}
