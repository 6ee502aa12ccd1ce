"""Org records: what a unit's staff hand over so that its year can be checked.

A file of any format is read into rows (``formats``, ``json_form``), the cells of a row are read by
the columns of its table (``model``, ``cells``, ``values``), the rows are checked against one
another (``validation``), and a batch without errors becomes one named graph (``triples``,
``importing``). Whatever is wrong is a ``faults.Fault``; nothing is half imported.

What tables, columns, kinds and allowed values there are stands in ``ontology/records.csvw.json``
(W3C Metadata Vocabulary for Tabular Data) and in the notations of the ontology's concepts.
"""
