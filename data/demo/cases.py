"""Written by hand for the demo: the year's tasks, and a few cases, all dealt with as the text asks.

They make the prefecture lively and give no finding.
"""

from __future__ import annotations

from typing import Any, Final, TypeAlias

Row: TypeAlias = dict[str, Any]

# Task, lead department, departments that take part (articles 12 to 14).
TASKS: Final = (
    ("教育收费和招生阳光工程专项治理", "yt-jiaoyu", ("yt-zhujian", "yt-fulian")),
    ("公路建设项目招标投标监督", "yt-jiaotong", ("yt-zhujian", "yt-fazhi")),
    ("保障性住房分配公开公示", "yt-zhujian", ("yt-jiaotong", "yt-fazhi")),
    ("领导干部选拔任用全程纪实", "yt-zuzhi", ("yt-xuanchuan",)),
    ("廉政文化进机关进学校", "yt-xuanchuan", ("yt-jiaoyu", "yt-fulian")),
)

CASES: Final[tuple[Row, ...]] = (
    # Article 8, item (1): a deputy's proposal is handed on and answered.
    {"id": "sy-renda-2014-proposal", "type": "document", "kind": "代表意见建议",
     "date": "2014-02-19", "unit": "sy-renda", "year": 2014},
    {"id": "sy-renda-2014-transfer", "type": "document", "kind": "转办",
     "date": "2014-02-24", "unit": "sy-renda", "ref": "sy-renda-2014-proposal"},
    {"id": "sy-renda-2014-reply", "type": "document", "kind": "答复代表",
     "date": "2014-05-08", "unit": "sy-renda", "ref": "sy-renda-2014-proposal"},
    # Article 9, item (3): a member's breach is reported to both bodies above.
    {"id": "qh-nongye-2013-misconduct", "type": "case", "kind": "班子成员违纪违法",
     "date": "2013-09-05", "unit": "qh-nongye", "person": "qh-nongye-deputy"},
    {"id": "qh-nongye-2013-misconduct-report", "type": "report", "kind": "违纪违法情况报告",
     "date": "2013-09-09", "unit": "qh-nongye", "to": ["qh-xianwei", "qh-jiwei"],
     "ref": "qh-nongye-2013-misconduct"},
    # Article 14, item (2): the lead department asks, the participating one answers in time.
    {"id": "yt-zhujian-2014-request", "type": "document", "kind": "提供情况要求",
     "date": "2014-09-03", "unit": "yt-zhujian", "to": ["yt-jiaotong"], "year": 2014,
     "reply_by": "2014-09-19"},
    {"id": "yt-jiaotong-2014-reply", "type": "report", "kind": "提供情况",
     "date": "2014-09-16", "unit": "yt-jiaotong", "reply_to": "yt-zhujian-2014-request"},
    # Article 15, item (4): the head was ordered to talk with a member, talked, and reported.
    {"id": "wc-jiaoyu-2013-problem", "type": "case", "kind": "检查发现问题",
     "date": "2013-05-22", "unit": "wc-jiaoyu", "belongs_to": "下级班子其他成员",
     "inspector": "wc-jiwei", "person": "wc-jiaoyu-deputy"},
    {"id": "wc-jiaoyu-2013-order", "type": "case", "kind": "责成谈话",
     "date": "2013-05-27", "ref": "wc-jiaoyu-2013-problem", "ordered": "wc-jiaoyu",
     "report_by": "2013-06-28"},
    {"id": "wc-jiaoyu-2013-talk", "type": "case", "kind": "谈话",
     "date": "2013-05-30", "ref": "wc-jiaoyu-2013-problem", "unit": "wc-jiaoyu",
     "person": "wc-jiaoyu-deputy"},
    {"id": "wc-jiaoyu-2013-correction", "type": "report", "kind": "纠正情况报告",
     "date": "2013-06-20", "unit": "wc-jiaoyu", "to": ["wc-jiwei"],
     "ref": "wc-jiaoyu-2013-problem"},
    # Article 26, item (2): an ordinary problem that the assessment found is put right.
    {"id": "wc-xianwei-2014-found", "type": "assessment", "kind": "考核发现问题",
     "date": "2014-02-26", "assessed": "wc-xianwei", "nature": "一般性问题", "team": "yt-kaohe",
     "office": "yt-lingdao-ban", "report_by": "2014-04-30"},
    {"id": "wc-xianwei-2014-correction", "type": "report", "kind": "纠正情况报告",
     "date": "2014-04-22", "unit": "wc-xianwei", "to": ["yt-lingdao-ban"],
     "ref": "wc-xianwei-2014-found"},
    # Articles 29, 31, 32, 35: a confirmed situation, and what followed for the body and its head.
    {"id": "qh-xingtang-2014-situation", "type": "case", "kind": "触发情形认定",
     "date": "2014-06-12", "item": 1, "subject": "qh-xingtang", "confirmed": True,
     "concluded": "2014-06-12"},
    {"id": "qh-xingtang-2014-decision", "type": "case", "kind": "责任追究决定",
     "date": "2014-06-24", "subject": "qh-xingtang", "subject_kind": "领导班子",
     "severity": "情节较轻", "measures": ["责令作出书面检查"], "suspected_crime": False,
     "handled_by": ["纪检监察机关"], "violation_year": 2014,
     "ref": "qh-xingtang-2014-situation"},
    {"id": "qh-xingtang-head-2014-decision", "type": "case", "kind": "责任追究决定",
     "date": "2014-06-24", "subject": "qh-xingtang-head", "subject_kind": "领导干部",
     "severity": "情节较轻", "measures": ["批评教育", "诫勉谈话"], "suspected_crime": False,
     "handled_by": ["纪检监察机关"], "violation_year": 2014,
     "ref": "qh-xingtang-2014-situation"},
    # Article 36: who answers for a wrong decision, and who objected before it was adopted.
    {"id": "yt-chengtou-2013-decision", "type": "case", "kind": "错误决策追责",
     "date": "2013-11-14", "mode": "集体决策",
     "votes": [
         {"person": "yt-chengtou-head", "position": "赞成", "role": "主要负责人", "when": "会上"},
         {"person": "yt-chengtou-admin", "position": "赞成", "role": "直接主管", "when": "会上"},
         {"person": "yt-chengtou-jiwei-head", "position": "明确反对", "role": "其他成员",
          "when": "会上"},
     ],
     "assigned": [
         {"person": "yt-chengtou-head", "type": "主要领导责任"},
         {"person": "yt-chengtou-admin", "type": "主要领导责任"},
     ]},
    # Article 39: the closed case looked at the leaders' responsibility too.
    {"id": "qh-nongye-2014-case", "type": "case", "kind": "违纪违法案件",
     "date": "2013-10-15", "unit": "qh-jiwei", "party": "qh-nongye-deputy",
     "closed": "2014-03-19", "leader_responsibility_examined": True},
    # Article 38, paragraph 1: awards to those who had nothing to answer for.
    {"id": "sy-tingsong-2014-award", "type": "document", "kind": "评选先进",
     "date": "2014-11-18", "subject": "sy-tingsong", "year": 2014, "title": "先进基层党组织"},
    {"id": "yt-zhengxie-2013-excellence", "type": "assessment", "kind": "年度考核评优",
     "date": "2014-01-22", "subject": "yt-zhengxie-head", "year": 2013},
)  # fmt: skip
