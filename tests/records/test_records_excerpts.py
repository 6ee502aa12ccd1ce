"""Excerpts: what lies in a remit is in them as it stands, and nothing else is."""

from __future__ import annotations

import datetime as dt
import json
from pathlib import Path
from typing import Any

import pytest

from dutygraph.accounts.remits import EVERYTHING, NOTHING, Remit
from dutygraph.records.committing import commit, undo
from dutygraph.records.csvw import load_model
from dutygraph.records.excerpts import NAMES, excerpt, is_whole
from dutygraph.records.formats import Source
from dutygraph.records.history import History, import_id
from dutygraph.records.importing import read_sources
from dutygraph.records.intake import known_to, open_in_force
from dutygraph.regulations.prepared import refresh
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import sparql_prologue

NOW = dt.datetime(2015, 1, 1, tzinfo=dt.UTC)
IDS = sparql_prologue() + "SELECT ?id { ?row dg:sourceRow ?number ; dcterms:identifier ?id }"


def unit(identifier: str, **more: Any) -> dict[str, Any]:
    usual = {"name": f"名{identifier}", "kind": "地方党委", "level": "县级"}
    return {"id": identifier} | usual | more


def person(identifier: str, *units: str) -> dict[str, Any]:
    roles = [{"unit": one, "post": f"职{one}", "from": "2012-01-01"} for one in units]
    about = {"party_member": True, "leading_cadre": True}
    return {"id": identifier, "name": f"人{identifier}", "roles": roles} | about


def record(identifier: str, **more: Any) -> dict[str, Any]:
    usual = {
        "type": "document",
        "kind": "评选先进",
        "date": "2014-03-04",
        "title": f"题{identifier}",
    }
    return {"id": identifier} | usual | more


UNITS = [
    unit("top", level="设区市级", region="990100"),
    unit("a", parent_party="top", region="990101"),
    unit("a1", parent_party="a", level="乡级"),
    unit("b", parent_party="top", region="990102", govt="bg"),
    unit("bg", kind="政府", region="990102"),
    unit("b-far", parent_disc="b", region="990103"),
]
PERSONS = [person("pa", "a1"), person("pb", "b"), person("both", "a", "b"), person("nowhere")]
RECORDS = [
    record("ra", unit="a"),
    record("ra1", unit="a1", subject="pb"),
    record("rb", unit="b", subject="pa"),
    record("about-a", subject="pa"),
    {
        "id": "about-both",
        "type": "assessment",
        "kind": "责任制考核",
        "date": "2014-03-04",
        "assessed": "a",
        "assessor": "b",
        "assess_year": 2013,
    },
    record("about-nobody"),
    record("rtop", unit="top", subject="a"),
]


@pytest.fixture
def place(tmp_path: Path) -> Path:
    _import(tmp_path, "all.json", units=UNITS, persons=PERSONS, records=RECORDS)
    return tmp_path


def _import(place: Path, name: str, **lists: list[dict[str, Any]]) -> str:
    store = EmbeddedStore.open(place)
    refresh(store)
    told = {"units": [], "persons": [], "records": []} | lists
    source = Source(name, json.dumps(told, ensure_ascii=False).encode())
    known = known_to(store, "https://dutygraph.example/id/")
    batch = read_sources([source], model=load_model(), known=known)
    assert not batch.errors, [str(one) for one in batch.errors]
    return commit(batch, store, recorded_at=NOW, by="由某人导入").graph


def _excerpt(place: Path, remit: Remit) -> tuple[Path, EmbeddedStore]:
    there = excerpt(str(place), open_in_force(str(place)), remit)
    store = open_in_force(str(there))
    assert isinstance(store, EmbeddedStore)
    return there, store


def _ids(store: EmbeddedStore, *, named: bool = False) -> set[str]:
    """Give the ids of the rows in force; those of which there are but names, or the others."""
    graphs = [one.graph for one in History.of(store).imports if (one.id == NAMES) == named]
    return {row["id"].value for row in store.select(IDS, graphs)} if graphs else set()


@pytest.mark.parametrize(
    ("remit", "rows", "names"),
    [
        (
            Remit(("a",)),
            {"a", "a1", "pa", "both", "ra", "ra1", "about-a"},
            {"top"},
        ),
        (Remit(("a1",)), {"a1", "pa", "ra1", "about-a"}, {"a", "top"}),
        (Remit(("b",)), {"b", "bg", "b-far", "pb", "both", "rb"}, {"top"}),
        (Remit(region="990102"), {"b", "bg", "pb", "both", "rb"}, {"top"}),
        (
            Remit(region="9901"),
            {*"ab", "top", "bg", "b-far", "pb", "both", "ra", "rb", "rtop", "about-both"},
            (),
        ),
        (Remit(("a1", "b-far")), {"a1", "b-far", "pa", "ra1", "about-a"}, {"a", "b", "top"}),
        (Remit(("nobody",)), (), ()),
        (NOTHING, (), ()),
    ],
)
def test_what_lies_in_a_remit_is_there_and_of_others_no_more_than_names(
    place: Path, remit: Remit, rows: set[str], names: set[str]
) -> None:
    _, store = _excerpt(place, remit)
    assert _ids(store) == set(rows)
    assert _ids(store, named=True) == set(names)


def test_nothing_in_its_files_tells_of_others(place: Path) -> None:
    there, _ = _excerpt(place, Remit(("a",)))
    held = b"".join(file.read_bytes() for file in there.rglob("*") if file.is_file())
    for words in ("名b", "人pb", "题rb", "题rtop", "about-both", "职b", "由某人导入"):
        assert words.encode() not in held, words
    for words in ("名a", "名top", "人both", "职a", "题ra"):
        assert words.encode() in held, words


def test_a_row_is_in_it_word_for_word(place: Path) -> None:
    def said(store: EmbeddedStore, iri: str) -> set[str]:
        query = f"SELECT ?p ?o {{ <{iri}> ?p ?o }}"
        return {f"{row['p']} {row['o']}" for row in store.select(query)}

    _, store = _excerpt(place, Remit(("a",)))
    whole = open_in_force(str(place))
    assert isinstance(whole, EmbeddedStore)
    for row in ("unit/a1", "person/pa", "person/pa#role-1", "record/ra1"):
        iri = f"https://dutygraph.example/id/{row}"
        assert said(store, iri) == said(whole, iri) != set()


def test_everything_is_in_the_excerpt_of_everything_that_belongs_to_somebody(place: Path) -> None:
    _, store = _excerpt(place, EVERYTHING)
    all_ = {one["id"] for one in (*UNITS, *PERSONS, *RECORDS)}
    assert _ids(store) == all_ - {"nowhere", "about-nobody"}


def test_an_import_that_is_there_in_part_tells_no_more_of_itself_than_its_rows_do(
    place: Path,
) -> None:
    own = _import(place, "own.json", records=[record("more", unit="a")])
    there, store = _excerpt(place, Remit(("a",)))
    first, second, _ = History.of(store).imports
    assert (first.label, first.by, first.rows) == ("all.json", None, 7)
    assert list(first.files.values()) == [""]
    assert (second.graph, second.by, second.rows) == (own, "由某人导入", 1)
    assert is_whole(there, own)
    assert not is_whole(there, first.graph)


def test_a_persons_post_elsewhere_leaves_an_import_in_part(place: Path) -> None:
    graph = _import(place, "one.json", persons=[person("three", "a", "b")])
    there, store = _excerpt(place, Remit(("a",)))
    assert "three" in _ids(store)
    assert not is_whole(there, graph)


def test_it_is_made_anew_when_the_records_have_changed_and_only_then(place: Path) -> None:
    first, _ = _excerpt(place, Remit(("a",)))
    made = (first / "excerpt.json").stat().st_mtime_ns
    again, _ = _excerpt(place, Remit(("a",)))
    assert (again, (again / "excerpt.json").stat().st_mtime_ns) == (first, made)
    graph = _import(place, "own.json", records=[record("more", unit="a")])
    second, store = _excerpt(place, Remit(("a",)))
    assert second != first
    assert "more" in _ids(store)
    # The one before stays for who is reading it; older ones go.
    assert first.is_dir()
    undo(import_id(graph), EmbeddedStore.open(place), recorded_at=NOW)
    third, store = _excerpt(place, Remit(("a",)))
    assert "more" not in _ids(store)
    assert second.is_dir()
    assert not first.is_dir()
    assert third != first


def test_one_that_was_broken_off_is_made_whole(place: Path) -> None:
    there, _ = _excerpt(place, Remit(("a",)))
    (there / "excerpt.json").unlink()
    (there.parent / f"{there.name}.part").mkdir()
    again, store = _excerpt(place, Remit(("a",)))
    assert again == there
    assert "ra" in _ids(store)
