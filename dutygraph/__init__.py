"""dutygraph 责任图谱: a regulation as a graph of duties, and checks of records against it."""
