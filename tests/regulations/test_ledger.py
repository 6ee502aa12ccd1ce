"""The ledger: every character of the measures is claimed, and what is not would be seen."""

from __future__ import annotations

from collections.abc import Sequence

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.regulations.ledger import Ledger, signals
from dutygraph.regulations.prepared import open_regulations

HEBEI = "https://w3id.org/dutygraph/hebei/"


@pytest.fixture(scope="module")
def ledger() -> Ledger:
    return Ledger(open_regulations(), "hebei")


def test_every_character_of_the_measures_is_claimed(ledger: Ledger) -> None:
    assert ledger.unclaimed() == []


def test_every_word_that_signals_a_norm_is_in_one_or_declared(ledger: Ledger) -> None:
    assert [signal for signal in ledger.signals if not signal.declared] == []
    assert ledger.complete()


def test_the_spans_of_each_provision_make_up_its_text(ledger: Ledger) -> None:
    for leaf in ledger.leaves:
        assert "".join(span.words for span in leaf.spans) == (leaf.provision.text or "")
        for span in leaf.spans:
            assert span.words == (leaf.provision.text or "")[span.start : span.end]


def test_the_figures_add_up_to_the_characters_of_title_headings_and_text(ledger: Ledger) -> None:
    expected = len(ledger.title) + sum(
        len(leaf.provision.text or "") + sum(map(len, leaf.labels)) for leaf in ledger.leaves
    )
    total = ledger.total()
    assert total["characters"] == expected
    sorts = ("norm", "label", "chapeau", "connective", "non_normative", "unclaimed")
    assert sum(total[sort] for sort in sorts) == expected


def test_only_punctuation_is_claimed_without_a_declaration(ledger: Ledger) -> None:
    for leaf in ledger.leaves:
        for span in leaf.spans:
            assert span.ids or not any(character.isalnum() for character in span.words)


def test_a_character_that_no_norm_quotes_is_unclaimed() -> None:
    store = open_regulations()
    for norm in ("art20#n1", "art20#n2"):
        store.update(f"DELETE WHERE {{ GRAPH ?g {{ <{HEBEI}{norm}> ?p ?o }} }}")
    (found,) = Ledger(store, "hebei").unclaimed()
    assert found[0] == "art20"
    assert found[1].words.startswith("各级党委（党组）每年第一季度")


def test_a_signal_word_that_loses_its_norm_is_undeclared() -> None:
    store = open_regulations()
    for norm in ("art20#n1", "art20#n2"):
        store.update(f"DELETE WHERE {{ GRAPH ?g {{ <{HEBEI}{norm}> ?p ?o }} }}")
    ledger = Ledger(store, "hebei")
    stray = [(signal.provision, signal.word) for signal in ledger.signals if not signal.declared]
    assert ("art20", "每年") in stray
    assert ("art20", "第一季度") in stray
    assert not ledger.complete()


def declared(*statements: str) -> Ledger:
    """Give the ledger with the first words of article 20 declared instead of quoted."""
    store = open_regulations()
    words = "各级党委（党组）每年第一季度"
    for norm in ("art20#n1", "art20#n2"):
        store.update(f"DELETE WHERE {{ GRAPH ?g {{ <{HEBEI}{norm}> ?p ?o }} }}")
    dg, oa = "https://w3id.org/dutygraph/ontology#", "http://www.w3.org/ns/oa#"
    store.update(
        f"""PREFIX dg: <{dg}> PREFIX oa: <{oa}> BASE <{HEBEI}>
INSERT DATA {{ GRAPH <{HEBEI.rstrip("/")}> {{
  <art20#d1> dg:declaredIn <art20> ; dg:key "art20#d1" ; dg:passage "{words}"@zh ;
    dg:declaredAs dg:NonNormativePassage ; dg:reason "试"@zh , "trial"@en ;
    oa:hasTarget <t> {"".join(f"; dg:signalWord {word}" for word in statements)} .
  <t> oa:hasSelector <p> . <p> oa:start 0 ; oa:end {len(words)} .
}} }}"""
    )
    return Ledger(store, "hebei")


def test_a_declared_passage_names_the_signal_words_that_it_holds() -> None:
    def undeclared(ledger: Ledger) -> set[str]:
        return {signal.word for signal in ledger.signals if not signal.declared}

    assert {"每年", "第一季度"} <= undeclared(declared())
    assert undeclared(declared('"每年"@zh')) == undeclared(declared()) - {"每年"}
    span = next(leaf for leaf in declared().leaves if leaf.provision.key == "art20").spans[0]
    assert (span.sort, span.ids, span.reason_en) == ("non_normative", ["art20#d1"], "trial")


WORDS = sorted(["要", "应", "应当", "不得", "可", "可以"], key=len, reverse=True)
COMPOUNDS = ["重要", "主要", "需要"]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("党委要成立领导小组", [(2, "要")]),
        ("主要负责人", []),
        ("重要的是要做", [(4, "要")]),
        ("应当做，应做", [(0, "应当"), (4, "应")]),
        ("可以做，也可做", [(0, "可以"), (5, "可")]),
        ("需要重要的", []),
    ],
)
def test_signal_words_are_found_outside_compounds(
    text: str, expected: list[tuple[int, str]]
) -> None:
    assert list(signals(text, WORDS, COMPOUNDS)) == expected


@given(st.lists(st.sampled_from([*WORDS, *COMPOUNDS, "党委", "，"]), max_size=12))
def test_each_signal_stands_where_it_is_said_to(pieces: Sequence[str]) -> None:
    text = "".join(pieces)
    found = list(signals(text, WORDS, COMPOUNDS))
    assert all(text.startswith(word, start) for start, word in found)
    ends = [start + len(word) for start, word in found]
    assert all(end <= start for end, (start, _) in zip(ends, found[1:], strict=False))
