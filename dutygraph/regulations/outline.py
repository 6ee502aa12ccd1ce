"""The outline of a regulation: its lines read one by one into 编, 章, 节, 条, 款, 项 and 目.

A line opens a provision when it starts with that provision's mark and the text before it is
finished, or the number is the one due; otherwise it goes on with the text before it, or opens the
next 款.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from dutygraph.regulations.healing import Fragment, Passage, SourceLine, is_finished
from dutygraph.regulations.marks import (
    HEADING_KINDS,
    Kind,
    Mark,
    ends_in_reference,
    mark_at_start,
    marks_within,
    opens_appendix,
)
from dutygraph.regulations.numerals import FIRST, ProvisionNumber

_ORDER = list(Kind)
_EMPTY = Passage()


@dataclass(eq=False)
class Node:
    """A provision being read; `opened` is its line's index.

    Articles hold paragraphs, paragraphs items and subitems, items subitems.
    """

    kind: Kind
    opened: int
    number: ProvisionNumber = FIRST
    label: Passage = _EMPTY
    title: Passage = _EMPTY
    body: Passage = _EMPTY
    form: str = ""
    list_mark: str = ""
    indented: bool = False
    restored: bool = False
    parts: list[Node] = field(default_factory=list)

    def last(self, kind: Kind) -> Node | None:
        """Give the last part of a kind."""
        return next((part for part in reversed(self.parts) if part.kind is kind), None)


@dataclass(frozen=True)
class Remark:
    """A line to look at: placed against the sequence under `node`, or not placed (no node)."""

    index: int
    line: SourceLine
    why: str
    node: Node | None = None


def misplaced_heading(line: SourceLine) -> ValueError:
    """Say that a restored heading cannot stand where it was put."""
    return ValueError(
        f"补回的标题“{line.text}”不能置于第 {line.number} 行之前。"
        f" The restored heading {line.text!r} cannot stand before line {line.number}:"
        " write 第…章 and its name, and the line of the article it precedes."
    )


class Outline:
    """Reads the body of a regulation, line by line, into nodes; see the module's rule."""

    def __init__(self) -> None:
        self.top: list[Node] = []
        self.remarks: list[Remark] = []
        self._headings: list[Node] = []
        self._latest: dict[Kind, ProvisionNumber] = {}
        self._restarting: set[Kind] = set(HEADING_KINDS)
        self._in_sequence: ProvisionNumber | None = None
        self._article: Node | None = None
        self._paragraph: Node | None = None
        self._item: Node | None = None
        self._subitem: Node | None = None

    @property
    def article(self) -> Node | None:
        """The article being read, if no heading has closed it."""
        return self._article

    def read(self, index: int, line: SourceLine, following: str = "") -> None:
        """Read a line, given the text of the one after it.

        Raises ValueError when a restored heading cannot stand where it was put.
        """
        mark = mark_at_start(line.text)
        expected = mark is not None and self._finished and self._is_due(mark)
        if mark and self._admits(mark, following):
            self._open(index, line, mark)
        elif line.restored:
            raise misplaced_heading(line)
        else:
            self._read_unmarked(index, line, following)
            if expected and self._writing is not None:
                why = "行首似编号而未作编号 starts like a provision, but was read as text"
                self.remarks.append(Remark(index, line, why, self._writing))
        self._split()

    # Whether a mark opens a provision

    def _admits(self, mark: Mark, following: str) -> bool:
        finished, due = self._finished, self._is_due(mark)
        if mark_at_start(following) is None and (
            mark.kind is Kind.ITEM or not (mark.rest or finished)
        ):
            mark = replace(mark, rest=mark.rest + following)
        if mark.kind in HEADING_KINDS:
            return mark.could_head and (finished or (due and mark.spaced))
        if mark.kind is Kind.ARTICLE:
            firm = finished and due
            return mark.spaced and (firm or ((finished or due) and not mark.reads_as_reference))
        if self._article is None or mark.reads_as_reference:
            return False
        if finished and due:
            return True
        if mark.kind is Kind.ITEM:
            return finished or (due and not ends_in_reference(self._text))
        # Arabic numbers at a line's start are mostly no marks: only an open list counts.
        before = self._list_holder(mark).last(mark.kind)
        return before is not None and before.form == mark.form and (finished or due)

    def _is_due(self, mark: Mark) -> bool:
        """Tell whether the number is the next of its kind where the reader stands."""
        number, kind = mark.number, mark.kind
        if kind in HEADING_KINDS:
            latest = self._latest.get(kind)
            restarts = kind in self._restarting and number == FIRST
            return restarts or (latest is not None and number.follows(latest))
        if kind is Kind.ARTICLE:
            before = [n for n in (self._latest.get(kind), self._in_sequence) if n]
            return any(number.follows(n) for n in before) if before else number == FIRST
        if self._article is None:
            return False
        previous = self._list_holder(mark).last(kind)
        if previous is not None:
            return number.follows(previous.number) and mark.form == previous.form
        earlier = [part.last(kind) for part in self._article.parts if kind is Kind.ITEM]
        return number == FIRST or any(node and number.follows(node.number) for node in earlier)

    def _list_holder(self, mark: Mark) -> Node:
        """Give the provision whose list an item or subitem would join."""
        assert self._paragraph is not None  # noqa: S101 - an open article always has a paragraph
        return (self._item or self._paragraph) if mark.kind is Kind.SUBITEM else self._paragraph

    @property
    def _writing(self) -> Node | None:
        """The provision that takes the text now; None below a heading and at the very start."""
        return self._subitem or self._item or self._paragraph

    @property
    def _text(self) -> str:
        return self._writing.body.text if self._writing else ""

    @property
    def _finished(self) -> bool:
        return not self._text or is_finished(self._text)

    # Opening provisions

    def _open(self, index: int, line: SourceLine, mark: Mark) -> None:
        whole = Passage((Fragment(line.number, line.text, line.after_break),))
        length = len(line.text)
        due, finished = self._is_due(mark), self._finished
        node = Node(
            mark.kind,
            index,
            mark.number,
            label=whole.cut(mark.start, mark.end),
            form=mark.form,
            list_mark=mark.list_mark,
            indented=line.indented,
            restored=line.restored,
        )
        if mark.kind in HEADING_KINDS:
            node.title = whole.cut(mark.end, length)
            self._add_heading(node)
        elif mark.kind is Kind.ARTICLE:
            node.title = whole.cut(mark.end, mark.title_end)
            self._add_article(node, in_sequence=due)
            self._add_paragraph(index, whole.cut(mark.title_end, length), indented=line.indented)
        else:
            node.body = whole.cut(mark.end, length)
            self._add_item(node)
        if not due:
            why = "编号不接前号，或重复 does not follow the number before it, or repeats one"
            self.remarks.append(Remark(index, line, why, node))
        elif not finished and mark.kind not in (Kind.ITEM, Kind.SUBITEM):
            why = "此前文字未结束 the text before it does not end with a sentence mark"
            self.remarks.append(Remark(index, line, why, node))

    def _add_heading(self, node: Node) -> None:
        while self._headings and _ORDER.index(self._headings[-1].kind) >= _ORDER.index(node.kind):
            self._headings.pop()
        (self._headings[-1].parts if self._headings else self.top).append(node)
        self._headings.append(node)
        self._latest[node.kind] = node.number
        self._restarting.discard(node.kind)
        self._restarting.update(
            k for k in HEADING_KINDS if _ORDER.index(k) > _ORDER.index(node.kind)
        )
        self._article = self._paragraph = self._item = self._subitem = None

    def _add_article(self, node: Node, *, in_sequence: bool) -> None:
        (self._headings[-1].parts if self._headings else self.top).append(node)
        # A misread number must not make the right ones after it look wrong.
        if in_sequence or self._in_sequence is None:
            self._in_sequence = node.number
        self._latest[Kind.ARTICLE] = node.number
        self._article = node

    def _add_paragraph(self, index: int, body: Passage, *, indented: bool) -> None:
        assert self._article is not None  # noqa: S101 - callers hold it
        self._paragraph = Node(Kind.PARAGRAPH, index, body=body, indented=indented)
        self._article.parts.append(self._paragraph)
        self._item = self._subitem = None

    def _add_item(self, node: Node) -> None:
        assert self._paragraph is not None  # noqa: S101 - callers hold it
        if node.kind is Kind.ITEM:
            self._paragraph.parts.append(node)
            self._item, self._subitem = node, None
        else:
            (self._item or self._paragraph).parts.append(node)
            self._subitem = node

    # Lines without a mark

    def _read_unmarked(self, index: int, line: SourceLine, following: str) -> None:
        passage = Passage((Fragment(line.number, line.text, line.after_break),))
        writing = self._writing
        if writing is not None:
            wrapped = writing.indented and not line.indented and not line.after_break
            goes_on = not is_finished(writing.body.text) and not opens_appendix(line.text)
            if goes_on or wrapped:
                writing.body = writing.body.joined(passage)
            else:
                self._add_paragraph(index, passage, indented=line.indented)
        elif self._headings and self._goes_on_heading(self._headings[-1], line, following):
            self._headings[-1].title = self._headings[-1].title.joined(passage)
        else:
            why = "章节标题之下、条文之外的文字 text below a heading, in no article"
            self.remarks.append(Remark(index, line, why))

    def _goes_on_heading(self, heading: Node, line: SourceLine, following: str) -> bool:
        """Tell whether a line is the name of the 第…章 above it, or the rest of a broken name."""
        if heading.restored or is_finished(line.text) or "，" in line.text:
            return False
        if not heading.title.text:
            return True
        return not line.after_break and mark_at_start(following) is not None

    # Items inside a text

    def _split(self) -> None:
        """Take the items out of a text that lists them inside (包括：（一）甲；（二）乙。)."""
        while (node := self._writing) is not None:
            mark = next(
                (m for m in marks_within(node.body.text) if self._opens_inside(m, node)), None
            )
            if mark is None:
                return
            body, length = node.body, len(node.body.text)
            node.body = body.cut(0, mark.start)
            label, rest = body.cut(mark.start, mark.end), body.cut(mark.end, length)
            self._add_item(
                Node(
                    mark.kind,
                    node.opened,
                    mark.number,
                    label=label,
                    body=rest,
                    form=mark.form,
                    indented=node.indented,
                )
            )

    def _opens_inside(self, mark: Mark, node: Node) -> bool:
        before = self._list_holder(mark).last(mark.kind)
        if before is not None:
            due = mark.number.follows(before.number) and mark.form == before.form
            return due and mark.start > 0
        if mark.kind is Kind.ITEM:
            return mark.number == FIRST
        opening = node.body.text[: mark.start].rstrip()
        return mark.number == FIRST and (not opening or opening[-1] in "：:")
