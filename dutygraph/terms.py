"""The namespaces of the graph: our own terms, the regulations, and the vocabularies we reuse."""

from __future__ import annotations

from typing import Final

DG: Final = "https://w3id.org/dutygraph/ontology#"
REGULATIONS: Final = "https://w3id.org/dutygraph/"

PREFIXES: Final[dict[str, str]] = {
    "dg": DG,
    "dcterms": "http://purl.org/dc/terms/",
    "eli": "http://data.europa.eu/eli/ontology#",
    "hebei": REGULATIONS + "hebei/",
    "oa": "http://www.w3.org/ns/oa#",
    "org": "http://www.w3.org/ns/org#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "prov": "http://www.w3.org/ns/prov#",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "rdfs": "http://www.w3.org/2000/01/rdf-schema#",
    "set": REGULATIONS + "hebei/settings/",
    "sh": "http://www.w3.org/ns/shacl#",
    "skos": "http://www.w3.org/2004/02/skos/core#",
    "time": "http://www.w3.org/2006/time#",
    "xsd": "http://www.w3.org/2001/XMLSchema#",
}
"""Prefix → namespace IRI, as they stand in every query and shape of the project."""


def sparql_prologue() -> str:
    """Give the PREFIX lines that open a query written with the project's prefixes."""
    return "".join(f"PREFIX {prefix}: <{iri}>\n" for prefix, iri in PREFIXES.items())


def regulation_iri(regulation: str) -> str:
    """Give the IRI of a regulation from its id: ``hebei`` → ``https://w3id.org/dutygraph/hebei``.

    The path below it follows the provision keys (ELI LegalResourceSubdivision).
    """
    return REGULATIONS + regulation


def norm_id(iri: str, regulation: str) -> str:
    """Give a norm's id from its IRI: ``…/hebei/art9/item3#n7`` → ``art9.item3#n7``."""
    path, _, fragment = iri.removeprefix(regulation_iri(regulation) + "/").partition("#")
    return f"{path.replace('/', '.')}#{fragment}"
