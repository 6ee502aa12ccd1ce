"""Valid files spoilt at random: what comes of them must be clear faults or a clean import.

Run from the repository: ``python tests/faults/mutated.py [NUMBER [SEED]]`` (10,000 by default).
Workbooks, CSV files, archives, JSON and RDF are changed in their bytes, their cells and their
structure; the same number and seed give the same files. What is looked for: an exception, a message
with something invisible or unfilled in it, an import that is refused and yet gives triples, one
that is accepted and gives none or unreadable ones, a reading without end.
"""

from __future__ import annotations

import copy
import json
import random
import re
import sys
import time
import traceback
from collections import Counter
from collections.abc import Callable
from functools import cache
from pathlib import Path
from typing import Any

import pyoxigraph

HERE = Path(__file__).parent
sys.path[:0] = [str(HERE.parents[1]), str(HERE.parent / "records")]

from made_files import repacked  # noqa: E402
from valid_batches import BASE, MODEL  # noqa: E402
from written import RDF_FORMS, as_csv, as_json, as_workbook, by_table, zipped  # noqa: E402

from dutygraph.records.faults import ImportRefused  # noqa: E402
from dutygraph.records.formats import Source  # noqa: E402
from dutygraph.records.importing import read_sources  # noqa: E402

GOOD = HERE.parent / "records" / "good"
UNFILLED = re.compile(r"\{(seen|expected|nearest|reason|count|same|limit|form|cycle)\b[^}]*\}")
SLOW = 30.0
"""How many seconds one file may take; they are small, and limits hold for each."""

ODD = [
    "", " ", "县及", "=1+1", "\x00", "\ud800", "\u202e", "'", '"', "\n", "、", ";", "u" * 5000,
    None, True, False, 0, -1, 1e308, float("nan"), 10**30, "2013-02-30", "1900-02-29", 60, 2958466,
    [], [[]], {}, ["县级", None], {"id": "x"}, "省级", "http://x.example/y z",
]  # fmt: skip
Document = dict[str, Any]
Mutation = Callable[[random.Random, bytes], bytes]


@cache
def documents() -> tuple[Document, ...]:
    """Give the valid documents that everything is made from; who changes one makes a copy."""
    found = [json.loads(file.read_bytes().decode("utf-8-sig")) for file in GOOD.glob("*.json")]
    return tuple(sorted(found, key=json.dumps))


@cache
def graphs() -> tuple[tuple[pyoxigraph.Quad, ...], ...]:
    """Give what each of the valid documents says in RDF."""
    read = [read_sources([Source("a.json", as_json(one))], model=MODEL) for one in documents()]
    form = pyoxigraph.RdfFormat.N_TRIPLES
    return tuple(tuple(pyoxigraph.parse(one.ntriples(BASE), form)) for one in read)


# Changes of bytes -------------------------------------------------------------------------------


def spoil_bytes(rng: random.Random, content: bytes) -> bytes:
    """Change, drop, double or move some bytes."""
    data = bytearray(content)
    for _ in range(rng.choice([1, 1, 2, 8, 50])):
        at, length = rng.randrange(len(data) + 1), rng.choice([1, 1, 4, 30, 400])
        match rng.randrange(4):
            case 0:
                data[at : at + 1] = rng.randbytes(1)
            case 1:
                del data[at : at + length]
            case 2:
                data[at:at] = data[at : at + length]
            case _:
                other = rng.randrange(len(data) + 1)
                data[at:at] = data[other : other + length]
    return bytes(data[: rng.randrange(len(data) + 1)] if rng.random() < 0.1 else data)


def spoil_text(rng: random.Random, content: bytes) -> bytes:
    """Swap words of the text for others of it, so that its syntax mostly holds."""
    text = content.decode("utf-8", "replace")
    marks = ['"', ",", "<", ">", "{", "}", "[", "]", ";", ".", ":", "\n", "@", "^^", "_:"]
    for _ in range(rng.choice([1, 2, 5])):
        mark = rng.choice(marks)
        parts = text.split(mark)
        one, two = rng.randrange(len(parts)), rng.randrange(len(parts))
        match rng.randrange(3):
            case 0:
                parts[one], parts[two] = parts[two], parts[one]
            case 1:
                parts[one] = parts[two]
            case _:
                parts[one] = rng.choice([each for each in ODD if isinstance(each, str)])
        text = mark.join(parts)
    return text.encode("utf-8", "surrogatepass")


def spoil_members(rng: random.Random, content: bytes) -> bytes:
    """Change the inside of a member of an archive, so that the archive itself is sound."""
    import io
    import zipfile

    names = zipfile.ZipFile(io.BytesIO(content)).namelist()
    change = rng.choice([spoil_bytes, spoil_text])
    return repacked(content, {rng.choice(names): lambda data: change(rng, data or b" ")})


# Changes of cells and structure -----------------------------------------------------------------


def spoil_cells(rng: random.Random, document: Document) -> Document:
    """Put odd values into cells, drop and rename columns, double and drop rows."""
    spoilt = copy.deepcopy(document)
    for _ in range(rng.choice([1, 1, 2, 6])):
        rows = spoilt[rng.choice(sorted(spoilt))]
        if not rows:
            continue
        row = rng.choice(rows)
        match rng.randrange(6):
            case 0 | 1 if row:
                row[rng.choice(sorted(row))] = copy.deepcopy(rng.choice(ODD))
            case 2 if row:
                del row[rng.choice(sorted(row))]
            case 3:
                row[rng.choice(["ж", "等级", "roles", "votes", "type", "to"])] = rng.choice(ODD)
            case 4:
                rows.append(copy.deepcopy(row))
            case _:
                rows.remove(row)
    return spoilt


def _flat(document: Document) -> dict[str, list[dict[str, Any]]]:
    """Sort rows into tables as far as they still fit one, for what is written as sheets."""
    known = {
        (key, table.row_type): table for key in MODEL.list_keys for table in MODEL.in_list(key)
    }
    fitting: Document = {}
    for key, rows in document.items():
        for row in rows:
            kind = row.get("type") if isinstance(row.get("type"), str) else None
            table = known.get((key, kind))
            if table is None:
                continue
            kept: dict[str, Any] = {"id": ""}
            for name, cell in row.items():
                if name in table.parts:
                    kept[name] = (
                        [one for one in cell or () if isinstance(one, dict)]
                        if (isinstance(cell, list))
                        else []
                    )
                elif name in table.columns:
                    kept[name] = _plain(cell)
            fitting.setdefault(key, []).append(kept)
    rows_by_table = by_table(fitting)
    return {
        name: [{key: _plain(cell) for key, cell in row.items()} for row in rows]
        for name, rows in rows_by_table.items()
    }


def _plain(cell: Any) -> Any:
    """Make a value one that a sheet can hold."""
    if isinstance(cell, list):
        return [str(_plain(item)) for item in cell]
    if isinstance(cell, str):
        return cell.encode("utf-8", "replace").decode().replace("\x00", "�")[:3000]
    if isinstance(cell, int | float) and not abs(cell) < 1e300:
        return str(cell)
    return cell if isinstance(cell, bool | int | float) else ""


# The files --------------------------------------------------------------------------------------


def mutated(seed: int, form: str | None = None) -> list[Source]:
    """Give the files of one mutation, in a form or any: the same for the same seed."""
    rng = random.Random(seed)  # noqa: S311 - it has to be repeatable, not secret
    document = rng.choice(documents())
    in_cells = rng.random() < 0.5
    if in_cells:
        document = spoil_cells(rng, document)
    match form or rng.choice(["json", "json", "xlsx", "csv", "zip", "rdf", "rdf"]):
        case "json":
            content = json.dumps(document, ensure_ascii=False).encode("utf-8", "surrogatepass")
            return [Source("a.json", _spoilt(rng, content, in_cells, spoil_text))]
        case "xlsx":
            content = (
                as_workbook(_flat(document)) if _flat(document) else as_workbook({"units": [{}]})
            )
            return [Source("a.xlsx", _spoilt(rng, content, in_cells, spoil_members))]
        case "csv":
            encoding = rng.choice(["utf-8", "gb18030"])
            files = as_csv(_flat(document), encoding, rng.choice(",;\t"))
            return [
                Source(name, _spoilt(rng, content, in_cells, spoil_text))
                for name, content in files.items()
            ]
        case "zip":
            content = zipped(as_csv(_flat(document))) if _flat(document) else b"PK"
            return [Source("a.zip", _spoilt(rng, content, in_cells, spoil_members))]
        case _:
            suffix = rng.choice(sorted(RDF_FORMS))
            quads = rng.choice(graphs())
            if in_cells:
                quads = tuple(quad for quad in quads if rng.random() > 0.02)
            triples = [quad.triple for quad in quads]
            content = pyoxigraph.serialize(triples, format=RDF_FORMS[suffix]) or b""
            return [Source(f"a{suffix}", _spoilt(rng, content, in_cells, spoil_text))]


def _spoilt(rng: random.Random, content: bytes, already: bool, change: Mutation) -> bytes:
    if already or not content:
        return content
    try:
        return rng.choice([spoil_bytes, change])(rng, content)
    except ValueError:
        return spoil_bytes(rng, content)


def outcome(seed: int) -> str:
    """Read the files of one mutation; see ``judged``."""
    return judged(mutated(seed))


def judged(sources: list[Source]) -> str:
    """Read files; give "refused" or "imported". Raises AssertionError for what must not be."""
    began = time.monotonic()
    batch = read_sources(sources, model=MODEL)
    for found in batch.faults:
        line = str(found)
        assert line.isprintable(), repr(line)
        assert not UNFILLED.search(found.message.en), line
        json.dumps(found.to_json(), ensure_ascii=False).encode()
    if batch.errors:
        try:
            batch.ntriples(BASE)
        except ImportRefused:
            pass
        else:
            raise AssertionError("an import with errors gives triples")
    else:
        store = pyoxigraph.Store()
        store.load(batch.ntriples(BASE), pyoxigraph.RdfFormat.N_TRIPLES)
        assert bool(len(store)) == bool(batch.rows)
    assert time.monotonic() - began < SLOW, f"{time.monotonic() - began:.0f} s"
    return "refused" if batch.errors else "imported"


def main(number: int = 10_000, seed: int = 0) -> int:
    """Try so many mutations, print what came of them, and give 1 if any of them went wrong."""
    began = time.monotonic()
    outcomes: Counter[str] = Counter()
    for each in range(seed, seed + number):
        try:
            outcomes[outcome(each)] += 1
        except Exception:  # whatever it is, it is what is looked for
            outcomes["wrong"] += 1
            sys.stdout.write(f"seed {each}:\n{traceback.format_exc()}\n")
        if (each - seed) % 1000 == 999:
            sys.stderr.write(f"{each - seed + 1} of {number}: {dict(outcomes)}\n")
    spent = time.monotonic() - began
    sys.stdout.write(f"{number} mutations from seed {seed}, {spent:.0f} s: {dict(outcomes)}\n")
    return int(outcomes["wrong"] > 0)


if __name__ == "__main__":
    sys.exit(main(*map(int, sys.argv[1:])))
