"""What the site shows: a store and all that is read from it, kept until the store changes."""

from __future__ import annotations

import datetime as dt
import threading
from collections.abc import Callable, Hashable
from dataclasses import dataclass
from functools import cached_property, partial
from pathlib import Path

from flask import Flask, current_app, g, render_template

from dutygraph.compliance.findings import STATUSES
from dutygraph.compliance.settings import Setting, Settings
from dutygraph.explain.explanation import Explanations
from dutygraph.explain.facets import Facets
from dutygraph.explain.telling import Telling
from dutygraph.queries.catalogue import Question as CatalogueQuestion
from dutygraph.queries.catalogue import questions
from dutygraph.queries.limits import answering
from dutygraph.queries.matrices import Matrix
from dutygraph.queries.values import values
from dutygraph.records.changes import Change, changes
from dutygraph.records.excerpts import NAMES
from dutygraph.records.history import History, Import
from dutygraph.regulations.ledger import Ledger
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import prepared_graphs
from dutygraph.regulations.provisions import provisions
from dutygraph.reports.wording import Wording
from dutygraph.store.endpoint import is_endpoint
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, regulation_iri, sparql_prologue
from dutygraph.training.burden import Burden, burdens
from dutygraph.training.cards import RoleCard, role_cards
from dutygraph.training.flows import Flow, Procedure, flows, procedures
from dutygraph.training.materials import Materials
from dutygraph.training.outline import Slide, slides
from dutygraph.training.quiz import Quiz
from webapp.alignments import Alignments, alignments
from webapp.checked import Checked
from webapp.commentary import Commentary
from webapp.concepts import Concept, Vocabulary
from webapp.coverage import Coverage
from webapp.kept import Kept
from webapp.language import Words
from webapp.linked import Linked
from webapp.ontology import Ontology
from webapp.readings import Readings
from webapp.registry import Registry
from webapp.roles import Roles
from webapp.roster import Place
from webapp.searching import Search
from webapp.sources import Source
from webapp.subtrees import sizes
from webapp.things import Things
from webapp.uses import Uses

_RESULTS, _KINDS, _RENDERED, _CHANGES = 64, 64, 4, 4
_EXTENSION = "dutygraph"
_TITLES = (
    sparql_prologue()
    + """
SELECT ?zh ?en WHERE {
  <%s> eli:title ?zh . FILTER(LANG(?zh) = "zh")
  OPTIONAL { <%s> eli:title ?en FILTER(LANG(?en) = "en") }
}"""
)
_NOTATIONS = (
    sparql_prologue()
    + """
SELECT ?notation ?zh ?en WHERE {
  ?term skos:notation ?notation ; rdfs:label ?zh , ?en .
  FILTER(LANG(?zh) = "zh" && LANG(?en) = "en")
}"""
)


class Holdings:
    """A store as it is at one moment, and everything that pages read from it, read once.

    ``results`` gives the answer to a question, given with its SPARQL, in a W3C form (``json``,
    ``csv``), ``values`` those that a kind of parameter takes, ``changes`` what an import's graph
    changes in that of the one before it (old, new), ``rendered`` a part of a page that depends on
    nothing but the language of the request, which has to be given with it. The latest of each are
    kept; ``outcomes`` and others are those of the check runs (``Checked``).
    """

    def __init__(
        self,
        store: GraphStore,
        location: str,
        regulation: str,
        state: Hashable,
        patience: float | None,
        whole: Callable[[], Holdings] | None = None,
    ) -> None:
        """Take a store and where it is, the regulation, the store's state, a check's patience.

        Of an excerpt, ``whole`` gives the holdings of the store that it is taken from: what is
        found of a unit may depend on records of others.
        """
        self.store = store
        self.location = location
        self.regulation = regulation
        self.state = state
        self.graphs = prepared_graphs()
        self.norms = Norms(store, regulation)
        self.labels = self.norms.labels
        self.vocabulary = Vocabulary(store, self.graphs, self.labels)
        self.readings = Readings(store, self.graphs)
        self.commentary = Commentary(
            store,
            self.graphs,
            provisions(store, regulation),
            self.norms,
            self.vocabulary,
            self.readings,
            regulation,
        )
        self.roles = Roles(store, self.graphs, self.norms, self.vocabulary)
        self.history = History.of(store)
        self._record_graphs = self.history.active
        place = None if is_endpoint(location) else Place(Path(location), state)
        self.registry = Registry(store, self._record_graphs, self.graphs, self.vocabulary, place)
        self.checked = Checked(self, self._record_graphs, patience, whole)
        self.outcomes = self.checked.outcomes
        self.calendars = self.checked.calendars
        self.tallies = self.checked.tallies
        self.regions = self.checked.regions
        self.results = Kept(self._serialize, _RESULTS)
        self.values = Kept(partial(values, store), _KINDS)
        self.changes = Kept(self._changes, _CHANGES)
        self.linked = Linked(regulation)
        self.things = Things(store, self._record_graphs, self.vocabulary)
        self.rendered = Kept(self._render, _RENDERED)

    @cached_property
    def title(self) -> Words:
        """The regulation's title."""
        iri = regulation_iri(self.regulation)
        for row in self.store.select(_TITLES % (iri, iri), self.graphs):
            return Words(row["zh"].value, text(row, "en"))
        return Words(self.regulation)

    @cached_property
    def notations(self) -> dict[str, Words]:
        """What the notations of concepts stand for: ``half_yearly``, ``window``."""
        return {
            row["notation"].value: Words(row["zh"].value, row["en"].value)
            for row in self.store.select(_NOTATIONS, self.graphs)
        }

    @cached_property
    def statuses(self) -> dict[str, Concept]:
        """The statuses of findings, the gravest first: ``due_soon`` → dg:DueSoon."""
        return {
            status: self.vocabulary.concept(DG + status.title().replace("_", ""))
            for status in STATUSES
        }

    @cached_property
    def coverage(self) -> Coverage:
        """What every character of the text became."""
        return Coverage(Ledger(self.store, self.regulation))

    @cached_property
    def ontology(self) -> Ontology:
        """The ontology as its documentation has it."""
        return Ontology(self.store, self.vocabulary)

    @cached_property
    def alignments(self) -> Alignments:
        """How the ontology's terms lie to those of other vocabularies."""
        return alignments(self.vocabulary)

    @cached_property
    def uses(self) -> Uses:
        """Which norms use the terms of the ontology, and which questions ask for them."""
        return Uses(self.store, self.graphs, self.questions.values(), self.values)

    @cached_property
    def facets(self) -> Facets:
        """The norms by facet, with counts."""
        return Facets(self.store, self.norms)

    @cached_property
    def search(self) -> Search:
        """The search over all of this."""
        return Search(self)

    @cached_property
    def explanations(self) -> Explanations:
        """Why a party carries a norm."""
        return Explanations(self.store, self.norms)

    @cached_property
    def telling(self) -> Telling:
        """Explanations in words."""
        return Telling(self.labels, self.norms)

    @cached_property
    def materials(self) -> Materials:
        """What question sheets, cards and outlines are made from."""
        return Materials(self.store, self.regulation)

    @cached_property
    def quiz(self) -> Quiz:
        """The question sheets."""
        return Quiz(self.materials)

    @cached_property
    def burdens(self) -> Matrix[str | Burden]:
        """How many norms each party has in each article."""
        return burdens(self.materials)

    @cached_property
    def flows(self) -> list[Flow]:
        """Who owes something to whom."""
        return flows(self.materials)

    @cached_property
    def procedures(self) -> list[Procedure]:
        """The procedures with their steps."""
        return procedures(self.materials)

    @cached_property
    def role_cards(self) -> list[RoleCard]:
        """The cards of all roles."""
        return role_cards(self.materials)

    @cached_property
    def slides(self) -> list[Slide]:
        """The outline of a deck."""
        return slides(self.materials)

    @cached_property
    def settings(self) -> dict[str, Setting]:
        """The regulation's settings by key."""
        return Settings.of(self.store, self.graphs, ()).known

    @cached_property
    def questions(self) -> dict[str, CatalogueQuestion]:
        """The catalogue of questions."""
        return questions()

    @cached_property
    def wording(self) -> Wording:
        """What reports to keep call things."""
        return Wording(self.store, self.graphs, self.regulation)

    @cached_property
    def order(self) -> dict[str, int]:
        """The place of each provision in the text, by its key."""
        return {one.key: place for place, one in enumerate(self.commentary.provisions)}

    @cached_property
    def sizes(self) -> dict[str, int]:
        """How many units stand under each, however deep, by its id."""
        return sizes(self.registry.units)

    @cached_property
    def imports(self) -> list[Import]:
        """The imports, the oldest first; what an excerpt has of others is none."""
        return [one for one in self.history.imports if one.id != NAMES]

    @property
    def records(self) -> list[str]:
        """The names of the graphs of the imports in force."""
        return [one.graph for one in self.imports if one.state == "active"]

    @property
    def has_records(self) -> bool:
        """Whether any org data were imported."""
        return bool(self.registry.units)

    def _serialize(self, asked: tuple[str, str, str]) -> bytes:
        question, sparql, form = asked
        return answering(self.store, question).serialize(sparql, form)

    def _changes(self, asked: tuple[str, str]) -> list[Change]:
        old, new = asked
        return changes(self.store, old, new)

    def _render(self, asked: tuple[str, str]) -> str:
        template, _language = asked
        return render_template(template, held=self)


@dataclass(frozen=True)
class Usual:
    """The day and the year that a findings page shows when none are asked for, where set."""

    as_of: dt.date | None
    year: int | None


class Library:
    """Opens the holdings of a source, and opens them anew when it has changed."""

    def __init__(
        self,
        source: Source,
        regulation: str,
        usual: Usual,
        patience: float | None,
        whole: Library | None = None,
    ) -> None:
        """Take a source; where that is an excerpt, ``whole`` is the library of its whole."""
        self._whole = None if whole is None else whole.holdings
        self._source = source
        self._patience = patience
        self._regulation = regulation
        self.usual = usual
        self._current: Holdings | None = None
        self._lock = threading.Lock()

    def holdings(self) -> Holdings:
        """Give the holdings as the source now is.

        Raises StoreError when the store cannot be opened, as while another process writes to it.
        """
        with self._lock:
            state = self._source.state()
            if self._current is None or self._current.state != state:
                store = self._source.open()
                self._current = Holdings(
                    store,
                    self._source.location,
                    self._regulation,
                    state,
                    self._patience,
                    self._whole,
                )
            return self._current

    def forget(self) -> None:
        """Open the store anew at the next request."""
        with self._lock:
            self._current = None


def library() -> Library:
    """Give the library of who makes the request."""
    found = current_app.extensions[_EXTENSION]()
    assert isinstance(found, Library)  # noqa: S101 - install puts nothing else there
    return found


def holdings() -> Holdings:
    """Give the holdings of the request, the same from its beginning to its end."""
    if "holdings" not in g:
        g.holdings = library().holdings()
    found: Holdings = g.holdings
    return found


def install(app: Flask, give: Callable[[], Library]) -> None:
    """Give an app what tells the library of a request."""
    app.extensions[_EXTENSION] = give
