"""What shapes say and ask for, with places for what a result names: ``{?variable}``."""

from __future__ import annotations

import re
from collections.abc import Mapping
from typing import Any

_PLACE = re.compile(r"\{[?$](\w+)\}")


class Message:
    """A sentence with places."""

    def __init__(self, template: str) -> None:
        # Texts and the names in the places between them take turns.
        self._parts = _PLACE.split(template)
        self._names = self._parts[1::2]

    def fill(self, words: Mapping[str, str]) -> str:
        """Write the sentence with the word for each variable, nothing for one without."""
        parts = self._parts.copy()
        parts[1::2] = [words.get(name, "") for name in self._names]
        return "".join(parts)


class Remedy:
    """A record that would cure a breach, some of whose values are places."""

    def __init__(self, template: Mapping[str, Any]) -> None:
        self._values = [(key, value, _variable(value)) for key, value in template.items()]

    def fill(self, values: Mapping[str, object]) -> dict[str, Any]:
        """Write the record with the value of each variable; what has none is left out."""
        record = {}
        for key, fixed, variable in self._values:
            filled = fixed if variable is None else values.get(variable)
            if filled is not None:
                record[key] = filled
        return record


def _variable(value: object) -> str | None:
    place = _PLACE.fullmatch(value) if isinstance(value, str) else None
    return None if place is None else place[1]
