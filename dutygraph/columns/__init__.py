"""A graph in columns: the second executor of the queries that many units are checked by."""
