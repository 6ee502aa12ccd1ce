"""The data: fictional provinces of the generator, from a fixed seed, as N-Triples.

A real province has some 15,000 units, so more units are several provinces: each drawn from a seed
of its own, each under a base and a region code of its own, so that no two share a node or a place.
Files are made once for each size and kept.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from pathlib import Path
from typing import Final

from benchmarks.bench.places import WORK
from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.province import Province, province
from dutygraph.fiction.writing import write
from dutygraph.files import whole_file
from dutygraph.records.triples import DEFAULT_BASE
from dutygraph.terms import DG

LARGEST: Final = 15_000
"""Units of one province at most."""
YEAR: Final = 2013
AS_OF: Final = dt.date(2014, 4, 15)
"""The year that the records are of, and the day as of which they are checked."""
BREACHES: Final = 0.02
"""The share of units that each kind of breach is planted in."""
SMALLEST: Final = 5
_REGION: Final = f'<{DG}region> "'.encode()
_FIRST: Final = 99
"""The code that every province of the generator has; no real one has it, nor those down to 83."""
_IDENTIFIER: Final = b'<http://purl.org/dc/terms/identifier> "'


def provinces(units: int) -> list[Province]:
    """Give the provinces that have so many units together; a rest below five is left out."""
    sizes = [LARGEST] * (units // LARGEST)
    if units % LARGEST >= SMALLEST:
        sizes.append(units % LARGEST)
    return [
        province(size, seed, (YEAR,), planted=(Plan.of((), BREACHES),))
        for seed, size in enumerate(sizes, start=1)
    ]


def parts(units: int, folder: Path = WORK / "data") -> list[Path]:
    """Give the N-Triples files of so many units, one for each province; made where missing."""
    home = folder / str(units)
    return [_part(made, number, home) for number, made in enumerate(provinces(units), start=1)]


def _part(made: Province, number: int, home: Path) -> Path:
    file = home / f"province-{number:02}.nt"
    if not file.is_file():
        written = home / f"province-{number:02}"
        write(made, written, AS_OF, "nt")
        triples = written / "records.nt"
        with whole_file(file) as target:
            target.write(_apart(triples.read_bytes(), number))
        triples.unlink()
    return file


def _apart(ntriples: bytes, number: int) -> bytes:
    """Give a province's triples with IRIs, identifiers and regions that no other province has."""
    drawn, given = (_REGION + str(_FIRST - before).encode() for before in (0, number - 1))
    own = f"{DEFAULT_BASE}p{number}/".encode()
    named = _IDENTIFIER + f"p{number}-".encode()
    apart = ntriples.replace(DEFAULT_BASE.encode(), own).replace(_IDENTIFIER, named)
    return apart.replace(drawn, given)


def triples(files: list[Path]) -> int:
    """Count the triples of files, a line each."""
    return sum(chunk.count(b"\n") for file in files for chunk in _chunks(file))


def _chunks(file: Path) -> Iterator[bytes]:
    with file.open("rb") as stream:
        while chunk := stream.read(1 << 24):
            yield chunk
