"""What hinders a validation."""

from __future__ import annotations


class ShapesError(ValueError):
    """A shapes graph is ill-formed: validation fails (SHACL, section 3.4), there is no report."""


class UntranslatableError(Exception):
    """A shape has no form as set queries; the message is the reason."""


class UnsupportedError(UntranslatableError):
    """A shape has a constraint that the reference engine would pass over in silence."""
