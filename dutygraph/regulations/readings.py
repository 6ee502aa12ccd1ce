"""Readings: where the text leaves a point open, the ways to read it, and the one that is followed.

Pages, reports and explanations have words of their own kind, made from the Chinese and, where
there is some, the English; all else about a reading is the same for all of them and is read here.
"""

from __future__ import annotations

import re
from collections import defaultdict
from collections.abc import Callable
from dataclasses import dataclass
from typing import Generic, TypeVar

from pyoxigraph import Literal

from dutygraph.store.graphs import GraphStore
from dutygraph.terms import sparql_prologue

W = TypeVar("W")
_READINGS = (
    sparql_prologue()
    + """
SELECT DISTINCT ?key ?name ?value WHERE {
  ?reading a dg:Reading ; dg:key ?key .
  {
    VALUES (?property ?name) {
      (rdfs:label "title") (dg:question "question")
      (dg:option "option") (dg:defaultOption "default")
    }
    ?reading ?property ?value
  } UNION {
    VALUES (?property ?name) { (dg:concerns "concerns") (dg:setting "setting") }
    ?reading ?property ?thing . ?thing dg:key ?value
  }
} ORDER BY ?key ?name ?value"""
)
_OPTION = re.compile(r"(R\d+)\s+(.+)", re.DOTALL)


@dataclass(frozen=True)
class Reading(Generic[W]):
    """One open point of the text: what is asked, how it can be read, and how it is read here.

    ``options`` are the readings by their codes R1, R2 …; ``default`` is the one followed unless a
    setting says otherwise, several joined as R1+R2, ``followed`` their codes and ``default_words``
    what they say. ``concerns`` are provision keys, ``settings`` the keys of the settings that
    change the reading.
    """

    key: str
    title: W
    question: W
    options: dict[str, W]
    default: str
    default_words: W
    concerns: tuple[str, ...]
    settings: tuple[str, ...]

    @property
    def followed(self) -> tuple[str, ...]:
        """The codes of the options that the default joins."""
        return tuple(self.default.split("+"))


def readings(
    store: GraphStore, graphs: list[str], words: Callable[[str, str | None], W]
) -> dict[str, Reading[W]]:
    """Give the readings in the graphs by key, in the order of the keys.

    ``words`` makes the words of the caller's kind from the Chinese and the English.
    """
    said: dict[str, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for row in store.select(_READINGS, graphs):
        value = row["value"]
        tag = value.language if isinstance(value, Literal) else None
        name = row["name"].value + (f"@{tag}" if tag else "")
        said[row["key"].value][name].append(value.value)
    return {key: _reading(key, facts, words) for key, facts in said.items()}


def _reading(
    key: str, facts: dict[str, list[str]], words: Callable[[str, str | None], W]
) -> Reading[W]:
    def one(name: str) -> str | None:
        return next(iter(facts.get(name, ())), None)

    zh, en = _options(facts.get("option@zh", ())), _options(facts.get("option@en", ()))
    default = one("default") or ""
    followed = [code for code in default.split("+") if code in zh]
    return Reading(
        key=key,
        title=words(one("title@zh") or key, one("title@en")),
        question=words(one("question@zh") or key, one("question@en")),
        options={code: words(said, en.get(code)) for code, said in sorted(zh.items())},
        default=default,
        default_words=words(
            " ".join(zh[code] for code in followed) or default,
            " ".join(en[code] for code in followed if code in en) or None,
        ),
        concerns=tuple(facts.get("concerns", ())),
        settings=tuple(facts.get("setting", ())),
    )


def _options(said: list[str] | tuple[str, ...]) -> dict[str, str]:
    """Give what options say by their codes."""
    matches = (_OPTION.fullmatch(option) for option in said)
    return {match[1]: match[2] for match in matches if match}
