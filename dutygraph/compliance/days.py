"""The days and years that a check can be asked for.

A check looks a year back and some days ahead, so the ends of Python's calendar are no days for it;
and a year of fewer than four digits is a slip of the pen.
"""

from __future__ import annotations

import datetime as dt
from typing import Final

YEARS: Final = range(1900, 9999)


def day(written: str) -> dt.date:
    """Read a day as ISO 8601 writes it, YYYY-MM-DD. Raises ValueError for what is no such day."""
    read = dt.date.fromisoformat(written)
    if read.isoformat() != written or read.year not in YEARS:
        raise ValueError(written)
    return read


def year(written: str) -> int:
    """Read a year of four digits. Raises ValueError for what is none."""
    if len(written) != 4 or not (written.isascii() and written.isdigit()):
        raise ValueError(written)
    if int(written) not in YEARS:
        raise ValueError(written)
    return int(written)
