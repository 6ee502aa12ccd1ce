"""How a regulation is cited, so that a reader can copy it: in plain words, and as GB/T 7714 has it.

GB/T 7714—2015, 4.6 (electronic resources): title, part, type and carrier, day of access, address.
The text names neither who issued it nor when, so a reference begins with the title (8.1.4) and has
no year.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

_TYPE: Final = "[Z/OL]"
"""Other documents, online (GB/T 7714—2015, annex B)."""


def plain(title: str, place: str = "", quote: str = "") -> str:
    """Cite in running Chinese text: 《…办法》第二十条：“…”."""
    words = f"：“{quote}”" if quote else ""
    return f"《{title}》{place}{words}"


def gbt7714(title: str, iri: str, accessed: dt.date, place: str = "") -> str:
    """Give the entry of a list of references (GB/T 7714—2015) for what an IRI stands for."""
    part = f": {place}" if place else ""
    return f"{title}{part}{_TYPE}. [{accessed.isoformat()}]. {iri}."
