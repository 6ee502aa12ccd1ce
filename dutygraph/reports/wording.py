"""What reports call things: provisions, codes, statuses, settings, readings, fields of records."""

from __future__ import annotations

from functools import cached_property
from typing import Any, NamedTuple

from dutygraph.compliance.settings import Setting, Settings
from dutygraph.records.csvw import load_model
from dutygraph.regulations.labels import Labels
from dutygraph.regulations.provisions import provisions
from dutygraph.regulations.readings import readings
from dutygraph.store.graphs import GraphStore, text
from dutygraph.terms import DG, regulation_iri, sparql_prologue

_TITLE = (
    sparql_prologue()
    + """
SELECT ?zh ?en WHERE {
  <%(iri)s> eli:title ?zh . FILTER(LANG(?zh) = "zh")
  OPTIONAL { <%(iri)s> eli:title ?en FILTER(LANG(?en) = "en") }
}"""
)
_CONCEPTS = (
    sparql_prologue()
    + """
SELECT ?zh ?en WHERE {
  ?concept skos:inScheme ?scheme ; rdfs:label ?zh , ?en .
  FILTER(LANG(?zh) = "zh" && LANG(?en) = "en")
} ORDER BY ?zh ?en"""
)


class Pair(NamedTuple):
    """The same words in Chinese and in English."""

    zh: str
    en: str

    def __str__(self) -> str:
        """Give both, the Chinese first, or one where the two are the same."""
        return self.zh if self.zh == self.en else f"{self.zh} {self.en}"


NOT_SET = Pair("未设", "not set")
NOBODY = Pair("没有可检查的对象", "nothing to look at")
VERDICTS = {
    "looked_at": Pair("看了", "looked at"),
    "met": Pair("已履行", "met"),
    "breached": Pair("违反", "breached"),
    "not_due": Pair("未到期", "not due"),
    "unknown": Pair("无法判断", "unknown"),
}
"""What a check counts."""
CHANGE_WORDS = {
    "new": Pair("新出现", "new"),
    "changed": Pair("状态改变", "changed"),
    "still_open": Pair("仍未解决", "still open"),
    "cured": Pair("已消除", "cured"),
    "not_looked_at": Pair("这次未检查", "not looked at"),
}
"""What can have become of a finding since an earlier run."""


class Wording:
    """The words of one regulation's reports, read once from the prepared graphs."""

    def __init__(self, store: GraphStore, graphs: list[str], regulation: str) -> None:
        self._labels = Labels(store, graphs)
        self.regulation = _title(store, graphs, regulation)
        parts = provisions(store, regulation)
        self._provisions = {part.key: Pair(part.label_zh, part.label_en) for part in parts}
        self._order = {part.key: place for place, part in enumerate(parts)}
        self.settings: dict[str, Setting] = Settings.of(store, graphs, ()).known
        self.readings = readings(store, graphs, _pair)
        self._english = {
            row["zh"].value: row["en"].value for row in store.select(_CONCEPTS, graphs)
        }

    def provision(self, key: str) -> Pair:
        """Give a provision's label: 第九条第（三）项, Article 9, item (3)."""
        return self._provisions.get(key, Pair(key, key))

    def order(self, key: str) -> int:
        """Give the place of a provision in the text; what is not in it comes last."""
        return self._order.get(key, len(self._order))

    def code(self, code: str) -> Pair:
        """Give the label of a finding's code."""
        return self._of(code)

    def status(self, status: str) -> Pair:
        """Give the label of a finding's status, or of a verdict: ``due_soon``, ``not_due``."""
        return self._of(status.title().replace("_", ""))

    def _of(self, name: str) -> Pair:
        return Pair(self._labels.of(DG + name, "zh"), self._labels.of(DG + name, "en"))

    def concept(self, zh: str) -> Pair:
        """Give a concept by its Chinese label, as levels and record kinds come."""
        return Pair(zh, self._english.get(zh, zh))

    def readings_of(self, setting: str) -> list[str]:
        """Give the keys of the readings that a setting changes."""
        return [key for key, reading in self.readings.items() if setting in reading.settings]

    def value(self, setting: str, value: str | None) -> str:
        """Say a setting's value: a choice in words and as files have it, another as it is."""
        if value is None:
            return str(NOT_SET)
        option = self.settings[setting].option(value)
        return f"{option.label_zh} {option.label_en} ({value})" if option else value

    def settings_json(self) -> list[dict[str, Any]]:
        """Give the stable JSON of `dutygraph settings`."""
        return [
            {
                "name": setting.key,
                "label_zh": setting.label_zh,
                "label_en": setting.label_en,
                "takes": setting.takes,
                "choices": list(setting.choices),
                "options": {
                    one.value: {"zh": one.label_zh, "en": one.label_en} for one in setting.options
                },
                "default": setting.default,
                "readings": self.readings_of(setting.key),
            }
            for _, setting in sorted(self.settings.items())
        ]

    @cached_property
    def _columns(self) -> dict[str, dict[str, Pair]]:
        return {
            table.row_type or table.name: {
                name: Pair(column.titles.zh, column.titles.en)
                for name, column in table.columns.items()
            }
            for table in load_model()
        }

    def field(self, record: dict[str, object], key: str) -> Pair:
        """Give what the import tables call a key of a record."""
        return self._columns.get(str(record.get("type")), {}).get(key, Pair(key, key))


def _title(store: GraphStore, graphs: list[str], regulation: str) -> Pair:
    for row in store.select(_TITLE % {"iri": regulation_iri(regulation)}, graphs):
        zh = row["zh"].value
        return Pair(zh, text(row, "en") or zh)
    return Pair(regulation, regulation)


def _pair(zh: str, en: str | None) -> Pair:
    return Pair(zh, en or zh)
