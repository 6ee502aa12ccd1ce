"""Property paths: what leads from a node to others (SPARQL 1.1, section 9; SHACL, 2.3.1)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TypeAlias


@dataclass(frozen=True)
class Predicate:
    """One property."""

    iri: str


@dataclass(frozen=True)
class Inverse:
    """A path walked backwards."""

    path: Path


@dataclass(frozen=True)
class Sequence:
    """One path after the other."""

    steps: tuple[Path, ...]


@dataclass(frozen=True)
class Alternative:
    """Any of some paths."""

    choices: tuple[Path, ...]


@dataclass(frozen=True)
class Repeated:
    """A path any number of times (``*``), once or more (``+``), or at most once (``?``)."""

    path: Path
    mark: str


Path: TypeAlias = Predicate | Inverse | Sequence | Alternative | Repeated
