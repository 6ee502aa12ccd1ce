"""A slice gives of those around whom it is what the whole gives, and a change touches no others."""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from random import Random

from dutygraph.compliance.checking import Report
from dutygraph.compliance.slicing import Slicer
from dutygraph.compliance.ways import ways
from dutygraph.store.embedded import EmbeddedStore
from tests.compliance.edits import edited, triples, written
from tests.shapes.worked import Example, checker, examples

BEFORE, AFTER = "urn:before", "urn:after"


def found(report: Report) -> dict[str, list[str]]:
    """Give what was found of each unit and person, by IRI: verdicts and findings in full."""
    told: dict[str, list[str]] = {}
    for provision, verdicts in report.verdicts.items():
        for subject, verdict in verdicts.items():
            told.setdefault(report.subjects[subject].iri, []).append(f"{provision} {verdict}")
    iris = {subject.id: subject.iri for subject in report.subjects.values()}
    for finding in report.findings:
        words = json.dumps(finding.to_json(), ensure_ascii=False, sort_keys=True)
        told[iris[finding.subject]].append(words)
    return told


def among(told: dict[str, list[str]], some: set[str]) -> dict[str, list[str]]:
    return {iri: what for iri, what in told.items() if iri in some}


def slicer(store: EmbeddedStore, graph: str) -> Slicer:
    return Slicer(store, [graph], ways("hebei"))


def nodes(iris: set[str]) -> set[str]:
    return {f"<{iri}>" for iri in iris}


def test_a_random_edit_changes_nothing_of_those_it_does_not_touch(
    edit: int, tmp_path: Path
) -> None:
    lot = Random(edit)  # noqa: S311 - a test's lot
    example: Example = lot.choice(examples())
    check, question = checker(example.settings), replace(example.question, provision=None)
    before = triples(example.records(tmp_path))
    after = edited(before, lot)
    store = EmbeddedStore.in_memory()
    store.replace_graph(BEFORE, written(before))
    store.replace_graph(AFTER, written(after))
    changed = {str(triple.subject) for triple in before ^ after}

    touched = {
        node[1:-1] for graph in (BEFORE, AFTER) for node in slicer(store, graph).touched(changed)
    }
    whole_before = found(check.check([written(before)], question))
    whole_after = found(check.check([written(after)], question))
    differing = {
        iri
        for iri in whole_before.keys() | whole_after.keys()
        if whole_before.get(iri) != whole_after.get(iri)
    }
    assert differing <= touched, example.name

    now = slicer(store, AFTER)
    part = check.check([now.triples(now.around(nodes(touched)))], question, touched)
    assert found(part) == among(whole_after, touched), example.name
