"""The graph store: named graphs that are queried with SPARQL 1.1 and replaced whole."""
