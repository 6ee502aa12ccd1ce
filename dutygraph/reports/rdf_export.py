"""A run as a W3C validation report (SHACL, section 3.6), with our own properties beside.

A finding may rest on several validation results; each is one ``sh:ValidationResult``. A duty that
is not due soon yet gives no finding and no result. A run that looked at nobody is no validation
report: it is told as a ``dg:CheckRun`` alone, which neither conforms nor does not.

Both forms are written as text straight away: a graph library takes minutes where this takes a
second.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any, BinaryIO

from pyoxigraph import Literal

from dutygraph.compliance.findings import Finding, Ground
from dutygraph.compliance.verdicts import Counts
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export
from dutygraph.reports.wording import Pair
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

_USED = ("dcterms", "dg", "prov", "rdf", "rdfs", "sh", "xsd")
_SEVERITY = {
    "violation": "sh:Violation",
    "advisory": "sh:Warning",
    "review": "sh:Warning",
    "due_soon": "sh:Info",
}
"""As the shapes have it; what is advisory is a violation that shapes cannot know to be none."""
_COUNTED = {
    "looked_at": "dg:lookedAt",
    "met": "dg:met",
    "breached": "dg:breached",
    "not_due": "dg:notDue",
    "unknown": "dg:unknown",
}

Node = dict[str, Any]
"""A node as JSON-LD has it, its keys prefixed names, its values nodes, literals or lists."""


def _iri(iri: str) -> Node:
    return {"@id": iri}


def _term(term: Term) -> Node:
    if not isinstance(term, Literal):
        return _iri(str(term) if not hasattr(term, "value") else term.value)
    if term.language:
        return _tagged(term.value, term.language)
    return {"@value": term.value, "@type": term.datatype.value}


def _tagged(words: str, language: str) -> Node:
    return {"@value": words, "@language": language}


def _date(day: str) -> Node:
    return {"@value": day, "@type": "xsd:date"}


def _run(edition: Edition) -> Node:
    """Give the node of the run without its results."""
    report = edition.report
    node: Node = {"@type": ["dg:CheckRun"]}
    if edition.looked_at:
        node["@type"].insert(0, "sh:ValidationReport")
        node["sh:conforms"] = not report.findings
    else:
        node["rdfs:comment"] = [
            _tagged("没有可检查的对象，不能说合规。", "zh"),
            _tagged("There was nothing to look at; nothing conforms.", "en"),
        ]
    node["dg:asOf"] = _date(report.as_of.isoformat())
    node["dg:year"] = report.year
    node["prov:used"] = [_iri(edition.wording.settings[key].iri) for key in report.settings]
    node["dcterms:hasPart"] = [_check(counts) for counts in edition.checks]
    return node


def _check(counts: Counts) -> Node:
    numbers = {term: getattr(counts, name) for name, term in _COUNTED.items()}
    return {"@type": ["dg:Check"], "dg:check": counts.provision, **numbers}


def _result(finding: Finding, ground: Ground) -> Node:
    node: Node = {
        "@type": ["sh:ValidationResult"],
        "sh:focusNode": _iri(ground.focus),
        "sh:value": _term(ground.value),
        "sh:resultSeverity": _iri(_SEVERITY[finding.status]),
        "sh:resultMessage": [_tagged(ground.message_zh, "zh"), _tagged(ground.message_en, "en")],
        "sh:sourceShape": _iri(ground.shape),
        "sh:sourceConstraint": _iri(ground.constraint),
        "sh:sourceConstraintComponent": _iri("sh:SPARQLConstraintComponent"),
        "dg:check": finding.provision,
        "dg:code": finding.code,
        "dg:status": finding.status,
        "dg:year": finding.year,
        "dg:enforces": [_iri(norm) for norm in ground.norms],
    }
    if ground.due is not None:
        node["dg:due"] = _date(ground.due)
    return node


def _results(edition: Edition) -> Iterator[Node]:
    for finding in edition.findings:
        for ground in finding.grounds:
            yield _result(finding, ground)


def _others(edition: Edition) -> Iterator[Node]:
    """Give the settings as they were set, and who the subjects of the findings are."""
    for key, value in edition.report.settings.items():
        node = {**_iri(edition.wording.settings[key].iri), "dg:key": key}
        yield node if value is None else node | {"dg:effective": value}
    subjects = {ground.focus: one for one in edition.findings for ground in one.grounds}
    for focus, finding in subjects.items():
        yield {
            **_iri(focus),
            "dcterms:identifier": finding.subject,
            "rdfs:label": _tagged(finding.subject_name, "zh"),
        }


def _turtle(edition: Edition) -> Iterator[str]:
    for prefix in _USED:
        yield f"@prefix {prefix}: <{PREFIXES[prefix]}> .\n"
    run = _properties(_run(edition))
    yield f"\n[] {run}"
    mark = " ;\n  sh:result\n    "
    for node in _results(edition):
        yield f"{mark}[ {_properties(node)} ]"
        mark = " ,\n    "
    yield " .\n\n"
    for node in _others(edition):
        yield f"<{node.pop('@id')}> {_properties(node)} .\n"


def _properties(node: Node) -> str:
    return " ; ".join(
        f"{'a' if key == '@type' else key} {_objects(key, value)}" for key, value in node.items()
    )


def _objects(key: str, value: object) -> str:
    if key == "@type" and isinstance(value, list):
        return " , ".join(value)
    values = value if isinstance(value, list) else [value]
    return " , ".join(_object(one) for one in values)


def _object(value: object) -> str:
    """Write one object; the escapes of JSON strings are among those of Turtle (section 6.4)."""
    if not isinstance(value, dict):
        return json.dumps(value, ensure_ascii=False)
    if "@id" in value:
        iri = value["@id"]
        return iri if iri.startswith("sh:") else f"<{iri}>"
    if "@value" not in value:
        return f"[ {_properties(value)} ]"
    quoted = json.dumps(value["@value"], ensure_ascii=False)
    if "@language" in value:
        return f"{quoted}@{value['@language']}"
    datatype = value["@type"]
    return f"{quoted}^^{datatype if datatype == 'xsd:date' else f'<{datatype}>'}"


def _json_ld(edition: Edition) -> Iterator[str]:
    context = {prefix: PREFIXES[prefix] for prefix in _USED}
    yield f'{{"@context": {json.dumps(context)},\n"@graph": [\n'
    run = json.dumps(_run(edition), ensure_ascii=False)
    yield run[:-1]
    mark = ',\n"sh:result": [\n'
    for node in _results(edition):
        yield mark + json.dumps(node, ensure_ascii=False)
        mark = ",\n"
    yield "}" if mark != ",\n" else "]}"
    for node in _others(edition):
        yield ",\n" + json.dumps(node, ensure_ascii=False)
    yield "\n]}\n"


def _write_turtle(edition: Edition, out: BinaryIO) -> None:
    for piece in _turtle(edition):
        out.write(piece.encode("utf-8", "replace"))


def _write_json_ld(edition: Edition, out: BinaryIO) -> None:
    for piece in _json_ld(edition):
        out.write(piece.encode("utf-8", "replace"))


EXPORTS = (
    Export(
        "ttl",
        ".ttl",
        Pair("SHACL 验证报告（Turtle）", "SHACL report (Turtle)"),
        Pair(
            "用 SHACL 工具的人：W3C 验证报告，连着规范、记录和凭据。",
            "For SHACL tools: the W3C validation report, linked to norms, records and evidence.",
        ),
        "text/turtle; charset=utf-8",
        is_text=True,
        write=_write_turtle,
    ),
    Export(
        "jsonld",
        ".jsonld",
        Pair("SHACL 验证报告（JSON-LD）", "SHACL report (JSON-LD)"),
        Pair(
            "用 JSON 处理链接数据的人：同一份 W3C 验证报告。",
            "For those who process linked data as JSON: the same W3C validation report.",
        ),
        "application/ld+json",
        is_text=True,
        write=_write_json_ld,
    ),
)
