"""Random graphs, and random queries of the kind that constraints are, as hypothesis draws them."""

from __future__ import annotations

from hypothesis import strategies as st

NODES = ("<urn:a>", "<urn:b>", "<urn:c>")
XSD = "http://www.w3.org/2001/XMLSchema#"
DATES = tuple(f'"{day}"^^<{XSD}date>' for day in ("2013-01-31", "2013-02-01", "2014-12-31"))
NUMBERS = tuple(f'"{number}"^^<{XSD}integer>' for number in (-1, 0, 2013))
TRUTHS = tuple(f'"{truth}"^^<{XSD}boolean>' for truth in ("true", "false"))
WORDS = ('"x"', '"xy"', '"责任 书"', '"a . b> ."')
ODD = (
    *('"x"@en', '"x"@zh', '"with \\" mark"', f'"2013-02-30"^^<{XSD}date>'),
    *('"x"^^<urn:d>', '"2013-01-31"^^<urn:d>'),
)
PATTERNS = ("^x", "[0-9]{4}-0[12]", "y?$", "^[^a-w]+$", "责任 (书|x)", "a [.] b")
PROPERTIES = ("<urn:p>", "<urn:q>", "<urn:when>", "<urn:much>", "<urn:is>", "<urn:said>")
_VARIABLES = ("?this", "?u", "?v", "?w")

nodes = st.sampled_from(NODES)
links = st.tuples(nodes, st.sampled_from(PROPERTIES[:2]), nodes)
by = st.tuples(nodes, st.just("<urn:by>"), st.sampled_from(PROPERTIES))
usual = st.one_of(
    st.tuples(nodes, st.just("<urn:when>"), st.sampled_from(DATES)),
    st.tuples(nodes, st.just("<urn:much>"), st.sampled_from(NUMBERS)),
    st.tuples(nodes, st.just("<urn:is>"), st.sampled_from(TRUTHS)),
    st.tuples(nodes, st.just("<urn:said>"), st.sampled_from(WORDS)),
)
odd = st.tuples(nodes, st.sampled_from(PROPERTIES[1:]), st.sampled_from([*ODD, *WORDS, *DATES]))
graphs = st.lists(st.one_of(links, links, usual, usual, odd, by), min_size=3, max_size=14).map(
    lambda triples: "".join(f"{s} {p} {o} .\n" for s, p, o in triples).encode()
)

_subjects = st.sampled_from([*_VARIABLES, *NODES])
_objects = st.sampled_from(
    [*_VARIABLES, *_VARIABLES, *NODES, DATES[0], NUMBERS[2], *TRUTHS, "2013"]
)
_paths = st.sampled_from(
    [
        *PROPERTIES,
        *(
            "<urn:by>",
            "<urn:by>|<urn:p>",
            "?v",
            "?w",
            "^<urn:p>",
            "<urn:p>|<urn:q>",
            "<urn:p>/<urn:when>",
            "<urn:p>/^<urn:q>",
        ),
        *("<urn:p>+", "<urn:q>*", "(<urn:p>|^<urn:q>)+", "<urn:p>?", "<urn:p>/<urn:q>*"),
    ]
)
patterns = st.tuples(_subjects, _paths, _objects).map(" ".join)
_values = st.one_of(
    st.sampled_from([*_VARIABLES, *DATES, *NUMBERS[1:], *WORDS[:2], *NODES]),
    st.sampled_from(
        [
            *("MONTH(?v)", "DAY(?w)", "STRLEN(STR(?v))", "DATATYPE(?w)", f"<{XSD}date>"),
            *('REPLACE(STR(?v), "^2013|x+$", "y")', "STRLEN(?w)"),
            *("YEAR(?v)", "STR(?u)", "STR(?w)", "COALESCE(?v, ?w)", "?w + 1"),
            *("IF(?u = ?v, ?u, <urn:b>)", 'CONCAT(STR(?v), "x")', 'STRAFTER(STR(?u), ":")'),
            '?v - "-P30D"^^<http://www.w3.org/2001/XMLSchema#dayTimeDuration>',
            '?v - "-P1M"^^<http://www.w3.org/2001/XMLSchema#yearMonthDuration>',
        ]
    ),
)
_comparisons = st.tuples(_values, st.sampled_from(["=", "!=", "<", ">", "<=", ">="]), _values).map(
    " ".join
)
_iris = st.lists(st.sampled_from([*NODES, *PROPERTIES[:3]]), min_size=1, max_size=3)
_simple = st.one_of(
    _comparisons,
    st.builds("{} = {}".format, st.sampled_from(_VARIABLES), st.sampled_from(PROPERTIES)),
    st.builds("{} IN ({})".format, st.sampled_from(_VARIABLES), _iris.map(", ".join)),
    st.builds("{} IN ({}, {})".format, _values, _values, _values),
    st.builds("COALESCE({}, {})".format, _comparisons, st.sampled_from(["true", "false"])),
    st.builds("BOUND({})".format, st.sampled_from(_VARIABLES)),
    st.builds(
        "CONTAINS({}, {})".format, st.sampled_from(["?v", "STR(?w)"]), st.sampled_from(WORDS)
    ),
    st.builds(
        "REGEX({}, {})".format,
        st.sampled_from(["?v", "STR(?w)"]),
        st.sampled_from(
            ['"^x"', '"[0-9]{4}-0[12]"', '"y?$"', '"^[^a-w]+$"', '"责任 (书|x)"', '"a [.] b"']
        ),
    ),
    st.builds("sameTerm({}, {})".format, _values, _values),
    st.builds("{}(?v)".format, st.sampled_from(["isIRI", "isURI", "isLiteral", "isBlank"])),
    st.just("?v"),
)


def _groups(depth: int) -> st.SearchStrategy[str]:
    parts = [patterns, patterns, patterns, _tests(depth).map("FILTER({})".format)]
    if depth:
        inner = _groups(depth - 1)
        parts += [
            inner.map("OPTIONAL {{ {} }}".format),
            inner.map("FILTER NOT EXISTS {{ {} }}".format),
            inner.map("FILTER EXISTS {{ {} }}".format),
            st.builds("{{ {} }} UNION {{ {} }}".format, inner, inner),
            st.builds("BIND({} AS ?{})".format, _values, st.sampled_from("xyz")),
            st.just("VALUES ?u { <urn:a> <urn:c> }"),
        ]
    return st.builds(
        lambda first, rest: " . ".join([first, *rest]),
        patterns,
        st.lists(st.one_of(*parts), max_size=3),
    )


def _tests(depth: int) -> st.SearchStrategy[str]:
    if not depth:
        return _simple
    either = st.one_of(
        _simple,
        _groups(depth - 1).map("EXISTS {{ {} }}".format),
        _groups(depth - 1).map("NOT EXISTS {{ {} }}".format),
    )
    return st.one_of(
        _simple,
        st.builds("{} && {}".format, either, either),
        st.builds("{} || {}".format, either, either),
        st.builds("!({})".format, either),
    )


queries = st.builds(
    "SELECT {} WHERE {{ ?this {} {} . {} }}".format,
    st.sampled_from(["*", "?this", "?this ?u", "(COUNT(?this) AS ?n)"]).flatmap(
        lambda columns: st.sampled_from([columns, f"DISTINCT {columns}"])
    ),
    _paths,
    _objects,
    _groups(2),
)
