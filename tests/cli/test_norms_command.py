"""The norms at the command line: whose they are, by which chain, and what narrows them."""

from __future__ import annotations

from pathlib import Path

import pytest
from running import answer, run

NORM_KEYS = {
    "id", "provision", "kind", "quote", "start", "end", "bearers", "bearer_explicit", "action_zh",
    "action_en", "object", "addressees", "addressee_mode", "deadline", "condition", "references",
    "evidence", "reading",
}  # fmt: skip


@pytest.fixture(autouse=True)
def _own_store(monkeypatch: pytest.MonkeyPatch, tmp_path: Path) -> None:
    monkeypatch.setenv("DUTYGRAPH_STORE", str(tmp_path / "store"))


def test_norms_have_the_keys_of_the_contract() -> None:
    norms = answer("norms")
    assert len(norms) > 120
    for norm in norms:
        assert norm.keys() >= NORM_KEYS
        if norm["deadline"] is not None:
            assert norm["deadline"].keys() == {"type", "freq", "from", "to", "raw"}


def test_a_norms_quote_stands_at_its_offsets_in_its_provision() -> None:
    texts = {row["key"]: row["text"] for row in answer("provisions")}
    for norm in answer("norms"):
        assert texts[norm["provision"]][norm["start"] : norm["end"]] == norm["quote"]


def test_the_heads_own_duties_are_those_of_article_9_and_what_he_owes_as_a_lower_head() -> None:
    own = answer("norms", "--role", "主要负责人", "--kind", "义务")
    articles = {norm["provision"].partition(".")[0] for norm in own}
    assert articles == {"art9", "art15", "art17", "art18"}
    assert all(norm["via"] == [] for norm in own)


def test_the_heads_inherited_duties_name_the_chain_through_article_nine() -> None:
    norms = answer("norms", "--role", "主要负责人", "--inherited")
    inherited = [norm for norm in norms if norm["via"]]
    assert {norm["provision"].partition(".")[0] for norm in inherited} == {"art6", "art7", "art8"}
    for norm in inherited:
        assert norm["via"] == ["art9.item1", norm["provision"]]
        assert "A14" in norm["reading"], "which articles a head answers for is a reading"


@pytest.mark.parametrize(
    ("body", "articles"),
    [
        ("政府", {"art6"}),
        ("部门党组", {"art6", "art7"}),
        ("政协机关党组", {"art6", "art8"}),
    ],
)
def test_a_head_answers_for_the_body_whose_head_he_is(body: str, articles: set[str]) -> None:
    norms = answer("norms", "--role", "主要负责人", "--inherited", "--body", body)
    handed_on = {norm["provision"].partition(".")[0] for norm in norms if norm["via"]}
    assert handed_on == articles


def test_the_head_of_a_consultative_group_does_not_answer_for_the_congress() -> None:
    norms = answer("norms", "--role", "主要负责人", "--inherited", "--body", "政协机关党组")
    provisions = {norm["provision"] for norm in norms}
    assert "art8.item2" in provisions
    assert not provisions & {"art8.item1", "art8.item3", "art7"}
    meetings = {norm["id"] for norm in norms if norm["provision"] == "art6.item1"}
    assert "art6.item1#n3" in meetings
    assert not meetings & {"art6.item1#n2", "art6.item1#n4"}


def test_other_members_hold_the_duties_of_article_ten() -> None:
    for label in ("其他成员", "领导班子其他成员"):
        norms = answer("norms", "--role", label, "--kind", "义务")
        assert {norm["provision"].partition(".")[0] for norm in norms} == {"art10", "art18"}


def test_somebody_in_two_roles_bears_the_duties_of_both() -> None:
    roles = ("--role", "领导班子其他成员", "--role", "牵头单位")
    norms = answer("norms", *roles, "--kind", "义务")
    as_whom = {norm["provision"].partition(".")[0]: norm["borne_as"] for norm in norms}
    assert as_whom["art10"] == ["领导班子其他成员"]
    assert as_whom["art13"] == ["牵头单位"]


def test_a_level_and_a_power_narrow_what_a_body_bears() -> None:
    township = answer("norms", "--role", "地方党委", "--level", "乡级")
    county = answer("norms", "--role", "地方党委", "--level", "县级")
    lost = {norm["provision"] for norm in county} - {norm["provision"] for norm in township}
    assert lost == {"art16", "art41"}
    congress = ("norms", "--role", "人大机关党组")
    with_power = {norm["id"] for norm in answer(*congress, "--legislative-power")}
    without = {norm["id"] for norm in answer(*congress, "--no-legislative-power")}
    assert with_power - without == {"art8.item1#n1"}


@pytest.mark.parametrize("option", [("--level", "县级"), ("--inherited",), ("--body", "政府")])
def test_what_narrows_a_role_goes_with_a_role(option: tuple[str, ...]) -> None:
    result = run("norms", *option)
    assert result.exit_code == 2
    assert "go with role" in result.stderr


@pytest.mark.parametrize("body", ["党组", "党委（党组）"])
def test_the_head_of_any_party_group_answers_for_article_six(body: str) -> None:
    norms = answer("norms", "--role", "主要负责人", "--inherited", "--body", body)
    assert "art6.item2" in {norm["provision"] for norm in norms}


def test_a_department_carries_article_six_through_article_seven() -> None:
    norms = answer("norms", "--role", "职能部门领导班子", "--inherited")
    through = {norm["via"][0] for norm in norms if norm["via"]}
    assert through == {"art7"}
    assert {norm["id"] for norm in norms if not norm["via"]} >= {"art7#n1", "art7#n2"}


@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (("--article", "20"), {"art20#n1", "art20#n2"}),
        (("--article", "art12.para2"), {"art12.para2#n1", "art12.para2#n2", "art12.para2#n3"}),
        (("--addressee", "上一级纪委"), {"art11#n6", "art20#n2"}),
        (("--deadline", "第一季度", "--article", "20"), {"art20#n1", "art20#n2"}),
        (("--kind", "ConstitutiveRule", "--article", "6"), {"art6.para1#n2"}),
        (("--kind", "构成性规则", "--article", "6"), {"art6.para1#n2"}),
        (("--deadline", "window", "--article", "11"), {f"art11#n{n}" for n in (1, 2, 3, 4)}),
        (("--deadline", "none", "--article", "11"), {"art11#n5", "art11#n6"}),
    ],
)
def test_filters_narrow_to_exactly_what_they_say(
    filters: tuple[str, ...], expected: set[str]
) -> None:
    assert {norm["id"] for norm in answer("norms", *filters)} == expected


def test_article_1_does_not_take_in_article_10_to_19() -> None:
    assert {row["key"] for row in answer("provisions", "--article", "1")} == {"art1"}


def test_the_reading_order_is_kept() -> None:
    provisions = [row["key"] for row in answer("provisions")]
    ids = [norm["provision"] for norm in answer("norms")]
    assert ids == sorted(ids, key=provisions.index)
