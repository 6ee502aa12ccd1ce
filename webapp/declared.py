"""The operations of the API, declared: what routes them also documents them (see ``openapi``)."""

from __future__ import annotations

from typing import Final

from dutygraph.compliance.findings import STATUSES
from webapp import api, api_writing
from webapp.language import LANGUAGES, Words
from webapp.operations import FLAG, Operation, Parameter
from webapp.schemas import listed, named, of_type, one_of

_ARTICLE = Parameter(
    "article", Words("条款：9、art9、art9.item3", "a provision: 9, art9, art9.item3")
)
_BODY = Parameter(
    "body", Words("其主持或者所在的领导班子", "the kind of body that it heads or is in")
)
_LEVEL = Parameter("level", Words("层级：省级、设区市级、县级、乡级", "the level of the body"))
_POWER = Parameter(
    "legislative_power",
    Words("人大享有地方立法权与否", "whether the congress has legislative power"),
    FLAG,
)
_IMPORT = Parameter("id", Words("导入的编号", "the import’s id"), required=True, place="path")
_JOB = Parameter("id", Words("工作的编号", "the job’s id"), required=True, place="path")
_NAME = Parameter("name", Words("问题的名称", "the question’s name"), required=True, place="path")

OPERATIONS: Final = (
    Operation(
        "provisions",
        "/provisions",
        Words("逐条的法规原文", "the text by provision"),
        api.all_provisions,
        listed(named("Provision")),
        "/provisions?article=12",
        (_ARTICLE,),
    ),
    Operation(
        "norms",
        "/norms",
        Words("谁必须做什么", "who must do what"),
        api.norms,
        listed(named("Norm")),
        "/norms?role=主要负责人&inherited=true&body=部门党组",
        (
            Parameter(
                "role",
                Words("义务人：主要负责人、牵头单位 …", "whose norms, by label or name"),
                several=True,
            ),
            _BODY,
            _LEVEL,
            _POWER,
            Parameter(
                "inherited",
                Words("连同依第七、八、九条承担的", "with those carried by reference"),
                FLAG,
            ),
            _ARTICLE,
            Parameter("kind", Words("类别：义务、Obligation …", "the kind of norm")),
            Parameter(
                "addressee", Words("对象，可只写一部分", "the addressee, or a part of its label")
            ),
            Parameter(
                "deadline",
                Words(
                    "期限：window、yearly、及时、none …",
                    "the deadline’s type, frequency or words, or none",
                ),
            ),
        ),
    ),
    Operation(
        "explain",
        "/explain",
        Words("一条规范为什么由某个主体承担，或者不由", "why a party carries a norm, or does not"),
        api.explanation,
        named("Explanation"),
        "/explain?norm=art6.item2%23n1&bearer=主要负责人&body=政府职能部门",
        (
            Parameter("norm", Words("规范：art20#n1", "the norm: art20#n1"), required=True),
            Parameter("bearer", Words("义务人", "the role or body"), required=True),
            _BODY,
            _LEVEL,
            _POWER,
        ),
    ),
    Operation(
        "coverage",
        "/coverage",
        Words("原文的每个字归于何处", "what every character of the text became"),
        api.coverage,
        named("Coverage"),
        "/coverage?article=15",
        (_ARTICLE,),
    ),
    Operation(
        "roles",
        "/roles",
        Words("承担规范的主体", "who bears norms"),
        api.roles,
        listed(named("Role")),
        "/roles",
    ),
    Operation(
        "readings",
        "/readings",
        Words("条文没有写明的地方和读法", "what the text leaves open, and how it is read"),
        api.readings,
        listed(named("Reading")),
        "/readings",
    ),
    Operation(
        "settings",
        "/settings",
        Words("检查可以怎样设置", "how a check can be set"),
        api.settings,
        listed(named("Setting")),
        "/settings",
    ),
    Operation(
        "questions",
        "/questions",
        Words("问题目录", "the catalogue of questions"),
        api.questions,
        listed(named("Question")),
        "/questions",
    ),
    Operation(
        "answer",
        "/questions/{name}",
        Words("回答一个问题", "the answer to a question"),
        api.answer,
        named("Results"),
        "/questions/sanctions-for?situation=art29.item4&severity=情节较重",
        (
            _NAME,
            Parameter(
                "language",
                Words("答案用哪种语言", "the language of the answer"),
                one_of(*LANGUAGES),
            ),
        ),
        open_to=Words("问题自己的参数", "the question’s own parameters"),
    ),
    Operation(
        "values",
        "/questions/{name}/values",
        Words("问题的参数可取的值", "what a question’s parameters take"),
        api.values,
        listed(named("Value")),
        "/questions/sanctions-for/values",
        (_NAME,),
    ),
    Operation(
        "findings",
        "/findings",
        Words("各单位是否履行了责任", "whether each unit has done what it must"),
        api.findings,
        named("Findings"),
        "/findings?status=violation&provision=art20",
        (
            Parameter("unit", Words("只检查一个单位（编号）", "one unit only, by its id")),
            Parameter("provision", Words("只检查一条：art20", "one provision only: art20")),
            Parameter("region", Words("区划代码以此开头的", "one region, by its code’s beginning")),
            Parameter(
                "status",
                Words("只列这些状态", "these statuses only"),
                one_of(*STATUSES),
                several=True,
            ),
        ),
        runs=True,
    ),
    Operation(
        "calendar",
        "/calendar",
        Words("一年的责任日历", "what is due in a year"),
        api.calendar,
        named("Calendar"),
        "/calendar?unit=qh-xianwei&year=2014",
        (
            Parameter(
                "unit", Words("单位的编号，不写就是各单位共同的", "a unit’s id; else everybody’s")
            ),
        ),
        runs=True,
    ),
    Operation(
        "units",
        "/units",
        Words("数据中的单位", "the units in the data"),
        api.units,
        listed(named("Unit")),
        "/units?level=县级",
        (
            Parameter("q", Words("名称或者编号里的字", "words of the name or the id")),
            _LEVEL,
        ),
    ),
    Operation(
        "unit",
        "/units/{id}",
        Words("一个单位和它的人员、记录", "one unit with its people and records"),
        api.unit,
        named("WholeUnit"),
        "/units/qh-xianwei",
        (Parameter("id", Words("单位的编号", "the unit’s id"), required=True, place="path"),),
    ),
    Operation(
        "imports",
        "/imports",
        Words("导入的历史", "the history of imports"),
        api.imports,
        listed(named("Import")),
        "/imports",
    ),
    Operation(
        "one_import",
        "/imports/{id}",
        Words("一次导入", "one import"),
        api_writing.one_import,
        named("Import"),
        "",
        (_IMPORT,),
    ),
    Operation(
        "import_files",
        "/imports",
        Words("检查文件，也可以随即导入", "check files and, if asked for, bring them in"),
        api_writing.import_files,
        named("Job"),
        "",
        (
            Parameter(
                "commit",
                Words("没有错误就导入；不写就只检查", "bring them in if in order; else check only"),
                FLAG,
            ),
            Parameter("replaced", Words("取代哪次导入", "the import that they take the place of")),
        ),
        method="POST",
        status=202,
        body={
            "multipart/form-data": {
                "type": "object",
                "properties": {"files": listed({"type": "string", "format": "binary"})},
            },
            "application/json": named("Records"),
        },
    ),
    Operation(
        "undo_import",
        "/imports/{id}",
        Words("撤销一次导入", "undo an import"),
        api_writing.undo_import,
        named("Job"),
        "",
        (_IMPORT,),
        method="DELETE",
        status=202,
    ),
    Operation(
        "job",
        "/jobs/{id}",
        Words("一项工作做到哪里，结果如何", "how far a job is, or what came of it"),
        api_writing.job,
        named("Job"),
        "",
        (_JOB,),
    ),
    Operation(
        "commit_job",
        "/jobs/{id}/commit",
        Words("导入已经检查过的文件", "bring in files that were checked"),
        api_writing.commit_job,
        named("Job"),
        "",
        (
            _JOB,
            Parameter("seal", Words("检查结果的封印", "the seal of the check"), required=True),
        ),
        method="POST",
        status=202,
    ),
    Operation(
        "save_settings",
        "/settings",
        Words("保存本站的设置", "save the site’s settings"),
        api_writing.save_settings,
        of_type(dict[str, str]),
        "",
        method="PUT",
        body={"application/json": of_type(dict[str, str])},
    ),
)
"""Every operation, in the order of the documentation."""
