"""Settings: where the text leaves a point open, the reading that a check follows.

Every setting, its choices and its default stand in the regulation's graph
(data/regulations/<id>/settings.ttl); this module knows none by name.
"""

from __future__ import annotations

import datetime as dt
import difflib
import re
from collections.abc import Iterable
from dataclasses import dataclass

from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, sparql_prologue

_SETTINGS = (
    sparql_prologue()
    + """
SELECT ?setting ?key ?type ?default ?choice ?choice_zh ?choice_en ?zh ?en WHERE {
  ?setting a dg:Setting ; dg:key ?key ; dg:valueType ?type .
  OPTIONAL { ?setting dg:defaultValue ?default }
  OPTIONAL {
    ?setting dg:choice ?choice .
    OPTIONAL {
      ?option dg:optionOf ?setting ; dg:optionValue ?choice ; rdfs:label ?choice_zh , ?choice_en .
      FILTER(LANG(?choice_zh) = "zh" && LANG(?choice_en) = "en")
    }
  }
  OPTIONAL { ?setting rdfs:label ?zh FILTER(LANG(?zh) = "zh") }
  OPTIONAL { ?setting rdfs:label ?en FILTER(LANG(?en) = "en") }
} ORDER BY ?key ?choice"""
)
_WINDOW = re.compile(r"(\d\d)-(\d\d)\.\.(\d\d)-(\d\d)")


class SettingError(ValueError):
    """A setting is unknown or its value is not among those it takes."""


@dataclass(frozen=True)
class Option:
    """One choice of a setting: the value that files and commands take, and what it means."""

    value: str
    label_zh: str
    label_en: str


@dataclass(frozen=True)
class Setting:
    """One setting: IRI, key, kind of value (Choice, Days, Window, DateValue), default, options."""

    iri: str
    key: str
    value_type: str
    default: str | None
    options: tuple[Option, ...]
    label_zh: str
    label_en: str

    def checked(self, value: str) -> str:
        """Give the value back when it fits; raises SettingError saying what would."""
        if not self._fits(value):
            raise SettingError(
                f"设置 {self.key} 不接受「{value}」，应为 {self.takes} / "
                f"setting {self.key} does not take {value!r}; it takes {self.takes}"
            )
        return value

    @property
    def choices(self) -> tuple[str, ...]:
        """The values that it takes, where it takes no others."""
        return tuple(option.value for option in self.options)

    def option(self, value: str) -> Option | None:
        """Give the option of a value, None for a value that speaks for itself: days, a date."""
        return next((option for option in self.options if option.value == value), None)

    @property
    def takes(self) -> str:
        """What values it takes: its choices, or the form that they have."""
        forms = {
            "Days": "0–3660 (天 days)",
            "Window": "MM-DD..MM-DD",
            "DateValue": "YYYY-MM-DD",
        }
        return forms.get(self.value_type) or "|".join(self.choices)

    def _fits(self, value: str) -> bool:
        match self.value_type:
            case "Days":
                return value.isascii() and value.isdigit() and int(value) <= 3660
            case "Window":
                return _is_window(value)
            case "DateValue":
                return _is_date(value)
            case _:
                return value in self.choices


def _is_date(value: str) -> bool:
    try:
        dt.date.fromisoformat(value)
    except ValueError:
        return False
    return len(value) == len("2012-01-01")


def _is_window(value: str) -> bool:
    found = _WINDOW.fullmatch(value)
    if not found:
        return False
    # 29 February is no day of every year, so no window may begin or end on it.
    days = [f"2001-{month}-{day}" for month, day in (found.groups()[:2], found.groups()[2:])]
    return all(_is_date(day) for day in days) and days[0] <= days[1]


class Settings:
    """The effective settings of a check run: the graph's defaults and what was set over them."""

    def __init__(self, known: Iterable[Setting], chosen: dict[str, str] | None = None) -> None:
        self.known = {setting.key: setting for setting in known}
        self._chosen = {}
        for key, value in (chosen or {}).items():
            if key not in self.known:
                nearest = difflib.get_close_matches(key, self.known, n=3, cutoff=0.4)
                offer = ", ".join(nearest or sorted(self.known))
                raise SettingError(
                    f"没有设置 {key}；是否为：{offer} / no setting {key!r}; did you mean: {offer}"
                )
            self._chosen[key] = self.known[key].checked(value)

    @classmethod
    def of(cls, store: GraphStore, graphs: list[str], assignments: Iterable[str]) -> Settings:
        """Read the settings of a regulation and set some: ``name=value`` each.

        Raises SettingError for an unknown name, a value that does not fit, or no ``=``.
        """
        chosen = {}
        for assignment in assignments:
            key, sign, value = assignment.partition("=")
            if not sign:
                raise SettingError(
                    f"「{assignment}」应写成 名称=值 / {assignment!r} should read name=value"
                )
            chosen[key.strip()] = value.strip()
        return cls(_read(store, graphs), chosen)

    def __getitem__(self, key: str) -> str | None:
        """Give a setting's effective value, None when it has neither default nor choice made."""
        return self._chosen.get(key, self.known[key].default)

    def effective(self) -> dict[str, str | None]:
        """Give every setting's effective value by key, sorted."""
        return {key: self[key] for key in sorted(self.known)}


def _read(store: GraphStore, graphs: list[str]) -> list[Setting]:
    options: dict[str, list[Option]] = {}
    rows = {}
    for row in store.select(_SETTINGS, graphs):
        iri = row["setting"].value
        rows[iri] = row
        options.setdefault(iri, [])
        value = text(row, "choice")
        if value is not None:
            said = (text(row, "choice_zh") or value, text(row, "choice_en") or value)
            options[iri].append(Option(value, *said))
    return [
        Setting(
            iri=iri,
            key=row["key"].value,
            value_type=row["type"].value.removeprefix(DG),
            default=text(row, "default"),
            options=tuple(options[iri]),
            label_zh=text(row, "zh") or row["key"].value,
            label_en=text(row, "en") or row["key"].value,
        )
        for iri, row in rows.items()
    ]
