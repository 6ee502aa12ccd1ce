"""What the environment configures of the site, as ``create_app`` takes it."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

from dutygraph.configuration import refuse_unusable

_SITE: Final[Mapping[str, Callable[[str], Any]]] = {
    "REGULATION": str,
    "AS_OF": str,
    "YEAR": int,
    "UPLOAD_LIMIT": int,
    "PATIENCE": float,
    "METRICS": str,
    "HOPS": int,
    "THREADS": int,
    "QUERIES_AT_ONCE": int,
    "QUERY_RATE": int,
    "PROGRAM_RATE": int,
    "PAGE_RATE": int,
    "FORM_RATE": int,
}


def site(environment: Mapping[str, str]) -> dict[str, Any]:
    """Give the configuration of the site that the environment has.

    Raises ConfigurationError for a value that has not the form that it should have.
    """
    refuse_unusable(environment)
    return {
        name: read(given)
        for name, read in _SITE.items()
        if (given := environment.get(f"DUTYGRAPH_{name}"))
    }
