"""The pages of the site, one blueprint in each module."""

from webapp.pages import (
    calendar,
    compare,
    comparison,
    coverage,
    downloads,
    duties,
    explain,
    findings,
    home,
    identifiers,
    ontology,
    questions,
    readings,
    regulation,
    roles,
    search,
    units,
)

PAGES = (
    home.page,
    search.page,
    regulation.page,
    coverage.page,
    duties.page,
    compare.page,
    roles.page,
    explain.page,
    findings.page,
    comparison.page,
    units.page,
    calendar.page,
    questions.page,
    readings.page,
    ontology.page,
    downloads.page,
    identifiers.page,
)
"""Every page, in the order of the site's navigation; addresses that only lead on come last."""
