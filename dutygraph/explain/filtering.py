"""The norms that are asked for: whose they are, and what they are about.

A filter that fits no norm at all is refused, with what there is: that nothing is found may come
from a slip.
"""

from __future__ import annotations

import difflib
from dataclasses import dataclass
from typing import Final

from dutygraph.explain.bearing import Bearing
from dutygraph.explain.party import party
from dutygraph.regulations.norms import Norm, Norms
from dutygraph.regulations.provisions import provisions, within
from dutygraph.store.graphs import GraphStore

_SHOWN: Final = 8
"""How many values are named where none is like what was asked for."""


class FilterError(ValueError):
    """Norms were asked for by something that there is not; the message says what there is."""


@dataclass(frozen=True)
class Filter:
    """Which norms to give; what is not given is all.

    ``roles`` are labels of roles or bodies; ``body``, ``level`` and ``legislative_power`` say more
    of each of them, and ``inherited`` adds what they carry by reference (articles 7 to 9).
    ``article`` is a provision's key or an article's number.
    """

    roles: tuple[str, ...] = ()
    body: str | None = None
    level: str | None = None
    legislative_power: bool | None = None
    inherited: bool = False
    article: str | None = None
    kind: str | None = None
    addressee: str | None = None
    deadline: str | None = None


def filtered(store: GraphStore, norms: Norms, regulation: str, wanted: Filter) -> list[Norm]:
    """Give the norms asked for, in reading order.

    Raises FilterError for what fits no norm, UnknownTermError for a role, body or level that there
    is not.
    """
    _refuse(store, norms, regulation, wanted)
    borne = norms.all
    if wanted.roles:
        parties = [
            party(store, norms.labels, role, wanted.body, wanted.level, wanted.legislative_power)
            for role in wanted.roles
        ]
        borne = Bearing(store, norms).borne(parties, inherited=wanted.inherited)
    return norms.choose(
        borne,
        article=wanted.article,
        kind=wanted.kind,
        addressee=wanted.addressee,
        deadline=wanted.deadline,
    )


def no_provision(article: str | None) -> FilterError:
    """Say that there is no such provision."""
    return FilterError(
        f"没有条款「{article}」，应写作 9、art9 或 art9.item3 / "
        f"no provision {article!r}; write 9, art9 or art9.item3"
    )


def _refuse(store: GraphStore, norms: Norms, regulation: str, wanted: Filter) -> None:
    more = (wanted.body, wanted.level, wanted.legislative_power)
    if not wanted.roles and (wanted.inherited or any(one is not None for one in more)):
        raise FilterError(
            "inherited、body、level、legislative-power 要同 role 一起用 / "
            "inherited, body, level and legislative-power go with role"
        )
    keys = [provision.key for provision in provisions(store, regulation)]
    if wanted.article is not None and not any(within(key, wanted.article) for key in keys):
        raise no_provision(wanted.article)
    kinds = {norm.kind_zh for norm in norms.all}
    kinds |= {name.lower() for norm in norms.all for name in (norm.kind, norm.kind_en)}
    if wanted.kind is not None and wanted.kind.lower() not in kinds:
        raise FilterError(
            f"没有「{wanted.kind}」一类的规范，有：{'、'.join(sorted(kinds))} / "
            f"no norms of kind {wanted.kind!r}; there are {', '.join(sorted(kinds))}"
        )
    if wanted.addressee is not None and not norms.choose(norms.all, addressee=wanted.addressee):
        raise _unknown("addressee", wanted.addressee, norms.addressees())
    if wanted.deadline is not None and not norms.choose(norms.all, deadline=wanted.deadline):
        raise _unknown("deadline", wanted.deadline, norms.times())


def _unknown(name: str, wanted: str, known: list[str]) -> FilterError:
    near = difflib.get_close_matches(wanted, known, n=5, cutoff=0.3) or known[-_SHOWN:]
    return FilterError(
        f"没有「{wanted}」，{name} 如：{'、'.join(near)} / "
        f"no {wanted!r}; {name} takes for instance {', '.join(near)}"
    )
