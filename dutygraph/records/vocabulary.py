"""The words of the ontology that records may use: concepts, their notations and their schemes."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Final

import pyoxigraph

from dutygraph.terms import DG, PREFIXES

_NOTATION: Final = PREFIXES["skos"] + "notation"
_IN_SCHEME: Final = PREFIXES["skos"] + "inScheme"
_RECORD_TYPE: Final = DG + "recordType"
_ORDINAL: Final = DG + "ordinal"


class ModelError(ValueError):
    """The table descriptions and the ontology do not fit together; the message says where."""


@dataclass(frozen=True, slots=True)
class Vocabulary:
    """The concepts of an ontology, as far as an import needs them.

    ``schemes`` gives notation → concept IRI for each concept scheme, from low to high where its
    concepts have a dg:ordinal, else in the order of the files;
    ``record_types`` gives record kind IRI → record class IRI; ``values`` gives, for each of the
    properties asked for, concept IRI → value IRI.
    """

    schemes: Mapping[str, Mapping[str, str]]
    record_types: Mapping[str, str]
    values: Mapping[str, Mapping[str, str]]


def read_vocabulary(files: Iterable[Path], properties: Iterable[str] = ()) -> Vocabulary:
    """Read concepts from Turtle files: skos:notation, skos:inScheme, dg:recordType, and properties.

    Raises ModelError for a file that is missing or not Turtle, and when two concepts of a scheme
    share a notation.
    """
    wanted = {_NOTATION, _IN_SCHEME, _RECORD_TYPE, _ORDINAL, *properties}
    found: dict[str, list[tuple[str, str]]] = defaultdict(list)
    for file in files:
        try:
            for quad in pyoxigraph.parse(path=file, format=pyoxigraph.RdfFormat.TURTLE):
                concept, value = quad.subject, quad.object
                # Notations and schemes belong to named concepts; nothing else is looked at.
                if (
                    quad.predicate.value in wanted
                    and isinstance(concept, pyoxigraph.NamedNode)
                    and not isinstance(value, pyoxigraph.Triple)
                ):
                    found[quad.predicate.value].append((concept.value, value.value))
        except (OSError, SyntaxError) as error:
            raise ModelError(
                f"无法读取本体文件 {file}：{error} / "
                f"the ontology file {file} cannot be read: {error}"
            ) from error
    notations, ordinals = dict(found[_NOTATION]), dict(found[_ORDINAL])
    schemes: dict[str, dict[str, str]] = defaultdict(dict)
    for concept, scheme in found[_IN_SCHEME]:
        if concept not in notations:
            continue
        other = schemes[scheme].setdefault(notations[concept], concept)
        if other != concept:
            raise ModelError(
                f"概念方案 {scheme} 中 {other} 与 {concept} 的写法相同 / "
                f"in the scheme {scheme}, {other} and {concept} share a notation; change one"
            )
    return Vocabulary(
        schemes={
            scheme: dict(sorted(terms.items(), key=lambda term: int(ordinals.get(term[1], 0))))
            for scheme, terms in schemes.items()
        },
        record_types=dict(found[_RECORD_TYPE]),
        values={name: dict(found[name]) for name in properties},
    )
