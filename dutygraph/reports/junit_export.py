"""A run as JUnit XML, for servers that show test results.

A check is a suite, a subject that it looked at is a case. A violation is a failure; what is for
review, advisory or due soon is told in the case's output. A check that looked at nobody is one
skipped case: it must not look as if it had passed.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterator
from typing import BinaryIO
from xml.sax.saxutils import quoteattr

from dutygraph.compliance.findings import Finding
from dutygraph.compliance.verdicts import Counts
from dutygraph.reports import cells
from dutygraph.reports.edition import Edition
from dutygraph.reports.exports import Export, xml_text
from dutygraph.reports.wording import NOBODY, VERDICTS, Pair


def _attributes(**values: object) -> str:
    return "".join(
        f" {name}={quoteattr(xml_text(str(value)), {chr(10): '&#10;'})}"
        for name, value in values.items()
    )


def _text(words: str) -> str:
    return xml_text(words).replace("&", "&amp;").replace("<", "&lt;").replace(">", "&gt;")


def _document(edition: Edition) -> Iterator[str]:
    found: dict[tuple[str, str], list[Finding]] = defaultdict(list)
    for finding in edition.findings:
        found[finding.provision, finding.subject].append(finding)
    totals = [_totals(counts, edition, found) for counts in edition.checks]
    yield '<?xml version="1.0" encoding="UTF-8"?>\n'
    yield f"<testsuites{_attributes(name=f'dutygraph {edition.report.as_of}', **_sum(totals))}>\n"
    for counts in edition.checks:
        yield from _suite(counts, edition, found)
    yield "</testsuites>\n"


def _sum(totals: list[dict[str, int]]) -> dict[str, int]:
    names = ("tests", "failures", "errors", "skipped")
    return {name: sum(total[name] for total in totals) for name in names}


def _totals(
    counts: Counts, edition: Edition, found: dict[tuple[str, str], list[Finding]]
) -> dict[str, int]:
    failed = sum(
        any(one.status == "violation" for one in found.get((counts.provision, subject), []))
        for subject in edition.report.verdicts[counts.provision]
    )
    nobody = int(not counts.looked_at)
    return {
        "tests": counts.looked_at or 1,
        "failures": failed,
        "errors": 0,
        "skipped": nobody,
    }


def _suite(
    counts: Counts, edition: Edition, found: dict[tuple[str, str], list[Finding]]
) -> Iterator[str]:
    name = f"{counts.provision} {edition.wording.provision(counts.provision)}"
    yield f"<testsuite{_attributes(name=name, **_totals(counts, edition, found))}>\n<properties>\n"
    for key, value in _properties(counts, edition):
        yield f"<property{_attributes(name=key, value=value)}/>\n"
    yield "</properties>\n"
    of_check = {"classname": counts.provision}
    if not counts.looked_at:
        yield f"<testcase{_attributes(name=NOBODY, **of_check)}>"
        yield f"<skipped{_attributes(message=NOBODY)}/></testcase>\n"
    for subject, verdict in edition.report.verdicts[counts.provision].items():
        name = f"{edition.report.subjects[subject].name} ({subject})"
        yield f"<testcase{_attributes(name=name, **of_check)}>"
        yield from _outcome(verdict, found.get((counts.provision, subject), []), edition)
        yield "</testcase>\n"
    yield "</testsuite>\n"


def _properties(counts: Counts, edition: Edition) -> Iterator[tuple[str, object]]:
    yield "as_of", edition.report.as_of
    yield "year", edition.report.year
    for name in VERDICTS:
        yield name, getattr(counts, name)
    for name, value in edition.report.settings.items():
        yield f"set.{name}", value or ""


def _outcome(verdict: str, findings: list[Finding], edition: Edition) -> Iterator[str]:
    violations = [one for one in findings if one.status == "violation"]
    others = [one for one in findings if one.status != "violation"]
    # Servers show the first failure of a case; so all violations of one subject are one failure.
    if violations:
        first = violations[0]
        kinds = " ".join(dict.fromkeys(one.code for one in violations))
        summary = first.message_zh.partition("\n")[0]
        yield f"<failure{_attributes(type=kinds, message=summary)}>"
        yield _text("\n\n".join(_told(one, edition) for one in violations))
        yield "</failure>"
    said = [_told(one, edition) for one in others]
    if verdict != "met" and not findings:
        said.append(str(edition.wording.status(verdict)))
    if said:
        yield f"<system-out>{_text(chr(10).join(said))}</system-out>"


def _told(finding: Finding, edition: Edition) -> str:
    wording = edition.wording
    lines = [
        f"{wording.status(finding.status)} · {finding.code} {wording.code(finding.code)}",
        finding.message_zh,
        finding.message_en,
        *(f"「{quote['quote']}」 {quote['norm']}" for quote in finding.quotes),
        *(
            [f"期限 due {finding.due} {cells.late(finding.days_late)}".rstrip()]
            if finding.due
            else []
        ),
        *(f"记录 record: {line}" for line in cells.evidence(finding, wording)),
        *(f"补救 cure: {line}" for line in cells.remedies(finding, wording)),
    ]
    return "\n".join(lines)


def _write(edition: Edition, out: BinaryIO) -> None:
    for piece in _document(edition):
        out.write(piece.encode())


EXPORTS = (
    Export(
        "junit",
        ".xml",
        Pair("JUnit XML", "JUnit XML"),
        Pair(
            "持续集成服务器：每项检查是一组测试，违规就是失败。",
            "For build servers: each check is a test suite, each violation a failure.",
        ),
        "application/xml",
        True,
        _write,
    ),
)
