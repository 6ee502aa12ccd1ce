"""A shapes graph read into its intermediate form (SHACL, section 2)."""

from __future__ import annotations

from collections.abc import Iterator

from dutygraph.shacl import model, typed
from dutygraph.shacl.components import Components
from dutygraph.shacl.core import core_constraints
from dutygraph.shacl.model import SH, Constraint, Node, Shape, Shapes, Target
from dutygraph.shacl.paths import read_path
from dutygraph.shacl.triples import Triples
from dutygraph.terms import PREFIXES

_TARGETS = ("targetNode", "targetClass", "targetSubjectsOf", "targetObjectsOf", "target")
TARGETS = tuple(SH + name for name in _TARGETS)
"""The properties that state a target."""

_CLASS = PREFIXES["rdfs"] + "Class"


def read_shapes(graph: Triples) -> Shapes:
    """Read the shapes that have targets, and those that they refer to.

    Raises ShapesError for what SHACL calls ill-formed, naming shape and property.
    """
    return _Reading(graph).shapes()


class _Reading:
    """One shapes graph being read."""

    def __init__(self, graph: Triples) -> None:
        self._graph = graph
        self._components = Components(graph)
        kinds = (SH + "NodeShape", SH + "PropertyShape")
        typed_shapes = {node for kind in kinds for node in graph.instances(kind)}
        self._class_shapes = typed_shapes & set(graph.instances(_CLASS))

    def shapes(self) -> Shapes:
        """Read them all."""
        by_node: dict[Node, Shape] = {}
        waiting = [node for node in self._graph.subjects() if self._has_target(node)]
        for node in waiting:
            if node not in by_node:
                by_node[node] = shape = self._shape(node)
                waiting += [
                    other
                    for constraint in shape.constraints
                    for other in model.references(constraint)
                ]
        functions = self._graph.instances(SH + "SPARQLFunction")
        return Shapes(by_node, frozenset(str(one.value) for one in functions))

    def _has_target(self, node: Node) -> bool:
        properties = set(self._graph.properties(node))
        return not properties.isdisjoint(TARGETS) or node in self._class_shapes

    def _shape(self, node: Node) -> Shape:
        graph = self._graph
        path, severity = graph.value(node, SH + "path"), graph.value(node, SH + "severity")
        return Shape(
            node=node,
            targets=tuple(self._targets(node)),
            path=None if path is None else read_path(graph, path),
            constraints=tuple(self._constraints(node)),
            severity=SH + "Violation"
            if severity is None
            else typed.iri(severity, node, "severity"),
            messages=typed.messages(graph, node),
            deactivated=typed.is_true(graph, node, "deactivated"),
        )

    def _constraints(self, node: Node) -> Iterator[Constraint]:
        yield from core_constraints(self._graph, node)
        yield from self._components.constraints(node)
        if self._graph.objects(node, SH + "expression"):
            component = SH + "ExpressionConstraintComponent"
            yield model.Unknown(component, "sh:expression", known_to_reference=True)
        if self._graph.objects(node, SH + "js"):
            component = SH + "JSConstraintComponent"
            yield model.Unknown(component, "sh:js", known_to_reference=False)

    def _targets(self, node: Node) -> Iterator[Target]:
        objects = self._graph.objects
        for term in objects(node, SH + "targetNode"):
            yield model.TargetNode(term)
        for term in objects(node, SH + "targetClass"):
            yield model.TargetClass(typed.iri(term, node, "targetClass"))
        if node in self._class_shapes:
            yield model.TargetClass(typed.iri(node, node, "targetClass"))
        for term in objects(node, SH + "targetSubjectsOf"):
            yield model.TargetSubjectsOf(typed.iri(term, node, "targetSubjectsOf"))
        for term in objects(node, SH + "targetObjectsOf"):
            yield model.TargetObjectsOf(typed.iri(term, node, "targetObjectsOf"))
        for term in objects(node, SH + "target"):
            yield self._components.target(typed.resource(term, node, "target"))
