"""What a check must find: findings and verdicts, written into a book as they are worked out."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from typing import Final

PROVISIONS: Final = {
    "art6.item1": "第六条第（一）项",
    "art8.item1": "第八条第（一）项",
    "art9.item3": "第九条第（三）项",
    "art11": "第十一条",
    "art12.para1": "第十二条第一款",
    "art12.para2": "第十二条第二款",
    "art12.item2": "第十二条第（二）项",
    "art13.item1": "第十三条第（一）项",
    "art14.item2": "第十四条第（二）项",
    "art15.para1": "第十五条第一款",
    "art15.item4": "第十五条第（四）项",
    "art16": "第十六条",
    "art17": "第十七条",
    "art18": "第十八条",
    "art19": "第十九条",
    "art20": "第二十条",
    "art21": "第二十一条",
    "art22": "第二十二条",
    "art24": "第二十四条",
    "art26.item2": "第二十六条第（二）项",
    "art26.item3": "第二十六条第（三）项",
    "art27": "第二十七条",
    "art28": "第二十八条",
    **{f"art29.item{n}": f"第二十九条第（{'一二三四五六七'[n - 1]}）项" for n in range(1, 8)},
    "art31": "第三十一条",
    "art32.para1": "第三十二条第一款",
    "art33.para1": "第三十三条第一款",
    "art35": "第三十五条",
    "art36.para2": "第三十六条第二款",
    "art36.para3": "第三十六条第三款",
    "art37": "第三十七条",
    "art38.para1": "第三十八条第一款",
    "art38.para2": "第三十八条第二款",
    "art39": "第三十九条",
    "art40": "第四十条",
    "art41": "第四十一条",
    "art43": "第四十三条",
}
"""Every provision that a check is about, in the order of articles, and what it is called."""
VERDICTS: Final = ("met", "not_due", "unknown", "breached")
"""From the lightest to the gravest: a subject stands in the gravest that it is found in."""
_VERDICT_OF: Final = {
    "violation": "breached", "advisory": "breached", "review": "unknown", "due_soon": "not_due",
}  # fmt: skip


@dataclass(frozen=True, order=True)
class Finding:
    """A finding that a check must give, and why, in Chinese.

    ``year`` is the year of the case where it is about one, else the year checked.
    """

    provision: str
    code: str
    status: str
    subject: str
    year: int
    why: str = field(compare=False, default="")

    @property
    def key(self) -> tuple[str, str, str, str]:
        """The finding without its year: provision, code, status, subject."""
        return self.provision, self.code, self.status, self.subject


class Book:
    """Findings and verdicts of one run; what is found twice stands in it once."""

    def __init__(self) -> None:
        self._findings: dict[Finding, Finding] = {}
        self._verdicts: dict[tuple[str, str], int] = {}

    def look_at(self, provision: str, subject: str, verdict: str = "met") -> None:
        """Note that a check looked at a subject, and its verdict unless a graver one stands."""
        key, rank = (provision, subject), VERDICTS.index(verdict)
        self._verdicts[key] = max(self._verdicts.get(key, 0), rank)

    def write(self, finding: Finding) -> None:
        """Write a finding down, and the verdict on its subject."""
        self._findings.setdefault(finding, finding)
        self.look_at(finding.provision, finding.subject, _VERDICT_OF[finding.status])

    def take_over(self, others: Iterable[Book]) -> Book:
        """Take over what other books of the same run hold; gives this book."""
        for other in others:
            for finding in other._findings.values():
                self.write(finding)
            for (provision, subject), rank in other._verdicts.items():
                self.look_at(provision, subject, VERDICTS[rank])
        return self

    @property
    def findings(self) -> list[Finding]:
        """The findings, by article, code, status, subject and year."""
        order = {provision: number for number, provision in enumerate(PROVISIONS)}
        return sorted(self._findings.values(), key=lambda each: (order[each.provision], each))

    @property
    def counts(self) -> dict[str, dict[str, int]]:
        """Per provision, in the order of articles: how many were looked at, and each verdict."""
        counts = {
            provision: {"looked_at": 0, "met": 0, "breached": 0, "not_due": 0, "unknown": 0}
            for provision in PROVISIONS
        }
        for (provision, _), rank in self._verdicts.items():
            counts[provision]["looked_at"] += 1
            counts[provision][VERDICTS[rank]] += 1
        return counts
