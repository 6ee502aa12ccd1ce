"""The role page: what a body or a role bears, itself and by way of which provisions."""

from __future__ import annotations

from itertools import groupby

from flask import Blueprint, abort, render_template, request

from dutygraph.regulations.norms import Norm
from dutygraph.regulations.provisions import Provision
from webapp.cards import Card
from webapp.holdings import Holdings, holdings
from webapp.language import gettext

page = Blueprint("roles", __name__, url_prefix="/roles")

Group = tuple[Provision, list[Provision], list[Card]]
"""A provision, the chain of provisions through which its norms are carried, and the norms."""


@page.get("")
def index() -> str:
    """List the bearers with the number of their norms."""
    held = holdings()
    return render_template("roles.html", held=held, roles=held.law.roles.all)


@page.get("/<name>")
def role(name: str) -> str:
    """Show what one bearer bears and carries."""
    held = holdings()
    found = held.law.roles.get(name)
    if found is None:
        abort(404, gettext("没有名为 %(name)s 的义务人，请从“职责”页选择。", name=name))
    body = request.args.get("body") or None
    if body is not None and body not in {concept.name for concept in found.bodies}:
        abort(404, gettext("%(name)s 不是可以选择的领导班子。", name=body))
    norms = held.law.roles.borne_by(found, body)
    return render_template(
        "role.html",
        held=held,
        role=found,
        body=body,
        own=_grouped([norm for norm in norms if not norm.via], held),
        inherited=_grouped([norm for norm in norms if norm.via], held),
    )


def _grouped(norms: list[Norm], held: Holdings) -> list[Group]:
    """Group norms by provision and chain, in reading order."""
    by_key, cards = held.law.commentary.by_key, held.law.commentary.cards
    return [
        (
            by_key[provision],
            [by_key[key] for key in chain if key in by_key],
            [cards[norm.id] for norm in group],
        )
        for (provision, chain), group in groupby(
            norms, key=lambda norm: (norm.provision, tuple(norm.via))
        )
    ]
