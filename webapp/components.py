"""What the API answers with, by name: the schemas of its OpenAPI document (``openapi``)."""

from __future__ import annotations

from typing import Final

from dutygraph.compliance.calendar import STATE_WORDS, Entry
from dutygraph.compliance.findings import STATUSES, Finding
from dutygraph.compliance.verdicts import Counts
from dutygraph.explain.bearing import Limit
from dutygraph.explain.chains import Step
from dutygraph.explain.explanation import BEARS, INHERITS, NOT, OPEN
from dutygraph.explain.explanation import Reading as Followed
from dutygraph.queries.catalogue import Parameter as OfQuestion
from dutygraph.records.history import Import
from dutygraph.regulations.ledger import SORTS, Signal, Span
from dutygraph.regulations.norms import Norm
from dutygraph.regulations.provisions import Provision
from webapp.schemas import Schema, listed, named, of_fields, of_keys, of_type, one_of, optional
from webapp.units import Source

_TEXT, _MAYBE, _COUNT = of_type(str), of_type(str | None), of_type(int)
_TEXTS, _ANYTHING = of_type(list[str]), of_type(dict[str, object])
_SETTINGS = of_type(dict[str, str | None])
_DATED: Final[Schema] = {"type": "string", "format": "date"}
_FIGURES: Final = {"characters": _COUNT, **dict.fromkeys(SORTS, _COUNT)}
_UNIT: Final = {
    **dict.fromkeys(("id", "iri", "name"), _TEXT),
    **dict.fromkeys(("kind", "level", "application"), optional(named("Concept"))),
    **dict.fromkeys(("region", "founded", "dissolved", "above"), _MAYBE),
    "related": of_type(dict[str, list[str]]),
}

SCHEMAS: Final[dict[str, Schema]] = {
    "Provision": of_fields(Provision),
    "Norm": of_fields(Norm),
    "Explanation": of_keys(
        **dict.fromkeys(("norm", "provision", "quote"), _TEXT),
        bearers=_TEXTS,
        bearer=_TEXT,
        body=_MAYBE,
        level=_MAYBE,
        legislative_power=of_type(bool | None),
        outcome=one_of(BEARS, INHERITS, NOT, OPEN),
        by_reference=of_type(bool),
        steps=listed(of_fields(Step, zh=_TEXT, en=_TEXT)),
        limits=listed(of_fields(Limit)),
        readings=listed(of_fields(Followed)),
    ),
    "Coverage": of_keys(
        complete=of_type(bool),
        total=of_keys(norms=_COUNT, **_FIGURES),
        units=listed(of_keys(unit=_TEXT, norms=_COUNT, **_FIGURES)),
        signals=listed(of_fields(Signal)),
        unclaimed=listed(of_keys(provision=_TEXT, start=_COUNT, end=_COUNT, words=_TEXT)),
        passages=listed(of_fields(Span, provision=_TEXT)),
    ),
    "Concept": of_keys(name=_TEXT, zh=_TEXT, en=_MAYBE),
    "Role": of_keys(
        name=_TEXT,
        zh=_TEXT,
        en=_MAYBE,
        is_person=of_type(bool),
        own=_COUNT,
        inherited=_COUNT,
        bodies=_TEXTS,
    ),
    "Reading": of_keys(
        key=_TEXT,
        title_zh=_TEXT,
        title_en=_MAYBE,
        question_zh=_TEXT,
        question_en=_MAYBE,
        options={"type": "object", "additionalProperties": of_keys(zh=_TEXT, en=_MAYBE)},
        default=_TEXT,
        concerns=_TEXTS,
        settings=_TEXTS,
    ),
    "Setting": of_keys(
        name=_TEXT,
        label_zh=_TEXT,
        label_en=_TEXT,
        takes=_TEXT,
        choices=_TEXTS,
        options={"type": "object", "additionalProperties": of_keys(zh=_TEXT, en=_TEXT)},
        default=_MAYBE,
        readings=_TEXTS,
    ),
    "Question": of_keys(
        name=_TEXT,
        title_zh=_TEXT,
        title_en=_TEXT,
        audience=_TEXT,
        parameters=listed(of_fields(OfQuestion)),
    ),
    "Value": of_keys(parameter=_TEXT, value=_TEXT, zh=_TEXT, en=_TEXT),
    "Results": of_keys(
        head=of_keys(vars=_TEXTS),
        results=of_keys(bindings=listed({"type": "object", "additionalProperties": named("Term")})),
    ),
    "Term": {
        "type": "object",
        "properties": {
            "type": one_of("uri", "literal", "bnode"),
            "value": _TEXT,
            "xml:lang": _TEXT,
            "datatype": _TEXT,
        },
        "required": ["type", "value"],
        "additionalProperties": False,
    },
    "Findings": of_keys(
        as_of=_DATED,
        year=_COUNT,
        settings=_SETTINGS,
        checks=listed(of_fields(Counts)),
        findings=listed(named("Finding")),
        asked=of_keys(
            **dict.fromkeys(("unit", "provision", "region"), _MAYBE), status=_TEXTS, words=_MAYBE
        ),
    ),
    "Finding": of_fields(Finding, without=("grounds", "named"), status=one_of(*STATUSES)),
    "Named": of_keys(id=_MAYBE, name_zh=_TEXT, name_en=_TEXT),
    "Duty": of_fields(
        Entry,
        key=_TEXT,
        status=optional(one_of(*STATE_WORDS)),
        bearer=optional(named("Named")),
        borne_as=listed(named("Named")),
        to=listed(named("Named")),
        proof=listed(named("Named")),
        about=optional(named("Named")),
    ),
    "Calendar": of_keys(
        regulation=_TEXT,
        unit=optional(named("Named")),
        year=_COUNT,
        as_of=_DATED,
        commencement=_TEXT,
        settings=_SETTINGS,
        dated=listed(named("Duty")),
        undated=listed(named("Duty")),
    ),
    "Unit": of_keys(**_UNIT),
    "WholeUnit": of_keys(
        **_UNIT,
        posts=listed(
            of_keys(
                person=_TEXT,
                name=_TEXT,
                principal=of_type(bool),
                **dict.fromkeys(("title", "from", "until"), _MAYBE),
            )
        ),
        records=listed(named("Record")),
    ),
    "Record": of_keys(
        id=_TEXT,
        kind=named("Concept"),
        date=_TEXT,
        year=_MAYBE,
        own=of_type(bool),
        by=_MAYBE,
        details=of_type(dict[str, list[str]]),
        source=optional(of_fields(Source)),
    ),
    "Import": of_fields(
        Import,
        id=_TEXT,
        state=one_of("active", "replaced", "undone", "unfinished"),
    ),
    "Job": of_keys(
        id=_TEXT,
        stage=one_of("check", "commit", "undo"),
        state=one_of("running", "refused", "ready", "done", "failed", "discarded"),
        files=_TEXTS,
        **dict.fromkeys(("undone", "by"), _MAYBE),
        begun_at=_TEXT,
        **dict.fromkeys(("ended_at", "seal"), _MAYBE),
        counts=of_type(dict[str, int]),
        **dict.fromkeys(("import", "replaces", "reason"), _MAYBE),
        errors=_COUNT,
        warnings=_COUNT,
        faults=listed(named("Fault")),
    ),
    "Fault": of_keys(
        code=_TEXT,
        severity=one_of("error", "warning"),
        file=_TEXT,
        sheet=_MAYBE,
        row=of_type(int | None),
        **dict.fromkeys(("column", "cell"), _MAYBE),
        **dict.fromkeys(("line", "position"), of_type(int | None)),
        **dict.fromkeys(("seen", "expected_zh", "expected_en", "nearest"), _MAYBE),
        count=_COUNT,
        **dict.fromkeys(("message_zh", "message_en"), _TEXT),
    ),
    "Records": {
        "type": "object",
        "properties": dict.fromkeys(("units", "persons", "records"), listed(_ANYTHING)),
    },
    "Problem": of_keys(title=_TEXT, status=_COUNT, detail=_TEXT),
}
"""The schemas of what is answered, by name."""
