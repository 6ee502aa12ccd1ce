"""What programs can ask: each answer is the stable JSON of the command of that name."""

from __future__ import annotations

import json
from typing import Any

from dutygraph.compliance.checking import UnknownUnitError
from dutygraph.explain.filtering import Filter, filtered, no_provision
from dutygraph.queries import catalogue
from dutygraph.regulations.ledger import Ledger
from dutygraph.regulations.provisions import within
from dutygraph.reports.edition import Edition, Scope
from dutygraph.reports.json_export import told
from webapp import explaining
from webapp.concepts import Concept
from webapp.explaining import Asked
from webapp.holdings import Holdings
from webapp.operations import Given, MissingError
from webapp.pages.asking import usual_day
from webapp.readings import Reading
from webapp.registry import Entry
from webapp.roles import Role
from webapp.runs import Run
from webapp.units import Unit

# The regulation -------------------------------------------------------------------------------


def all_provisions(held: Holdings, given: Given) -> list[dict[str, Any]]:
    """Answer as `dutygraph provisions`."""
    article = given["article"]
    found = [
        one.to_json()
        for one in held.law.commentary.provisions
        if article is None or within(one.key, article)
    ]
    if not found:
        raise no_provision(article)
    return found


def norms(held: Holdings, given: Given) -> list[dict[str, Any]]:
    """Answer as `dutygraph norms`."""
    wanted = Filter(
        roles=given["role"],
        body=given["body"],
        level=given["level"],
        legislative_power=given["legislative_power"],
        inherited=bool(given["inherited"]),
        article=given["article"],
        kind=given["kind"],
        addressee=given["addressee"],
        deadline=given["deadline"],
    )
    return [
        norm.to_json()
        for norm in filtered(held.law.store, held.law.norms, held.law.regulation, wanted)
    ]


def explanation(held: Holdings, given: Given) -> dict[str, Any]:
    """Answer as `dutygraph explain`."""
    powers = {None: "", True: "yes", False: "no"}
    asked = Asked(
        given["norm"],
        given["bearer"],
        given["body"] or "",
        given["level"] or "",
        powers[given["legislative_power"]],
    )
    return explaining.as_json(held, explaining.explained(held, asked))


def coverage(held: Holdings, given: Given) -> dict[str, Any]:
    """Answer as `dutygraph coverage`."""
    ledger = Ledger(held.law.store, held.law.regulation)
    if given["article"] is not None and not ledger.covers(given["article"]):
        raise no_provision(given["article"])
    return ledger.to_json(given["article"])


def roles(held: Holdings, given: Given) -> list[dict[str, Any]]:  # noqa: ARG001
    """Give the bearers, the one with most norms first."""
    return [_role(role) for role in held.law.roles.all]


def _role(role: Role) -> dict[str, Any]:
    return concept(role.concept) | {
        "is_person": role.is_person,
        "own": role.own,
        "inherited": role.inherited,
        "bodies": [one.name for one in role.bodies],
    }


def readings(held: Holdings, given: Given) -> list[dict[str, Any]]:  # noqa: ARG001
    """Give the readings: what the text leaves open, and how it is read."""
    return [_reading(one) for one in held.law.readings.all]


def _reading(reading: Reading) -> dict[str, Any]:
    return {
        "key": reading.key,
        "title_zh": reading.title.zh,
        "title_en": reading.title.en,
        "question_zh": reading.question.zh,
        "question_en": reading.question.en,
        "options": {
            code: {"zh": words.zh, "en": words.en} for code, words in reading.options.items()
        },
        "default": reading.default,
        "concerns": list(reading.concerns),
        "settings": list(reading.settings),
    }


def settings(held: Holdings, given: Given) -> list[dict[str, Any]]:  # noqa: ARG001
    """Answer as `dutygraph settings`."""
    return held.law.wording.settings_json()


# The questions ----------------------------------------------------------------------------------


def questions(held: Holdings, given: Given) -> list[dict[str, Any]]:  # noqa: ARG001
    """Answer as `dutygraph query` without a name."""
    return [one.to_json() for one in held.law.questions.values()]


def _asked(held: Holdings, given: Given) -> catalogue.Question:
    name = given["name"]
    if name not in held.law.questions:
        raise MissingError(f"没有问题「{name}」 / there is no question {name!r}")
    return held.law.questions[name]


def answer(held: Holdings, given: Given) -> dict[str, Any]:
    """Answer as `dutygraph query NAME`."""
    asked = _asked(held, given)
    sparql = catalogue.filled(held.law.values, asked, given.more, given["language"] or "zh")
    found: dict[str, Any] = json.loads(held.law.results[sparql, "json"])
    return found


def values(held: Holdings, given: Given) -> list[dict[str, str]]:
    """Answer as `dutygraph query NAME --values`."""
    return catalogue.listed_values(held.law.values, _asked(held, given))


# The records ------------------------------------------------------------------------------------


def _run(held: Holdings, given: Given) -> Run:
    """Give the run that is asked for. Raises MissingError where nothing was imported, RunError."""
    if not held.has_records:
        raise MissingError("还没有导入记录 / no records were imported")
    asked = {name: str(value) for name, value in given.values.items() if value is not None}
    return Run.asked(asked, held.law.settings, usual_day(held), held.usual.year)


def findings(held: Holdings, given: Given) -> dict[str, Any]:
    """Answer as `dutygraph check`."""
    run = _run(held, given)
    unit, provision, region = given["unit"], given["provision"], given["region"]
    try:
        report = held.report(run, unit, provision, region)
    except UnknownUnitError as error:
        raise MissingError(str(error)) from error
    if not report.checks:
        raise MissingError(f"没有对「{provision}」的检查 / there is no check of {provision!r}")
    scope = Scope(unit, provision, region, tuple(dict.fromkeys(given["status"])))
    return told(Edition.of(report, held.law.wording, scope))


def calendar(held: Holdings, given: Given) -> dict[str, Any]:
    """Answer as `dutygraph calendar`; without a unit, what the text asks of everybody."""
    run = _run(held, given)
    if given["unit"] is not None:
        unit_of(held, given["unit"])
    return held.calendars[run, given["unit"]].to_json()


def units(held: Holdings, given: Given) -> list[dict[str, Any]]:
    """Give the units, each after the one that it stands under."""
    words, level = (given["q"] or "").casefold(), given["level"]
    return [
        _unit(one)
        for one in held.registry.units.values()
        if words in f"{one.name} {one.id}".casefold()
        and (
            level is None or (one.level is not None and level in (one.level.name, *one.level.label))
        )
    ]


def unit(held: Holdings, given: Given) -> dict[str, Any]:
    """Give one unit with its posts and its records."""
    found = unit_of(held, given["id"])
    posts = [
        {
            "person": post.person,
            "name": post.name,
            "title": post.title,
            "from": post.start,
            "until": post.until,
            "principal": post.principal,
        }
        for post in found.posts
    ]
    listed = held.registry.listed(found)
    records = [_record(one) for one in held.registry.entries(found, listed)]
    return _unit(found) | {"posts": posts, "records": records}


def unit_of(held: Holdings, identifier: str) -> Unit:
    """Give a unit by its id. Raises MissingError."""
    found = held.registry.units.get(identifier)
    if found is None:
        raise MissingError(
            f"数据中没有编号为“{identifier}”的单位 / no unit in the data has the id {identifier!r}"
        )
    return found


def _unit(found: Unit) -> dict[str, Any]:
    return {
        "id": found.id,
        "iri": found.iri,
        "name": found.name,
        "kind": found.kind and concept(found.kind),
        "level": found.level and concept(found.level),
        "application": found.application and concept(found.application),
        "region": found.region,
        "founded": found.founded,
        "dissolved": found.dissolved,
        "above": found.above and found.above.id,
        "related": {
            how: sorted(one.id for one in others) for how, others in sorted(found.related.items())
        },
    }


def _record(entry: Entry) -> dict[str, Any]:
    return {
        "id": entry.id,
        "kind": concept(entry.kind),
        "date": entry.date,
        "year": entry.year,
        "own": entry.own,
        "by": entry.by.words if entry.by else None,
        "details": {
            name.name: [value.unit.id if value.unit else value.words for value in values]
            for name, values in entry.details
        },
        "source": vars(entry.source) if entry.source else None,
    }


def imports(held: Holdings, given: Given) -> list[dict[str, Any]]:  # noqa: ARG001
    """Answer as `dutygraph imports`."""
    return [one.to_json() for one in held.imports]


def concept(found: Concept) -> dict[str, Any]:
    """Give a term as {name, zh, en}."""
    return {"name": found.name, "zh": found.label.zh, "en": found.label.en}
