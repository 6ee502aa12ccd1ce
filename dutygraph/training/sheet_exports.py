"""Question sheets as files: Word to print, CSV for a spreadsheet, an Anki deck to learn from."""

from __future__ import annotations

import csv
import html
import io
import tempfile
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from dutygraph.reports.word import MEDIA_TYPE, add, new_document, saved, without_clock
from dutygraph.reports.wording import Pair
from dutygraph.spreadsheets import safe_cell
from dutygraph.training.sheets import LETTERS, LEVELS, TOPICS, Question, Sheet

if TYPE_CHECKING:
    from docx.document import Document

_KEY = Pair("答案", "Key")
_MODEL, _DECK = 1_614_205_318, 2_071_446_925
"""Anki knows note types and decks by numbers that whoever makes them has to choose once."""
_MADE: Final = 1_420_070_400.0
"""The time that a deck says it was made, in seconds: none that a clock gave."""
_CARD_STYLE = (
    ".card { font-family: sans-serif; font-size: 18px; line-height: 1.6; max-width: 40em;"
    " margin: auto; text-align: left; } .q { font-family: serif; } small { opacity: 0.75; }"
)
_COLUMNS = (
    *("number", "topic", "level", "norm", "provision", "question_zh", "question_en"),
    *(f"{letter}_{language}" for letter in LETTERS for language in ("zh", "en")),
    *("key", "answer"),
    *(f"why_{letter}_{language}" for letter in LETTERS for language in ("zh", "en")),
    "quote",
)


@dataclass(frozen=True)
class SheetExport:
    """A way to hand out a sheet: suffix, media type, what writes it (True: with the key)."""

    suffix: str
    title: Pair
    media_type: str
    write: Callable[[Sheet, bool], bytes]


def _as_csv(sheet: Sheet, key: bool) -> bytes:
    """Give a sheet as CSV (RFC 4180, UTF-8 with a mark); without the key its columns are empty."""
    out = io.StringIO(newline="")
    writer = csv.writer(out)
    writer.writerow(_COLUMNS)
    for number, one in enumerate(sheet.questions, start=1):
        source = one.right.sources[0]
        said = [words for choice in one.choices for words in choice.words]
        why = [words for choice in one.choices for words in choice.reason]
        row = [
            *(str(number), one.topic, str(one.level), one.norm, source.provision),
            *one.stem,
            *said,
            *((one.key, one.answer, *why, source.quote) if key else [""] * (len(why) + 3)),
        ]
        writer.writerow([safe_cell(cell) for cell in row])
    return ("\ufeff" + out.getvalue()).encode()


def _as_word(sheet: Sheet, key: bool) -> bytes:
    """Give a sheet as a Word document, the key on pages of its own."""
    document = new_document("责任制测试题")
    add(document, "责任制测试题", "Title")
    add(
        document,
        f"第 {sheet.request.seed} 号卷，{len(sheet.questions)} 题，每题只有一个正确答案。"
        f" Sheet {sheet.request.seed}, {len(sheet.questions)} questions, one right answer each.",
        "English",
    )
    document.add_paragraph("单位 Unit：__________　　姓名 Name：__________　　得分 Score：______")
    for number, one in enumerate(sheet.questions, start=1):
        _question(document, number, one)
    if key:
        add(document, str(_KEY), "Heading 1").paragraph_format.page_break_before = True
        for number, one in enumerate(sheet.questions, start=1):
            _answer(document, number, one)
    return saved(document)


def _question(document: Document, number: int, one: Question) -> None:
    stem = document.add_paragraph()
    stem.paragraph_format.keep_with_next = True
    stem.add_run(f"{number}. ").bold = True
    stem.add_run(one.stem.zh)
    add(document, one.stem.en, "English").paragraph_format.keep_with_next = True
    for letter, choice in one.lettered:
        line = add(document, f"{letter}　{choice.words.zh}", "Facts")
        line.paragraph_format.keep_with_next = letter != LETTERS[-1]
        if choice.words.en != choice.words.zh:
            line.add_run(f"　{choice.words.en}").italic = True


def _answer(document: Document, number: int, one: Question) -> None:
    head = document.add_paragraph()
    head.paragraph_format.keep_with_next = True
    head.add_run(f"{number}. {one.answer}　{one.right.words.zh}").bold = True
    head.add_run(f"　{TOPICS[one.topic]}　{LEVELS[one.level]}")
    for letter, choice in one.lettered:
        add(document, f"{letter} {'✓' if choice.right else '✗'} {choice.reason.zh}", "Facts")
        add(document, choice.reason.en, "English")
        for source in choice.sources:
            add(document, f"{source.label.zh}：“{source.quote}”", "Law")


def _as_deck(sheet: Sheet, key: bool) -> bytes:
    """Give a sheet as an Anki package: a note for each question; a deck has its key in it.

    A question has the same identity on every sheet, so that a deck may be learnt from several.
    """
    del key  # a card has two sides
    import genanki

    model = genanki.Model(
        _MODEL,
        "dutygraph 责任图谱",
        fields=[{"name": "Question"}, {"name": "Answer"}],
        templates=[{"name": "Card", "qfmt": "{{Question}}", "afmt": "{{FrontSide}}<hr>{{Answer}}"}],
        css=_CARD_STYLE,
    )
    deck = genanki.Deck(_DECK, "责任图谱 dutygraph")
    for one in sheet.questions:
        deck.add_note(
            genanki.Note(
                model=model,
                fields=[_front(one), _back(one)],
                guid=genanki.guid_for("dutygraph", one.key),
                tags=[one.topic, f"level{one.level}"],
            )
        )
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "deck.apkg"
        genanki.Package(deck).write_to_file(file, timestamp=_MADE)
        return without_clock(file.read_bytes())


def _both(words: Pair) -> str:
    zh, en = html.escape(words.zh), html.escape(words.en)
    return zh if zh == en else f"{zh}<br><small>{en}</small>"


def _front(one: Question) -> str:
    choices = "".join(f"<li>{_both(choice.words)}</li>" for choice in one.choices)
    return f'<p>{_both(one.stem)}</p><ol type="A">{choices}</ol>'


def _back(one: Question) -> str:
    lines = [f"<p><b>{one.answer}</b> {_both(one.right.words)}</p>"]
    for letter, choice in one.lettered:
        lines.append(f"<p>{letter} {'✓' if choice.right else '✗'} {_both(choice.reason)}</p>")
        lines += [
            f'<blockquote class="q">{html.escape(source.label.zh)}：“{html.escape(source.quote)}”'
            "</blockquote>"
            for source in choice.sources
        ]
    return "".join(lines)


SHEET_EXPORTS: Final[dict[str, SheetExport]] = {
    "docx": SheetExport(".docx", Pair("Word", "Word"), MEDIA_TYPE, _as_word),
    "csv": SheetExport(".csv", Pair("CSV", "CSV"), "text/csv; charset=utf-8", _as_csv),
    "apkg": SheetExport(
        ".apkg", Pair("Anki 卡片", "Anki deck"), "application/octet-stream", _as_deck
    ),
}
"""The forms of a sheet by name."""


def fields_of(sheet: Sheet) -> list[dict[str, Any]]:
    """Give a sheet as flat rows, one a question, for a table."""
    return [
        {
            "number": str(number),
            "topic": TOPICS[one.topic].zh,
            "level": LEVELS[one.level].zh,
            "question": one.stem.zh,
            "choices": "　".join(f"{letter} {choice.words.zh}" for letter, choice in one.lettered),
            "answer": one.answer,
            "provision": one.right.sources[0].label.zh,
        }
        for number, one in enumerate(sheet.questions, start=1)
    ]
