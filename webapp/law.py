"""The regulation as the site shows it: all that pages read from it, read once.

It is the same whatever records a store holds, so it is read from a store in memory, which answers
sooner than one on disk or at another machine, and is kept for as long as the site runs.
"""

from __future__ import annotations

from functools import cached_property

from flask import render_template

from dutygraph.compliance.findings import STATUSES
from dutygraph.compliance.settings import Setting, Settings
from dutygraph.explain.explanation import Explanations
from dutygraph.explain.facets import Facets, Selection
from dutygraph.explain.telling import Telling
from dutygraph.queries.catalogue import Question, questions
from dutygraph.queries.matrices import Matrix
from dutygraph.queries.values import Values
from dutygraph.regulations.ledger import Ledger
from dutygraph.regulations.norms import Norms
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.regulations.provisions import provisions
from dutygraph.reports.wording import Wording
from dutygraph.store.graphs import text
from dutygraph.terms import DG, regulation_iri, sparql_prologue
from dutygraph.training.burden import Burden, burdens
from dutygraph.training.cards import RoleCard, role_cards
from dutygraph.training.flows import Flow, Procedure, flows, procedures
from dutygraph.training.materials import Materials
from dutygraph.training.outline import Slide, slides
from dutygraph.training.quiz import Quiz
from webapp.alignments import Alignments, alignments
from webapp.commentary import Commentary
from webapp.concepts import Concept, Vocabulary
from webapp.coverage import Coverage
from webapp.kept import Kept
from webapp.language import Words
from webapp.linked import Linked
from webapp.ontology import Ontology
from webapp.readings import Readings
from webapp.roles import Roles
from webapp.uses import Uses

_RESULTS, _RENDERED = 256, 4
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


class Law:
    """A regulation and everything that pages read from it, read once and when first wanted.

    ``values`` are those that a kind of parameter takes, ``results`` the answer to a question, given
    as its SPARQL, in a W3C form (``json``, ``csv``), ``rendered`` a part of a page that depends on
    nothing but the language of the request, which has to be given with it. The latest are kept.
    """

    def __init__(self, regulation: str) -> None:
        """Take the regulation's id."""
        self.regulation = regulation
        self.store = open_regulations()
        self.graphs = prepared_graphs()
        self.norms = Norms(self.store, regulation)
        self.labels = self.norms.labels
        self.vocabulary = Vocabulary(self.store, self.graphs, self.labels)
        self.readings = Readings(self.store, self.graphs)
        self.commentary = Commentary(
            self.store,
            self.graphs,
            provisions(self.store, regulation),
            self.norms,
            self.vocabulary,
            self.readings,
            regulation,
        )
        self.roles = Roles(self.store, self.graphs, self.norms, self.vocabulary)
        self.values = Values(self.store)
        self.linked = Linked(regulation)
        self.results = Kept(self._serialize, _RESULTS)
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

    def value(self, setting: str, value: str | None) -> Words:
        """Say a setting's value: a choice in words and as addresses have it, another as it is."""
        option = self.settings[setting].option(value or "")
        if option is None:
            return Words(value or "—", value)
        return Words(f"{option.label_zh} ({value})", f"{option.label_en} ({value})")

    @cached_property
    def questions(self) -> dict[str, Question]:
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

    def read(self) -> None:
        """Read all of it that pages would wait for."""
        for name, member in vars(type(self)).items():
            if isinstance(member, cached_property):
                getattr(self, name)
        self.ontology.term("")
        self.facets.counts(Selection())
        _ = self.roles.all, self.quiz.questions, self.uses.counts, self.uses.askings
        self.linked.names_thing("")

    def _serialize(self, asked: tuple[str, str]) -> bytes:
        sparql, form = asked
        return self.store.serialize(sparql, form)

    def _render(self, asked: tuple[str, str]) -> str:
        template, _language = asked
        return render_template(template, law=self)
