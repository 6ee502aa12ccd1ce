"""The worked examples put together, many to one check, each with units and people of its own.

``python tests/columns/united.py`` compares the two engines on every question of the examples, which
takes half an hour; ``tests/columns/test_checks.py`` on some of them.
"""

from __future__ import annotations

import json
import random
import re
import sys
import tempfile
from collections import defaultdict
from functools import cache
from pathlib import Path

from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.records.importing import read_files

sys.path.append(str(Path(__file__).parents[1] / "shapes"))
from worked import checker, examples, model

_OTHERS = 150
_IDENTIFIER = re.compile(rb'(purl\.org/dc/terms/identifier> ")')


def told(report: Report) -> str:
    """Give all that a report says."""
    verdicts = {provision: dict(found) for provision, found in report.verdicts.items()}
    return json.dumps([report.to_json(), verdicts], ensure_ascii=False)


@cache
def parted() -> list[tuple[Question, tuple[str, ...], list[int]]]:
    """Give each day, year and settings that some example asks about, and which ones do."""
    found = defaultdict(list)
    for number, example in enumerate(examples()):
        asked = example.question
        found[asked.as_of, asked.year, example.settings].append(number)
    order = sorted(found, key=lambda key: (-len(found[key]), key))
    return [
        (Question(as_of, year), with_, found[as_of, year, with_]) for as_of, year, with_ in order
    ]


def united(number: int, folder: Path) -> tuple[bytes, Checker, Question]:
    """Give the records of all examples of a question and of some others, as N-Triples."""
    question, settings, own = parted()[number]
    others = random.Random(number).sample(range(len(examples())), _OTHERS)  # noqa: S311
    records = b"".join(_records(each, folder) for each in sorted({*own, *others}))
    return records, checker(settings), question


def _records(number: int, folder: Path) -> bytes:
    file = folder / "example.json"
    file.write_text(json.dumps(examples()[number].given, ensure_ascii=False), encoding="utf-8")
    batch = read_files([file], model=model())
    records = batch.ntriples(f"https://dutygraph.example/{number}/id/")
    return _IDENTIFIER.sub(rb"\g<1>%d-" % number, records)


def main() -> int:
    """Compare on every question; print each, and give how many differ."""
    different = 0
    with tempfile.TemporaryDirectory() as folder:
        for number, (question, settings, own) in enumerate(parted()):
            records, checks, _ = united(number, Path(folder))
            in_columns = checks.check_in_columns([records], question)
            same = told(in_columns) == told(checks.check([records], question))
            different += not same
            print(  # noqa: T201
                question.as_of,
                question.year,
                *settings,
                f"{len(own)} examples",
                f"{len(in_columns.findings)} findings",
                "same" if same else "DIFFERENT",
                flush=True,
            )
    return different


if __name__ == "__main__":
    sys.exit(main())
