"""Who owes something to whom, as bands between the two, and procedures step by step."""

from __future__ import annotations

from flask import Blueprint, abort, render_template, request

from webapp.holdings import Holdings, holdings
from webapp.language import gettext
from webapp.sankey import sankey

page = Blueprint("flow", __name__, url_prefix="/flow")


@page.get("")
def index() -> str:
    """Show the flows, of one bearer where the address names one, and one procedure."""
    held = holdings()
    everything = held.law.flows
    name, chosen = request.args.get("bearer", ""), everything
    if name:
        chosen = [flow for flow in everything if _name(held, flow.bearer) == name]
        if not chosen:
            abort(404, gettext("图谱里没有 %(name)s 向别人承担的规范。", name=name))
    return render_template(
        "flow.html",
        held=held,
        name=name,
        flows=[
            (
                held.law.vocabulary.concept(flow.bearer),
                held.law.vocabulary.concept(flow.addressee),
                [held.law.commentary.cards[norm.id] for norm in flow.norms],
            )
            for flow in chosen
        ],
        bearers=[
            held.law.vocabulary.concept(iri)
            for iri in dict.fromkeys(flow.bearer for flow in everything)
        ],
        drawing=sankey(
            [
                (
                    str(held.law.vocabulary.concept(flow.bearer).label),
                    str(held.law.vocabulary.concept(flow.addressee).label),
                    len(flow.norms),
                )
                for flow in chosen
            ]
        ),
        **_procedure(held),
    )


def _procedure(held: Holdings) -> dict[str, object]:
    known = {_name(held, one.name): one for one in held.law.procedures}
    asked = request.args.get("procedure", "") or next(iter(known))
    if asked not in known:
        abort(404, gettext("没有名为 %(name)s 的程序。", name=asked))
    return {
        "procedures": [held.law.vocabulary.concept(one.name) for one in known.values()],
        "procedure": known[asked],
        "asked": asked,
    }


def _name(held: Holdings, iri: str) -> str:
    return held.law.vocabulary.concept(iri).name
