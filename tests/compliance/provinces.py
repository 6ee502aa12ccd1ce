"""Small made-up provinces in stores on disk."""

from __future__ import annotations

import datetime as dt
from pathlib import Path
from tempfile import TemporaryDirectory

from dutygraph.fiction.breaches import Plan
from dutygraph.fiction.province import province
from dutygraph.fiction.writing import write
from dutygraph.records.csvw import load_model
from dutygraph.records.importing import read_files
from dutygraph.regulations.prepared import open_for_writing

GRAPH = "https://dutygraph.example/id/import/province"


def stored(place: Path, units: int, breaches: float) -> None:
    """Put a province's records of 2013 and 2014 into the store of a directory."""
    made = province(units, "7", range(2013, 2015), planted=(Plan.of((), breaches),))
    with TemporaryDirectory() as folder:
        write(made, Path(folder), dt.date(2014, 4, 15), "json")
        batch = read_files([Path(folder) / "records.json"], model=load_model())
    open_for_writing(str(place)).replace_graph(GRAPH, batch.ntriples())
