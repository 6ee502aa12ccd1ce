"""Class diagrams of the ontology: boxes in layers, joined as the ontology says they are.

A box has a row for each property whose domain is the class and whose range is a class of the same
diagram (RDF Schema 1.1), and a line to each class that it is a subclass of. The layout is the
layered one of Sugiyama, Tagawa and Toda (1981): layers, then an order within each, then places.
"""

from __future__ import annotations

import itertools
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass, field

from webapp.columns import curve, extent
from webapp.concepts import Concept
from webapp.ontology import Documented, Ontology

_SIZE, _ROW, _PADDING, _GAP, _BETWEEN, _LANE = 14, 24, 10, 16, 72, 6
"""Height of letters and rows, room around words, between boxes, between layers, and for a line."""
_ASIDE = 5
"""How far from the middle of a name lines of the two sorts arrive."""
_BOLD = 1.2
"""How much wider the name of a class is for being bold."""
_SWEEPS = 8
_ARROW = " → "


@dataclass(frozen=True)
class Statement:
    """That a relation leads from a class to a class; without relation, that it is a kind of it."""

    subject: Concept
    relation: Concept | None
    object: Concept

    @property
    def words(self) -> str:
        """What the row of a property says, in the request's language."""
        return f"{self.relation.label if self.relation else ''}{_ARROW}{self.object.label}"


@dataclass
class Box:
    """A class with the rows of its properties, and where it stands."""

    concept: Concept
    rows: list[Statement]
    above: list[Concept]
    is_wider: bool
    left: float = 0
    top: float = 0
    width: float = 0

    @property
    def needed(self) -> float:
        """How wide the words make the box."""
        name = _BOLD * extent(str(self.concept.label))
        return round(max(name, *(extent(row.words) for row in self.rows), 0) * _SIZE + 2 * _PADDING)

    @property
    def height(self) -> float:
        """How high the rows make the box."""
        return _ROW * (1 + len(self.rows)) + (_PADDING / 2 if self.rows else 0)

    def middle(self, place: int = 0) -> float:
        """Give the height of a row's middle; that of the name is the first."""
        return self.top + _ROW * (place + 0.5) + (_PADDING / 2 if place else 0)

    def arrival(self, is_kind: bool) -> float:
        """Give where lines meet the box: those of its kinds below the others, if it has any."""
        return self.middle() + (_ASIDE if is_kind else -_ASIDE) * self.is_wider


@dataclass
class Diagram:
    """The drawing: its boxes, the paths of its lines (SVG 2, 9.3), and its size.

    ``kinds`` are the lines from a class to the one that it is a kind of, ``heads`` their triangles.
    """

    boxes: list[Box] = field(default_factory=list)
    lines: list[str] = field(default_factory=list)
    kinds: list[str] = field(default_factory=list)
    heads: list[str] = field(default_factory=list)
    width: float = 0
    height: float = 0


def statements(ontology: Ontology, names: Iterable[str]) -> list[Statement]:
    """Give what the ontology says of some classes, by their local names, and no others."""
    shown = set(names)

    def of(term: Documented, relation: str) -> list[Concept]:
        return [
            concept
            for one in term.relations
            if one.name == relation
            for concept in one.terms
            if concept.name in shown
        ]

    kinds = [
        Statement(term.concept, None, above)
        for term in ontology.classes
        if term.concept.name in shown
        for above in of(term, "super_class")
    ]
    return kinds + [
        Statement(subject, term.concept, value)
        for term in ontology.relations
        for subject in of(term, "domain")
        for value in of(term, "range")
    ]


def diagram(ontology: Ontology, names: Sequence[str]) -> Diagram:
    """Draw some classes, by their local names, in the request's language."""
    said = statements(ontology, names)
    layers = _layers(names, {(one.subject.name, one.object.name) for one in said})
    paths = {
        pair: _route(*pair, layers)
        for pair in sorted({(one.subject.name, one.object.name) for one in said})
        if pair[0] != pair[1]
    }
    order = _ordered(names, layers, paths.values())
    places = {name: place for column in order for place, name in enumerate(column)}
    wider = {one.object for one in said if not one.relation}
    boxes = {}
    for term in ontology.classes:
        name = term.concept.name
        if name in layers:
            own = [one for one in said if one.subject.name == name]
            rows = [one for one in own if one.relation]
            rows.sort(key=lambda one: (layers[one.object.name], places[one.object.name]))
            above = [one.object for one in own if not one.relation]
            boxes[name] = Box(term.concept, rows, above, term.concept in wider)
    found = Diagram()
    lanes = _placed(found, order, boxes)
    found.boxes = [boxes[name] for column in order for name in column if name in boxes]
    for box in found.boxes:
        for place, row in enumerate(box.rows, 1):
            if row.object != box.concept:
                route = paths[box.concept.name, row.object.name]
                found.lines.append(_line(route, place, boxes, lanes))
        for concept in box.above:
            found.kinds.append(_line(paths[box.concept.name, concept.name], 0, boxes, lanes))
    found.heads = list(dict.fromkeys(_head(boxes, one) for one in said if not one.relation))
    return found


def _head(boxes: Mapping[str, Box], said: Statement) -> str:
    """Give the triangle that touches the box of the wider class, on the side of the narrower."""
    wider = boxes[said.object.name]
    onwards = boxes[said.subject.name].left < wider.left
    tip, base = (wider.left, -10) if onwards else (wider.left + wider.width, 10)
    return f"M{tip:g} {wider.arrival(True):.1f}l{base} -6v12z"


def _layers(names: Sequence[str], pairs: set[tuple[str, str]]) -> dict[str, int]:
    """Give each class its layer: to the left of all that it leads to, unless these lead back."""
    ahead = {name: [other for other in names if (name, other) in pairs] for name in names}
    height: dict[str, int] = {}
    under_way: set[str] = set()

    def visit(name: str) -> int:
        if name not in height:
            under_way.add(name)
            onwards = [visit(other) for other in ahead[name] if other not in under_way]
            under_way.discard(name)
            height[name] = 1 + max(onwards, default=-1)
        return height[name]

    last = max(map(visit, names))
    return {name: last - height[name] for name in names}


def _route(start: str, end: str, layers: Mapping[str, int]) -> list[str]:
    """Give what a line passes: its ends, and a lane of its own in each layer between."""
    one, other = layers[start], layers[end]
    step = 1 if one < other else -1
    between = [f"{start} {end} {layer}" for layer in range(one + step, other, step)]
    return [start, *between, end]


def _ordered(
    names: Sequence[str], layers: Mapping[str, int], routes: Iterable[list[str]]
) -> list[list[str]]:
    """Order each layer by the mean place of what its members are joined to, again and again."""
    columns: list[list[str]] = [[] for _ in range(1 + max(layers.values()))]
    joined: dict[str, list[str]] = defaultdict(list)
    layer_of = dict(layers)
    for name in names:
        columns[layers[name]].append(name)
    for route in routes:
        for lane in route[1:-1]:
            layer_of[lane] = int(lane.rpartition(" ")[2])
            columns[layer_of[lane]].append(lane)
        for one, other in itertools.pairwise(route):
            joined[one].append(other)
            joined[other].append(one)
    place: dict[str, float] = {}
    for column in columns:
        place |= _shares(column)
    for sweep in range(_SWEEPS):
        side = -1 if sweep % 2 == 0 else 1
        for column in columns if sweep % 2 == 0 else reversed(columns):
            wanted = dict(place)
            for one in column:
                beside = [place[x] for x in joined[one] if layer_of[x] == layer_of[one] + side]
                if beside:
                    wanted[one] = sum(beside) / len(beside)
            column.sort(key=wanted.__getitem__)
            place |= _shares(column)
    return columns


def _shares(column: Sequence[str]) -> dict[str, float]:
    """Give how far down a column each member stands, from 0 to 1."""
    return {name: (place + 0.5) / len(column) for place, name in enumerate(column)}


def _placed(
    found: Diagram, order: Sequence[Sequence[str]], boxes: Mapping[str, Box]
) -> dict[str, tuple[float, float, float]]:
    """Place the boxes, all of a layer equally wide; gives the lanes: left, right and height."""
    lanes = {}

    def height(name: str) -> float:
        return boxes[name].height if name in boxes else _LANE

    heights = [sum(map(height, column)) + _GAP * (len(column) - 1) for column in order]
    found.height = max(heights) + 2 * _GAP
    left = 1.0
    for column, whole in zip(order, heights, strict=True):
        width = max(boxes[name].needed for name in column if name in boxes)
        top = (found.height - whole) / 2
        for name in column:
            if name in boxes:
                boxes[name].left, boxes[name].top, boxes[name].width = left, top, width
            else:
                lanes[name] = (left, left + width, top + _LANE / 2)
            top += height(name) + _GAP
        left += width + _BETWEEN
    found.width = left - _BETWEEN + 1
    return lanes


def _line(
    route: Sequence[str],
    place: int,
    boxes: Mapping[str, Box],
    lanes: Mapping[str, tuple[float, float, float]],
) -> str:
    """Give the path from a row of the first box, along the lanes, to the name of the last."""
    first, last = boxes[route[0]], boxes[route[-1]]
    onwards = first.left < last.left

    def points() -> Iterator[tuple[float, float]]:
        yield first.left + (first.width if onwards else 0), first.middle(place)
        for lane in route[1:-1]:
            left, right, height = lanes[lane]
            yield from ((left, height), (right, height))[:: 1 if onwards else -1]
        yield last.left + (0 if onwards else last.width), last.arrival(place == 0)

    return "".join(curve(*ends) for ends in itertools.pairwise(points()))
