"""Where a norm's quote stands in its provision: Web Annotation quote and position selectors.

The norms files give the exact words; their position follows from the provision's text and is
worked out here, so that a quote which is not in the text, or stands there twice, cannot pass.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass

from pyoxigraph import Literal, NamedNode, Triple

from dutygraph.terms import PREFIXES

_CONTEXT = 12
"""Characters of prefix and suffix that a TextQuoteSelector carries."""


class AnchorError(ValueError):
    """A quote cannot be placed in its provision's text."""


@dataclass(frozen=True)
class Quote:
    """A norm's words and the provision whose text they are from; occurrence counts from 1."""

    norm: str
    provision: str
    exact: str
    occurrence: int | None = None


def locate(quote: Quote, text: str) -> tuple[int, int]:
    """Give start and end (code points, end exclusive) of the quote in the provision's text.

    Raises AnchorError when the words are not there, or stand there several times and the norm
    does not say which (``dg:quoteOccurrence``).
    """
    starts = [i for i in range(len(text)) if text.startswith(quote.exact, i)]
    if not starts:
        raise AnchorError(
            f"{quote.norm}: 「{quote.exact}」 is not in the text of {quote.provision}"
        )
    if quote.occurrence is None and len(starts) > 1:
        raise AnchorError(
            f"{quote.norm}: 「{quote.exact}」 stands {len(starts)} times in {quote.provision}; "
            "lengthen the quote or give dg:quoteOccurrence"
        )
    which = quote.occurrence or 1
    if which > len(starts):
        raise AnchorError(
            f"{quote.norm}: 「{quote.exact}」 stands only {len(starts)} times in {quote.provision}"
        )
    start = starts[which - 1]
    return start, start + len(quote.exact)


def anchors(quotes: Iterable[Quote], texts: dict[str, str]) -> Iterator[Triple]:
    """Give the Web Annotation triples that anchor each norm in its provision.

    ``norm oa:hasTarget T``; T has the provision as source, a TextQuoteSelector (exact, prefix,
    suffix) and a TextPositionSelector (start, end). Raises AnchorError, see locate.
    """
    oa, a = PREFIXES["oa"], NamedNode(PREFIXES["rdf"] + "type")
    integer = NamedNode(PREFIXES["xsd"] + "nonNegativeInteger")
    for quote in quotes:
        if quote.provision not in texts:
            raise AnchorError(f"{quote.norm}: {quote.provision} is no provision with a text")
        text = texts[quote.provision]
        start, end = locate(quote, text)
        target = NamedNode(f"{quote.norm}-target")
        words, position = NamedNode(f"{quote.norm}-quote"), NamedNode(f"{quote.norm}-position")
        yield Triple(NamedNode(quote.norm), NamedNode(oa + "hasTarget"), target)
        yield Triple(target, a, NamedNode(oa + "SpecificResource"))
        yield Triple(target, NamedNode(oa + "hasSource"), NamedNode(quote.provision))
        yield Triple(target, NamedNode(oa + "hasSelector"), words)
        yield Triple(target, NamedNode(oa + "hasSelector"), position)
        yield Triple(words, a, NamedNode(oa + "TextQuoteSelector"))
        for name, piece in (
            ("exact", quote.exact),
            ("prefix", text[max(0, start - _CONTEXT) : start]),
            ("suffix", text[end : end + _CONTEXT]),
        ):
            yield Triple(words, NamedNode(oa + name), Literal(piece, language="zh"))
        yield Triple(position, a, NamedNode(oa + "TextPositionSelector"))
        for name, offset in (("start", start), ("end", end)):
            yield Triple(position, NamedNode(oa + name), Literal(str(offset), datatype=integer))
