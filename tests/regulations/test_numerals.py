"""Chinese numerals and provision numbers."""

from __future__ import annotations

import pytest

from dutygraph.regulations.numerals import ProvisionNumber, chinese_numeral, parse_numeral

KNOWN = {
    0: "零",
    1: "一",
    9: "九",
    10: "十",
    12: "十二",
    20: "二十",
    43: "四十三",
    99: "九十九",
    100: "一百",
    103: "一百零三",
    110: "一百一十",
    112: "一百一十二",
    120: "一百二十",
    999: "九百九十九",
    1000: "一千",
    1001: "一千零一",
    1010: "一千零一十",
    1203: "一千二百零三",
    2019: "二千零一十九",
    9999: "九千九百九十九",
}


@pytest.mark.parametrize(("number", "numeral"), KNOWN.items())
def test_a_number_is_written_as_regulations_write_it(number: int, numeral: str) -> None:
    assert chinese_numeral(number) == numeral


def test_every_numeral_up_to_9999_is_read_as_the_number_it_was_written_for() -> None:
    assert all(parse_numeral(chinese_numeral(number)) == number for number in range(10_000))


def test_no_two_numbers_are_written_alike() -> None:
    assert len({chinese_numeral(number) for number in range(10_000)}) == 10_000


@pytest.mark.parametrize(
    ("numeral", "number"),
    [
        ("一十二", 12),
        ("两百", 200),
        ("一百〇三", 103),
        ("一百○三", 103),
        ("〇", 0),
        ("十 二", 12),
        ("12", 12),
        ("１２０", 120),
        ("１ ２", 12),
        ("007", 7),
    ],
)
def test_other_ways_of_writing_a_number_are_read_too(numeral: str, number: int) -> None:
    assert parse_numeral(numeral) == number


@pytest.mark.parametrize(
    "text",
    ["", " ", "条", "十百", "二零一零", "百", "一百三", "一百零十", "零三", "一一", "12345", "1十"],
)
def test_what_is_no_well_formed_numeral_is_refused(text: str) -> None:
    with pytest.raises(ValueError, match="is no numeral"):
        parse_numeral(text)


@pytest.mark.parametrize("number", [-1, 10_000])
def test_a_number_outside_the_range_is_not_written(number: int) -> None:
    with pytest.raises(ValueError, match="outside 0 to 9999"):
        chinese_numeral(number)


def test_after_article_ten_come_ten_one_and_eleven() -> None:
    ten, inserted, eleven = ProvisionNumber(10), ProvisionNumber(10, 1), ProvisionNumber(11)
    assert inserted.follows(ten)
    assert eleven.follows(ten)
    assert eleven.follows(inserted)
    assert ProvisionNumber(10, 2).follows(inserted)
    assert not ten.follows(ten)
    assert not inserted.follows(eleven)
    assert not ProvisionNumber(10, 2).follows(ten)
    assert not ProvisionNumber(12).follows(ten)


def test_an_inserted_articles_key_carries_both_its_numbers() -> None:
    assert (ProvisionNumber(10).key, ProvisionNumber(10, 2).key) == ("10", "10-2")
