"""The competency questions: SPARQL queries with a title, an audience and an expected answer."""
