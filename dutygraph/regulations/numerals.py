"""Chinese numerals, and the numbers that provisions bear.

立法技术规范 numbers 编, 章, 节, 条 and 项 with Chinese numerals (第一百零三条, （三）) and 目 with
Arabic ones (1.); an article put in later takes its neighbour's number and 之一. Both are read
here, and the Chinese ones written.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

CHINESE_CHARACTERS = "零〇○一二两三四五六七八九十百千"
ARABIC_CHARACTERS = "0123456789０１２３４５６７８９"
LARGEST = 9999

_DIGITS = "零一二三四五六七八九"
_UNITS = (("千", 1000), ("百", 100), ("十", 10))
_VARIANTS = str.maketrans("〇○两０１２３４５６７８９", "零零二0123456789")
_SPACE = re.compile(r"\s+")


@dataclass(frozen=True, order=True)
class ProvisionNumber:
    """A provision's number: 第十条 is (10, 0), 第十条之二 is (10, 2)."""

    main: int
    inserted: int = 0

    def follows(self, other: ProvisionNumber) -> bool:
        """Tell whether this number may come right after the other.

        After 第十条 come 第十条之一 and 第十一条.
        """
        if self.inserted:
            return (self.main, self.inserted - 1) == (other.main, other.inserted)
        return self.main == other.main + 1

    @property
    def key(self) -> str:
        """The number as keys and English labels write it: 10, or 10-2 for 之二."""
        return f"{self.main}-{self.inserted}" if self.inserted else str(self.main)


FIRST = ProvisionNumber(1)


def chinese_numeral(number: int) -> str:
    """Write a whole number from 0 to 9999: 12 is 十二, 103 is 一百零三, 110 is 一百一十.

    Raises ValueError for any other number.
    """
    if not 0 <= number <= LARGEST:
        raise ValueError(
            f"数字 {number} 超出 0 至 {LARGEST}。"
            f" {number} is outside 0 to {LARGEST}: number provisions within this range."
        )
    written, rest, gap = "", number, False
    for unit, size in _UNITS:
        digit, rest = divmod(rest, size)
        if digit:
            written += ("零" if gap else "") + _DIGITS[digit] + unit
            gap = False
        elif written:
            gap = True
    if rest or not number:
        written += ("零" if gap else "") + _DIGITS[rest]
    return written.removeprefix("一") if 10 <= number < 20 else written


def parse_numeral(text: str) -> int:
    """Read a numeral from 0 to 9999: 一百零三, 〇, 两百, 一十二, 103 or １０３, spaced out or not.

    Raises ValueError for anything else, also for digits and units in no order (十百, 二零一零).
    """
    numeral = _SPACE.sub("", text).translate(_VARIANTS)
    if re.fullmatch(r"[0-9]{1,4}", numeral):
        return int(numeral)
    total, digit = 0, 0
    sizes = dict(_UNITS)
    for character in numeral:
        if character in sizes:
            total += max(digit, 1) * sizes[character]
            digit = 0
        else:
            digit = max(_DIGITS.find(character), 0)
    total += digit
    # Written back, only a well-formed numeral comes out as it went in; 一十二 for 十二 is allowed.
    plain = numeral.removeprefix("一") if numeral.startswith("一十") else numeral
    if 0 <= total <= LARGEST and plain == chinese_numeral(total):
        return total
    raise ValueError(
        f"“{text}”不是 0 至 {LARGEST} 的数字。"
        f" {text!r} is no numeral from 0 to {LARGEST}: write it like 一百零三 or 103."
    )
