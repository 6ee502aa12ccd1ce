"""Regulations: from the raw source text to provisions under their keys, and their Turtle."""
