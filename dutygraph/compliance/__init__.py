"""Checks: has a unit done what the regulation demands of it, as of a day, on which words."""
