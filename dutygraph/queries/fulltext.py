"""Full-text search over documents: SQLite, in Chinese from one character on.

An FTS5 index with the trigram tokenizer finds any three characters in a row, so that words need no
spaces between them. What is shorter no such index holds; it is looked for in every document.
"""

from __future__ import annotations

import sqlite3
import threading
import unicodedata
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Final, TypeAlias

_INDEXED: Final = 3
"""From how many characters on the trigram tokenizer can find a word."""
_MOST_WORDS: Final = 8
"""Further words of a query are not looked for."""
_SCHEMA: Final = """
CREATE TABLE document (id INTEGER PRIMARY KEY, kind, key, title, body);
CREATE INDEX of_kind ON document (kind);
CREATE VIRTUAL TABLE words USING fts5(
    title, body, content = 'document', content_rowid = 'id', tokenize = 'trigram', detail = full
);
"""

Values: TypeAlias = list[str]


@dataclass(frozen=True)
class Document:
    """Something to find: its kind, its key within the kind, its names, and what it says."""

    kind: str
    key: str
    titles: tuple[str, ...]
    body: str = ""


@dataclass(frozen=True)
class Hits:
    """The best documents of a kind for a query, by their keys, and how many there are in all."""

    keys: tuple[str, ...]
    total: int


class FullText:
    """An index of documents in memory; made anew when what it was made of has changed."""

    def __init__(self, documents: Iterable[Document]) -> None:
        self._lock = threading.Lock()
        self._index = sqlite3.connect(":memory:", check_same_thread=False)
        self._index.executescript(_SCHEMA)
        self._index.executemany(
            "INSERT INTO document (kind, key, title, body) VALUES (?, ?, ?, ?)",
            (
                (one.kind, one.key, "\n".join(("", *map(folded, one.titles), "")), folded(one.body))
                for one in documents
            ),
        )
        self._index.execute("INSERT INTO words (words) VALUES ('rebuild')")

    def search(
        self,
        query: str,
        most: int,
        *,
        kind: str | None = None,
        synonyms: Iterable[str] = (),
        beginning: int = 0,
    ) -> dict[str, Hits]:
        """Give the documents that have all words of a query, by kind, the best of each kind first.

        Best is one that is called as the query, then whose name begins with it, then whose name has
        it, then what has it most often, then what was given first. ``synonyms`` are other queries
        for the same. ``most`` is how many keys to give of each kind, ``beginning`` how many to
        leave out before.
        """
        asked = [words for one in (query, *synonyms) if (words := folded(one).split())]
        if not asked:
            return {}
        condition, values = _matching(asked)
        order, ordering = _order(asked)
        if kind is not None:
            condition, values = f"({condition}) AND kind = ?", [*values, kind]
        counted = f"SELECT kind, COUNT(*) FROM document WHERE {condition} GROUP BY kind"  # noqa: S608 - the condition's values are bound
        best = (
            f"SELECT key FROM document WHERE kind = ? AND ({condition}) "  # noqa: S608 - as above
            f"ORDER BY {order}, id LIMIT ? OFFSET ?"
        )
        with self._lock:
            return {
                found: Hits(
                    tuple(
                        key
                        for (key,) in self._index.execute(
                            best, [found, *values, *ordering, most, beginning]
                        )
                    ),
                    total,
                )
                for found, total in self._index.execute(counted, values).fetchall()
            }


def folded(words: str) -> str:
    """Give words as the index has them: full-width forms, capitals and the like made the same.

    A NUL, at which SQLite takes a query to end, is a space.
    """
    return unicodedata.normalize("NFKC", words).casefold().replace("\0", " ")


def _matching(asked: Sequence[Sequence[str]]) -> tuple[str, Values]:
    """Give the condition that all words of one of the queries are there."""
    alternatives, values = [], []
    for words in asked:
        conditions = []
        indexed = [word for word in words[:_MOST_WORDS] if len(word) >= _INDEXED]
        if indexed:
            conditions.append("id IN (SELECT rowid FROM words WHERE words MATCH ?)")
            values.append(" AND ".join('"' + word.replace('"', '""') + '"' for word in indexed))
        for word in words[:_MOST_WORDS]:
            if len(word) < _INDEXED:
                conditions.append("(instr(title, ?) OR instr(body, ?))")
                values += [word, word]
        alternatives.append("(" + " AND ".join(conditions) + ")")
    return " OR ".join(alternatives), values


def _order(asked: Sequence[Sequence[str]]) -> tuple[str, Values]:
    """Give the terms to order by: each query's words as a whole, in the names and in the rest."""
    terms, values = [], []
    wholes = [" ".join(words) for words in asked]
    for whole in wholes:
        for name in (f"\n{whole}\n", f"\n{whole}", whole):
            terms.append("NOT instr(title, ?)")
            values.append(name)
    terms.append("length(replace(body, ?, '')) - length(body)")
    values.append(asked[0][0])
    return ", ".join(terms), values
