"""Breaches of articles 29 to 38, of accountability: provision, code, kind of record, change."""

from __future__ import annotations

from typing import Final

from dutygraph.fiction.changes import (
    FORGET,
    Change,
    Site,
    Value,
    Whose,
    key,
    leaving_out,
    setting,
    when,
)
from dutygraph.fiction.drawing import Row, later
from dutygraph.fiction.evidence import year_of


def _of_item(number: int) -> Whose:
    return when(key("subject"), lambda site: site.reference().get("item") == number)


def _decided(kind: str, *measures: str) -> Whose:
    """Whose decision this is, when it is about a kind of subject and has one of the measures."""
    return when(
        key("subject"),
        lambda site: (
            site.row["subject_kind"] == kind
            and (not measures or set(measures) & set(site.row["measures"]))
        ),
    )


_MILD: Final = _decided("领导干部", "批评教育", "诫勉谈话", "责令作出书面检查")


def _added(measure: str) -> Value:
    return lambda site: [*site.row["measures"], measure]


def _aggravated(site: Site) -> str | None:
    return site.row["subject"] if site.row.get("aggravation") else None


def _voter(number: int) -> Whose:
    return lambda site: site.row["votes"][number]["person"] if "votes" in site.row else None


def _held(number: int, responsibility: str | None) -> Value:
    """Give who is held, the voter of a number otherwise: of another responsibility, or not."""

    def assigned(site: Site) -> list[Row]:
        person = site.row["votes"][number]["person"]
        others = [each for each in site.row["assigned"] if each["person"] != person]
        return others + ([{"person": person, "type": responsibility}] if responsibility else [])

    return assigned


def _colleague(site: Site) -> str | None:
    decider = site.row.get("decider")
    return decider and decider.removesuffix("-deputy") + "-member"


def _held_too(site: Site) -> list[Row]:
    return [*site.row["assigned"], {"person": _colleague(site), "type": "重要领导责任"}]


def _as_leader(site: Site) -> list[Row]:
    return [{"person": site.row["decider"], "type": "主要领导责任"}]


def _lead_dropped(site: Site) -> str | None:
    return site.row["subject"] if site.reference().get("kind") == "追责线索" else None


def _decided_in_year(site: Site) -> str | None:
    """Give a person about whom there is a decision in the year of the award."""
    year = str(year_of(site.row))
    for row in site.of_kind("责任追究决定"):
        subject = row["subject"]
        held = subject in site.here.people and "ref" in row and row["date"][:4] == year
        if held and site.row["kind"] == "年度考核评优":
            return str(subject)
    return None


def _barred(measure: str) -> Whose:
    return when(
        key("person"),
        lambda site: (
            site.row["id"].endswith("-again") and measure in _barring(site).get("measures", ())
        ),
    )


def _barring(site: Site) -> Row:
    person = site.row.get("person")
    rows = site.of_kind("责任追究决定")
    return next((row for row in rows if row["subject"] == person), {})


def _within(days: int) -> Value:
    return lambda site: later(_barring(site)["date"], days)


ACCOUNTABILITY: Final[tuple[tuple[str, str, str, Change], ...]] = (
    *(
        (f"art29.item{number}", "NOT_PURSUED", "责任追究决定", leaving_out(_of_item(number)))
        for number in range(1, 8)
    ),
    (
        "art31", "MEASURE_SUBJECT_MISMATCH", "责任追究决定",
        setting(_decided("领导班子"), measures=_added("诫勉谈话")),
    ),
    (
        "art31", "MEASURE_SEVERITY_MISMATCH", "责任追究决定",
        setting(_decided("领导班子"), severity="情节较轻"),
    ),
    (
        "art32.para1", "MEASURE_SUBJECT_MISMATCH", "责任追究决定",
        setting(
            _MILD, measures=_added("调整处理"),
            handled_by=lambda _: ["纪检监察机关", "组织人事部门"],
        ),
    ),
    (
        "art32.para1", "MEASURE_SEVERITY_MISMATCH", "责任追究决定",
        setting(_MILD, measures=_added("通报批评")),
    ),
    ("art32.para1", "MISSING_TRANSFER", "责任追究决定", setting(_MILD, suspected_crime=True)),
    ("art32.para1", "UNVERIFIABLE", "责任追究决定", setting(_MILD, severity=FORGET)),
    (
        "art33.para1", "AGGRAVATION_IGNORED", "责任追究决定",
        setting(_aggravated, treated_as_heavier=False),
    ),
    (
        "art33.para1", "AGGRAVATION_IGNORED", "责任追究决定",
        setting(_aggravated, treated_as_heavier=False, mitigation=lambda _: ["art34.item1"]),
    ),
    (
        "art33.para1", "UNVERIFIABLE", "责任追究决定",
        setting(_aggravated, treated_as_heavier=FORGET),
    ),
    (
        "art35", "WRONG_AUTHORITY", "责任追究决定",
        setting(_decided("领导干部", "党纪政纪处分"), handled_by=lambda _: ["组织人事部门"]),
    ),
    (
        "art35", "WRONG_AUTHORITY", "责任追究决定",
        setting(_decided("领导干部", "免职", "降职"), handled_by=lambda _: ["纪检监察机关"]),
    ),
    (
        "art35", "UNVERIFIABLE", "责任追究决定",
        setting(_decided("领导干部", "党纪政纪处分", "免职", "降职"), handled_by=FORGET),
    ),
    (
        "art36.para2", "WRONGLY_HELD", "错误决策追责",
        setting(_voter(2), assigned=_held(2, "重要领导责任")),
    ),
    (
        "art36.para2", "WRONG_RESPONSIBILITY_TYPE", "错误决策追责",
        setting(_voter(0), assigned=_held(0, "重要领导责任")),
    ),
    ("art36.para2", "NOT_PURSUED", "错误决策追责", setting(_voter(1), assigned=_held(1, None))),
    ("art36.para3", "WRONGLY_HELD", "错误决策追责", setting(_colleague, assigned=_held_too)),
    (
        "art36.para3", "WRONG_RESPONSIBILITY_TYPE", "错误决策追责",
        setting(key("decider"), assigned=_as_leader),
    ),
    ("art36.para3", "NOT_PURSUED", "错误决策追责", setting(key("decider"), assigned=FORGET)),
    ("art37", "IMPROPER_EXEMPTION", "责任追究决定", leaving_out(_lead_dropped)),
    (
        "art38.para1", "AWARD_DISQUALIFIED", "年度考核评优",
        setting(_decided_in_year, subject=_decided_in_year),
    ),
    ("art38.para2", "EARLY_REAPPOINTMENT", "任职", setting(_barred("免职"), date=_within(200))),
    ("art38.para2", "EARLY_PROMOTION", "任职", setting(_barred("降职"), date=_within(500))),
    (
        "art38.para2", "UNVERIFIABLE", "任职",
        setting(_barred("免职"), date=_within(200), rank=FORGET),
    ),
)  # fmt: skip
