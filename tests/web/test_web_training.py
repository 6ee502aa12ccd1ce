"""Trainers' pages: the way in, role cards and the outline of a deck."""

from __future__ import annotations

import io
import json
import re
from pathlib import Path

import docx
import pytest
from flask.testing import FlaskClient
from shown import plain, text_of


def test_the_way_in_leads_to_everything_for_trainers(demo: FlaskClient) -> None:
    text = text_of(demo, "/training")
    for address in (
        "/quiz",
        "/matrix",
        "/flow",
        "/graph",
        "/training/cards",
        "/training/outline.md",
    ):
        assert f'href="{address}"' in text
    for address in set(re.findall(r'<a href="(/(?:training|quiz)[^"]*)"', text)):
        if "role=" in address and "PrincipalHead" not in address:
            continue
        assert demo.get(address.replace("&amp;", "&")).status_code == 200, address


def test_the_main_navigation_names_it_after_the_questions(demo: FlaskClient) -> None:
    for language, names in (("zh", "问答 培训 读法"), ("en", "Questions Training Readings")):
        text = text_of(demo, f"/training?lang={language}")
        assert names in plain(text.partition("<nav")[2].partition("</nav>")[0])
    assert re.search(r'<a href="/training" aria-current="page">', text_of(demo, "/matrix"))


def test_a_card_quotes_the_provision_of_every_sentence(demo: FlaskClient) -> None:
    text = text_of(demo, "/training/cards?role=OtherMember")
    assert text.count('class="role-card"') == 1
    card = text.partition('class="role-card"')[2].partition("</article>")[0]
    sentences = re.findall(r"<li>(.*?)</li>", card, re.DOTALL)
    assert len(sentences) == 13
    for sentence in sentences:
        assert re.search(r'<a href="/regulation/art\d+#art[^"]+">', sentence)
        assert re.search(r'<q class="law" lang="zh">[^<]+</q>', sentence)


def test_all_cards_stand_on_one_page_and_in_one_word_file(demo: FlaskClient) -> None:
    cards = text_of(demo, "/training/cards").count('class="role-card"')
    assert cards == 34
    document = docx.Document(io.BytesIO(demo.get("/training/cards.docx").data))
    heads = [one for one in document.paragraphs if one.style and one.style.name == "Heading 1"]
    assert len(heads) == cards


def test_the_outline_comes_in_the_language_of_the_reader(demo: FlaskClient) -> None:
    answer = demo.get("/training/outline.md")
    assert answer.content_type == "text/markdown; charset=utf-8"
    assert answer.headers["Content-Disposition"] == 'attachment; filename="outline.md"'
    assert "## 第二十条" in answer.text
    assert "## Article 20" in demo.get("/training/outline.md?lang=en").text


@pytest.mark.parametrize(
    "address",
    ["/training/cards?role=Nobody", "/training/cards.docx?role=x", "/training/outline.pdf"],
)
def test_what_there_is_not_is_not_found(demo: FlaskClient, address: str) -> None:
    assert demo.get(address).status_code == 404


def test_trainers_need_no_records(empty: FlaskClient) -> None:
    for address in ("/training", "/training/cards", "/quiz", "/matrix", "/flow", "/graph"):
        assert empty.get(address).status_code == 200


EXPECTED = Path(__file__).parents[2] / "queries" / "expected"


def test_the_matrix_shows_own_and_carried_and_leads_to_the_words(demo: FlaskClient) -> None:
    text = text_of(demo, "/matrix")
    rows = {
        plain(row.partition("</th>")[0]): row
        for row in re.findall(r"<tr>(.*?)</tr>", text, re.DOTALL)
    }
    head = rows["领导班子主要负责人"]
    for address in re.findall(r'<a href="(/graph[^"]+)"', head):
        assert demo.get(address.replace("&amp;", "&")).status_code == 200
    own, carried = (
        '<a href="/graph?bearer=PrincipalHead&amp;article=art9"><b>33</b></a>',
        '<a href="/graph?bearer=PrincipalHead&amp;article=art6"><i>+39</i></a>',
    )
    assert own in head
    assert carried in head
    shown = text_of(demo, "/graph?bearer=PrincipalHead&article=art9")
    assert shown.count('class="column-quote"') == 33
    own_total = sum(int(number) for number in re.findall(r"<b>(\d+)</b>", text)) / 2
    asked = (EXPECTED / "matrix-bearer-article.csv").read_text(encoding="utf-8").split("\n")[1:]
    assert own_total == sum(int(line.rpartition(",")[2]) for line in asked if line)


def test_the_drawing_of_flows_and_its_table_say_the_same(demo: FlaskClient) -> None:
    asked = (EXPECTED / "flow-bearer-addressee.csv").read_text(encoding="utf-8").split("\n")[1:]
    of_group = [line for line in asked if line.startswith("领导小组,")]
    for address, expected in (("/flow", 74), ("/flow?bearer=LeadingGroup", len(of_group))):
        text = text_of(demo, address)
        bands = re.findall(r'<a href="#pair-(\d+)" aria-label="(.*?) 对 (.*?)：(\d+) 项">', text)
        table = re.findall(r'<tr id="pair-(\d+)">(.*?)</tr>', text, re.DOTALL)
        assert len(bands) == len(table) == expected > 3
        for (number, bearer, addressee, count), (row, cells) in zip(bands, table, strict=True):
            assert number == row
            words = [plain(cell) for cell in re.findall(r"<td[^>]*>(.*?)</td>", cells, re.DOTALL)]
            assert words[:3] == [bearer, addressee, count]
            assert cells.count('class="law"') == int(count)
        assert text.count("<title>") == len(bands) + 1


def test_steps_of_a_procedure_stand_in_stages(demo: FlaskClient) -> None:
    text = text_of(demo, "/flow?procedure=AssessmentProcedure")
    stages = text.partition('<ol class="stages">')[2].partition("</ol>")[0]
    assert stages.index("art23-n1") < stages.index("art22-n1") < stages.index("art27-n1")
    assert text.count('id="AssessmentProcedure-') == 41


def test_the_drawing_of_duties_and_its_table_say_the_same(demo: FlaskClient) -> None:
    text = text_of(demo, "/graph?article=art20")
    drawn = text.partition("<svg")[2].partition("</svg>")[0]
    table = text.partition("<tbody>")[2].partition("</tbody>")[0]
    assert set(re.findall(r'<a href="([^"]+)"', drawn)) == set(re.findall(r'href="([^"]+)"', table))
    assert drawn.count('class="box column-1"') == table.count("<tr>") == 2
    assert "每年第一季度" in drawn


def test_many_duties_are_shown_an_article_at_a_time(demo: FlaskClient) -> None:
    text = text_of(demo, "/graph?bearer=PrincipalHead")
    assert 'article=art9" aria-current="true"' in text
    whole = text_of(demo, "/graph?bearer=LeadingGroup")
    assert "aria-current" not in whole.partition("<main")[2]
    assert whole.count('class="column-quote"') == 21


def test_an_article_where_nobody_bears_anything_has_no_bearers(demo: FlaskClient) -> None:
    text = text_of(demo, "/graph?article=art5")
    assert 'class="box column-0"' not in text
    assert text.count('class="box column-1"') == 6


@pytest.mark.parametrize(
    "address",
    ["/flow?bearer=Nobody", "/flow?procedure=x", "/graph?bearer=x", "/graph?article=art99"],
)
def test_who_and_what_there_is_not_is_not_found(demo: FlaskClient, address: str) -> None:
    assert demo.get(address).status_code == 404


def test_a_sheet_is_the_same_for_the_same_number(demo: FlaskClient) -> None:
    first, second = (text_of(demo, "/quiz?seed=7&count=5") for _ in range(2))
    assert first == second
    assert first.count("<fieldset>") == 5
    assert 'class="right"' not in first


def test_answers_are_marked_with_reasons_and_words(demo: FlaskClient) -> None:
    sheet = questions_of("7")
    right = "&".join(f"q{number}={one['answer']}" for number, one in enumerate(sheet, start=1))
    text = text_of(demo, f"/quiz?seed=7&count=5&mark=1&{right}")
    assert "得分：5 / 5" in plain(text).replace("得分： ", "得分：")
    wrong = text_of(
        demo,
        "/quiz?seed=7&count=5&mark=1&q1="
        + next(choice["letter"] for choice in sheet[0]["choices"] if not choice["right"]),
    )
    assert "0 / 5" in plain(wrong)
    assert "4 题没有作答" in plain(wrong)
    for one in sheet:
        for choice in one["choices"]:
            assert choice["reason"]["zh"] in plain(text)
            for source in choice["sources"]:
                assert source["quote"] in text


def questions_of(seed: str) -> list[dict[str, object]]:
    from dutygraph.regulations.prepared import open_regulations
    from dutygraph.training.materials import Materials
    from dutygraph.training.quiz import Quiz
    from dutygraph.training.sheets import Request

    quiz = Quiz(Materials(open_regulations(), "hebei"))
    made = quiz.sheet(Request(seed=int(seed), count=5)).to_json()
    found: list[dict[str, object]] = json.loads(json.dumps(made))["questions"]
    return found


def test_the_key_is_shown_only_to_who_asks_for_it(demo: FlaskClient) -> None:
    assert text_of(demo, "/quiz?seed=7&count=5&key=1").count('<strong class="right">') == 5


@pytest.mark.parametrize(
    ("form", "media_type"),
    [
        ("docx", "application/vnd.openxmlformats-officedocument.wordprocessingml.document"),
        ("csv", "text/csv; charset=utf-8"),
        ("apkg", "application/octet-stream"),
    ],
)
def test_a_sheet_is_downloaded(demo: FlaskClient, form: str, media_type: str) -> None:
    answer = demo.get(f"/quiz/sheet.{form}?seed=7&count=5&key=1")
    assert answer.status_code == 200
    assert answer.content_type == media_type
    name = f'attachment; filename="quiz-7-key.{form}"'
    assert answer.headers["Content-Disposition"] == name


def test_another_sheet_is_one_of_the_same_kind(demo: FlaskClient) -> None:
    answer = demo.get("/quiz/new?seed=1&count=3&level=2&topic=whom")
    assert answer.status_code == 303
    assert re.fullmatch(r"/quiz\?seed=\d+&count=3&level=2&topic=whom", answer.location)
    assert demo.get(answer.location).text.count("<fieldset>") == 3


@pytest.mark.parametrize(
    "query", ["count=0", "count=51", "count=x", "seed=-1", "seed=９", "level=4", "topic=why"]
)
def test_a_sheet_that_cannot_be_is_refused_on_a_page_that_helps(
    demo: FlaskClient, query: str
) -> None:
    answer = demo.get(f"/quiz?{query}")
    assert answer.status_code == 400
    assert 'role="alert"' in answer.text
    assert "<fieldset>" in answer.text
    assert demo.get(f"/quiz/sheet.csv?{query}").status_code == 400
    assert demo.get(f"/quiz/new?{query}").status_code == 400


def test_a_kind_of_question_that_there_is_not_leaves_an_empty_sheet(demo: FlaskClient) -> None:
    answer = demo.get("/quiz?topic=measure&level=3")
    assert answer.status_code == 200
    assert "没有这样的题目" in answer.text
    assert demo.get("/quiz/sheet.pdf").status_code == 404
