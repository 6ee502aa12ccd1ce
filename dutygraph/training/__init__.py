"""Material for trainers, made from the graph: question sheets, role cards, an outline of a deck."""
