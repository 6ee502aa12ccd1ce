"""The prepared graph: anchored, reasoned, kept until its inputs change."""

from __future__ import annotations

import re
import shutil
from pathlib import Path

import pytest
from pyoxigraph import NamedNode, Triple

from dutygraph import artefacts
from dutygraph.regulations import prepared
from dutygraph.regulations.anchors import AnchorError, Quote, anchors, locate
from dutygraph.regulations.closure import InconsistentError, closure
from dutygraph.store.embedded import EmbeddedStore
from dutygraph.terms import DG, PREFIXES

TEXT = "要及时报告，及时纠正。"
ROOMS = Path(artefacts.__file__).parent.parent


def _triples(*lines: str) -> list[Triple]:
    return [Triple(*(NamedNode(_iri(word)) for word in line.split())) for line in lines]


def _iri(word: str) -> str:
    prefix, _, name = word.partition(":")
    return PREFIXES.get(prefix, "urn:test:") + name


def _named(quads: bytes) -> set[bytes]:
    """Give the quads without blank nodes, whose labels are new at each reading."""
    return {line for line in quads.splitlines() if b"_:" not in line}


@pytest.fixture
def copied_rooms(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Give a copy of ontology and data that may be changed, and a cache of its own.

    Of the norms there is one article's: how they are kept does not hang on how many there are.
    """
    for name in ("ontology", "data"):
        shutil.copytree(ROOMS / name, tmp_path / name)
    for norms in (tmp_path / "data").glob("regulations/*/norms/*.ttl"):
        if norms.stem != "art20":
            norms.unlink()
    monkeypatch.setattr(artefacts, "room", lambda name: tmp_path / name)
    monkeypatch.setenv("XDG_CACHE_HOME", str(tmp_path / "cache"))
    return tmp_path


def test_a_quote_is_placed_by_its_words() -> None:
    assert locate(Quote("n1", "p", "及时纠正"), TEXT) == (6, 10)
    assert locate(Quote("n1", "p", "及时", occurrence=2), TEXT) == (6, 8)


@pytest.mark.parametrize(
    ("quote", "said"),
    [
        (Quote("n1", "p", "限期纠正"), "is not in the text of p"),
        (Quote("n1", "p", "及时"), "stands 2 times"),
        (Quote("n1", "p", "及时", occurrence=3), "only 2 times"),
        (Quote("n1", "q", "及时纠正"), "q is no provision with a text"),
    ],
)
def test_a_quote_that_cannot_be_placed_is_refused(quote: Quote, said: str) -> None:
    with pytest.raises(AnchorError, match=re.escape(said)):
        list(anchors([quote], {"p": TEXT}))


def test_an_anchor_carries_words_context_and_position() -> None:
    said = {
        str(triple.object) for triple in anchors([Quote("urn:n", "urn:p", "报告")], {"urn:p": TEXT})
    }
    assert {'"报告"@zh', '"要及时"@zh', '"，及时纠正。"@zh'} <= said
    assert any(value.startswith('"3"^^') for value in said)


def test_what_follows_is_kept_and_what_says_nothing_is_not() -> None:
    given = _triples(
        "dg:kindOf rdf:type owl:TransitiveProperty",
        "test:a dg:kindOf test:b",
        "test:b dg:kindOf test:c",
    )
    assert closure(given) == _triples("test:a dg:kindOf test:c")


def test_a_contradiction_is_refused_with_its_words() -> None:
    given = _triples(
        "dg:Obligation owl:disjointWith dg:Permission",
        "test:n rdf:type dg:Obligation",
        "test:n rdf:type dg:Permission",
    )
    with pytest.raises(InconsistentError, match=r"(?i)disjoint"):
        closure(given)


def test_a_prepared_graph_is_kept_and_read_again(copied_rooms: Path) -> None:
    first = prepared.prepared()
    (kept,) = (copied_rooms / "cache" / "dutygraph").iterdir()
    assert kept.read_bytes() == first + b"# complete\n"
    kept.write_bytes(b"<urn:a> <urn:b> <urn:c> <urn:g> .\n# complete\n")
    assert prepared.prepared() == b"<urn:a> <urn:b> <urn:c> <urn:g> .\n", "read, not made again"
    for broken in (b"", first[:1000], first):
        kept.write_bytes(broken)
        again = prepared.prepared()
        assert _named(again) == _named(first), "a file that was cut short is made again"


def test_a_changed_input_is_prepared_anew_and_the_old_one_forgotten(copied_rooms: Path) -> None:
    before = prepared.prepared()
    norms = copied_rooms / "data" / "regulations" / "hebei" / "norms" / "art20.ttl"
    norms.write_text(
        norms.read_text(encoding="utf-8").replace("dg:PartyCommitteeOrGroup", "dg:PartyGroup"),
        encoding="utf-8",
    )
    after = prepared.prepared()
    carries = f"<{DG}LocalPartyCommittee> <{DG}carries> <https://w3id.org/dutygraph/hebei/art20#n1>"
    assert carries.encode() in before
    assert carries.encode() not in after
    assert len(list((copied_rooms / "cache" / "dutygraph").iterdir())) == 1


def test_a_cache_that_cannot_be_written_costs_no_answer(
    copied_rooms: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    blocked = copied_rooms / "file"
    blocked.write_text("", encoding="utf-8")
    monkeypatch.setenv("XDG_CACHE_HOME", str(blocked))
    assert b"PartyCommitteeOrGroup" in prepared.prepared()


def test_a_store_made_from_older_inputs_is_brought_up_to_date(
    copied_rooms: Path, tmp_path: Path
) -> None:
    place = tmp_path / "store"
    prepared.refresh(EmbeddedStore.open(place))
    assert prepared.is_current(prepared.open_directory(place))
    readings = copied_rooms / "data" / "regulations" / "hebei" / "readings.ttl"
    readings.write_text(readings.read_text(encoding="utf-8") + "\n# later\n", encoding="utf-8")
    assert not prepared.is_current(EmbeddedStore.open(place, read_only=True))
    assert prepared.is_current(prepared.open_directory(place))


def test_a_file_that_is_not_turtle_is_named(copied_rooms: Path) -> None:
    file = copied_rooms / "ontology" / "text.ttl"
    file.write_text("@prefix broken", encoding="utf-8")
    with pytest.raises(SyntaxError, match=r"text\.ttl"):
        prepared.prepared()


def test_a_room_that_is_missing_is_named() -> None:
    with pytest.raises(FileNotFoundError, match="reinstall dutygraph"):
        artefacts.room("cellar")


def test_every_article_but_the_first_states_norms_about_300_in_all() -> None:
    rows = prepared.open_regulations().select(
        "SELECT ?key (COUNT(?n) AS ?count) WHERE { ?n dg:statedIn/dg:key ?key } GROUP BY ?key"
    )
    counts: dict[str, int] = {}
    for row in rows:
        article = row["key"].value.partition(".")[0]
        counts[article] = counts.get(article, 0) + int(row["count"].value)
    # Article 1 says why and on what basis the measures were made; the ledger declares its words.
    assert set(counts) == {f"art{number}" for number in range(2, 44)}
    assert 280 <= sum(counts.values()) <= 330
