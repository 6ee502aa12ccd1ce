"""The outline of a deck of slides: a slide for each time of the year, article and procedure."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from dutygraph.regulations.norms import Norm
from dutygraph.reports.word import add, new_document, saved
from dutygraph.reports.wording import Pair
from dutygraph.training.burden import article_of
from dutygraph.training.cards import Line, line_of
from dutygraph.training.flows import procedures
from dutygraph.training.materials import Materials

_CALENDAR = Pair("一年之中的期限", "Dates in the course of a year")
_PROMPT = Pair("及时、及早、限期", "Promptly, early, within a limit")
_FIXED = ("window", "recurring")
_OPEN = ("promptly", "early", "set_by_authority")
_MARKS = str.maketrans({mark: f"\\{mark}" for mark in "\\`*_{}[]<>#|"})


@dataclass(frozen=True)
class Slide:
    """A slide: its title, and its points, each with who does it and the words it rests on."""

    title: Pair
    points: tuple[tuple[Pair, Line], ...]


def slides(materials: Materials) -> list[Slide]:
    """Give the slides: the calendar, the articles in order, the procedures."""
    norms = materials.norms.all
    found = [
        Slide(title, _points(materials, (norm for norm in norms if _time(norm) in types)))
        for title, types in ((_CALENDAR, _FIXED), (_PROMPT, _OPEN))
    ]
    for article in dict.fromkeys(article_of(norm.provision) for norm in norms):
        own = [norm for norm in norms if article_of(norm.provision) == article]
        found.append(Slide(materials.wording.provision(article), _points(materials, own)))
    for procedure in procedures(materials):
        steps = [step.norm for stage in procedure.stages for step in stage]
        found.append(Slide(materials.label(procedure.name), _points(materials, steps)))
    return [slide for slide in found if slide.points]


def _time(norm: Norm) -> str | None:
    return (norm.deadline or {}).get("type")


def _points(materials: Materials, norms: Iterable[Norm]) -> tuple[tuple[Pair, Line], ...]:
    return tuple(
        (materials.labels(materials.values("bearer", norm.iri)), line_of(materials, norm))
        for norm in norms
    )


def outline_markdown(found: Iterable[Slide], title: Pair, *, english: bool) -> str:
    """Give slides as Markdown (CommonMark): a heading each, points with quotes below them."""
    language = int(english)
    lines = [f"# {title[language].translate(_MARKS)}", ""]
    for slide in found:
        lines += [f"## {slide.title[language].translate(_MARKS)}", ""]
        for bearer, line in slide.points:
            who, what = bearer[language], line.words[language]
            colon = ": " if english else "："
            said = (f"**{who.translate(_MARKS)}**{colon}" if who else "") + what.translate(_MARKS)
            time = f" ({line.time})" if line.time else ""
            lines += [
                f"- {said}{time}",
                f"  > {line.source.label[language]}{colon}{line.source.quote.translate(_MARKS)}",
            ]
        lines.append("")
    return "\n".join(lines)


def outline_document(found: Iterable[Slide], title: Pair) -> bytes:
    """Give slides as a Word document; its headings become slides in a presentation program."""
    document = new_document("课件提纲")
    add(document, "课件提纲 Outline of a deck", "Title")
    add(document, str(title), "English")
    for slide in found:
        add(document, str(slide.title), "Heading 1")
        for bearer, line in slide.points:
            point = add(document, "", "Heading 2")
            who = f"{bearer.zh}：" if bearer.zh else ""
            time = f"（{line.time}）" if line.time else ""
            point.add_run(f"{who}{line.words.zh}{time}")
            add(document, line.words.en, "English")
            add(document, f"{line.source.label.zh}：“{line.source.quote}”", "Law")
    return saved(document)
