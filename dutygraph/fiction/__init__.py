"""Fictional provinces at any size, and the findings that a check of them must give."""
