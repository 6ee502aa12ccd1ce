"""Settings come from the regulation's graph; what is set over them must fit."""

from __future__ import annotations

import datetime as dt
import re

import pytest
from hypothesis import given
from hypothesis import strategies as st

from dutygraph.compliance.basis import commencement
from dutygraph.compliance.duties import duties
from dutygraph.compliance.settings import Setting, SettingError, Settings
from dutygraph.regulations.prepared import open_regulations, prepared_graphs
from dutygraph.store.embedded import EmbeddedStore

SPECIFIED = {
    "due_soon_days": "30",
    "reminder_first_days": "30",
    "reminder_last_days": "5",
    "joint_addressee": "all",
    "filing_deadline_art11": "none",
    "midyear_core": "06-01..07-31",
    "midyear_ext": "05-01..08-31",
    "midyear_party_group": "include_departments",
    "semiannual_grace_days": "31",
    "promptly_days": None,
    "report_date_basis": "document_date",
    "missing_upper_unit": "review",
    "superior_line": "territorial",
    "npc_condition_scope": "legislation_only",
    "head_rule": "party_secretary",
    "reference_units": "advisory",
    "aggravation_effect": "within_tier",
    "mitigation_effect": "one_tier_down",
    "award_year_basis": "decision_year",
    "period_end_counting": "anniversary_allowed",
    "equivalent_scope": "equal_or_higher",
    "admonition_15_4_is_accountability": "false",
    "assessment_count": "at_least_one",
    "annual_assessment_grace_days": "90",
    "special_meeting_rule": "review_if_not_dedicated",
    "effective_date": None,
    "in_force_by": "2012-01-01",
    "dissent_timing": "before_adoption",
    "team_award_extends_to_head": "false",
}
WINDOW = Setting("urn:w", "w", "Window", None, (), "", "")
DAY = Setting("urn:d", "d", "DateValue", None, (), "", "")
DAYS = Setting("urn:n", "n", "Days", None, (), "", "")


@pytest.fixture(scope="module")
def store() -> EmbeddedStore:
    return open_regulations()


def _settings(store: EmbeddedStore, *assignments: str) -> Settings:
    return Settings.of(store, prepared_graphs(), assignments)


def test_the_settings_and_their_defaults_are_those_of_the_catalogue(store: EmbeddedStore) -> None:
    assert _settings(store).effective() == SPECIFIED


def test_every_choice_of_every_setting_is_taken(store: EmbeddedStore) -> None:
    for setting in _settings(store).known.values():
        assert setting.default is None or setting.checked(setting.default) == setting.default
        for choice in setting.choices:
            assert _settings(store, f"{setting.key}={choice}")[setting.key] == choice


def test_every_choice_says_in_both_languages_what_it_means(store: EmbeddedStore) -> None:
    for setting in _settings(store).known.values():
        assert (setting.value_type == "Choice") == bool(setting.options)
        for option in setting.options:
            assert setting.option(option.value) is option
            assert re.search(r"[\u4e00-\u9fff]", option.label_zh)
            assert option.label_en not in ("", option.value)
            assert not re.search(r"[\u4e00-\u9fff]", option.label_en)
        for said in (
            {one.label_zh for one in setting.options},
            {one.label_en for one in setting.options},
        ):
            assert len(said) == len(setting.options), "no two choices are said alike"


@pytest.mark.parametrize(
    ("assignment", "said"),
    [
        ("joint_addressee=some", "all|any"),
        ("joint_adressee=any", "joint_addressee"),
        ("due_soon_days=-1", "0–3660"),
        ("due_soon_days=a month", "0–3660"),
        ("due_soon_days=٣٠", "0–3660"),
        ("midyear_core=07-31..06-01", "MM-DD..MM-DD"),
        ("midyear_core=06-31..07-31", "MM-DD..MM-DD"),
        ("midyear_core=02-29..03-01", "MM-DD..MM-DD"),
        ("effective_date=2011-13-01", "YYYY-MM-DD"),
        ("effective_date=20111224", "YYYY-MM-DD"),
        ("joint_addressee", "name=value"),
        ("zzz=1", "did you mean"),
    ],
)
def test_a_setting_that_does_not_fit_is_answered_with_what_would(
    assignment: str, said: str, store: EmbeddedStore
) -> None:
    with pytest.raises(SettingError, match=re.escape(said)):
        _settings(store, assignment)


DAYS_OF_A_YEAR = st.dates(dt.date(2001, 1, 1), dt.date(2001, 12, 31))


@given(DAYS_OF_A_YEAR, DAYS_OF_A_YEAR)
def test_a_window_is_taken_when_it_does_not_end_before_it_begins(a: dt.date, b: dt.date) -> None:
    value = f"{a:%m-%d}..{b:%m-%d}"
    if a <= b:
        assert WINDOW.checked(value) == value
    else:
        with pytest.raises(SettingError):
            WINDOW.checked(value)


@given(st.text())
def test_arbitrary_text_is_taken_or_refused_and_never_breaks(value: str) -> None:
    for setting in (WINDOW, DAY, DAYS):
        try:
            assert setting.checked(value) == value
        except SettingError as error:
            assert setting.key in str(error)


@pytest.mark.parametrize(
    ("assignments", "as_of", "state", "first"),
    [
        ((), "2011-12-31", "CommencementUnknown", "2012-01-01"),
        ((), "2012-01-01", "InForce", "2012-01-01"),
        (("effective_date=2011-12-24",), "2011-12-23", "NotInForce", "2011-12-24"),
        (("effective_date=2011-12-24",), "2011-12-24", "InForce", "2011-12-24"),
        (("in_force_by=2013-01-01",), "2012-12-31", "CommencementUnknown", "2013-01-01"),
    ],
)
def test_the_measures_are_in_force_from_their_date_or_that_is_not_known(
    assignments: tuple[str, ...], as_of: str, state: str, first: str, store: EmbeddedStore
) -> None:
    found = commencement(_settings(store, *assignments), dt.date.fromisoformat(as_of))
    assert found == (state, dt.date.fromisoformat(first))


def test_every_dated_duty_has_no_gap_and_no_overlap_of_phases(store: EmbeddedStore) -> None:
    """Day by day over two years: not due, then due soon, then perhaps in grace, then over."""
    order = ["NotDue", "DueSoon", "Grace", "Overdue"]
    dated = 0
    for duty in duties(store, prepared_graphs(), _settings(store), dt.date(2014, 1, 1), 2014):
        if duty.due is None:
            assert duty.phase(dt.date(2014, 6, 1), 30) == "Standing"
            continue
        dated += 1
        phases = [
            duty.phase(dt.date(2013, 6, 1) + dt.timedelta(days=day), 30) for day in range(730)
        ]
        ranks = [order.index(phase) for phase in phases]
        assert ranks == sorted(ranks)
        assert phases.count("DueSoon") == 31
        assert phases[(duty.due - dt.date(2013, 6, 1)).days] == "DueSoon"
        assert ("Grace" in phases) == (duty.soft_due is not None)
    assert dated > 10


def test_an_outer_window_set_narrower_than_the_core_is_widened_to_it(store: EmbeddedStore) -> None:
    settings = _settings(store, "midyear_ext=06-15..07-01")
    for duty in duties(store, prepared_graphs(), settings, dt.date(2014, 1, 1), 2014):
        if duty.soft_due is not None:
            assert (duty.soft_opens, duty.soft_due) == (duty.opens, duty.due)
