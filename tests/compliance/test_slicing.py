"""A slice gives of those around whom it is what the whole gives, and a change touches no others."""

from __future__ import annotations

import json
from dataclasses import dataclass, replace
from pathlib import Path
from random import Random

import pytest
from pyoxigraph import Triple

from dutygraph.compliance.automata import Automaton
from dutygraph.compliance.checking import Checker, Question, Report
from dutygraph.compliance.slicing import Move, Routes, Slicer
from dutygraph.compliance.ways import ways
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import DG, PREFIXES
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


def nodes(iris: set[str]) -> set[str]:
    return {f"<{iri}>" for iri in iris}


@dataclass
class Edit:
    """Records before and after an edit, and a check of them."""

    before: set[Triple]
    after: set[Triple]
    check: Checker
    question: Question

    def __post_init__(self) -> None:
        """Check both in whole."""
        self.store = EmbeddedStore.in_memory()
        self.store.replace_graph(BEFORE, written(self.before))
        self.store.replace_graph(AFTER, written(self.after))
        self.found_before, self.found_after = (
            found(self.check.check([written(each)], self.question))
            for each in (self.before, self.after)
        )

    @classmethod
    def of(cls, example: Example, folder: Path, lot: Random) -> Edit:
        """Edit an example at random."""
        before = triples(example.records(folder))
        question = replace(example.question, provision=None)
        return cls(before, edited(before, lot), checker(example.settings), question)

    def touched(self, followed: Automaton) -> set[str]:
        """Give the IRIs of those whom the edit touches."""
        changed = {str(triple.subject) for triple in self.before ^ self.after}
        return {
            node[1:-1]
            for graph in (BEFORE, AFTER)
            for node in Slicer(self.store, [graph], Routes(followed)).touched(changed)
        }

    def missed(self, followed: Automaton) -> set[str]:
        """Give those of whom something else is found after the edit, though it touches them not."""
        return {
            iri
            for iri in self.found_before.keys() | self.found_after.keys()
            if self.found_before.get(iri) != self.found_after.get(iri)
        } - self.touched(followed)


def test_a_random_edit_changes_nothing_of_those_it_does_not_touch(
    edit: int, tmp_path: Path
) -> None:
    lot = Random(edit)  # noqa: S311 - a test's lot
    example: Example = lot.choice(examples())
    one = Edit.of(example, tmp_path, lot)
    assert one.missed(ways("hebei")) == set(), example.name

    now, touched = Slicer(one.store, [AFTER], Routes(ways("hebei"))), one.touched(ways("hebei"))
    records = now.triples(now.around(nodes(touched)))
    part = one.check.check([records], one.question, touched)
    assert found(part) == among(one.found_after, touched), example.name


@pytest.mark.parametrize(
    "label",
    [
        f"{DG}parentParty",
        f"{DG}parentDisc",
        f"^{DG}unit",
        f"^{DG}assessed",
        f"^{PREFIXES['org']}organization",
        f"{DG}addressedTo",
    ],
)
def test_ways_that_lack_a_link_miss_somebody_when_what_it_leads_to_is_gone(
    label: str, tmp_path: Path
) -> None:
    whole = ways("hebei")
    weaker = tuple({each: to for each, to in moves.items() if each != label} for moves in whole)
    assert weaker != whole
    for example in examples():
        before = triples(example.records(tmp_path))
        for end in sorted(_ends(before, label))[:1]:
            after = {triple for triple in before if str(triple.subject) != end}
            question = replace(example.question, provision=None)
            one = Edit(before, after, checker(example.settings), question)
            assert one.missed(whole) == set(), example.name
            if one.missed(weaker):
                return
    raise AssertionError(f"nothing shows that {label} is needed")


def _ends(graph: set[Triple], label: str) -> set[str]:
    """Give the nodes to which the links of a label lead."""
    move = Move.of(label)
    return {
        str(triple.subject if move.inverse else triple.object)
        for triple in graph
        if triple.predicate.value == move.predicate
    }
