"""A settings file: what it takes, and what it says of what it does not take."""

from __future__ import annotations

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.compliance.settings import Setting, SettingError, Settings
from dutygraph.compliance.settings_file import read_settings, settings_file
from dutygraph.regulations.prepared import open_regulations, prepared_graphs

KNOWN: dict[str, Setting] = Settings.of(open_regulations(), prepared_graphs(), ()).known


def read(folder: Path, text: str) -> list[str]:
    file = folder / "settings.toml"
    file.write_text(text, encoding="utf-8")
    return read_settings(file, KNOWN)


def test_values_are_written_as_toml_has_them(tmp_path: Path) -> None:
    text = """
# 注释
[settings]
due_soon_days = 10
"joint_addressee" = "any"
team_award_extends_to_head = true
effective_date = 2011-12-24
midyear_core = '06-15..07-15'
"""
    assert read(tmp_path, text) == [
        "due_soon_days=10",
        "joint_addressee=any",
        "team_award_extends_to_head=true",
        "effective_date=2011-12-24",
        "midyear_core=06-15..07-15",
    ]


def test_the_file_that_is_offered_changes_nothing_until_a_line_is_opened(tmp_path: Path) -> None:
    offered = settings_file(KNOWN.values())
    assert read(tmp_path, offered) == []
    opened = [
        line.removeprefix("# ").replace('""', '"2011-12-24"' if "date" in line else '"7"')
        for line in offered.splitlines()
        if line.startswith("# ") and " = " in line and "名称" not in line
    ]
    assert len(read(tmp_path, "[settings]\n" + "\n".join(opened))) == len(KNOWN)


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ("[settings\nx = 1", "line 1"),
        (
            "[settings]\n\njoint_addresse = 'any'",
            "line 3",
        ),
        ("[settings]\njoint_addresse = 'any'", "joint_addressee"),
        ("[settings]\njoint_addressee = 'some'", "all|any"),
        ("[settings]\n# due_soon_days = 3\ndue_soon_days = 'soon'", "line 3"),
        ("[settings]\ndue_soon_days = 1.5", "takes a string, a whole number"),
        ("[settings]\ndue_soon_days = [1]", "takes a string, a whole number"),
        ("[settings]\neffective_date = 2011-12-24T00:00:00", "a date"),
        ("[settings]\neffective_date = 2011-12-24T00:00:00Z", "a date"),
        ("due_soon_days = 3", "[settings]"),
        ("[settings]\n[more]\nx = 1", "line 2"),
        ("settings = 3", "[settings]"),
        ("", "[settings]"),
    ],
)
def test_a_file_that_does_not_fit_is_refused_with_its_name_and_what_is_allowed(
    tmp_path: Path, text: str, said: str
) -> None:
    with pytest.raises(SettingError) as refused:
        read(tmp_path, text)
    assert "settings.toml" in str(refused.value)
    assert said in str(refused.value)


@given(st.one_of(st.text(), st.text().map(lambda text: f"[settings]\n{text}"), st.binary()))
def test_whatever_the_file_holds_it_is_read_or_refused(
    tmp_path_factory: pytest.TempPathFactory, content: str | bytes
) -> None:
    file = tmp_path_factory.getbasetemp() / "any.toml"
    file.write_bytes(content if isinstance(content, bytes) else content.encode("utf-8", "replace"))
    try:
        found = read_settings(file, KNOWN)
    except SettingError as error:
        assert "any.toml" in str(error)
    else:
        assert all("=" in one for one in found)


def test_a_file_with_some_settings_chosen_sets_these_alone(tmp_path: Path) -> None:
    key = next(key for key, one in KNOWN.items() if one.choices)
    other = KNOWN[key].choices[-1]
    file = tmp_path / "settings.toml"
    file.write_text(settings_file(KNOWN.values(), {key: other}), encoding="utf-8")
    assert read_settings(file, KNOWN) == [f"{key}={other}"]
