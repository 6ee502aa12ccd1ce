"""What shapes say and ask for, with places for what a result names: ``{?variable}``."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any

_PLACE = re.compile(r"\{[?$](\w+)\}")


class Message:
    """A sentence with places."""

    def __init__(self, template: str) -> None:
        # Texts and the names in the places between them take turns.
        self._parts = _PLACE.split(template)

    def fill(self, word: Callable[[str], str]) -> str:
        """Write the sentence with the word for each variable."""
        parts = self._parts.copy()
        parts[1::2] = map(word, parts[1::2])
        return "".join(parts)


class Remedy:
    """A record that would cure a breach, some of whose values are places."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._values = [(key, value, _variable(value)) for key, value in template.items()]

    def fill(self, value: Callable[[str], object]) -> dict[str, Any]:
        """Write the record with the value of each variable; one that has None is left out."""
        record = {}
        for key, fixed, variable in self._values:
            filled = fixed if variable is None else value(variable)
            if filled is not None:
                record[key] = filled
        return record


def _variable(value: object) -> str | None:
    place = _PLACE.fullmatch(value) if isinstance(value, str) else None
    return None if place is None else place[1]
