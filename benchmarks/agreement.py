"""How far two readers who did not see each other's work agree on the norms of a text.

Run from the repository: ``python benchmarks/agreement.py [FOLDER]``. The folder
(docs/second-reading by default) holds ``first/`` and ``second/``, one JSON list of norms for each
article, as they were before the readers' differences were settled. Norms are paired by the words
they quote; for each field Cohen's kappa is taken over the pairs, for segmentation over the clauses
of the text. ``--differences`` lists every difference as CSV.
"""

from __future__ import annotations

import csv
import json
import re
import sys
from collections import Counter
from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from pathlib import Path
from typing import Any

from dutygraph.regulations.prepared import open_regulations
from dutygraph.regulations.provisions import provisions

Norm = dict[str, Any]
FOLDER = Path(__file__).parents[1] / "docs" / "second-reading"
_CLAUSE = re.compile(r"[^，。；：]+[，。；：]?")


def _listed(name: str) -> Callable[[Norm], str]:
    return lambda norm: "、".join(sorted(norm.get(name) or ())) or "—"


FIELDS: dict[str, Callable[[Norm], str]] = {
    "kind": lambda norm: str(norm["kind"]),
    "bearers": _listed("bearers"),
    "bearer explicit": lambda norm: str(bool(norm["bearers"] and norm["bearer_explicit"])),
    "addressees": _listed("addressees"),
    "deadline": lambda norm: (norm["deadline"] or {}).get("type", "—"),
    "condition": lambda norm: "given" if norm["condition"] else "—",
    "discretion": lambda norm: "given" if norm["discretion"] else "—",
    "references": _listed("references"),
    "evidence": _listed("evidence"),
}
"""The fields compared, each as one category; a set counts as one category of its own."""


@dataclass(frozen=True)
class Pair:
    """The same norm in both readings; None where one reader has no such norm."""

    provision: str
    first: Norm | None
    second: Norm | None


def kappa(pairs: Sequence[tuple[str, str]]) -> float:
    """Give Cohen's kappa of two readers' categories; 1 where both always give the same one."""
    total = len(pairs)
    agreed = sum(first == second for first, second in pairs) / total
    ours, theirs = Counter(first for first, _ in pairs), Counter(second for _, second in pairs)
    by_chance = sum(ours[category] * theirs[category] for category in ours) / total**2
    return 1.0 if by_chance == 1 else (agreed - by_chance) / (1 - by_chance)


def _likeness(first: Norm, second: Norm, text: str) -> float:
    """Give how alike two norms of a provision are, 0 to 2: shared characters and like acts."""
    ours, theirs = _characters(first, text), _characters(second, text)
    shared = len(ours & theirs) / len(ours | theirs)
    acts = SequenceMatcher(None, _act(first), _act(second), autojunk=False).ratio()
    same = bool(set(first["addressees"]) & set(second["addressees"]))
    return shared + acts + 0.1 * same if shared else 0.0


def _act(norm: Norm) -> str:
    return str(norm.get("action") or norm.get("action_zh") or "")


def _characters(norm: Norm, text: str) -> set[int]:
    start = text.index(norm["quote"])
    return set(range(start, start + len(norm["quote"])))


def paired(first: list[Norm], second: list[Norm], texts: dict[str, str]) -> Iterator[Pair]:
    """Pair the norms of two readings, the most alike first; what is left over stands alone."""
    for provision, text in texts.items():
        ours = [norm for norm in first if norm["provision"] == provision]
        theirs = [norm for norm in second if norm["provision"] == provision]
        ranked = sorted(
            (
                (_likeness(a, b, text), i, j)
                for i, a in enumerate(ours)
                for j, b in enumerate(theirs)
            ),
            reverse=True,
        )
        met: dict[int, int] = {}
        for likeness, i, j in ranked:
            if likeness >= 0.5 and i not in met and j not in met.values():
                met[i] = j
        for i, norm in enumerate(ours):
            yield Pair(provision, norm, theirs[met[i]] if i in met else None)
        for j, norm in enumerate(theirs):
            if j not in met.values():
                yield Pair(provision, None, norm)


def clauses(norms: list[Norm], texts: dict[str, str]) -> list[str]:
    """Give for each clause of the text how many norms end in it: 0, 1, 2 or more."""
    found = []
    for provision, text in texts.items():
        ends = [max(_characters(norm, text)) for norm in norms if norm["provision"] == provision]
        for clause in _CLAUSE.finditer(text):
            count = sum(clause.start() <= end < clause.end() for end in ends)
            found.append(str(min(count, 2)))
    return found


def _read(folder: Path, reader: str, article: str) -> list[Norm]:
    norms: list[Norm] = json.loads((folder / reader / f"{article}.json").read_text("utf-8"))
    return norms


def _texts() -> dict[str, dict[str, str]]:
    """Give article → provision key → text."""
    found: dict[str, dict[str, str]] = {}
    for provision in provisions(open_regulations(), "hebei"):
        if provision.text:
            found.setdefault(provision.key.partition(".")[0], {})[provision.key] = provision.text
    return found


def comparison(folder: Path = FOLDER) -> dict[str, tuple[list[Pair], list[tuple[str, str]]]]:
    """Give for each article its pairs of norms and the two readers' count for each clause."""
    texts = _texts()
    found = {}
    for article in sorted(
        (file.stem for file in (folder / "second").glob("*.json")), key=lambda name: int(name[3:])
    ):
        first, second = (_read(folder, reader, article) for reader in ("first", "second"))
        ours, theirs = (clauses(norms, texts[article]) for norms in (first, second))
        found[article] = (
            list(paired(first, second, texts[article])),
            list(zip(ours, theirs, strict=True)),
        )
    return found


def _both(pairs: list[Pair], field: str) -> list[tuple[str, str]]:
    value = FIELDS[field]
    return [(value(p.first), value(p.second)) for p in pairs if p.first and p.second]


def _pooled(pairs: list[Pair]) -> list[tuple[str, str]]:
    """Give the two readers' categories of all fields together, each told by its field."""
    return [
        (f"{field} {first}", f"{field} {second}")
        for field in FIELDS
        for first, second in _both(pairs, field)
    ]


def _figure(pairs: list[tuple[str, str]]) -> str:
    return f"{kappa(pairs):.2f}" if pairs else "—"


def table(folder: Path = FOLDER) -> str:
    """Give the figures as a Markdown table: one row for each article, and all together."""
    compared = comparison(folder)
    everything = (
        [pair for pairs, _ in compared.values() for pair in pairs],
        [clause for _, both in compared.values() for clause in both],
    )
    head = ["article", "first", "second", "paired", "segmentation", "all fields", *FIELDS]
    lines = ["| " + " | ".join(head) + " |", "|---" * len(head) + "|"]
    for name, (pairs, both) in {**compared, "all": everything}.items():
        cells = [
            name,
            str(sum(pair.first is not None for pair in pairs)),
            str(sum(pair.second is not None for pair in pairs)),
            str(len(_both(pairs, "kind"))),
            _figure(both),
            _figure(_pooled(pairs)),
            *(_figure(_both(pairs, field)) for field in FIELDS),
        ]
        lines.append("| " + " | ".join(cells) + " |")
    return "\n".join(lines)


def differences(folder: Path = FOLDER) -> list[dict[str, str]]:
    """Give every difference between the readers: a norm that one lacks, or a field."""
    found = []
    for article, (pairs, _) in comparison(folder).items():
        for pair in pairs:
            norm = pair.first or pair.second
            assert norm is not None  # noqa: S101 - a pair has at least one side
            row = {
                "article": article,
                "provision": pair.provision,
                "norm": str((pair.first or {}).get("id") or "—"),
                "quote": norm["quote"],
                "act": _act(norm),
            }
            if pair.first is None or pair.second is None:
                has, lacks = ("norm", "—") if pair.first else ("—", "norm")
                found.append({**row, "field": "norm", "first": has, "second": lacks})
                continue
            for field, value in FIELDS.items():
                if value(pair.first) != value(pair.second):
                    sides = {"first": value(pair.first), "second": value(pair.second)}
                    found.append({**row, "field": field, **sides})
    return found


if __name__ == "__main__":
    arguments = [one for one in sys.argv[1:] if not one.startswith("--")]
    place = Path(arguments[0]) if arguments else FOLDER
    if "--differences" in sys.argv:
        rows = differences(place)
        writer = csv.DictWriter(sys.stdout, list(rows[0]), lineterminator="\n")
        writer.writeheader()
        writer.writerows(rows)
    else:
        sys.stdout.write(table(place) + "\n")
