"""The pages of the site, one blueprint in each module."""

from webapp.pages import (
    findings,
    home,
    identifiers,
    questions,
    readings,
    regulation,
    roles,
    terms,
    units,
)

PAGES = (
    home.page,
    regulation.page,
    roles.page,
    findings.page,
    units.page,
    questions.page,
    readings.page,
    terms.page,
    identifiers.page,
)
"""Every page, in the order of the site's navigation; addresses that only lead on come last."""
