"""What an explanation says: the outcome, the words, the readings, and its PROV."""

from __future__ import annotations

import json

import pytest
from click.testing import CliRunner
from pyoxigraph import RdfFormat, parse

from dutygraph.cli.main import dutygraph
from dutygraph.terms import PREFIXES


def explained(*arguments: str) -> dict[str, object]:
    result = CliRunner().invoke(dutygraph, ["explain", *arguments, "--format", "json"])
    assert result.exit_code == 0, result.output
    answer: dict[str, object] = json.loads(result.stdout)
    return answer


@pytest.mark.parametrize(
    ("arguments", "outcome"),
    [
        (("art20#n1", "--bearer", "地方党委"), "bears"),
        (("art6.item2#n1", "--bearer", "政府职能部门"), "inherits"),
        (("art6.item2#n1", "--bearer", "主要负责人", "--body", "政府"), "inherits"),
        (("art9.item2#n1", "--bearer", "领导班子其他成员"), "not"),
        (("art16#n1", "--bearer", "地方党委"), "open"),
        (("art16#n1", "--bearer", "地方党委", "--level", "县级"), "bears"),
        (("art16#n1", "--bearer", "地方党委", "--level", "乡级"), "not"),
        (("art8.item1#n1", "--bearer", "人大机关党组"), "open"),
        (("art8.item1#n1", "--bearer", "人大机关党组", "--legislative-power"), "bears"),
        (("art8.item1#n1", "--bearer", "人大机关党组", "--no-legislative-power"), "not"),
    ],
)
def test_the_outcome_is(arguments: tuple[str, ...], outcome: str) -> None:
    assert explained(*arguments)["outcome"] == outcome


def test_an_enterprise_is_told_that_the_regulation_applies_by_reference() -> None:
    answer = explained("art20#n1", "--bearer", "国有企业党委")
    assert answer["by_reference"] is True
    assert "A35" in json.dumps(answer["readings"])
    assert "参照执行" in json.dumps(answer["steps"], ensure_ascii=False)


def test_each_step_that_a_norm_states_gives_its_words() -> None:
    answer = explained("art6.item2#n1", "--bearer", "主要负责人", "--body", "政府职能部门")
    steps = answer["steps"]
    assert isinstance(steps, list)
    told = "".join(step["zh"] for step in steps)
    assert "负责落实本办法第六条、第七条、第八条规定的各项内容" in told
    assert "除履行第六条规定的职责外" in told
    assert all(("“" in step["zh"]) == (step["norm"] is not None) for step in steps)


def test_who_does_not_carry_a_norm_is_told_who_does() -> None:
    result = CliRunner().invoke(
        dutygraph, ["explain", "art9.item2#n1", "--bearer", "领导班子其他成员"]
    )
    assert "不承担" in result.stdout
    assert "领导班子主要负责人" in result.stdout
    assert "readings" not in result.stdout


def test_several_roles_are_explained_one_by_one() -> None:
    answers = CliRunner().invoke(
        dutygraph,
        [
            *("explain", "art10.item1#n1", "--format", "json"),
            *("--bearer", "主要负责人", "--bearer", "其他成员"),
        ],
    )
    assert [one["outcome"] for one in json.loads(answers.stdout)] == ["not", "bears"]
    named = [one["bearer"] for one in json.loads(answers.stdout)]
    assert named == ["PrincipalHead", "OtherMember"]


def test_the_provenance_derives_from_every_norm_of_the_chain() -> None:
    arguments = ["explain", "art6.item2#n1", "--bearer", "主要负责人", "--body", "政府职能部门"]
    turtle = CliRunner().invoke(dutygraph, [*arguments, "--format", "ttl"]).stdout
    triples = [quad.triple for quad in parse(turtle, format=RdfFormat.TURTLE)]
    sources = {
        str(triple.object)
        for triple in triples
        if triple.predicate.value == PREFIXES["prov"] + "wasDerivedFrom"
    }
    base = "https://w3id.org/dutygraph/hebei/"
    named = ("art9/item1#n1", "art9/para1#n1", "art7#n1", "art6/item2#n1", "art6/para1#n1")
    assert sources == {f"<{base}{name}>" for name in named}
    activities = {t.subject for t in triples if str(t.object) == f"<{PREFIXES['prov']}Activity>"}
    informed = [t for t in triples if t.predicate.value == PREFIXES["prov"] + "wasInformedBy"]
    assert len(informed) == len(activities) - 1


def test_a_norm_that_there_is_not_is_answered_with_those_of_its_provision() -> None:
    result = CliRunner().invoke(dutygraph, ["explain", "art20#n9", "--bearer", "地方党委"])
    assert result.exit_code == 2
    assert "art20#n1" in result.stderr


def test_who_lacks_the_level_or_power_is_told_that_and_not_that_he_is_the_bearer() -> None:
    asked = ["explain", "art8.item1#n1", "--bearer", "人大机关党组", "--no-legislative-power"]
    told = CliRunner().invoke(dutygraph, asked).stdout.splitlines()[0]
    assert "不符合规范所限" in told
    assert "其义务人是" not in told
