"""What trainers take away: sheets, cards and outlines as files, and what stands in them."""

from __future__ import annotations

import csv
import io
import re
import sqlite3
import time
import zipfile
from pathlib import Path

import docx
import pytest

from dutygraph.reports.wording import Pair
from dutygraph.training.cards import cards_document, role_cards
from dutygraph.training.materials import Materials
from dutygraph.training.outline import outline_document, outline_markdown, slides
from dutygraph.training.quiz import Quiz
from dutygraph.training.sheet_exports import SHEET_EXPORTS
from dutygraph.training.sheets import Request, Sheet

TITLE = Pair("办法", "Measures")


@pytest.fixture
def sheet(quiz: Quiz) -> Sheet:
    return quiz.sheet(Request(seed=5, count=8))


def written(sheet: Sheet, form: str, *, key: bool) -> bytes:
    return SHEET_EXPORTS[form].write(sheet, key)


def words_of(document: bytes) -> list[str]:
    return [paragraph.text for paragraph in docx.Document(io.BytesIO(document)).paragraphs]


@pytest.mark.parametrize("form", SHEET_EXPORTS)
def test_the_same_sheet_is_the_same_file_whatever_the_clock_says(
    sheet: Sheet, form: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    first, later = written(sheet, form, key=True), time.time() + 86_400
    monkeypatch.setattr(time, "time", lambda: later)
    assert written(sheet, form, key=True) == first


def test_a_word_sheet_has_every_question_and_its_key_only_when_asked(sheet: Sheet) -> None:
    with_key = "\n".join(words_of(written(sheet, "docx", key=True)))
    without = "\n".join(words_of(written(sheet, "docx", key=False)))
    for question in sheet.questions:
        for choice in question.choices:
            assert choice.words.zh in without
            assert choice.reason.zh in with_key
            assert choice.reason.zh not in without
            for source in choice.sources:
                assert f"“{source.quote}”" in with_key
        assert question.stem.zh in without
        assert question.stem.en in without


def test_a_csv_sheet_tells_nothing_of_the_answers_without_the_key(sheet: Sheet) -> None:
    def rows(key: bool) -> list[dict[str, str]]:
        text = written(sheet, "csv", key=key).decode("utf-8-sig")
        return list(csv.DictReader(io.StringIO(text, newline="")))

    for question, row, plain in zip(sheet.questions, rows(True), rows(False), strict=True):
        assert row["question_zh"] == plain["question_zh"] == question.stem.zh
        assert row["answer"] == question.answer
        assert row[f"{question.answer}_zh"] == question.right.words.zh
        assert row["quote"] == question.right.sources[0].quote
        told = {name for name in plain if name in ("key", "answer", "quote") or "why" in name}
        assert len(told) == 11
        assert not any(plain[name] for name in told)


def test_an_anki_deck_opens_as_one_with_a_note_for_each_question(
    sheet: Sheet, tmp_path: Path
) -> None:
    package = zipfile.ZipFile(io.BytesIO(written(sheet, "apkg", key=True)))
    (tmp_path / "collection").write_bytes(package.read("collection.anki2"))
    with sqlite3.connect(tmp_path / "collection") as collection:
        notes = collection.execute("SELECT guid, tags, flds FROM notes ORDER BY id").fetchall()
        cards = collection.execute("SELECT COUNT(*) FROM cards").fetchone()
        (decks,) = collection.execute("SELECT decks FROM col").fetchone()
    collection.close()
    assert cards == (len(sheet.questions),)
    assert "责任图谱" in decks.encode().decode("unicode_escape", "ignore") or "责任图谱" in decks
    assert len({guid for guid, _, _ in notes}) == len(notes) == len(sheet.questions)
    for question, (_, tags, fields) in zip(sheet.questions, notes, strict=True):
        front, back = fields.split("\x1f")
        assert question.topic in tags
        assert question.stem.zh in front
        assert question.right.reason.zh in back
        assert question.right.reason.zh not in front
        assert question.right.sources[0].quote in back


def test_a_question_is_the_same_note_on_every_sheet(quiz: Quiz, tmp_path: Path) -> None:
    def guids(seed: int) -> dict[str, str]:
        sheet = quiz.sheet(Request(seed=seed, count=50, topics=("measure",)))
        package = zipfile.ZipFile(io.BytesIO(written(sheet, "apkg", key=True)))
        file = tmp_path / str(seed)
        file.write_bytes(package.read("collection.anki2"))
        with sqlite3.connect(file) as collection:
            found = [guid for (guid,) in collection.execute("SELECT guid FROM notes ORDER BY id")]
        collection.close()
        return {one.key: guid for one, guid in zip(sheet.questions, found, strict=True)}

    assert guids(1) == guids(2)
    assert len(guids(1)) > 3


def test_every_norm_with_a_bearer_stands_on_the_cards_of_its_bearers(materials: Materials) -> None:
    cards = {card.party: card for card in role_cards(materials)}
    for norm in materials.norms.all:
        for party in materials.values("bearer", norm.iri):
            card = cards[party]
            sources = [line.source for line in (*card.dated, *card.undated)]
            assert materials.source(norm) in sources
    total = sum(len(card.dated) + len(card.undated) for card in cards.values())
    assert total == sum(len(materials.values("bearer", norm.iri)) for norm in materials.norms.all)


def test_a_card_says_what_other_provisions_hand_on_and_in_which_words(
    materials: Materials,
) -> None:
    cards = {card.name.zh: card for card in role_cards(materials)}
    (handed,) = cards["审判机关党组"].handed_on
    assert handed.source.provision == "art8.para1"
    assert [(place.zh, count) for place, count in handed.counts] == [("第六条", 34)]
    assert not cards["考核组"].handed_on


def test_the_word_file_of_cards_has_each_sentence_with_its_words(materials: Materials) -> None:
    cards = role_cards(materials)[:6]
    text = words_of(cards_document(cards, TITLE))
    for card in cards:
        assert str(card.name) in text
        for line in (*card.dated, *card.undated):
            place = text.index(f"“{line.source.quote}”")
            assert place
            assert any(line.words.zh in words and line.source.label.zh in words for words in text)


def test_the_outline_has_a_slide_for_each_article_with_norms_and_quotes_every_point(
    materials: Materials,
) -> None:
    found = slides(materials)
    titles = [slide.title.zh for slide in found]
    assert titles[:2] == ["一年之中的期限", "及时、及早、限期"]
    articles = {norm.provision.partition(".")[0] for norm in materials.norms.all}
    assert {materials.wording.provision(key).zh for key in articles} <= set(titles)
    for english in (False, True):
        written_down = outline_markdown(found, TITLE, english=english)
        assert len(re.findall(r"^## ", written_down, re.MULTILINE)) == len(found)
        points = sum(len(slide.points) for slide in found)
        assert len(re.findall(r"^- ", written_down, re.MULTILINE)) == points
        assert len(re.findall(r"^  > ", written_down, re.MULTILINE)) == points
    text = "\n".join(words_of(outline_document(found, TITLE)))
    assert all(line.source.quote in text for slide in found for _, line in slide.points)
