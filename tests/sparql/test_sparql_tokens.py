"""The tokens of SPARQL are those of its grammar, and of any text whatever."""

from __future__ import annotations

import re
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st
from pyoxigraph import Literal, RdfFormat, Store, parse
from rdflib.plugins.sparql.parser import PN_CHARS_BASE_re, PN_CHARS_re, parseQuery
from rdflib.plugins.sparql.parserutils import CompValue
from rdflib.term import Literal as Read
from rdflib.term import URIRef, Variable

from dutygraph import artefacts
from dutygraph.queries.catalogue import filled, questions
from dutygraph.queries.values import Values
from dutygraph.regulations.prepared import open_regulations
from dutygraph.shacl.model import SH
from dutygraph.sparql import Token, expanded, prologue, tokens, unescaped
from dutygraph.terms import PREFIXES, sparql_prologue

# As the grammar has them (19.8), letter by letter where the tokenizer has them in another form.
_BASE = "[AZazÀÖØöø\u02ff\u0370\u1fff\u200c\u2070\u2fef\u3001责\ufdcf\ufffd\U00010000\U000effff]"
_U = f"(?:{_BASE}|_)"
_CHARS = f"(?:{_U}|-|[0-9]|\u00b7|[\u0300-\u036f]|[\u203f-\u2040])"
_VARNAME = f"(?:{_U}|[0-9])(?:{_U}|[0-9]|\u00b7|[\u0300-\u036f]|[\u203f-\u2040])*"
_PN_PREFIX = rf"{_BASE}(?:(?:{_CHARS}|\.)*{_CHARS})?"
_PLX = r"(?:%[0-9A-Fa-f]{2}|\\[_~.\-!$&'()*+,;=/?#@%])"
_PN_LOCAL = rf"(?:{_U}|:|[0-9]|{_PLX})(?:(?:{_CHARS}|\.|:|{_PLX})*(?:{_CHARS}|:|{_PLX}))?"
_ECHAR = r"\\[tbnrf\\\"']"
_EXPONENT = "[eE][+-]?[0-9]+"
GRAMMAR = {
    "IRIREF": r'<[^<>"{}|^`\\\x00-\x20]*>',
    "PNAME_NS": rf"(?:{_PN_PREFIX})?:",
    "PNAME_LN": rf"(?:{_PN_PREFIX})?:{_PN_LOCAL}",
    "BLANK_NODE_LABEL": rf"_:(?:{_U}|[0-9])(?:(?:{_CHARS}|\.)*{_CHARS})?",
    "VAR": rf"[?$]{_VARNAME}",
    "LANGTAG": "@[a-zA-Z]+(?:-[a-zA-Z0-9]+)*",
    "INTEGER": "[0-9]+",
    "DECIMAL": r"[0-9]*\.[0-9]+",
    "DOUBLE": rf"[0-9]+\.[0-9]*{_EXPONENT}|\.[0-9]+{_EXPONENT}|[0-9]+{_EXPONENT}",
    "STRING": (
        rf"'(?:[^'\\\n\r]|{_ECHAR})*'|\"(?:[^\"\\\n\r]|{_ECHAR})*\""
        rf"|'''(?:(?:'|'')?(?:[^'\\]|{_ECHAR}))*'''|\"\"\"(?:(?:\"|\"\")?(?:[^\"\\]|{_ECHAR}))*\"\"\""
    ),
    "WORD": "[A-Za-z][A-Za-z0-9_]*",
    "MARK": r"&&|\|\||\^\^|!=|<=|>=|[{}()\[\].,;*/|^+\-!=<>?]",
}
_GAP = re.compile(r"(?:[ \t\r\n]|#[^\r\n]*)*")
_PIECES = st.sampled_from(
    [*"'\"\\<>{}()?$:@._#-+*/|&^!=%\n 0aé责", "'''", '"""', "PREFIX ", "a:b", "?x", "_:b", "1.5e3"]
)
_OF_PROLOGUES = st.sampled_from(
    ["PREFIX ", "prefix\n", "a:", "a.b: ", ":", "<x>", "<y> ", "#c\n", "# ", "BASE ", "SELECT "]
)
one_of_the_grammar = st.sampled_from(sorted(GRAMMAR)).flatmap(
    lambda kind: st.from_regex(GRAMMAR[kind], fullmatch=True).map(lambda text: (kind, text))
)


@given(st.one_of(st.text(), st.lists(_PIECES, max_size=40).map("".join)))
def test_tokens_and_the_gaps_between_them_give_the_text_back(text: str) -> None:
    place = 0
    for token in tokens(text):
        assert _GAP.fullmatch(text, place, token.start), token
        place = token.start + len(token.text)
        assert text[token.start : place] == token.text != ""
    assert _GAP.fullmatch(text, place)


@given(st.lists(one_of_the_grammar, max_size=8), st.sampled_from([" ", "\n", " # '\n"]))
def test_what_the_grammar_has_is_one_token(parts: list[tuple[str, str]], gap: str) -> None:
    text = gap.join(text for _, text in parts)
    assert [(token.kind, token.text) for token in tokens(text)] == parts


def test_names_have_the_characters_of_the_grammar() -> None:
    # All of the first plane, and the ends of the ranges above it.
    characters = list(map(chr, [*range(0x10010), *range(0xEFFF0, 0xF0010), 0x10FFFF]))
    words = {one.text for one in tokens("\n".join(characters)) if one.kind == "WORD"}
    assert words == set(filter(re.compile(f"[{PN_CHARS_BASE_re}]").match, characters))
    names = tokens("\n".join(f"a:a{one}a" for one in characters))
    within = {one.text[3] for one in names if len(one.text) == 5 and one.kind == "PNAME_LN"}
    assert within == {*filter(re.compile(f"[{PN_CHARS_re}]").match, characters), ":", "."}


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("?o.a:b", ["?o", ".", "a:b"]),
        ("'x'@en.a:b.", ["'x'", "@en", ".", "a:b", "."]),
        ("true.FILTER(", ["true", ".", "FILTER", "("]),
        ("a.b-c:d.e. ", ["a.b-c:d.e", "."]),
        ("?x-1.5.", ["?x", "-", "1.5", "."]),
        ("?a<?b&&?c>1", ["?a", "<?b&&?c>", "1"]),
        ("?a <?b && ?c> 1", ["?a", "<", "?b", "&&", "?c", ">", "1"]),
        ("<urn:a>|<urn:b>", ["<urn:a>", "|", "<urn:b>"]),
        ("'''a''b\\''''.", ["'''a''b\\''''", "."]),
        ("a:b\\.c.", ["a:b\\.c", "."]),
        ("<#a>#b", ["<#a>"]),
        ("1.e5.5", ["1.e5", ".5"]),
    ],
)
def test_the_longest_token_that_can_be_is_taken(text: str, expected: list[str]) -> None:
    assert [token.text for token in tokens(text)] == expected


@pytest.mark.parametrize(
    ("text", "taken"), [("'x\ny'", "'x"), ('"""x""\n"', '"""x""\n"'), ("''''", "''''")]
)
def test_a_string_without_end_is_told_apart(text: str, taken: str) -> None:
    assert next(tokens(text)) == Token("OPEN", taken, 0)


def shape_queries() -> Iterator[str]:
    """Give all SELECTs and ASKs of the shapes."""
    for file in sorted(artefacts.room("shapes").rglob("*.ttl")):
        for triple in parse(file.read_bytes(), RdfFormat.TURTLE):
            if triple.predicate.value in (SH + "select", SH + "ask"):
                assert isinstance(triple.object, Literal)
                yield triple.object.value


def own_queries() -> list[str]:
    """Give all queries of questions, of their values, of the probe, and of shapes."""
    store, folder = open_regulations(), artefacts.room("queries")
    files = [*folder.glob("probe/*.rq"), *folder.glob("values/*.rq")]
    texts = {file.read_text(encoding="utf-8") for file in files} | set(shape_queries())
    asked = (filled(Values(store), one, {}) for one in questions().values())
    return [*(query.removeprefix(sparql_prologue()) for query in asked), *sorted(texts)]


def leaves(node: object) -> Iterator[tuple[str, str]]:
    """Give the terms and names in a tree of rdflib's."""
    match node:
        case CompValue(name="pname"):
            yield "name", f"{node.prefix or ''}:{node.localname or ''}"
        case CompValue(name="literal"):
            yield "string", str(node.string)
            if node.lang:
                yield "language", str(node.lang)
            yield from leaves(node.datatype)
        case CompValue():
            for inner in node.values():
                yield from leaves(inner)
        case Variable():
            yield "variable", str(node)
        case URIRef():
            yield "iri", str(node)
        case Read() if node.datatype is None:
            yield "string", str(node)
        case str():
            return
        case _ if hasattr(node, "__iter__"):
            for inner in node:
                yield from leaves(inner)


def named(text: str) -> Iterator[tuple[str, str]]:
    """Give the terms and names among the tokens of a text."""
    for token in tokens(text):
        match token.kind:
            case "PNAME_LN" | "PNAME_NS":
                yield "name", re.sub(r"\\(.)", r"\1", token.text)
            case "STRING":
                yield "string", unescaped(token.text) or ""
            case "LANGTAG":
                yield "language", token.text[1:]
            case "VAR":
                yield "variable", token.variable
            case "IRIREF":
                yield "iri", token.text[1:-1]


@pytest.mark.parametrize("query", own_queries())
def test_our_own_queries_have_the_terms_that_a_parser_sees(query: str) -> None:
    words = [token.text for token in tokens(query)]
    # Oxigraph takes no space between the name of a function and its bracket.
    Store().query(" ".join(words).replace(" (", "("), prefixes=_prefixes(query))
    added = {("iri", "http://www.w3.org/1999/02/22-rdf-syntax-ns#type")}
    assert set(leaves(parseQuery(query))) - added == set(named(query)) - added


def _prefixes(query: str) -> dict[str, str]:
    names = {one.text.partition(":")[0] for one in tokens(query) if one.kind.startswith("PNAME")}
    return {name: PREFIXES.get(name, f"urn:{name}:") for name in names}


def test_a_prologue_ends_where_something_else_begins() -> None:
    text = "# c\nPREFIX a: <urn:a#> prefix\t: <> # d\nSELECT * { PREFIX b: <urn:b> }"
    declared, end = prologue(text)
    assert declared == {"a": "urn:a#", "": ""}
    assert next(tokens(text, end)).keyword == "SELECT"
    assert prologue(sparql_prologue()) == (PREFIXES, len(sparql_prologue()) - 1)
    assert prologue("BASE <urn:x> SELECT") == ({}, 0)


@given(st.lists(_OF_PROLOGUES, max_size=20).map("".join))
def test_a_prologue_is_what_its_tokens_declare(text: str) -> None:
    found = list(tokens(text))
    declared, place = {}, 0
    for one, two, three in zip(found[0::3], found[1::3], found[2::3], strict=False):
        if (one.keyword, two.kind, three.kind) != ("PREFIX", "PNAME_NS", "IRIREF"):
            break
        declared[two.text[:-1]] = three.text[1:-1]
        place = three.start + len(three.text)
    assert prologue(text) == (declared, place)


def test_a_prefixed_name_stands_for_the_iri_that_its_prefix_begins() -> None:
    assert expanded("a:b\\.c:%20", {"a": "urn:"}) == "urn:b.c:%20"
    assert expanded(":", {"": "urn:x"}) == "urn:x"
    assert expanded("b:c", {"a": "urn:"}) is None


@given(st.text())
def test_a_string_says_what_it_was_written_from(text: str) -> None:
    written = str(Literal(text))
    (token,) = tokens(re.sub(r"\\u([0-9A-F]{4})", lambda found: chr(int(found[1], 16)), written))
    assert unescaped(token.text) == text


def test_an_escape_that_there_is_not_says_nothing() -> None:
    assert unescaped('"""a\\t"b"""') == 'a\t"b'
    assert unescaped("'\\.'") is None
