"""What shapes say in SPARQL: constraints, constraint components and targets.

SHACL, sections 5 and 6; SHACL Advanced Features, section 3 (SPARQL targets and target types).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from itertools import product

from dutygraph.shacl import model, typed
from dutygraph.shacl.errors import ShapesError
from dutygraph.shacl.model import SH, Constraint, Node, Query
from dutygraph.shacl.triples import TYPE, Triples
from dutygraph.store.graphs import Term
from dutygraph.terms import PREFIXES

_IMPORTS = PREFIXES["owl"] + "imports"
_SPARQL = SH + "SPARQLConstraintComponent"


@dataclass(frozen=True)
class _Parameter:
    path: str
    name: str
    optional: bool


class Components:
    """The constraint components and target types that a shapes graph declares."""

    def __init__(self, graph: Triples) -> None:
        self._graph = graph
        self._declared = {
            node: self._parameters(node) for node in graph.instances(SH + "ConstraintComponent")
        }

    def constraints(self, node: Node) -> Iterator[Constraint]:
        """Give the constraints of a shape that are written in SPARQL."""
        for term in sorted(self._graph.objects(node, SH + "sparql"), key=str):
            constraint = typed.resource(term, node, "sparql")
            if not typed.is_true(self._graph, constraint, "deactivated"):
                yield self._select(constraint)
        has_path = bool(self._graph.objects(node, SH + "path"))
        for component, parameters in self._declared.items():
            for bindings in self._bindings(node, component, parameters):
                yield from self._validated(node, component, bindings, has_path=has_path)

    def target(self, node: Node) -> model.Target:
        """Give the target that a value of sh:target stands for.

        Raises ShapesError for one that is neither a SPARQL target nor of a declared type.
        """
        if self._graph.objects(node, SH + "select"):
            return model.TargetQuery(self._query(node, "select", {}))
        for term in self._graph.objects(node, TYPE):
            kind = typed.resource(term, node, "target")
            if self._graph.objects(kind, SH + "select"):
                found = list(self._bindings(node, kind, self._parameters(kind)))
                if len(found) == 1:
                    return model.TargetQuery(self._query(kind, "select", found[0]))
        raise ShapesError(
            f"目标 {node} 没有 sh:select，其类型也没有，或者缺少参数 / "
            f"target {node} has no sh:select, nor has its type, or a parameter is missing"
        )

    def _select(self, node: Node) -> Constraint:
        query = self._query(node, "select", {})
        return model.Select(_SPARQL, query, typed.messages(self._graph, node), node)

    def _parameters(self, node: Node) -> tuple[_Parameter, ...]:
        found = []
        for term in self._graph.objects(node, SH + "parameter"):
            parameter = typed.resource(term, node, "parameter")
            path = self._graph.value(parameter, SH + "path")
            if path is None:
                raise ShapesError(f"参数 {parameter} 没有 sh:path / {parameter} has no sh:path")
            iri = typed.iri(path, parameter, "path")
            name = iri[max(iri.rfind("#"), iri.rfind("/")) + 1 :]
            optional = typed.is_true(self._graph, parameter, "optional")
            found.append(_Parameter(iri, name, optional))
        return tuple(sorted(found, key=lambda one: one.path))

    def _bindings(
        self, node: Node, component: Node, parameters: tuple[_Parameter, ...]
    ) -> Iterator[dict[str, Term]]:
        """Give each way in which a node fills in parameters; none if a mandatory one is missing.

        Only with a single parameter may there be several values, each a constraint of its own
        (section 6.1).
        """
        values = {one.name: self._graph.objects(node, one.path) for one in parameters}
        if not parameters or any(not values[one.name] and not one.optional for one in parameters):
            return
        if len(parameters) > 1 and any(len(terms) > 1 for terms in values.values()):
            raise ShapesError(
                f"{node}：{component} 有多个参数，每个只能有一个值 / "
                f"{node}: {component} has several parameters, each may have one value only"
            )
        given = {name: terms for name, terms in values.items() if terms}
        for terms in product(*given.values()):
            yield dict(zip(given, terms, strict=True))

    def _validated(
        self, node: Node, component: Node, bindings: dict[str, Term], *, has_path: bool
    ) -> Iterator[Constraint]:
        """Give the constraint that a component puts on a shape, by its validator (6.2.3)."""
        own = "propertyValidator" if has_path else "nodeValidator"
        for name in (own, "validator"):
            for term in self._graph.objects(component, SH + name):
                yield self._by(typed.resource(term, component, name), component, node, bindings)
                return

    def _by(
        self, validator: Node, component: Node, node: Node, bindings: dict[str, Term]
    ) -> Constraint:
        iri = typed.iri(component, node, "parameter")
        messages = typed.messages(self._graph, validator)
        messages = messages or typed.messages(self._graph, component)
        if self._graph.objects(validator, SH + "ask"):
            return model.Ask(iri, self._query(validator, "ask", bindings), messages)
        if self._graph.objects(validator, SH + "select"):
            return model.Select(iri, self._query(validator, "select", bindings), messages, None)
        return model.Unknown(iri, f"validator {validator}", known_to_reference=False)

    def _query(self, node: Node, name: str, bindings: dict[str, Term]) -> Query:
        term = self._graph.value(node, SH + name)
        if term is None:
            raise ShapesError(f"{node} 没有 sh:{name} / {node} has no sh:{name}")
        return Query(typed.text(term, node, name), self._prefixes(node), bindings)

    def _prefixes(self, node: Node) -> dict[str, str]:
        """Give the prefixes that ``sh:prefixes/owl:imports*/sh:declare`` declares (5.2.1).

        Those of the file itself hold for what is not declared.
        """
        graph = self._graph
        places = list(graph.objects(node, SH + "prefixes"))
        for place in places:
            places += [more for more in graph.objects(place, _IMPORTS) if more not in places]
        declared: dict[str, str] = {}
        for place in places:
            for term in graph.objects(place, SH + "declare"):
                declaration = typed.resource(term, node, "declare")
                prefix = graph.value(declaration, SH + "prefix")
                namespace = graph.value(declaration, SH + "namespace")
                if prefix is None or namespace is None:
                    raise ShapesError(
                        f"{declaration} 缺少 sh:prefix 或 sh:namespace / "
                        f"{declaration} lacks sh:prefix or sh:namespace"
                    )
                known = declared.setdefault(prefix.value, namespace.value)
                if known != namespace.value:
                    raise ShapesError(
                        f"前缀 {prefix.value} 有两个命名空间 / "
                        f"prefix {prefix.value} has two namespaces: {known}, {namespace.value}"
                    )
        return {**graph.prefixes, **declared}
