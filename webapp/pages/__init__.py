"""The pages of the site, one blueprint in each module."""

from webapp.pages import (
    calendar,
    comparison,
    coverage,
    downloads,
    explain,
    findings,
    home,
    identifiers,
    imports,
    ontology,
    questions,
    readings,
    regulation,
    reports,
    roles,
    settings,
    units,
)

PAGES = (
    home.page,
    regulation.page,
    coverage.page,
    roles.page,
    explain.page,
    findings.page,
    comparison.page,
    imports.page,
    units.page,
    calendar.page,
    questions.page,
    reports.page,
    readings.page,
    settings.page,
    ontology.page,
    downloads.page,
    identifiers.page,
)
"""Every page, in the order of the site's navigation; addresses that only lead on come last."""
