"""SHACL over a graph store: any shapes graph, run as set queries (W3C SHACL, 2017).

A shapes graph is read into an intermediate form (``model``): targets, paths, constraints. Each
constraint becomes one SPARQL 1.1 SELECT that gives all its violations at once (``translation``);
what has no such form goes to pyshacl, shape by shape (``reference``), and the report says so.
"""
