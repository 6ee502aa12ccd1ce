"""The same content becomes the same triples, whichever form it comes in."""

from __future__ import annotations

import pyoxigraph
import pytest
from hypothesis import HealthCheck, given, settings
from valid_batches import BASE, MODEL, Document, Triple, documents, triples
from written import RDF_FORMS, as_csv, as_json, as_rdf, as_workbook, by_table, zipped

from dutygraph.records.formats import Source
from dutygraph.records.importing import Batch, read_sources

FEW = settings(
    max_examples=6, deadline=None, database=None, suppress_health_check=[HealthCheck.too_slow]
)
# In one cell the items of a list are parted by these.
DOCUMENTS = documents(without="、;；,，")


def read(*sources: Source) -> Batch:
    return read_sources(sources, model=MODEL)


def told(batch: Batch) -> set[Triple]:
    """Give the triples of a batch without those that say where a row stood."""
    assert [str(found) for found in batch.faults] == []
    found: set[Triple] = set()
    for quad in pyoxigraph.parse(batch.ntriples(BASE), pyoxigraph.RdfFormat.N_TRIPLES):
        assert isinstance(quad.subject, pyoxigraph.NamedNode)
        value = quad.object
        assert isinstance(value, pyoxigraph.NamedNode | pyoxigraph.Literal)
        kind = value.datatype.value if isinstance(value, pyoxigraph.Literal) else "iri"
        if "#source" not in quad.predicate.value:
            found.add((quad.subject.value, quad.predicate.value, (kind, value.value)))
    return found


def wanted(document: Document) -> set[Triple]:
    return {triple for triple in triples(document) if "#source" not in triple[1]}


@FEW
@given(document=DOCUMENTS)
def test_a_workbook_becomes_the_triples_of_the_document(document: Document) -> None:
    content = as_workbook(by_table(document))
    assert told(read(Source("random.xlsx", content))) == wanted(document)


@FEW
@given(document=DOCUMENTS)
@pytest.mark.parametrize(
    ("encoding", "delimiter"),
    [("utf-8", ","), ("utf-8-sig", ";"), ("gb18030", ","), ("utf-16", "\t")],
)
def test_csv_files_become_the_triples_of_the_document(
    document: Document, encoding: str, delimiter: str
) -> None:
    files = as_csv(by_table(document), encoding, delimiter)
    sources = [Source(name, content) for name, content in files.items()]
    assert told(read(*sources)) == wanted(document)
    assert told(read(*sources[::-1])) == wanted(document)


@FEW
@given(document=DOCUMENTS)
def test_csv_files_in_a_zip_archive_become_the_triples_of_the_document(document: Document) -> None:
    content = zipped(as_csv(by_table(document)))
    assert told(read(Source("random.zip", content))) == wanted(document)


@FEW
@given(document=documents())
@pytest.mark.parametrize("suffix", RDF_FORMS)
def test_what_an_import_became_is_imported_as_the_same_triples(
    document: Document, suffix: str
) -> None:
    assert told(read(Source("random.json", as_json(document)))) == wanted(document)
    content = as_rdf(triples(document), suffix)
    assert told(read(Source(f"random{suffix}", content))) == wanted(document)


@FEW
@given(document=DOCUMENTS)
def test_a_document_spread_over_all_forms_becomes_the_triples_of_the_document(
    document: Document,
) -> None:
    units = as_workbook(by_table({"units": document["units"]}))
    persons = as_csv(by_table({"persons": document["persons"]}))
    rest = as_json({"records": document["records"]})
    sources = [Source("units.xlsx", units), Source("records.json", rest)]
    sources += [Source(name, content) for name, content in persons.items()]
    assert told(read(*sources)) == wanted(document)
