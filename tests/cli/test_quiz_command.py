"""dutygraph quiz: its forms say the same, the key can be left out, files are asked for by name."""

from __future__ import annotations

import csv
import io
from pathlib import Path

import docx
import pytest
from running import answer, run

ASKED = ("quiz", "--seed", "7", "--count", "5")


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path / "store"))
    monkeypatch.setenv("COLUMNS", "200")


def test_every_form_has_the_same_questions(tmp_path: Path) -> None:
    questions = answer(*ASKED)["questions"]
    assert len(questions) == 5
    rows = list(csv.DictReader(io.StringIO(run(*ASKED, "--format", "csv").stdout)))
    assert [row["question_zh"] for row in rows] == [one["question"]["zh"] for one in questions]
    assert [row["answer"] for row in rows] == [one["answer"] for one in questions]
    file = tmp_path / "quiz.docx"
    assert run(*ASKED, "--format", "docx", "--output", file).exit_code == 0
    text = "\n".join(one.text for one in docx.Document(str(file)).paragraphs)
    assert all(one["question"]["zh"] in text for one in questions)
    table = run(*ASKED).stdout
    assert all(f"{number} " in table for number in range(1, 6))
    assert "答案 key" in table


def test_without_the_key_nothing_tells_the_answer() -> None:
    for one in answer(*ASKED, "--no-key")["questions"]:
        assert set(one) == {"topic", "level", "norm", "question", "choices"}
        assert all(set(choice) == {"letter", "text"} for choice in one["choices"])
    assert "答案 key" not in run(*ASKED, "--no-key").stdout


def test_level_and_topic_narrow_the_sheet() -> None:
    asked = (*ASKED, "--level", "3", "--topic", "who", "--topic", "next")
    found = answer(*asked)["questions"]
    assert {one["level"] for one in found} == {3}
    assert {one["topic"] for one in found} == {"who", "next"}


@pytest.mark.parametrize("form", ["docx", "apkg"])
def test_a_form_that_is_a_file_needs_a_name(form: str) -> None:
    refused = run(*ASKED, "--format", form)
    assert refused.exit_code == 2
    assert "--output" in refused.output


def test_a_folder_that_is_not_there_is_told(tmp_path: Path) -> None:
    refused = run(*ASKED, "--format", "apkg", "--output", tmp_path / "none" / "quiz.apkg")
    assert refused.exit_code == 2
    assert "无法写入" in refused.output
