"""The triples of a graph as DuckDB tables: one of pairs for each property, one of texts.

N-Triples are read as pyoxigraph and the import write them, one triple to a line, all escapes
canonical. What is written otherwise is refused, and so are blank nodes: pyoxigraph then takes all.
"""

from __future__ import annotations

import shutil
import weakref
from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from itertools import count
from pathlib import Path
from tempfile import TemporaryDirectory, mkdtemp
from threading import Lock
from typing import Any

import duckdb
from pyoxigraph import DefaultGraph, RdfFormat, Store

from dutygraph.columns import terms
from dutygraph.columns.algebra import RefusedError
from dutygraph.columns.gate import Gate
from dutygraph.columns.terms import Kinds, kind_in_sql, kind_of
from dutygraph.store.graphs import Term

_LINES = """
CREATE TABLE line AS
SELECT s, p, o, well, iri_id(s) AS subject, term_id(o) AS object
FROM (
  SELECT w[1] AS s, w[2] AS p, len(w) >= 4 AND w[-1] = '.' AS well,
    CASE WHEN len(w) = 4 THEN w[3] ELSE array_to_string(w[3:-2], ' ') END AS o
  FROM (
    SELECT string_split(line, ' ') AS w FROM read_csv(?, header = false, auto_detect = false,
      delim = '\\x01', quote = '', escape = '', new_line = '\\n', columns = {'line': 'VARCHAR'})
  )
)"""
_ILL_WRITTEN = """
SELECT count(*) FROM line
WHERE NOT well OR NOT starts_with(s, '<') OR NOT ends_with(s, '>')
  OR NOT starts_with(p, '<') OR NOT ends_with(p, '>')
  OR NOT (starts_with(o, '"')
    OR starts_with(o, '<') AND ends_with(o, '>') AND NOT contains(o, ' '))"""
_TO_COMPARE = f"""
SELECT DISTINCT o FROM line
WHERE starts_with(o, '"') AND (contains(o, '\\') OR regexp_matches(o, '[\\x00-\\x1f\\x7f]')
  OR {kind_in_sql("object")} IN ({terms.OTHER}, {terms.TAGGED}))
UNION SELECT DISTINCT unnest([s, p, o]) FROM line
WHERE contains(s, '\\') OR contains(p, '\\') OR starts_with(o, '<') AND contains(o, '\\')"""
_PROPERTIES = """
CREATE TABLE property AS SELECT p, iri_id(p) AS number FROM (SELECT DISTINCT p FROM line)"""
_TRIPLES = """
INSERT INTO triple
SELECT property.number, subject, object FROM line JOIN property USING (p)"""
_TEXTS = f"""
INSERT INTO coming
SELECT number, p FROM property
UNION SELECT subject, s FROM line
UNION SELECT object, o FROM line
WHERE {kind_in_sql("object")} NOT IN ({", ".join(map(str, sorted(terms.VALUES)))})"""
_CLASHES = """
SELECT count(*) FROM (
  SELECT number FROM coming LEFT JOIN text USING (number) GROUP BY number
  HAVING min(coming.token) <> max(coming.token) OR min(text.token) <> min(coming.token)
)"""
_SETTLE = """
INSERT INTO text SELECT number, any_value(token) FROM coming ANTI JOIN text USING (number)
GROUP BY number"""


_AT_ONCE = 1 << 26
"""How many bytes of N-Triples are read at once."""
_MEMORY = "2GB"
"""What the tables and the queries over them may take; what is more lies in temporary files."""
_MORE_MEMORY = "4GB"
"""What a query may take that runs alone, because that was not enough for it."""
_FEW = 64
"""How many pairs a property has at most to be asked for its objects."""
_MUCH_SMALLER = 0.25
"""Which share of a table's pairs a narrowed one has at most."""
_NOT_WORTH_IT = "statistics_propagation,compressed_materialization"
"""What takes a third of the planning of a query with many joins, and saves less."""


@dataclass
class Table:
    """The pairs of one property: the table's name, how many there are, of which kinds they are.

    ``few`` are the objects as they were asked for last, None when that has to be done anew.
    """

    name: str
    property: int
    rows: int
    subjects: Kinds
    objects: Kinds
    coming: list[str] = field(default_factory=list)
    few: frozenset[int] | None = None


class Frame:
    """The tables of one graph."""

    def __init__(self, *, ordered: bool = True) -> None:
        """Make an empty frame; where texts are ``ordered``, a few are found sooner, many later."""
        self._order = " ORDER BY number" if ordered else ""
        self._database = duckdb.connect(":memory:")
        self._gate = Gate()
        self._given = count()
        self._tables: dict[int, Table] = {}
        self._numbers: dict[str, int] = {}
        self._terms: dict[int, Term] = {}
        self._stored: set[str] = set()
        self._narrowing = Lock()
        self._narrowed: dict[tuple[int, int, frozenset[int]], str | None] = {}
        self.run("SET preserve_insertion_order = false")
        self.run(f"SET disabled_optimizers = '{_NOT_WORTH_IT}'")
        self.run(f"SET memory_limit = '{_MEMORY}'")
        # Records may come to lie there: a folder that only this user can look into.
        spilled = mkdtemp(prefix="dutygraph-")
        weakref.finalize(self, shutil.rmtree, spilled, ignore_errors=True)
        self.run("SET temp_directory = '" + spilled.replace("'", "''") + "'")
        for macro in terms.MACROS:
            self.run(macro)
        for table in ("text", "coming"):
            self.run(f"CREATE TABLE {table} (number BIGINT, token VARCHAR)")

    # Running ------------------------------------------------------------------------------------

    def run(self, sql: str, *given: object) -> list[tuple[Any, ...]]:
        """Run a statement and give its rows. Raises RefusedError for one that DuckDB gives up.

        One for which there is not memory enough beside others is run again by itself, with more.
        """
        try:
            try:
                with self._gate.beside_others():
                    return self._executed(sql, given)
            except duckdb.OutOfMemoryException:
                with self._gate.alone(), self._more_memory():
                    return self._executed(sql, given)
        except duckdb.Error as error:
            raise RefusedError(str(error)) from error

    @contextmanager
    def _more_memory(self) -> Iterator[None]:
        self._executed(f"SET memory_limit = '{_MORE_MEMORY}'", ())
        try:
            yield
        finally:
            self._executed(f"SET memory_limit = '{_MEMORY}'", ())

    def _executed(self, sql: str, given: Sequence[object]) -> list[tuple[Any, ...]]:
        with self._database.cursor() as cursor:
            return cursor.execute(sql, list(given)).fetchall()

    # Loading ------------------------------------------------------------------------------------

    def load(self, ntriples: Iterable[bytes]) -> None:
        """Load some N-Triples into an empty frame. Raises RefusedError for what it cannot hold.

        One of them at a time is held beside the tables.
        """
        self.run("CREATE TABLE triple (p BIGINT, s BIGINT, o BIGINT)")
        with TemporaryDirectory() as folder:
            # The same file again and again, which stays in memory.
            file = Path(folder) / "lines.nt"
            for lines in _portions(ntriples):
                with file.open("wb") as stream:
                    stream.writelines(lines)
                self._read(file)
        self.settle()
        self.run("CREATE TABLE sorted AS SELECT DISTINCT p, s, o FROM triple ORDER BY p")
        self.run("DROP TABLE triple")
        for property_, objects in self.run(
            f"SELECT p, list(DISTINCT {kind_in_sql('o')}) FROM sorted GROUP BY p ORDER BY p"
        ):
            pairs = f"SELECT s, o FROM sorted WHERE p = {property_}"
            self._make(property_, pairs, frozenset({terms.IRI}), frozenset(objects))
        self.run("DROP TABLE sorted")

    def _read(self, file: Path) -> None:
        """Read the triples and texts of a file."""
        self.run(_LINES, str(file))
        if self.run(_ILL_WRITTEN) != [(0,)]:
            raise RefusedError("N-Triples in another form, or with blank nodes")
        _compare([str(token) for (token,) in self.run(_TO_COMPARE)])
        for step in (_PROPERTIES, _TRIPLES, _TEXTS, "DROP TABLE line", "DROP TABLE property"):
            self.run(step)

    def settle(self) -> None:
        """Put what is to come into texts and tables: where it comes from is not needed then.

        Raises RefusedError for two terms with one number.
        """
        if self.run("SELECT 1 FROM coming LIMIT 1"):
            if self.run(_CLASHES) != [(0,)]:
                raise RefusedError("two terms with one hash")
            self.run(_SETTLE + self._order)
            self.run("TRUNCATE coming")
        for table in self._tables.values():
            self._settle(table)

    # Tables -------------------------------------------------------------------------------------

    def table(self, property_: int) -> Table | None:
        """Give the table of a property, None when nothing has it."""
        return self._tables.get(property_)

    @property
    def tables(self) -> list[Table]:
        """All tables."""
        return list(self._tables.values())

    def _make(self, property_: int, pairs: str, subjects: Kinds, objects: Kinds) -> None:
        name = f"t{len(self._tables)}"
        ((rows,),) = self.run(f"CREATE TABLE {name} AS {pairs}")
        self._tables[property_] = Table(name, property_, rows, subjects, objects)

    def insert(self, property_: int, pairs: str, subjects: Kinds, objects: Kinds) -> None:
        """Add the pairs that a query gives as ``s`` and ``o``, those that are not there yet.

        They are put off until all is settled: what comes for one table comes at once.
        """
        self._widen()
        if property_ not in self._tables:
            nothing = "SELECT NULL::BIGINT AS s, NULL::BIGINT AS o WHERE FALSE"
            self._make(property_, nothing, frozenset(), frozenset())
        if len(objects) > 1:
            kinds = self.run(f"SELECT DISTINCT {kind_in_sql('o')} FROM ({pairs})")
            objects = frozenset(kind for (kind,) in kinds)
        table = self._tables[property_]
        table.subjects |= subjects
        table.objects |= objects
        table.coming.append(pairs)

    def _settle(self, table: Table) -> None:
        """Put what is to come into a table."""
        if table.coming:
            ((rows,),) = self.run(
                f"INSERT INTO {table.name} "
                f"SELECT DISTINCT s, o FROM ({' UNION ALL '.join(table.coming)}) AS new "
                f"ANTI JOIN {table.name} AS old ON old.s = new.s AND old.o = new.o"
            )
            table.rows += rows
            table.coming, table.few = [], None

    def narrowed(self, table: Table, by: Table, among: frozenset[int]) -> str:
        """Give the name of a table of those pairs whose objects have some objects by a property.

        It is made once, until something changes; where it would be no smaller by much, it is the
        table itself. So a query that is asked for the few duties of a norm need not go through
        those of all, and how many they are is known when its joins are planned.
        """
        key = table.property, by.property, among
        with self._narrowing:
            if key not in self._narrowed:
                name: str | None = f"n{len(self._narrowed)}"
                numbers = ", ".join(map(str, sorted(among)))
                most = int(table.rows * _MUCH_SMALLER)
                ((rows,),) = self.run(
                    f"CREATE TABLE {name} AS SELECT s, o FROM {table.name} SEMI JOIN "
                    f"(SELECT s AS o FROM {by.name} WHERE o IN ({numbers})) USING (o) "
                    f"LIMIT {most + 1}"
                )
                if rows > most:
                    self.run(f"DROP TABLE {name}")
                    name = None
                self._narrowed[key] = name
            return self._narrowed[key] or table.name

    def _widen(self) -> None:
        """Forget all narrowed tables."""
        for name in filter(None, self._narrowed.values()):
            self.run(f"DROP TABLE {name}")
        self._narrowed.clear()

    def delete(self, property_: int, pairs: str) -> None:
        """Take away the pairs that a query gives as ``s`` and ``o``."""
        table = self.table(property_)
        self._widen()
        if table is not None:
            self._settle(table)
            ((rows,),) = self.run(
                f"DELETE FROM {table.name} WHERE (s, o) IN (SELECT (s, o) FROM ({pairs}))"
            )
            table.rows -= rows
            table.few = None

    def objects(self, table: Table) -> frozenset[int] | None:
        """Give the objects of a property of few pairs, None of one that has more."""
        if table.few is None and table.rows <= _FEW:
            found = self.run(f"SELECT DISTINCT o FROM {table.name}")
            table.few = frozenset(number for (number,) in found)
        return table.few

    # Terms --------------------------------------------------------------------------------------

    def store(self, tokens: Iterable[str]) -> None:
        """Take the texts of terms that may come to stand in the graph; to be settled."""
        fresh = set(tokens) - self._stored
        self._stored |= fresh
        texts = [(self.number(token), token) for token in sorted(fresh)]
        kept = [(number, token) for number, token in texts if kind_of(number) not in terms.VALUES]
        if kept:
            numbers, tokens = zip(*kept, strict=True)
            self.run("INSERT INTO coming SELECT unnest(?), unnest(?)", numbers, tokens)

    def keep(self, numbers: Iterable[int], texts: Mapping[int, str]) -> str:
        """Put numbers, ``c``, and what texts are given, ``t``, into a table; give its name."""
        name = f"given{next(self._given)}"
        ordered = sorted(numbers)
        self.run(
            f"CREATE TABLE {name} AS SELECT unnest(?)::BIGINT AS c, unnest(?)::VARCHAR AS t",
            ordered,
            [texts.get(number) for number in ordered],
        )
        return name

    def number(self, token: str) -> int:
        """Give the number of a term that a query names. Raises RefusedError as ``_keep`` does."""
        number = self._numbers.get(token)
        if number is None:
            number = self._numbers[token] = terms.number(token)
            self._keep(number, terms.read(token))
        return number

    def _keep(self, number: int, term: Term) -> None:
        """Remember a term. Raises RefusedError when another one has its number."""
        if self._terms.setdefault(number, term) != term:
            raise RefusedError("two terms with one hash")

    def add_texts(self, texts: str) -> None:
        """Take the texts of terms, as a query gives ``number`` and ``token``; to be settled."""
        self.run(f"INSERT INTO coming SELECT DISTINCT * FROM ({texts}) WHERE token IS NOT NULL")

    def terms(self, numbers: Iterable[int]) -> dict[int, Term]:
        """Give the terms of some numbers; what else is remembered comes along."""
        unknown = {number for number in numbers if number not in self._terms}
        stored = []
        for number in unknown:
            term = terms.decoded(number)
            if term is None:
                stored.append(number)
            else:
                self._terms[number] = term
        if stored:
            rows = self.run(
                "SELECT number, token FROM text JOIN (SELECT unnest(?) AS number) USING (number)",
                stored,
            )
            for number, token in rows:
                self._terms[number] = terms.read(str(token))
        return self._terms


def _portions(parts: Iterable[bytes]) -> Iterator[list[memoryview]]:
    """Give the lines of some N-Triples, as many at a time as are read at once."""
    portion, room = list[memoryview](), _AT_ONCE
    for part in parts:
        begin = 0
        while begin < len(part):
            end = part.find(b"\n", begin + room) + 1 or len(part)
            portion.append(memoryview(part)[begin:end])
            if not part.endswith(b"\n", begin, end):
                portion.append(memoryview(b"\n"))
            room -= end - begin
            begin = end
            if room <= 0:
                yield portion
                portion, room = [], _AT_ONCE
    if portion:
        yield portion


def _compare(tokens: Sequence[str]) -> None:
    """Make sure that pyoxigraph would write some terms as they are written.

    It keeps the value of a literal of a datatype that it knows, not always its form: ``01`` is
    ``1``. Raises RefusedError where it would write another.
    """
    if not tokens:
        return
    store = Store()
    lines = "".join(f"<urn:s> <urn:p> {token} .\n" for token in tokens)
    try:
        store.load(lines.encode(), RdfFormat.N_TRIPLES)
    except SyntaxError as error:
        raise RefusedError(str(error)) from error
    dump = store.dump(format=RdfFormat.N_TRIPLES, from_graph=DefaultGraph()) or b""
    if sorted(dump.decode().splitlines()) != sorted(lines.splitlines()):
        raise RefusedError("a literal in another than its canonical form")
