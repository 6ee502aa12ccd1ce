"""The site: the regulation with its norms, the roles, the findings, the units, the questions."""

from webapp.application import create_app

__all__ = ["create_app"]
