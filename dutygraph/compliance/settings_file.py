"""Settings out of a file: TOML 1.0 with one table, ``[settings]``, of names and values."""

from __future__ import annotations

import datetime as dt
import re
import tomllib
from collections.abc import Iterable, Mapping
from pathlib import Path

from dutygraph.compliance.settings import Setting, SettingError, Settings

_TABLE = "settings"


def read_settings(file: Path, known: Mapping[str, Setting]) -> list[str]:
    """Read a settings file and give its settings as ``name=value`` each.

    Values are strings, or what TOML writes without quotes: whole numbers, true and false, dates.
    Raises SettingError naming the file, the line and what is allowed.
    """
    try:
        text = file.read_text(encoding="utf-8-sig")
        told = tomllib.loads(text)
    except (OSError, ValueError, RecursionError) as error:
        raise SettingError(
            f"{file}：不是可读的 TOML（{error}）/ {file}: no TOML ({error})"
        ) from error
    table = told.get(_TABLE)
    others = sorted(told.keys() - {_TABLE})
    if others or not isinstance(table, dict):
        wrong = (
            f"「{others[0]}」不属于设置文件 / {others[0]!r} has no place here; " if others else ""
        )
        line = _line(text, others[0]) if others else ""
        raise SettingError(
            f"{file}{line}：{wrong}应只有一个表 [settings]，每行一项 名称 = 值 / "
            "it takes one table, [settings], with name = value on each line"
        )
    return [_assignment(file, text, key, value, known) for key, value in table.items()]


def _assignment(
    file: Path, text: str, key: str, value: object, known: Mapping[str, Setting]
) -> str:
    written = _written(value)
    try:
        if written is None:
            raise SettingError(
                f"{key} 的值应为字符串、整数、true、false 或日期 / "
                f"{key} takes a string, a whole number, true, false or a date"
            )
        Settings(known.values(), {key: written})
    except SettingError as error:
        raise SettingError(f"{file}{_line(text, key)}：{error}") from error
    return f"{key}={written}"


def _written(value: object) -> str | None:
    """Write a value as ``--set`` takes it, None for one of another sort."""
    if isinstance(value, bool):
        return "true" if value else "false"
    if isinstance(value, dt.date) and not isinstance(value, dt.datetime):
        return value.isoformat()
    return str(value) if isinstance(value, str | int) else None


def _line(text: str, key: str) -> str:
    """Say in which line a key stands, as far as it can be seen from the text."""
    begins = re.compile(rf"""\s*\[?\s*["']?{re.escape(key)}["']?\s*[=.\]]""")
    for number, line in enumerate(text.splitlines(), start=1):
        if begins.match(line):
            return f" 第 {number} 行 line {number}"
    return ""


def settings_file(settings: Iterable[Setting], chosen: Mapping[str, str] | None = None) -> str:
    """Give a settings file to edit: each setting with labels, default, what it takes and means.

    The settings that are ``chosen`` (key → value) are set, the others stand there as comments.
    """
    chosen = chosen or {}
    lines = [
        "# 设置文件 settings: dutygraph check … --settings FILE",
        "# 去掉一行开头的 # 就改变该项设置 / take away the # before a line to change that setting",
        "",
        f"[{_TABLE}]",
    ]
    for setting in settings:
        default = "未设 not set" if setting.default is None else setting.default
        lines += [
            "",
            f"# {setting.label_zh} / {setting.label_en}",
            f"# 可取 takes: {setting.takes} · 默认 default: {default}",
            *(f"#   {one.value}: {one.label_zh} / {one.label_en}" for one in setting.options),
            f'{setting.key} = "{chosen[setting.key]}"'
            if setting.key in chosen
            else f'# {setting.key} = "{setting.default or ""}"',
        ]
    return "\n".join(lines) + "\n"
